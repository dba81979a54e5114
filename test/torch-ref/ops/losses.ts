// Losses. PyTorch's names of options become those here.
import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";
import { type Call, call } from "./call.js";

const NAMES: Readonly<Record<string, string>> = {
  log_target: "logTarget",
  log_input: "logInput",
  zero_infinity: "zeroInfinity",
  label_smoothing: "labelSmoothing",
};
const OPTIONS = ["reduction", "delta", "beta", "margin", "p", "swap", "eps", "full", "blank", ...Object.keys(NAMES)];

/** The options among the arguments of a case, and its weights. */
// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
function optionsOf(args: any, weight?: Tensor): any {
  const given = Object.entries(args).filter(([name, value]) => OPTIONS.includes(name) && value !== null);
  return { ...Object.fromEntries(given.map(([name, value]) => [NAMES[name] ?? name, value])), ...(weight && { weight }) };
}

type Loss = (a: Tensor, b: Tensor, options?: object) => Tensor;
const of = (loss: Loss): Call => call(({ x, target, weight }, args) => loss(x, target, optionsOf(args, weight)));
const ofTwo =
  (loss: (a: Tensor, b: Tensor, target: Tensor, options?: object) => Tensor): Call =>
  (x, args) =>
    loss(x["x1"] as Tensor, x["x2"] as Tensor, x["target"] as Tensor, optionsOf(args));

export const losses: readonly (readonly [string, Call])[] = [
  ["loss/bce", of(sg.binaryCrossEntropy)],
  ["loss/huber", of(sg.huberLoss)],
  ["loss/smooth_l1", of(sg.smoothL1Loss)],
  ["loss/kl_div", of((x, target, options) => sg.klDiv(x.logSoftmax(1), target, options))],
  ["loss/poisson_nll", of(sg.poissonNllLoss)],
  ["loss/hinge_embedding", of(sg.hingeEmbeddingLoss)],
  ["loss/soft_margin", of(sg.softMarginLoss)],
  ["loss/multi_margin", of(sg.multiMarginLoss)],
  ["loss/multilabel_margin", of(sg.multilabelMarginLoss)],
  ["loss/multilabel_soft_margin", of(sg.multilabelSoftMarginLoss)],
  ["loss/margin_ranking", ofTwo(sg.marginRankingLoss)],
  ["loss/cosine_embedding", ofTwo(sg.cosineEmbeddingLoss)],
  ["loss/gaussian_nll", (x, args) => sg.gaussianNllLoss(x["x"] as Tensor, x["target"] as Tensor, x["var"] as Tensor, optionsOf(args))],
  [
    "loss/triplet_margin",
    (x, args) => sg.tripletMarginLoss(x["anchor"] as Tensor, x["positive"] as Tensor, x["negative"] as Tensor, optionsOf(args)),
  ],
  [
    "loss/ctc",
    call(({ x, target }, args) => sg.ctcLoss(x.logSoftmax(-1), target, args.input_lengths, args.target_lengths, optionsOf(args))),
  ],
];
