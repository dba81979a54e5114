// One-dimensional convolution: the two-dimensional one on images one row high. N batch, C channels in, F filters, K kernel.
import { readOptions } from "../../options.js";
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkBias } from "../gemm/checkBias.js";
import { type EpilogueOptions, withDefaults, withEpilogue } from "../gemm/epilogue.js";
import { squeeze, unsqueeze } from "../move/shape.js";
import { batched, type Padding1d } from "../pool/window.js";
import { convolve, prepare } from "./conv2d.js";
import { checkWeight, convGeometry } from "./convGeometry.js";

/** Options of `conv1d`. */
export interface Conv1dOptions {
  /** Step of the kernel; 1 unless given. */
  stride?: number;
  /** Zeros on both sides or `[[before, after]]`, 0 unless given; `"same"` keeps the length (stride 1 only), `"valid"` is 0. */
  padding?: Padding1d | "same" | "valid";
  /** Distance between the elements that a kernel reads; 1 unless given. */
  dilation?: number;
  /** Groups of channels that see only each other, 1 unless given; `groups` = channels is a depthwise convolution. */
  groups?: number;
}

const DEFAULTS = /* @__PURE__ */ withDefaults<Required<Conv1dOptions>>({ stride: 1, padding: 0, dilation: 1, groups: 1 });

/**
 * Convolution of sequences (cross-correlation, as in PyTorch): `out[n,f,i] = bias[f] + sum x[n,c,i*s+a*d-p] * w[f,c,a]`.
 * x [N, C, L] or [C, L], weight [F, C/groups, K], bias [F] or none -> [N, F, OL],
 * `OL = floor((L + 2 padding - dilation (K - 1) - 1) / stride) + 1`. float32. A batch of 0 gives one of 0.
 * In the same call `residual` is added, `activation` is applied, and `bounds` limit the result.
 * Gradient: for x the transposed convolution of g with the weight, for the weight that of x with g, for the bias the sum of g.
 * Errors: `ShapeError` for channels or a kernel that do not fit, `ArgError` for options outside their range, `DTypeError` unless all are
 * float32.
 * @example conv1d(randn([2, 8, 50]), randn([16, 8, 5]), null, { padding: "same" }).shape; // [2, 16, 50]
 * @example conv1d(randn([2, 8, 50]), randn([16, 8, 5]), null, { padding: [[4, 0]] }).shape; // [2, 16, 50]
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: Conv1dOptions & EpilogueOptions): Tensor {
  const read = readOptions("conv1d", options, DEFAULTS);
  checkWeight("conv1d", weight, 1);
  return batched("conv1d", x, 1, (y) => {
    const convolution = prepare(convGeometry("conv1d", y, weight, read));
    checkBias("conv1d", bias, weight.shape[0] as number, weight);
    const { out } = convolution;
    return withEpilogue("conv1d", read, [out[0], out[1], out[3]] as number[], [y, weight, bias], (now, residual) =>
      scope(() => squeeze(convolve(unsqueeze(y, 2), unsqueeze(weight, 2), bias, convolution, now, residual && unsqueeze(residual, 2)), 2)),
    );
  });
}
