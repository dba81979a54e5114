// Batch normalisation over [N, C] or [N, C, ...]: every channel to mean 0 and variance 1, then scaled and shifted.
import { checkFinite } from "../../checks.js";
import { ArgError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { checkForm, formatSpec, type Shape, type Spec, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { normKernels } from "../../wasm/generated/groups/norm.js";
import { k } from "../../wasm/kernels.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { rsqrt } from "../elementwise/unary.js";
import { reshape } from "../move/shape.js";
import { channelsLast } from "../pool/window.js";
import { addressOf, affine, checkParameters, normalized } from "./affine.js";

/** The sizes of x for the kernels: N images of C channels with S elements each. */
function sizesOf(shape: Shape): [n: number, c: number, s: number] {
  return [shape[0] as number, shape[1] as number, sizeOf(shape.slice(2))];
}

type Inputs = [x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined, mean: Tensor | undefined, variance: Tensor | undefined];

interface Training {
  readonly eps: number;
  /** Share of the batch's statistics in the running ones. */
  readonly momentum: number;
}

const channelSpecs = (x: Tensor): Spec[] => new Array(3).fill({ shape: [x.shape[1] as number], dtype: "float32" });
const channelDims = (x: Tensor): number[] => x.shape.map((_, i) => i).toSpliced(1, 1);

/** `running = (1 - share) running + share new` in place. */
function updateRunning(running: Tensor, fresh: Tensor, kept: number, share: number): void {
  k.scale(running.ptr, running.ptr, running.size, kept);
  k.axpy(fresh.ptr, running.ptr, running.size, share);
}

/** `(x - mean) / sqrt(variance + eps) * weight + bias` by the kernel. */
function normalize(
  out: Tensor,
  x: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  mean: Tensor,
  rest: Tensor | undefined,
  variance: Tensor,
  eps: number,
): void {
  const parameters = [addressOf(rest), variance.ptr, addressOf(weight), addressOf(bias)] as const;
  normKernels.batchNorm(x.ptr, mean.ptr, ...parameters, out.ptr, ...sizesOf(x.shape), eps);
}

/** The mean of a batch is the sum of two floats, of which the second is the rounding error of the first. */
type Statistics = [mean: Tensor, rest: Tensor, variance: Tensor];

/** Normalizes by the statistics of the batch, through which gradients flow, and updates the running ones if they are given. */
export const batchNormTraining: Op<Inputs, Training> = defineOp<Inputs, Training>({
  name: "batchNorm",
  optional: [1, 2, 3, 4],
  mutates: [3, 4],
  infer: ([x]) => x,
  keeps: ([x]) => channelSpecs(x),
  forward: (out, [x, weight, bias, runningMean, runningVar], { eps, momentum }, kept) => {
    const size = sizesOf(x.shape);
    const [m, rest, v] = kept as Statistics;
    normKernels.batchNormStats(x.ptr, m.ptr, rest.ptr, v.ptr, ...size, size[1]);
    const count = size[0] * size[2];
    if (runningMean) updateRunning(runningMean, m, 1 - momentum, momentum);
    if (runningVar) updateRunning(runningVar, v, 1 - momentum, (momentum * count) / (count - 1)); // the unbiased variance
    normalize(out, x, weight, bias, m, rest, v, eps);
  },
  backward: {
    inputs: [true, true, true, false, false],
    saves: [0, 1],
    rule: (g, { inputs: [x, weight], kept, attr: { eps } }, wanted) =>
      gradients(g, x, weight, ...(kept as Statistics), { eps, training: true }, wanted),
  },
  composite: ([x, weight, bias], { eps }) => affine(normalized(x, channelDims(x), eps), perChannel(weight, x), perChannel(bias, x)),
});

/** Normalizes by given statistics, which are constants. */
export const batchNormInference: Op<[...Inputs], number> = defineOp<[...Inputs], number>({
  name: "batchNormInference",
  optional: [1, 2],
  infer: ([x]) => x,
  forward: (out, [x, weight, bias, mean, variance], eps) =>
    normalize(out, x, weight, bias, mean as Tensor, undefined, variance as Tensor, eps),
  backward: {
    inputs: [true, true, true, false, false],
    saves: [0, 1, 3, 4],
    rule: (g, { inputs: [x, weight, , mean, variance], attr: eps }, wanted) =>
      gradients(g, x, weight, mean as Tensor, undefined, variance as Tensor, { eps, training: false }, wanted),
  },
  composite: ([x, weight, bias, mean, variance], eps) => {
    const centred = sub(x, perChannel(mean, x) as Tensor);
    return affine(mul(centred, rsqrt(add(perChannel(variance, x) as Tensor, eps))), perChannel(weight, x), perChannel(bias, x));
  },
});

/** Reshapes one number per channel so that it broadcasts over x. */
const perChannel = (t: Tensor | undefined, x: Tensor): Tensor | undefined =>
  t &&
  reshape(
    t,
    x.shape.map((size, i) => (i === 1 ? size : 1)),
  );

type GradInputs = [g: Tensor, x: Tensor, weight: Tensor | undefined, mean: Tensor, rest: Tensor | undefined, variance: Tensor];

interface GradAttr {
  readonly eps: number;
  /** Whether mean and variance are those of x. */
  readonly training: boolean;
  /** Which gradients there shall be: of x, weight and bias, and none of the statistics. */
  readonly wanted: Wanted;
}

/** The gradients that are wanted, all in one pass over g and x. */
const gradientsOp: Op<GradInputs, GradAttr, readonly Tensor[]> = defineOp<GradInputs, GradAttr, readonly Tensor[]>({
  name: "batchNormGrads",
  several: true,
  optional: [2, 4],
  infer: ([, x], { wanted }) =>
    channelSpecs(x)
      .with(0, x)
      .filter((_, i) => wanted[i]),
  forward: (outs, [g, x, weight, mean, rest, variance], { eps, training, wanted }) => {
    const left = [...outs];
    const [dx, dw, db] = wanted.map((there) => addressOf(there ? left.shift() : undefined)) as number[] as [number, number, number];
    const size = sizesOf(x.shape);
    const parameters = [mean.ptr, addressOf(rest), variance.ptr, addressOf(weight)] as const;
    normKernels.batchNormGrad(g.ptr, x.ptr, ...parameters, dx, dw, db, ...size, eps, Number(training), size[1]);
  },
  backward: [null, null, null, null, null, null],
});

type Wanted = readonly [boolean, boolean, boolean, boolean, boolean];
type Gradients = [x: Tensor | undefined, weight: Tensor | undefined, bias: Tensor | undefined, mean: undefined, variance: undefined];

function gradients(
  g: Tensor,
  x: Tensor,
  weight: Tensor | undefined,
  mean: Tensor,
  rest: Tensor | undefined,
  variance: Tensor,
  attr: Omit<GradAttr, "wanted">,
  wanted: Wanted,
): Gradients {
  const made = [...gradientsOp(g, x, weight, mean, rest, variance, { ...attr, wanted })];
  return wanted.map((there) => (there ? made.shift() : undefined)) as Gradients;
}

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** Factor of each channel, float32 [C]; 1 unless given. */
  weight?: Tensor | null;
  /** Added to each channel, float32 [C]; 0 unless given. */
  bias?: Tensor | null;
  /** Whether to use (and differentiate) the statistics of this batch, and move the running ones towards them; false unless given. */
  training?: boolean;
  /** Share of the new statistics in the running ones; 0.1 unless given. */
  momentum?: number;
  /** Added to the variance before the root; 1e-5 unless given. */
  eps?: number;
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias` per channel. x: float32 [N, C] or [N, C, ...] -> same; the others float32 [C].
 * In training, mean and (biased) variance are the batch's, and `runningMean`, `runningVar`, if given, are updated in place:
 * `running = (1 - momentum) running + momentum new`, the variance unbiased. Otherwise the running ones are used.
 * Gradient: with y before weight and bias, and gw = g weight, in training `(gw - mean(gw) - y mean(gw y)) / sqrt(variance + eps)`,
 * the means per channel, and otherwise `gw / sqrt(variance + eps)`; none for the running statistics.
 * Errors: `ShapeError`, also for one value per channel in training; `ArgError` if evaluation lacks running statistics or an option is
 * outside its range; `DTypeError` unless all are float32.
 * Source: Ioffe and Szegedy, 2015; semantics of PyTorch's `batch_norm`.
 * @example batchNorm(x, zeros(3), ones(3), { weight: ones(3), bias: zeros(3), training: true });
 */
export function batchNorm(x: Tensor, runningMean: Tensor | null, runningVar: Tensor | null, options?: BatchNormOptions): Tensor {
  const { weight, bias, training, momentum, eps } = readOptions<Required<BatchNormOptions>>("batchNorm", options, {
    weight: null,
    bias: null,
    training: false,
    momentum: 0.1,
    eps: 1e-5,
  });
  checkFinite("batchNorm", "momentum", momentum, 0, 1);
  checkFinite("batchNorm", "eps", eps, 0);
  checkAlive("batchNorm", x, "x");
  checkFloat("batchNorm", x);
  checkForm("batchNorm", x, x.ndim > 1, "[N, C] or [N, C, ...]");
  const [n, c, s] = sizesOf(x.shape);
  checkParameters("batchNorm", { runningMean, runningVar, weight, bias }, [c], (size) => channelsLast(x, size));
  if (!training) {
    if (!runningMean || !runningVar)
      throw new ArgError("batchNorm: evaluation needs runningMean and runningVar; training: true takes those of the batch");
    return batchNormInference(x, weight ?? undefined, bias ?? undefined, runningMean, runningVar, eps);
  }
  if (n * s === 1)
    throw new ShapeError(
      `batchNorm: training needs more than one value per channel, got ${formatSpec(x)}; use eval(), a larger batch or { dropLast: true }`,
    );
  const running = n * s > 0 ? [runningMean ?? undefined, runningVar ?? undefined] : [];
  return batchNormTraining(x, weight ?? undefined, bias ?? undefined, running[0], running[1], { eps, momentum });
}
