// Batch normalisation over [N, C] or [N, C, ...]: every channel to mean 0 and variance 1, then scaled and shifted.
import { checkBoolean, checkFinite, isGiven } from "../checks.js";
import { ArgError, ShapeError } from "../errors.js";
import { readOptions } from "../options.js";
import { defineOp, type Op } from "../tensor/op.js";
import { formatSpec, type Shape, type Spec, sizeOf } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";
import { add, mul, sub } from "./arithmetic.js";
import { mean, sum } from "./reduce.js";
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

/** Given statistics are constants (evaluation); without them those of the batch are taken, kept, and differentiated. */
const normalize: Op<Inputs, Attr> = defineOp<Inputs, Attr>({
  name: "batchNorm",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  keeps: ([x, , , mean]) => (mean ? [] : [channel(x.shape), channel(x.shape)]),
  forward: (out, [x, weight, bias, mean, variance], { eps, follow }, [batchMean, batchVariance]) => {
    const size = split(x.shape);
    const m = (mean ?? batchMean) as Tensor;
    const v = (variance ?? batchVariance) as Tensor;
    if (!mean) k.batchNormStats(x.ptr, m.ptr, v.ptr, ...size, size[1]);
    if (follow) move(follow, m, v, size[0] * size[2]);
    k.batchNorm(x.ptr, m.ptr, v.ptr, weight?.ptr ?? 0, bias?.ptr ?? 0, out.ptr, ...size, eps);
  },
  saves: [[0, 1, 3, 4], [0, 3, 4], [], [], []],
  backward: [
    (g, { inputs: [x, weight, , mean, variance], kept: [m, v], attr }) =>
      gradInput(g, x, weight, (mean ?? m) as Tensor, (variance ?? v) as Tensor, { ...attr, training: !mean }),
    (g, { inputs: [x, , , mean, variance], kept: [m, v], attr }) => gradScale(g, x, (mean ?? m) as Tensor, (variance ?? v) as Tensor, attr),
    (g) => sum(g, channelDims(g)),
    null,
    null,
  ],
  composite: ([x, weight, bias, running, runningVariance], { eps }) => {
    const wide = (t: Tensor): Tensor => reshape(t, [1, t.size, ...x.shape.slice(2).map(() => 1)]);
    const dims = channelDims(x);
    const centred = sub(x, running ? wide(running) : mean(x, { dim: dims, keepdim: true }));
    const spread = runningVariance ? wide(runningVariance) : mean(square(centred), { dim: dims, keepdim: true });
    const normal = mul(centred, rsqrt(add(spread, eps)));
    const scaled = weight ? mul(normal, wide(weight)) : normal;
    return bias ? add(scaled, wide(bias)) : scaled;
  },
});

type GradInputs = [g: Tensor, x: Tensor, weight: Tensor | undefined, mean: Tensor, variance: Tensor];

const gradInput: Op<GradInputs, Attr & { training: boolean }> = defineOp<GradInputs, Attr & { training: boolean }>({
  name: "batchNormGrad",
  infer: ([, x]) => ({ shape: x.shape, dtype: "float32" }),
  forward: (out, [g, x, weight, mean, variance], { eps, training }) => {
    const size = split(x.shape);
    const w = weight?.ptr ?? 0;
    k.batchNormGrad(g.ptr, x.ptr, mean.ptr, variance.ptr, w, out.ptr, 0, 0, ...size, eps, training ? 1 : 0, size[1]);
  },
  backward: [null, null, null, null, null],
});

const gradScale: Op<[g: Tensor, x: Tensor, mean: Tensor, variance: Tensor], Attr> = defineOp<
  [g: Tensor, x: Tensor, mean: Tensor, variance: Tensor],
  Attr
>({
  name: "batchNormGradScale",
  infer: ([, x]) => channel(x.shape),
  forward: (out, [g, x, mean, variance], { eps }) => {
    const size = split(x.shape);
    k.batchNormGrad(g.ptr, x.ptr, mean.ptr, variance.ptr, 0, 0, out.ptr, 0, ...size, eps, 0, size[1]);
  },
  backward: [null, null, null, null],
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

const DEFAULTS: Required<BatchNormOptions> = { weight: null, bias: null, training: false, momentum: 0.1, eps: 1e-5 };

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias` per channel. x: float32 [N, C] or [N, C, ...]; the rest [C].
 * In training, mean and (biased) variance are the batch's, and `runningMean`, `runningVar`, if given, are updated in place:
 * `running = (1 - momentum) running + momentum new`, the variance unbiased. Otherwise the running ones are used.
 * Gradient: with y before weight and bias, and gw = g weight, in training `(gw - mean(gw) - y mean(gw y)) / sqrt(variance + eps)`,
 * the means per channel, and otherwise `gw / sqrt(variance + eps)`; none for the running statistics.
 * Source: Ioffe and Szegedy, 2015; semantics of PyTorch's `batch_norm`.
 * Errors: `ShapeError`, also for one value per channel in training; `ArgError` when evaluation lacks running statistics or an option is
 * outside its range; `DTypeError`.
 * @example batchNorm(x, runningMean, runningVar, { weight, bias, training: true });
 */
export function batchNorm(x: Tensor, runningMean: Tensor | null, runningVar: Tensor | null, options?: BatchNormOptions): Tensor {
  const { weight, bias, training, momentum, eps } = readOptions("batchNorm", options, DEFAULTS);
  checkBoolean("batchNorm", "training", training);
  checkFinite("batchNorm", "momentum", momentum, 0, 1);
  checkFinite("batchNorm", "eps", eps, 0);
  checkAlive("batchNorm", x, "x");
  checkFloat("batchNorm", x);
  if (x.ndim < 2) throw new ShapeError(`batchNorm: x must be [N, C] or [N, C, ...], got ${formatSpec(x)}`);
  const [n, c, s] = split(x.shape);
  for (const [name, t] of Object.entries({ runningMean, runningVar, weight, bias })) {
    if (!isGiven(t)) continue;
    checkAlive("batchNorm", t, name);
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
