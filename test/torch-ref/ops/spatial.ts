// Convolution, pooling and normalisation of images and volumes, other than in network.ts.
import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";
import { type Call, call, prefixed, windows } from "./call.js";

type Pool = (x: Tensor, kernelSize: never, options?: never) => Tensor | sg.ValuesAndIndices;

const named = (made: Tensor | sg.ValuesAndIndices): ReturnType<Call> =>
  "values" in made ? { out: made.values, indices: made.indices } : made;

const pool = (run: Pool): Call => call(({ x }, { kernel_size, ...args }) => named(run(x, kernel_size as never, windows(args) as never)));

const adaptive = (run: (x: Tensor, outputSize: never) => Tensor | sg.ValuesAndIndices): Call =>
  call(({ x }, { output_size }) => named(run(x, output_size as never)));

const fractional = (run: typeof sg.fractionalMaxPool2dWithIndices | typeof sg.fractionalMaxPool3dWithIndices): Call => {
  const pooled = run as (x: Tensor, kernelSize: never, options: object) => sg.ValuesAndIndices;
  return (x, { kernel_size, output_size: outputSize = null, output_ratio: outputRatio = null }) => {
    const samples = x["random_samples"] ?? x["_random_samples"];
    return named(pooled(x["x"] as Tensor, kernel_size as never, { outputSize, outputRatio, _randomSamples: samples }));
  };
};

const unpool = (run: typeof sg.maxUnpool1d | typeof sg.maxUnpool2d | typeof sg.maxUnpool3d): Call => {
  const unpooled = run as (x: Tensor, indices: Tensor, kernelSize: never, options: object) => Tensor;
  return (x, { kernel_size, output_size = null, ...args }) =>
    unpooled(x["x"] as Tensor, x["indices"] as Tensor, kernel_size as never, { ...windows(args), outputSize: output_size });
};

const convolution = (conv: typeof sg.conv3d | typeof sg.convTranspose3d): Call =>
  call(({ x, weight, bias }, args) => conv(x, weight, bias, windows(args)));

/** The running statistics after the call, if there are any. */
const instanceNorm: Call = (x, { use_input_stats = true, momentum = 0.1, eps = 1e-5 }) => {
  const { running_mean: runningMean = null, running_var: runningVar = null, weight = null, bias = null } = x;
  const options = { runningMean, runningVar, weight, bias, useInputStats: use_input_stats, momentum, eps };
  const out = sg.instanceNorm(x["x"] as Tensor, options);
  return { out, ...(runningMean && runningVar ? { running_mean_after: runningMean, running_var_after: runningVar } : {}) };
};

export const spatial: readonly (readonly [string, Call])[] = [
  ...prefixed("conv", { conv3d: convolution(sg.conv3d), conv_transpose3d: convolution(sg.convTranspose3d) }),
  ...prefixed("pool", {
    max_pool3d: pool(sg.maxPool3dWithIndices),
    avg_pool3d: pool(sg.avgPool3d),
    lp_pool1d: call(({ x }, { norm_type, kernel_size, ...args }) => sg.lpPool1d(x, norm_type, kernel_size, windows(args))),
    lp_pool2d: call(({ x }, { norm_type, kernel_size, ...args }) => sg.lpPool2d(x, norm_type, kernel_size, windows(args))),
    lp_pool3d: call(({ x }, { norm_type, kernel_size, ...args }) => sg.lpPool3d(x, norm_type, kernel_size, windows(args))),
    fractional_max_pool2d: fractional(sg.fractionalMaxPool2dWithIndices),
    fractional_max_pool3d: fractional(sg.fractionalMaxPool3dWithIndices),
    adaptive_avg_pool3d: adaptive(sg.adaptiveAvgPool3d),
    adaptive_max_pool1d: adaptive(sg.adaptiveMaxPool1dWithIndices),
    adaptive_max_pool2d: adaptive(sg.adaptiveMaxPool2dWithIndices),
    adaptive_max_pool3d: adaptive(sg.adaptiveMaxPool3dWithIndices),
    max_unpool1d: unpool(sg.maxUnpool1d),
    max_unpool2d: unpool(sg.maxUnpool2d),
    max_unpool3d: unpool(sg.maxUnpool3d),
  }),
  ...prefixed("norm", {
    group_norm: call(({ x, weight, bias }, { num_groups, eps }) =>
      sg.groupNorm(x, num_groups, { weight: weight ?? null, bias: bias ?? null, eps }),
    ),
    instance_norm: instanceNorm,
    rms_norm: call(({ x, weight }, { normalized_shape = weight?.shape ?? [x.shape.at(-1)], eps = null }) =>
      sg.rmsNorm(x, normalized_shape, { weight: weight ?? null, eps }),
    ),
    local_response_norm: call(({ x }, { size, alpha, beta, k }) => sg.localResponseNorm(x, size, { alpha, beta, k })),
  }),
];
