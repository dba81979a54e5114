// Batch normalisation over [N, C] or [N, C, ...]: every channel to mean 0 and variance 1, then scaled and shifted.
import { checkBoolean, checkFinite, isGiven } from "../../checks.js";
import { ArgError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { formatSpec, type Shape, type Spec, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { normKernels } from "../../wasm/generated/groups/norm.js";
import { k } from "../../wasm/kernels.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { rsqrt, square } from "../elementwise/unary.js";
import { reshape } from "../move/shape.js";
import { channelsLast } from "../pool/window.js";
import { deviations, mean } from "../reduce/reduce.js";

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

const channelSpec = (shape: Shape): Spec => ({ shape: [shape[1] as number], dtype: "float32" });
const channelDims = (x: Tensor): number[] => [0, ...x.shape.slice(2).map((_, i) => i + 2)];

/** `running = (1 - share) running + share new` in place. */
function updateRunning(running: Tensor, fresh: Tensor, kept: number, share: number): void {
  k.scale(running.ptr, running.ptr, running.size, kept);
  k.axpy(fresh.ptr, running.ptr, running.size, share);
}

/** The mean of a batch is the sum of two floats, of which the second is the rounding error of the first. */
type Statistics = [mean: Tensor, rest: Tensor, variance: Tensor];

/** Normalizes by the statistics of the batch, through which gradients flow, and updates the running ones if they are given. */
export const batchNormTraining: Op<Inputs, Training> = defineOp<Inputs, Training>({
  name: "batchNorm",
  optional: [1, 2, 3, 4],
  mutates: [3, 4],
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  keeps: ([x]) => [channelSpec(x.shape), channelSpec(x.shape), channelSpec(x.shape)],
  forward: (out, [x, weight, bias, runningMean, runningVar], { eps, momentum }, kept) => {
    const size = sizesOf(x.shape);
    const [m, rest, v] = kept as Statistics;
    normKernels.batchNormStats(x.ptr, m.ptr, rest.ptr, v.ptr, ...size, size[1]);
    const count = size[0] * size[2];
    if (runningMean) updateRunning(runningMean, m, 1 - momentum, momentum);
    if (runningVar) updateRunning(runningVar, v, 1 - momentum, (momentum * count) / (count - 1)); // the unbiased variance
    normKernels.batchNorm(x.ptr, m.ptr, rest.ptr, v.ptr, weight?.ptr ?? 0, bias?.ptr ?? 0, out.ptr, ...size, eps);
  },
  backward: {
    inputs: [true, true, true, false, false],
    saves: [0, 1],
    rule: (g, { inputs: [x, weight], kept, attr: { eps } }, wanted) =>
      gradients(g, x, weight, ...(kept as Statistics), { eps, training: true }, wanted),
  },
  composite: ([x, weight, bias], { eps }) => {
    const dims = { dim: channelDims(x), keepdim: true };
    const centred = deviations(x, dims);
    return affine(mul(centred, rsqrt(add(mean(square(centred), dims), eps))), weight, bias);
  },
});

/** Normalizes by given statistics, which are constants. */
export const batchNormInference: Op<[...Inputs], number> = defineOp<[...Inputs], number>({
  name: "batchNormInference",
  optional: [1, 2],
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [x, weight, bias, mean, variance], eps) => {
    const [m, v] = [mean as Tensor, variance as Tensor];
    normKernels.batchNorm(x.ptr, m.ptr, 0, v.ptr, weight?.ptr ?? 0, bias?.ptr ?? 0, out.ptr, ...sizesOf(x.shape), eps);
  },
  backward: {
    inputs: [true, true, true, false, false],
    saves: [0, 1, 3, 4],
    rule: (g, { inputs: [x, weight, , mean, variance], attr: eps }, wanted) =>
      gradients(g, x, weight, mean as Tensor, undefined, variance as Tensor, { eps, training: false }, wanted),
  },
  composite: ([x, weight, bias, mean, variance], eps) => {
    const [m, v] = [perChannel(mean as Tensor, x), perChannel(variance as Tensor, x)];
    return affine(mul(sub(x, m), rsqrt(add(v, eps))), weight, bias);
  },
});

/** Reshapes one number per channel so that it broadcasts over x. */
const perChannel = (t: Tensor, x: Tensor): Tensor => reshape(t, [1, t.size, ...x.shape.slice(2).map(() => 1)]);

function affine(normal: Tensor, weight: Tensor | undefined, bias: Tensor | undefined): Tensor {
  const scaled = weight ? mul(normal, perChannel(weight, normal)) : normal;
  return bias ? add(scaled, perChannel(bias, normal)) : scaled;
}

type GradInputs = [g: Tensor, x: Tensor, weight: Tensor | undefined, mean: Tensor, rest: Tensor | undefined, variance: Tensor];

interface GradAttr {
  readonly eps: number;
  /** Whether mean and variance are those of x. */
  readonly training: boolean;
  /** Which of the gradients of x, weight and bias there shall be. */
  readonly wanted: readonly [x: boolean, weight: boolean, bias: boolean];
}

/** The gradients that are wanted, all in one pass over g and x. */
const gradientsOp: Op<GradInputs, GradAttr, readonly Tensor[]> = defineOp<GradInputs, GradAttr, readonly Tensor[]>({
  name: "batchNormGrads",
  several: true,
  optional: [2, 4],
  infer: ([, x], { wanted }) => {
    const specs: readonly Spec[] = [{ shape: x.shape, dtype: "float32" }, channelSpec(x.shape), channelSpec(x.shape)];
    return specs.filter((_, i) => wanted[i]);
  },
  forward: (outs, [g, x, weight, mean, rest, variance], { eps, training, wanted }) => {
    let at = 0;
    const [dx, dw, db] = wanted.map((there) => (there ? (outs[at++] as Tensor).ptr : 0)) as [number, number, number];
    const size = sizesOf(x.shape);
    const statistics = [mean.ptr, rest?.ptr ?? 0, variance.ptr] as const;
    normKernels.batchNormGrad(g.ptr, x.ptr, ...statistics, weight?.ptr ?? 0, dx, dw, db, ...size, eps, Number(training), size[1]);
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
  [dx, dw, db]: Wanted,
): Gradients {
  const made = gradientsOp(g, x, weight, mean, rest, variance, { ...attr, wanted: [dx, dw, db] });
  let at = 0;
  const next = (there: boolean): Tensor | undefined => (there ? made[at++] : undefined);
  return [next(dx), next(dw), next(db), undefined, undefined];
}

/** Checks that each tensor that is given is float32 with one element per channel of x. */
export function checkChannels(op: string, x: Tensor, tensors: Readonly<Record<string, Tensor | null | undefined>>): void {
  const c = x.shape[1] as number;
  for (const [name, t] of Object.entries(tensors)) {
    if (!isGiven(t)) continue;
    checkAlive(op, t, name);
    checkFloat(op, t);
    if (t.ndim !== 1 || t.size !== c)
      throw new ShapeError(
        `${op}: ${name} must be float32[${c}], one per channel of ${formatSpec(x)}, got ${formatSpec(t)}${channelsLast(x, t.size)}`,
      );
  }
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

const DEFAULTS: Required<BatchNormOptions> = { weight: null, bias: null, training: false, momentum: 0.1, eps: 1e-5 };

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
  const { weight, bias, training, momentum, eps } = readOptions("batchNorm", options, DEFAULTS);
  checkBoolean("batchNorm", "training", training);
  checkFinite("batchNorm", "momentum", momentum, 0, 1);
  checkFinite("batchNorm", "eps", eps, 0);
  checkAlive("batchNorm", x, "x");
  checkFloat("batchNorm", x);
  if (x.ndim < 2) throw new ShapeError(`batchNorm: x must be [N, C] or [N, C, ...], got ${formatSpec(x)}`);
  checkChannels("batchNorm", x, { runningMean, runningVar, weight, bias });
  const [n, , s] = sizesOf(x.shape);
  if (!training) {
    if (!runningMean || !runningVar)
      throw new ArgError("batchNorm: evaluation needs runningMean and runningVar; pass training: true to use the batch's statistics");
    return batchNormInference(x, weight ?? undefined, bias ?? undefined, runningMean, runningVar, eps);
  }
  if (n * s === 1)
    throw new ShapeError(
      `batchNorm: training needs more than one value per channel, got ${formatSpec(x)}; use eval() or a larger batch, and dropLast: true in a DataLoader whose last batch is this small`,
    );
  const running = n * s > 0 ? ([runningMean ?? undefined, runningVar ?? undefined] as const) : ([undefined, undefined] as const);
  return batchNormTraining(x, weight ?? undefined, bias ?? undefined, ...running, { eps, momentum });
}
