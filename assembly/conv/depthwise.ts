// Depthwise convolution, one filter for each channel: far too little work per pixel for a product of matrices.
// A plane is copied with its padding to the plan's scratch, `wide` floats a row. There no window meets a border, and vectors
// may run past the end of a row: they read what comes next and those lanes are dropped.

import { loadEvery } from "../lib/strided";
import { loadTail, madd, storeUpTo4 } from "../lib/simd";
import { PLANE_SLACK, pad } from "./pad";
import { Plan } from "./plan";

const LANES: usize = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0]);

/** Size of the padded plane along one axis: from the first tap of the first output to the last tap of the last. */
@inline
function extent(outputs: i32, stride: i32, taps: i32, dilation: i32): i32 {
  return (outputs - 1) * stride + (taps - 1) * dilation + 1;
}

@inline
function fits(s: Plan, high: i32, wide: i32): bool {
  return <f64>high * wide + PLANE_SLACK <= <f64>s.blockFloats;
}

/** Whether `depthwise` and `depthwiseGradWeight` take this convolution. */
export function isDepthwise(s: Plan): bool {
  return s.M == 1 && s.K == s.KH * s.KW && s.SW <= 2
    && fits(s, extent(s.OH, s.SH, s.KH, s.DH), extent(s.OW, s.SW, s.KW, s.DW));
}

/**
 * out = bias + the windows at x, `step` apart: 16 outputs if vectors is 4, up to 4 if it is 1. vectors and step are constants
 * where this is inlined.
 */
@inline
function correlate(
  vectors: i32, step: i32, s: Plan, x: usize, wide: i32, w: usize, bias: v128, out: usize, left: i32,
): void {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  const columns = s.KW;
  const across = <usize>s.DW << 2;
  const down = <usize>(s.DH * wide) << 2;
  for (let rows = s.KH; rows > 0; rows--, x += down) {
    let at = x;
    for (let kw = columns; kw > 0; kw--, at += across, w += 4) {
      const tap = v128.load32_splat(w);
      sum0 = madd(tap, loadEvery(at, step), sum0);
      if (vectors > 1) {
        sum1 = madd(tap, loadEvery(at + 16 * step, step), sum1);
        sum2 = madd(tap, loadEvery(at + 32 * step, step), sum2);
        sum3 = madd(tap, loadEvery(at + 48 * step, step), sum3);
      }
    }
  }
  if (vectors > 1) {
    v128.store(out, f32x4.add(sum0, bias));
    v128.store(out, f32x4.add(sum1, bias), 16);
    v128.store(out, f32x4.add(sum2, bias), 32);
    v128.store(out, f32x4.add(sum3, bias), 48);
  } else storeUpTo4(out, f32x4.add(sum0, bias), left);
}

/** One row of OW outputs; step is a constant where this is inlined. */
@inline
function correlateRow(step: i32, s: Plan, x: usize, wide: i32, w: usize, bias: v128, out: usize, OW: i32): void {
  for (; OW >= 16; OW -= 16, x += 64 * step, out += 64) correlate(4, step, s, x, wide, w, bias, out, 16);
  for (; OW > 0; OW -= 4, x += 16 * step, out += 16) correlate(1, step, s, x, wide, w, bias, out, OW);
}

/** out [OH, OW] = x [H, W] * w [KH, KW] + bias. */
export function depthwise(s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  const high = extent(s.OH, s.SH, s.KH, s.DH);
  const wide = extent(s.OW, s.SW, s.KW, s.DW);
  pad(x, s.H, s.W, -s.PT, -s.PL, high, wide, s.block);
  const start = bias ? v128.load32_splat(bias) : f32x4.splat(0);
  for (let oh = 0; oh < s.OH; oh++, out += <usize>s.OW << 2) {
    const row = s.block + (<usize>(oh * s.SH * wide) << 2);
    if (s.SW == 1) correlateRow(1, s, row, wide, w, start, out, s.OW);
    else correlateRow(2, s, row, wide, w, start, out, s.OW);
  }
}

/** Sum of g * x over one row of OW outputs, in four lanes. */
@inline
function dotRow(step: i32, x: usize, g: usize, OW: i32): v128 {
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (; OW >= 16; OW -= 16, x += 64 * step, g += 64) {
    sum0 = madd(v128.load(g), loadEvery(x, step), sum0);
    sum1 = madd(v128.load(g, 16), loadEvery(x + 16 * step, step), sum1);
    sum2 = madd(v128.load(g, 32), loadEvery(x + 32 * step, step), sum2);
    sum3 = madd(v128.load(g, 48), loadEvery(x + 48 * step, step), sum3);
  }
  for (; OW >= 4; OW -= 4, x += 16 * step, g += 16) sum0 = madd(v128.load(g), loadEvery(x, step), sum0);
  if (OW > 0) {
    const inside = v128.load(LANES + (<usize>(4 - OW) << 2));
    sum1 = madd(loadTail(g, OW), v128.and(loadEvery(x, step), inside), sum1);
  }
  return f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
}

/** dw [KH, KW] = (accumulate ? dw : 0) + sum of g * x over the plane, row by row. */
export function depthwiseGradWeight(s: Plan, g: usize, x: usize, dw: usize, accumulate: bool): void {
  const high = extent(s.OH, s.SH, s.KH, s.DH);
  const wide = extent(s.OW, s.SW, s.KW, s.DW);
  pad(x, s.H, s.W, -s.PT, -s.PL, high, wide, s.block);
  for (let k = 0; k < s.K; k++, dw += 4) {
    const kh = k / s.KW;
    let row = s.block + (<usize>(kh * s.DH * wide + (k - kh * s.KW) * s.DW) << 2);
    let sum = f32x4.splat(0);
    for (let oh = 0; oh < s.OH; oh++, row += <usize>(s.SH * wide) << 2) {
      const from = g + (<usize>(oh * s.OW) << 2);
      sum = f32x4.add(sum, s.SW == 1 ? dotRow(1, row, from, s.OW) : dotRow(2, row, from, s.OW));
    }
    const pair0 = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
    const pair1 = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
    store<f32>(dw, (accumulate ? load<f32>(dw) : 0) + (pair0 + pair1));
  }
}
