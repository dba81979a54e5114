// Connectionist temporal classification.
import { checkThat, checkWhole } from "../../checks.js";
import { GradError } from "../../errors.js";
import { arange, tensor } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm } from "../../tensor/shape.js";
import { checkAlive, Tensor } from "../../tensor/tensor.js";
import { lossKernels } from "../../wasm/generated/groups/loss.js";
import { clamp } from "../elementwise/activation.js";
import { div } from "../elementwise/arithmetic.js";
import { asIndex } from "../elementwise/cast.js";
import { lt } from "../elementwise/compare.js";
import { asFloat } from "../elementwise/promotion.js";
import { where } from "../elementwise/select.js";
import { indicesFor } from "../move/checkIndices.js";
import { reshape, unsqueeze } from "../move/shape.js";
import { mean, sum } from "../reduce/reduce.js";
import { lossOptions, type Reduction } from "./loss.js";

interface Attr {
  readonly blank: number;
  readonly zeroInfinity: boolean;
  /** Scratch for the largest sample. */
  readonly bytes: number;
}

type Inputs = [logProbs: Tensor, labels: Tensor, info: Tensor];

/** Losses of all samples, or with g and out the gradients. */
function run([x, labels, info]: Inputs, attr: Attr, losses: number, g: number, out: number, work: number): void {
  const [T, N, C] = x.shape as [number, number, number];
  const { blank, zeroInfinity, bytes } = attr;
  lossKernels.ctc(x.ptr, labels.ptr, info.ptr, losses, g, out, N, T, N, C, blank, Number(zeroInfinity), bytes, work);
}

const ctcOp: Op<Inputs, Attr> = defineOp<Inputs, Attr>({
  name: "ctcLoss",
  infer: ([x]) => ({ shape: [x.shape[1] as number], dtype: "float32" }),
  forward: (out, inputs, attr, _, scratch) => run(inputs, attr, out.ptr, 0, 0, scratch(attr.bytes)),
  saves: [[0, 1, 2], [], []],
  backward: [(g, { inputs: [x, labels, info], attr }) => ctcGrad(g, x, labels, info, attr), null, null],
});

const noSecond = (): never => {
  throw new GradError("ctcLoss: has no second derivative");
};

const ctcGrad: Op<[g: Tensor, ...Inputs], Attr> = defineOp<[g: Tensor, ...Inputs], Attr>({
  name: "ctcLossGrad",
  infer: ([, x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [g, ...inputs], attr, _, scratch) => run(inputs, attr, 0, g.ptr, out.ptr, scratch(attr.bytes)),
  backward: [noSecond, noSecond, null, null],
});

/** Options of `ctcLoss`. */
export interface CtcLossOptions {
  /** The class that stands for no label; 0 unless given. */
  blank?: number;
  /** Makes infinite losses and their gradients 0: those of inputs that are too short for their targets; false unless given. */
  zeroInfinity?: boolean;
  /** How the losses of the samples become one number; their mean, each divided by the length of its target, unless given. */
  reduction?: Reduction;
}

/** @internal The defaults of the options. */
export const CTC: Required<CtcLossOptions> = { blank: 0, zeroInfinity: false, reduction: "mean" };

/** Lengths of all samples: numbers, or a tensor of whole numbers; of a single sample one number or a scalar will do. */
export type Lengths = number | readonly number[] | Int32Array | Tensor;

function lengthsOf(name: string, given: Lengths, samples: number, most: number): readonly number[] {
  const op = "ctcLoss";
  if (given instanceof Tensor) checkAlive(op, given, name);
  const list =
    given instanceof Tensor ? [...scope(() => asIndex(op, given).toTypedArray())] : typeof given === "number" ? [given] : [...given];
  checkThat(op, list.length === samples, `${name} must be ${samples}, one per sample`, list);
  for (const [i, length] of list.entries()) checkWhole(op, `${name}[${i}]`, length, 0, most);
  return list as number[];
}

/**
 * Connectionist temporal classification (Graves et al., 2006): the negative log-probability of a list of labels, over all alignments with the
 * frames in which blanks and repeated labels count for nothing. logProbs: float32 or 16-bit floats [T, N, C], or [T, C] for one sample, of
 * `logSoftmax` over C; targets: int32 or int64, padded [N, S], or all one after the other [sum of the lengths]; inputLengths and
 * targetLengths: N numbers -> a scalar, or [N] (a scalar for one sample) with `"none"`. The mean divides each loss by the length of its target.
 * Gradient: `e^logProbs` minus the probability that the frame emits the class, as in PyTorch: that of the logits behind `logSoftmax`, which
 * passes it on as it is. 0 in frames behind the length; NaN for an infinite loss without `zeroInfinity`. There is no second derivative.
 * Errors: `IndexError` for a label outside [0, C), `ArgError` for a length that is negative or too large or a blank outside [0, C),
 * `ShapeError`, `DTypeError`.
 * @example ctcLoss(zeros(2, 1, 2).logSoftmax(2), tensor([[1]], { dtype: "int32" }), [2], [1]); // 0.287682
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  options?: CtcLossOptions,
): Tensor {
  const op = "ctcLoss";
  const { blank, zeroInfinity, reduction } = lossOptions(op, options, CTC);
  checkAlive(op, logProbs, "logProbs");
  checkAlive(op, targets, "targets");
  checkForm(op, logProbs, logProbs.ndim === 3 || logProbs.ndim === 2, "[T, N, C] or [T, C]", "logProbs");
  return scope(() => {
    const isBatch = logProbs.ndim === 3;
    const x = asFloat(op, isBatch ? logProbs : unsqueeze(logProbs, 1));
    const [frames, samples, classes] = x.shape as [number, number, number];
    checkWhole(op, "blank", blank, 0, classes - 1);
    const padded = targets.ndim === 2 && isBatch;
    const width = padded ? (targets.shape[1] as number) : targets.size;
    const inputs = lengthsOf("inputLengths", inputLengths, samples, frames);
    const counts = lengthsOf("targetLengths", targetLengths, samples, width);
    const total = counts.reduce((all, count) => all + count, 0);
    const fits = padded ? targets.shape[0] === samples : targets.ndim === 1 && total === targets.size;
    checkForm(op, targets, fits, `int32[${samples},S] or int32[${total}] for these lengths`, "targets");
    // What pads a row counts for nothing, whatever it is.
    const sizes = tensor(counts, { shape: [samples, 1], dtype: "int32" });
    const given = asIndex(op, targets);
    const labels = indicesFor(op, padded ? where(lt(arange(width, { dtype: "int32" }), sizes), given, 0) : given, classes);
    let start = 0;
    const info = counts.flatMap((count, i) => {
      const at = padded ? i * width : start;
      start += count;
      return [inputs[i] as number, count, at];
    });
    const bytes = 8 * (frames + 8) * (2 * Math.max(0, ...counts) + 8);
    const losses = ctcOp(x, labels, tensor(info, { shape: [samples, 3], dtype: "int32" }), { blank, zeroInfinity, bytes });
    if (reduction === "sum") return sum(losses);
    if (reduction === "none") return isBatch ? losses : reshape(losses, []);
    return mean(div(losses, clamp(reshape(sizes, [samples]), { min: 1 })));
  });
}
