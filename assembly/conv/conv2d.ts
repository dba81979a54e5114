// 2-D convolution as GEMM over patches: out[F, P] = w[F, K] * patches[K, P] + bias for every image and group, with
// K = C/G * KH * KW and P = OH * OW. The patch matrix exists only in blocks that stay in L2 (im2col.ts); 1 x 1 windows need
// none, depthwise convolution has kernels of its own, and 3 x 3 windows without stride go by Winograd's tiles (winograd.ts).
// x [N, C, H, W], w [F, C/G, KH, KW], out [N, F, OH, OW]. PT, PL pad the top and left; the bottom and right follow from OH, OW.

import { KC } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { depthwise, depthwiseGradWeight, isDepthwise } from "./depthwise";
import { col2im, im2col } from "./im2col";
import { Plan, plan, planBytes } from "./plan";
import { winograd } from "./winograd";
import { tileOf } from "./winograd_plan";

/** Channels of a group from which on filters turned around pay: thinner products wait on memory. */
const TURN: i32 = 8;

/**
 * Whether dx is best taken as a convolution of g, by the filters turned by 180 degrees, channels and filters exchanged. That
 * needs stride 1; patches of g beat col2im if they are no more than those of x would be.
 */
function turns(
  C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, DH: i32, DW: i32, G: i32, fast: i32,
): bool {
  if (SH > 1 || SW > 1 || KH * KW == 1) return false;
  if (C == G && F == G) return true;
  return tileOf(F, OH, OW, C, KH, KW, H, W, 1, 1, DH, DW, G, fast) > 0 || (C / G >= TURN && C >= F && W <= OW);
}

/** Bytes of scratch at `work`, enough for the convolution and both its gradients. */
export function conv2dWorkspace(
  N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32,
  DH: i32, DW: i32, G: i32, fast: i32,
): f64 {
  const bytes = planBytes(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast);
  if (!turns(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast)) return bytes;
  const tiled = tileOf(F, OH, OW, C, KH, KW, H, W, SH, SW, DH, DW, G, fast) > 0;
  const weights = tiled ? 0 : 4 * <f64>F * (C / G) * KH * KW;
  return max(bytes, weights + planBytes(F, OH, OW, C, KH, KW, H, W, SH, SW, DH, DW, G, fast));
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

/** The filters w [M, C, taps] of one group as `to` [C, M, taps], taps from last to first. */
function turn(w: usize, to: usize, M: i32, C: i32, taps: i32): void {
  for (let c = 0; c < C; c++) {
    for (let m = 0; m < M; m++) {
      let from = w + (<usize>((m * C + c + 1) * taps) << 2);
      for (let i = 0; i < taps; i++, to += 4) store<f32>(to, load<f32>((from -= 4)));
    }
  }
}

/** out = conv(x, w) + bias of N images; `turned` weights are those of a plan whose channels are its filters. */
function convolve(s: Plan, x: usize, w: usize, turned: bool, bias: usize, out: usize, N: i32, G: i32): void {
  if (s.side) return winograd(s, x, w, turned, bias, out, N);
  if (turned) {
    const taps = s.KH * s.KW;
    const to = s.block + (<usize>s.blockFloats << 2);
    for (let group: usize = 0; group < <usize>G; group++) {
      turn(w + group * s.wBytes, to + group * s.wBytes, s.K / taps, s.M, taps);
    }
    w = to;
  }
  for (let t = 0; t < N * G; t++) {
    const group = <usize>(t % G);
    forward(s, x, w + group * s.wBytes, bias ? bias + (group * s.M << 2) : 0, out);
    x += s.xBytes;
    out += s.outBytes;
  }
}

/** dx = col2im(w' * g). */
function gradInput(s: Plan, g: usize, w: usize, dx: usize): void {
  if (s.pointwise) return gemm(s.K, s.P, s.M, w, 1, s.K, g, s.P, 1, dx, s.P, 0, 0, 0, s.scratch);
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

/** out = conv(x, w) + bias; bias [F] or 0. `fast` allows tiles of 4 (winograd4.ts). */
export function conv2d(
  x: usize, w: usize, bias: usize, out: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32,
): void {
  convolve(plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast), x, w, false, bias, out, N, G);
}

/** dx = gradient of x, all of it written. */
export function conv2dGradInput(
  g: usize, w: usize, dx: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32,
): void {
  if (turns(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast)) {
    const top = (KH - 1) * DH - PT;
    const left = (KW - 1) * DW - PL;
    const s = plan(work, F, OH, OW, C, KH, KW, H, W, 1, 1, top, left, DH, DW, G, fast);
    return convolve(s, g, w, true, 0, dx, N, G);
  }
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast);
  for (let t = 0; t < N * G; t++) {
    gradInput(s, g, w + <usize>(t % G) * s.wBytes, dx);
    g += s.outBytes;
    dx += s.xBytes;
  }
}

/** dw = gradient of w, summed over the images, all of it written. */
export function conv2dGradWeight(
  g: usize, x: usize, dw: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32,
): void {
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast);
  if (N == 0) memory.fill(dw, 0, s.wBytes * G);
  for (let t = 0; t < N * G; t++) {
    gradWeight(s, g, x, dw + <usize>(t % G) * s.wBytes, t >= G);
    g += s.outBytes;
    x += s.xBytes;
  }
}
