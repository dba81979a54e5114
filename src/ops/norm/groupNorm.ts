// Normalisation of each image by itself: over groups of its channels, and over single channels. N images, C channels.
// The groups of one image are rows of layer normalisation, its channels are those of a batch of one.
import { checkFinite, checkWhole } from "../../checks.js";
import { ArgError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { ones, zeros } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { copy_ } from "../move/inplace.js";
import { reshape } from "../move/shape.js";
import { channelsLast } from "../pool/window.js";
import { mean, variance } from "../reduce/reduce.js";
import { checkParameters } from "./affine.js";
import { batchNormInference, batchNormTraining } from "./batchNorm.js";
import { layerNormOp } from "./layerNorm.js";

/** Options of `groupNorm`. */
export interface GroupNormOptions {
  /** Factor of each channel, float32 [C]; 1 unless given. */
  weight?: Tensor | null;
  /** Added to each channel, float32 [C]; 0 unless given. */
  bias?: Tensor | null;
  /** Added to the variance before the root; 1e-5 unless given. */
  eps?: number;
}

/** Options of `instanceNorm`. */
export interface InstanceNormOptions extends GroupNormOptions {
  /** Running mean of each channel, float32 [C]; none unless given. */
  runningMean?: Tensor | null;
  /** Running variance of each channel, float32 [C]; none unless given. */
  runningVar?: Tensor | null;
  /** Whether to use the statistics of each image, and move the running ones towards them; true unless given. */
  useInputStats?: boolean;
  /** Share of the new statistics in the running ones; 0.1 unless given. */
  momentum?: number;
}

/** Throws unless x is float32 [N, C, ...] with at least `rank` dimensions, and the number that is added to a variance is one. */
function checkInput(op: string, x: Tensor, rank: number, eps: number): void {
  checkFinite(op, "eps", eps, 0);
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkForm(op, x, x.ndim >= rank, rank > 2 ? "[N, C, L, ...]" : "[N, C, ...]");
}

/** `x weight + bias`, with one factor and one summand for each channel, if these are given. */
function perChannel(x: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  if (!weight && !bias) return x;
  const c = x.shape[1] as number;
  return batchNormInference(x, weight ?? undefined, bias ?? undefined, zeros(c), ones(c), 0);
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias`, mean and (biased) variance those of each image's `numGroups` groups of C / numGroups
 * neighbouring channels. x: float32 [N, C, ...] -> same; weight and bias float32 [C]. Options: `weight`, `bias`, `eps`.
 * Gradient: that of `layerNorm`, a group being a row.
 * Errors: `ShapeError` for fewer than two dimensions, a weight or bias of another shape, and a single value per group in all;
 * `ArgError` if the channels do not divide into the groups; `DTypeError` unless all are float32.
 * Source: Wu and He, 2018; semantics of PyTorch's `group_norm`.
 * @example groupNorm(tensor([[1, 3, 10, 30]]), 2, { eps: 0 }); // [[-1, 1, -1, 1]]
 */
export function groupNorm(x: Tensor, numGroups: number, options?: GroupNormOptions): Tensor {
  const { weight, bias, eps } = readOptions<Required<GroupNormOptions>>("groupNorm", options, { weight: null, bias: null, eps: 1e-5 });
  checkInput("groupNorm", x, 2, eps);
  checkWhole("groupNorm", "numGroups", numGroups, 1);
  const [n, c, ...rest] = x.shape as [number, number, ...number[]];
  if (c % numGroups !== 0) throw new ArgError(`groupNorm: ${c} channels of ${formatSpec(x)} do not divide into ${numGroups} groups`);
  checkParameters("groupNorm", { weight, bias }, [c], (size) => channelsLast(x, size));
  if (x.size === numGroups) throw new ShapeError(`groupNorm: needs more than one value per group, got ${formatSpec(x)}`);
  const size = rest.reduce((product, d) => product * d, c / numGroups);
  return scope(() => {
    const attr = { shape: [size], eps, centred: true };
    return perChannel(reshape(layerNormOp(reshape(x, [n * numGroups, size]), undefined, undefined, attr), x.shape), weight, bias);
  });
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias`, mean and (biased) variance those of each channel of each image.
 * x: float32 [N, C, L, ...] -> same; weight, bias and the running statistics float32 [C]. `runningMean` and `runningVar`, if given, are
 * updated in place: `running = (1 - momentum) running + momentum new`, the new ones averages over the images, the variance unbiased. With
 * `useInputStats: false` the running ones are used instead. Options: `InstanceNormOptions`.
 * Gradient: that of `batchNorm`, an image being a batch.
 * Errors: `ShapeError` for fewer than three dimensions, another number of channels, and one value per channel; `ArgError` if the running
 * statistics are needed and missing or an option is outside its range; `DTypeError` unless all are float32.
 * Source: Ulyanov, Vedaldi and Lempitsky, 2016; semantics of PyTorch's `instance_norm`.
 * @example instanceNorm(tensor([[[1, 3], [10, 30]]]), { eps: 0 }); // [[[-1, 1], [-1, 1]]]
 */
export function instanceNorm(x: Tensor, options?: InstanceNormOptions): Tensor {
  const { runningMean, runningVar, weight, bias, useInputStats, momentum, eps } = readOptions<Required<InstanceNormOptions>>(
    "instanceNorm",
    options,
    {
      runningMean: null,
      runningVar: null,
      weight: null,
      bias: null,
      useInputStats: true,
      momentum: 0.1,
      eps: 1e-5,
    },
  );
  checkFinite("instanceNorm", "momentum", momentum, 0, 1);
  checkInput("instanceNorm", x, 3, eps);
  const [n, c, ...rest] = x.shape as [number, number, ...number[]];
  checkParameters("instanceNorm", { runningMean, runningVar, weight, bias }, [c], (size) => channelsLast(x, size));
  if (!useInputStats) {
    if (!runningMean || !runningVar) throw new ArgError("instanceNorm: useInputStats: false needs runningMean and runningVar");
    return batchNormInference(x, weight ?? undefined, bias ?? undefined, runningMean, runningVar, eps);
  }
  if (x.size === n * c && x.size > 0)
    throw new ShapeError(`instanceNorm: needs more than one value per channel of an image, got ${formatSpec(x)}`);
  const spatial = rest.map((_, i) => i + 2);
  return scope(() => {
    const y = batchNormTraining(reshape(x, [1, n * c, ...rest]), undefined, undefined, undefined, undefined, { eps, momentum });
    noGrad(() => {
      if (x.size === 0) return;
      const move = (running: Tensor, ofImages: Tensor): Tensor =>
        copy_(running, add(mul(running, 1 - momentum), mul(mean(ofImages, 0), momentum)));
      if (runningMean) move(runningMean, mean(x, spatial));
      if (runningVar) move(runningVar, variance(x, spatial));
    });
    return perChannel(reshape(y, x.shape), weight, bias);
  });
}
