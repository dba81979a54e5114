// Batch normalisation over [N, C] or [N, C, ...]: every channel to mean 0 and variance 1, then scaled and shifted.
import { ArgError, ShapeError } from "../errors.js";
import { defineOp, type Op } from "../tensor/op.js";
import { formatSpec, type Shape, type Spec, sizeOf } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { add, mul, sub } from "./arithmetic.js";
import { deviations, mean, sum } from "./reduce.js";
import { reshape } from "./shape.js";
import { rsqrt, square } from "./unary.js";

/** N images of C channels with S elements each. */
function split(shape: Shape): [n: number, c: number, s: number] {
  return [shape[0] as number, shape[1] as number, sizeOf(shape.slice(2))];
}

type Inputs = [x: Tensor, weight: Tensor | undefined, bias: Tensor | undefined, mean: Tensor | undefined, variance: Tensor | undefined];

interface Attr {
  readonly eps: number;
  /** Statistics that follow the batches; the forward, which has the batch's at hand, moves them. */
  readonly follow?: Running | undefined;
}

interface Running {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly momentum: number;
}

const channel = (shape: Shape): Spec => ({ shape: [shape[1] as number], dtype: "float32" });
const channelDims = (x: Tensor): number[] => [0, ...x.shape.slice(2).map((_, i) => i + 2)];

type Statistics = [mean: Tensor, rest: Tensor | undefined, variance: Tensor];

/** Those given, or those of the batch. */
function statistics(mean: Tensor | undefined, variance: Tensor | undefined, kept: readonly Tensor[]): Statistics {
  return mean && variance ? [mean, undefined, variance] : (kept as [Tensor, Tensor, Tensor]);
}

/** `running = (1 - momentum) running + momentum new` in place; the variance unbiased, of `count` values. */
function move({ mean, variance, momentum }: Running, newMean: Tensor, newVariance: Tensor, count: number): void {
  for (const [running, fresh, share] of [
    [mean, newMean, momentum],
    [variance, newVariance, (momentum * count) / (count - 1)],
  ] as const) {
    k.scale(running.ptr, running.ptr, running.size, 1 - momentum);
    k.axpy(fresh.ptr, running.ptr, running.size, share);
    running.storage.version++;
  }
}

/**
 * Given statistics are constants (evaluation); without them those of the batch are taken, kept, and differentiated. The batch's mean
 * is kept in two floats, of which the second is what the first lacks.
 */
const normalize: Op<Inputs, Attr> = defineOp<Inputs, Attr>({
  name: "batchNorm",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  keeps: ([x, , , mean]) => (mean ? [] : [channel(x.shape), channel(x.shape), channel(x.shape)]),
  forward: (out, [x, weight, bias, mean, variance], { eps, follow }, kept) => {
    const size = split(x.shape);
    const [m, rest, v] = statistics(mean, variance, kept);
    if (!mean) k.batchNormStats(x.ptr, m.ptr, rest?.ptr ?? 0, v.ptr, ...size, size[1]);
    if (follow) move(follow, m, v, size[0] * size[2]);
    k.batchNorm(x.ptr, m.ptr, rest?.ptr ?? 0, v.ptr, weight?.ptr ?? 0, bias?.ptr ?? 0, out.ptr, ...size, eps);
  },
  saves: [[0, 1, 3, 4], [0, 3, 4], [], [], []],
  backward: [
    (g, { inputs: [x, weight, , mean, variance], kept, attr }) =>
      gradInput(g, x, weight, ...statistics(mean, variance, kept), { ...attr, training: !mean }),
    (g, { inputs: [x, , , mean, variance], kept, attr }) => gradScale(g, x, ...statistics(mean, variance, kept), attr),
    (g) => sum(g, channelDims(g)),
    null,
    null,
  ],
  composite: ([x, weight, bias, running, runningVariance], { eps }) => {
    const wide = (t: Tensor): Tensor => reshape(t, [1, t.size, ...x.shape.slice(2).map(() => 1)]);
    const dims = channelDims(x);
    const centred = running ? sub(x, wide(running)) : deviations(x, { dim: dims, keepdim: true });
    const spread = runningVariance ? wide(runningVariance) : mean(square(centred), { dim: dims, keepdim: true });
    const normal = mul(centred, rsqrt(add(spread, eps)));
    const scaled = weight ? mul(normal, wide(weight)) : normal;
    return bias ? add(scaled, wide(bias)) : scaled;
  },
});

type GradInputs = [g: Tensor, x: Tensor, weight: Tensor | undefined, ...Statistics];

const gradInput: Op<GradInputs, Attr & { training: boolean }> = defineOp<GradInputs, Attr & { training: boolean }>({
  name: "batchNormGrad",
  infer: ([, x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [g, x, weight, mean, rest, variance], { eps, training }) => {
    const size = split(x.shape);
    const addresses = [g.ptr, x.ptr, mean.ptr, rest?.ptr ?? 0, variance.ptr, weight?.ptr ?? 0, out.ptr, 0, 0] as const;
    k.batchNormGrad(...addresses, ...size, eps, training ? 1 : 0, size[1]);
  },
  backward: [null, null, null, null, null, null],
});

type GradScaleInputs = [g: Tensor, x: Tensor, ...Statistics];

const gradScale: Op<GradScaleInputs, Attr> = defineOp<GradScaleInputs, Attr>({
  name: "batchNormGradScale",
  infer: ([, x]) => channel(x.shape),
  forward: (out, [g, x, mean, rest, variance], { eps }) => {
    const size = split(x.shape);
    k.batchNormGrad(g.ptr, x.ptr, mean.ptr, rest?.ptr ?? 0, variance.ptr, 0, 0, out.ptr, 0, ...size, eps, 0, size[1]);
  },
  backward: [null, null, null, null, null],
});

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Whether to use (and differentiate) the statistics of this batch, and move the running ones towards them. */
  training?: boolean;
  /** Share of the new statistics in the running ones. */
  momentum?: number;
  /** Added to the variance before the root. */
  eps?: number;
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias` per channel. x: float32 [N, C] or [N, C, ...]; the rest [C].
 * In training, mean and (biased) variance are the batch's, and `runningMean`, `runningVar`, if given, are updated in place:
 * `running = (1 - momentum) running + momentum new`, the variance unbiased. Otherwise the running ones are used.
 * Source: Ioffe and Szegedy, 2015; semantics of PyTorch's `batch_norm`.
 * Errors: `ShapeError`, also for one value per channel in training; `ArgError` when evaluation lacks running statistics; `DTypeError`.
 * @example batchNorm(x, runningMean, runningVar, { weight, bias, training: true });
 */
export function batchNorm(x: Tensor, runningMean: Tensor | null, runningVar: Tensor | null, options: BatchNormOptions = {}): Tensor {
  const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  checkAlive("batchNorm", x);
  checkFloat("batchNorm", x);
  if (x.ndim < 2) throw new ShapeError(`batchNorm: x must be [N, C] or [N, C, ...], got ${formatSpec(x)}`);
  const [n, c, s] = split(x.shape);
  for (const [name, t] of Object.entries({ runningMean, runningVar, weight, bias })) {
    if (!t) continue;
    checkAlive("batchNorm", t);
    checkFloat("batchNorm", t);
    if (t.ndim !== 1 || t.size !== c)
      throw new ShapeError(`batchNorm: ${name} must be float32[${c}], one per channel of ${formatSpec(x)}, got ${formatSpec(t)}`);
  }
  if (!training) {
    if (!runningMean || !runningVar)
      throw new ArgError("batchNorm: evaluation needs runningMean and runningVar; pass training: true to use the batch's statistics");
    return normalize(x, weight ?? undefined, bias ?? undefined, runningMean, runningVar, { eps });
  }
  if (n * s === 1)
    throw new ShapeError(`batchNorm: training needs more than one value per channel, got ${formatSpec(x)}; use eval() or a larger batch`);
  const follow = runningMean && runningVar && n * s > 0 ? { mean: runningMean, variance: runningVar, momentum } : undefined;
  return normalize(x, weight ?? undefined, bias ?? undefined, undefined, undefined, { eps, follow });
}
