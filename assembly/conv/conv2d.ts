// 2-D convolution as GEMM over patches: out[F, P] = w[F, K] * patches[K, P] + bias for every image and group, with
// K = C/G * KH * KW and P = OH * OW. The patch matrix exists only in blocks that stay in L2 (im2col.ts). 1 x 1 windows need no
// patches, depthwise convolution has its own kernels (depthwise.ts), and 3 x 3 windows with stride 1 use Winograd's algorithm
// (winograd.ts).
// x [N, C, H, W], w [F, C/G, KH, KW], out [N, F, OH, OW]; sizes are elements. G groups, strides SH and SW, dilations DH and DW. PT and
// PL pad the top and the left; OH and OW determine the padding at the bottom and the right. `work` is scratch of conv2dWorkspace bytes.
// `filters` and `channels` limit a call to the first filters or channels: whole groups if G > 1. To compute later ones, advance
// every pointer except `work`. The algorithm is chosen from the full sizes, so the parts of a call give the same bytes as the whole.

import { activate } from "../gemm/activation";
import { depthOf } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { transpose } from "../move/transpose";
import { depthwise, depthwiseGradWeight, isDepthwise } from "./depthwise";
import { col2im, im2col } from "./im2col";
import { Plan, plan, planBytes } from "./plan";
import { winograd, winogradFilters } from "./winograd";
import { filterBytes, tileOf } from "./winograd_plan";

/** Fewest channels of a group for which flipping the filters pays: products with fewer rows wait for memory. */
const FEWEST_FLIPPED: i32 = 8;

/**
 * Whether dx is best computed as a convolution of g with flipped filters: rotated by 180 degrees, with channels and filters exchanged.
 * This needs stride 1. Patches of g are faster than col2im if there are no more of them than there would be of x.
 */
function convolvesFlipped(
  C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, DH: i32, DW: i32, G: i32, fast: i32,
): bool {
  if (SH > 1 || SW > 1 || KH * KW == 1) return false;
  if (C == G && F == G) return true;
  return tileOf(F, OH, OW, C, KH, KW, H, W, 1, 1, DH, DW, G, fast) > 0 || (C / G >= FEWEST_FLIPPED && C >= F && W <= OW);
}

/** Bytes of scratch at `work`, enough for the convolution and both its gradients. */
export function conv2dWorkspace(
  N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32,
  DH: i32, DW: i32, G: i32, fast: i32,
): f64 {
  const weights = 4 * <f64>F * (C / G) * KH * KW;
  const bytes = weights + planBytes(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast);
  if (!convolvesFlipped(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast)) return bytes;
  const tiled = tileOf(F, OH, OW, C, KH, KW, H, W, SH, SW, DH, DW, G, fast) > 0;
  return max(bytes, (tiled ? 0 : weights) + planBytes(F, OH, OW, C, KH, KW, H, W, SH, SW, DH, DW, G, fast));
}

/** How many of the G groups the first `wanted` of `all` channels or filters make up. */
@inline
function groupsOf(G: i32, wanted: i32, all: i32): i32 {
  return G == 1 ? 1 : wanted / (all / G);
}

/** One image of one group: out[M, P] = w[M, K] * patches(x) + bias. */
function convolveGroup(s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  if (s.pointwise) return gemm(s.filters, s.P, s.K, w, s.K, 1, x, s.P, 1, out, s.P, 0, bias, 0, 0, s.scratch);
  if (isDepthwise(s)) return depthwise(s, x, w, bias, out);
  const depth = depthOf(s.K);
  for (let p = 0; p < s.P; p += s.columns) {
    const columns = min(s.columns, s.P - p);
    const to = out + (<usize>p << 2);
    for (let k = 0; k < s.K; k += depth) {
      const rows = min(depth, s.K - k);
      im2col(s, x, k, rows, p, columns);
      gemm(s.filters, columns, rows, w + (<usize>k << 2), s.K, 1, s.block, <i32>s.ldb >> 2, 1,
        to, s.P, i32(k > 0), k > 0 ? 0 : bias, 0, 0, s.scratch);
    }
  }
}

/** to [channels, M, taps] = the first `channels` of the filters w [M, C, taps] of one group, with the taps in reverse order. */
function flipFilters(w: usize, to: usize, M: i32, C: i32, channels: i32, taps: i32): void {
  for (let c = 0; c < channels; c++) {
    for (let m = 0; m < M; m++) {
      let from = w + (<usize>((m * C + c + 1) * taps) << 2);
      for (let i = 0; i < taps; i++, to += 4) store<f32>(to, load<f32>((from -= 4)));
    }
  }
}

/** Scratch after the block, as large as the weights. */
@inline
function weightScratch(s: Plan): usize {
  return s.block + (<usize>s.blockFloats << 2);
}

/**
 * out = activation(conv(x, w) + bias) for N images and the first `groups` of G. If `flipped`, the plan's channels are the filters of w,
 * and w is flipped here. `transformed` is U of all filters for Winograd's algorithm, or 0.
 */
function convolveImages(
  s: Plan, x: usize, w: usize, flipped: bool, bias: usize, out: usize, N: i32, G: i32, groups: i32, activation: i32, transformed: usize,
): void {
  if (s.side) winograd(s, x, w, flipped, transformed, bias, out, N);
  else if (flipped) {
    const taps = s.KH * s.KW;
    const to = weightScratch(s);
    for (let group: usize = 0; group < <usize>groups; group++) {
      flipFilters(w + group * s.wBytes, to + group * s.wBytes, s.K / taps, s.M, s.filters, taps);
    }
    w = to;
  }
  for (let n: usize = 0; n < <usize>N; n++) {
    for (let group: usize = 0; group < <usize>groups; group++) {
      const at = n * G + group;
      const to = out + at * s.outBytes;
      if (!s.side) convolveGroup(s, x + at * s.xBytes, w + group * s.wBytes, bias ? bias + (group * s.M << 2) : 0, to);
      activate(activation, s.filters, s.P, to, <usize>s.P << 2);
    }
  }
}

/** dx = col2im(w' * g). */
function gradInput(s: Plan, g: usize, w: usize, dx: usize): void {
  if (s.pointwise) return gemm(s.weights, s.P, s.M, w, 1, s.K, g, s.P, 1, dx, s.P, 0, 0, 0, 0, s.scratch);
  memory.fill(dx, 0, <usize>(s.weights / (s.KH * s.KW) * s.H * s.W) << 2);
  const depth = depthOf(s.K);
  for (let p = 0; p < s.P; p += s.columns) {
    const columns = min(s.columns, s.P - p);
    for (let k = 0; k < s.weights; k += depth) {
      const rows = min(depth, s.weights - k);
      gemm(rows, columns, s.M, w + (<usize>k << 2), 1, s.K, g + (<usize>p << 2), s.P, 1,
        s.block, <i32>s.ldb >> 2, 0, 0, 0, 0, s.scratch);
      col2im(s, dx, k, rows, p, columns);
    }
  }
}

/**
 * One image of one group: dw' [K, M] = (accumulate ? dw' : 0) + patches(x) * g', written to `flipped`. The transposed gradient is
 * computed because the product then reads g transposed, which is much smaller than the patches.
 */
function gradWeight(s: Plan, g: usize, x: usize, flipped: usize, accumulate: bool): void {
  const depth = depthOf(s.K);
  for (let p = 0; p < s.P; p += s.columns) {
    const columns = min(s.columns, s.P - p);
    for (let k = 0; k < s.weights; k += depth) {
      const rows = min(depth, s.weights - k);
      im2col(s, x, k, rows, p, columns);
      gemm(rows, s.filters, columns, s.block, <i32>s.ldb >> 2, 1, g + (<usize>p << 2), 1, s.P,
        flipped + (<usize>(k * s.filters) << 2), s.filters, accumulate || p > 0, 0, 0, 0, s.scratch);
    }
  }
}

/** Bytes that `keepFilters` writes, or 0 where the convolution does not use Winograd's algorithm. */
export function keptFilterBytes(
  N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32, OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32,
  DH: i32, DW: i32, G: i32, fast: i32,
): f64 {
  const side = tileOf(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast);
  return side ? <f64>F * filterBytes(side, C) : 0;
}

/** Transforms the filters w once, for many calls of `conv2d` that pass the result as `transformed`. */
export function keepFilters(
  w: usize, transformed: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32,
): void {
  winogradFilters(plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast), w, transformed);
}

/**
 * out = activation(conv(x, w) + bias); bias is [F], or 0 for none. `fast` allows Winograd tiles of 4 x 4 (winograd4.ts).
 * `transformed` is what `keepFilters` wrote, or 0.
 */
export function conv2d(
  x: usize, w: usize, bias: usize, out: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32,
  filters: i32, activation: i32, transformed: usize,
): void {
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast);
  s.filters = min(s.M, filters);
  convolveImages(s, x, w, false, bias, out, N, G, groupsOf(G, filters, F), activation, transformed);
}

/** dx = the gradient of x. Every element is written. */
export function conv2dGradInput(
  g: usize, w: usize, dx: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32, channels: i32,
): void {
  const groups = groupsOf(G, channels, C);
  const wanted = min(C / G, channels);
  if (convolvesFlipped(C, H, W, F, KH, KW, OH, OW, SH, SW, DH, DW, G, fast)) {
    const top = (KH - 1) * DH - PT;
    const left = (KW - 1) * DW - PL;
    const s = plan(work, F, OH, OW, C, KH, KW, H, W, 1, 1, top, left, DH, DW, G, fast);
    s.filters = wanted;
    return convolveImages(s, g, w, true, 0, dx, N, G, groups, 0, 0);
  }
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast);
  s.weights = wanted * KH * KW;
  for (let n: usize = 0; n < <usize>N; n++) {
    for (let group: usize = 0; group < <usize>groups; group++) {
      const at = n * G + group;
      gradInput(s, g + at * s.outBytes, w + group * s.wBytes, dx + at * s.xBytes);
    }
  }
}

/** dw = the gradient of w, summed over the images. Every element is written. */
export function conv2dGradWeight(
  g: usize, x: usize, dw: usize, work: usize, N: i32, C: i32, H: i32, W: i32, F: i32, KH: i32, KW: i32,
  OH: i32, OW: i32, SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32, G: i32, fast: i32, channels: i32, filters: i32,
): void {
  const s = plan(work, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, fast);
  s.filters = min(s.M, filters);
  s.weights = min(C / G, channels) * KH * KW;
  if (N == 0) memory.fill(dw, 0, s.wBytes * G);
  const flipped = weightScratch(s);
  const groups = <usize>groupsOf(G, filters, F);
  for (let n: usize = 0; n < <usize>N; n++) {
    for (let group: usize = 0; group < groups; group++) {
      const at = n * G + group;
      const from = x + at * s.xBytes;
      const by = g + at * s.outBytes;
      const to = dw + group * s.wBytes;
      const sums = flipped + group * s.wBytes;
      const more = n > 0;
      if (s.pointwise) gemm(s.filters, s.weights, s.P, by, s.P, 1, from, 1, s.P, to, s.K, more, 0, 0, 0, s.scratch);
      else if (isDepthwise(s)) depthwiseGradWeight(s, by, from, to, more);
      else {
        gradWeight(s, by, from, sums, more);
        if (n + 1 == N) transpose(sums, to, s.filters, s.weights, s.filters, s.K);
      }
    }
  }
}
