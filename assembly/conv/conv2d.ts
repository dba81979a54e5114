// 2-D convolution as GEMM over patches: out[F, P] = w[F, K] * patches[K, P] + bias for every image and group, with
// K = C/G * KH * KW and P = OH * OW. The patch matrix exists only in blocks that stay in L2 (im2col.ts); 1 x 1 windows need
// none, and depthwise convolution has kernels of its own.
// x [N, C, H, W], w [F, C/G, KH, KW], out [N, F, OH, OW]. PT, PL pad the top and left; the bottom and right follow from OH, OW.

import { KC } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { depthwise, depthwiseGradInput, depthwiseGradWeight, isDepthwise, isDepthwiseGradInput } from "./depthwise";
import { col2im, im2col } from "./im2col";
import { Plan, plan, workspace } from "./plan";

/** Bytes of scratch at `work`, enough for the convolution and both its gradients. */
export function conv2dWorkspace(
  N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, G: i32,
): f64 {
  return workspace(C, H, W, F, KH, KW, OH, OW, G);
}

/** One image of one group: out[M, P] = w[M, K] * patches(x) + bias. */
function forward(s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  if (s.pointwise) return gemm(s.M, s.P, s.K, w, s.K, 1, x, s.P, 1, out, s.P, 0, bias, 0, s.scratch);
  if (isDepthwise(s)) return depthwise(s, x, w, bias, out);
  for (let p = 0; p < s.P; p += s.columns) {
    const columns = min(s.columns, s.P - p);
    const to = out + (<usize>p << 2);
    for (let k = 0; k < s.K; k += KC) {
      const rows = min(KC, s.K - k);
      im2col(s, x, k, rows, p, columns);
      gemm(s.M, columns, rows, w + (<usize>k << 2), s.K, 1, s.block, <i32>s.ldb >> 2, 1,
        to, s.P, i32(k > 0), k > 0 ? 0 : bias, 0, s.scratch);
    }
  }
}

/** dx = col2im(w' * g). */
function gradInput(s: Plan, g: usize, w: usize, dx: usize): void {
  if (s.pointwise) return gemm(s.K, s.P, s.M, w, 1, s.K, g, s.P, 1, dx, s.P, 0, 0, 0, s.scratch);
  if (isDepthwiseGradInput(s)) return depthwiseGradInput(s, g, w, dx);
  memory.fill(dx, 0, s.xBytes);
  for (let p = 0; p < s.P; p += s.columns) {
    const columns = min(s.columns, s.P - p);
    for (let k = 0; k < s.K; k += KC) {
      const rows = min(KC, s.K - k);
      gemm(rows, columns, s.M, w + (<usize>k << 2), 1, s.K, g + (<usize>p << 2), s.P, 1,
        s.block, <i32>s.ldb >> 2, 0, 0, 0, s.scratch);
      col2im(s, dx, k, rows, p, columns);
    }
  }
}

/** dw = (accumulate ? dw : 0) + g * patches(x)'. */
function gradWeight(s: Plan, g: usize, x: usize, dw: usize, accumulate: bool): void {
  if (s.pointwise) return gemm(s.M, s.K, s.P, g, s.P, 1, x, 1, s.P, dw, s.K, accumulate, 0, 0, s.scratch);
  if (isDepthwise(s)) return depthwiseGradWeight(s, g, x, dw, accumulate);
  for (let p = 0; p < s.P; p += s.columns) {
    const columns = min(s.columns, s.P - p);
    for (let k = 0; k < s.K; k += KC) {
      const rows = min(KC, s.K - k);
      im2col(s, x, k, rows, p, columns);
      gemm(s.M, rows, columns, g + (<usize>p << 2), s.P, 1, s.block, 1, <i32>s.ldb >> 2,
        dw + (<usize>k << 2), s.K, accumulate || p > 0, 0, 0, s.scratch);
    }
  }
}

/** out = conv(x, w) + bias; bias [F] or 0. */
export function conv2d(
  x: usize, w: usize, bias: usize, out: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32,
): void {
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G);
  for (let t = 0; t < N * G; t++) {
    const group = <usize>(t % G);
    forward(s, x, w + group * s.wBytes, bias ? bias + (group * s.M << 2) : 0, out);
    x += s.xBytes;
    out += s.outBytes;
  }
}

/** dx = gradient of x, all of it written. */
export function conv2dGradInput(
  g: usize, w: usize, dx: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32,
): void {
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G);
  for (let t = 0; t < N * G; t++) {
    gradInput(s, g, w + <usize>(t % G) * s.wBytes, dx);
    g += s.outBytes;
    dx += s.xBytes;
  }
}

/** dw = gradient of w, summed over the images, all of it written. */
export function conv2dGradWeight(
  g: usize, x: usize, dw: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32,
): void {
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G);
  if (N == 0) memory.fill(dw, 0, s.wBytes * G);
  for (let t = 0; t < N * G; t++) {
    gradWeight(s, g, x, dw + <usize>(t % G) * s.wBytes, t >= G);
    g += s.outBytes;
    x += s.xBytes;
  }
}
