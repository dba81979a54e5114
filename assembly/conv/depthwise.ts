// Depthwise convolution, one filter for each channel: far too little work per pixel for a matrix product. Sizes are floats.
// 3 x 3 windows are read directly from the image where possible (depthwise3.ts). For all other windows, a plane is copied with its
// padding to the plan's scratch. In this copy no window crosses a border, and vectors may run past the end of a row: the extra
// lanes hold the floats that follow, and are dropped.

import { loadTail, madd, storeUpTo4 } from "../lib/simd";
import { loadEvery } from "../lib/strided";
import { addWide, CHAIN, depthwise3, depthwise3GradWeight, firstLanes, isDepthwise3, store1 } from "./depthwise3";
import { PLANE_SLACK, pad } from "./pad";
import { Plan } from "./plan";

/** Size of the padded plane along one axis: from the first tap of the first output to the last tap of the last. */
@inline
function extent(outputs: i32, stride: i32, taps: i32, dilation: i32): i32 {
  return (outputs - 1) * stride + (taps - 1) * dilation + 1;
}

@inline
function highOf(s: Plan): i32 {
  return extent(s.OH, s.SH, s.KH, s.DH);
}

@inline
function wideOf(s: Plan): i32 {
  return extent(s.OW, s.SW, s.KW, s.DW);
}

/** Whether `depthwise` and `depthwiseGradWeight` take this convolution. */
export function isDepthwise(s: Plan): bool {
  if (s.M != 1 || s.K != s.KH * s.KW) return false;
  return isDepthwise3(s) || (s.SW <= 2 && <f64>highOf(s) * wideOf(s) + PLANE_SLACK <= <f64>s.blockFloats);
}

/** Copies the plane with its padding to the plan's scratch, and returns the copy. */
function padToScratch(s: Plan, x: usize): usize {
  pad(x, s.H, s.W, -s.PT, -s.PL, highOf(s), wideOf(s), s.block);
  return s.block;
}

/** Writes the first `left` of 16 outputs. */
@inline
function storeRow16(out: usize, a: v128, b: v128, c: v128, d: v128, left: i32): void {
  storeUpTo4(out, a, left);
  if (left > 4) storeUpTo4(out + 16, b, left - 4);
  if (left > 8) storeUpTo4(out + 32, c, left - 8);
  if (left > 12) storeUpTo4(out + 48, d, left - 12);
}

/**
 * Writes the first `left` of 16 outputs in each of two rows, `next` bytes apart, whose windows begin at x and y. Eight sums hide
 * the latency of an addition. `step` is the stride, a constant where this is inlined; `down` is bytes from one row of taps to the next.
 */
@inline
function correlateRows(
  step: i32, s: Plan, x: usize, y: usize, down: usize, w: usize, start: v128, out: usize, next: usize, left: i32,
): void {
  let a = start;
  let b = start;
  let c = start;
  let d = start;
  let e = start;
  let f = start;
  let g = start;
  let h = start;
  const columns = s.KW;
  const across = <usize>s.DW << 2;
  for (let rows = s.KH; rows > 0; rows--, x += down, y += down) {
    let p = x;
    let q = y;
    for (let kw = columns; kw > 0; kw--, p += across, q += across, w += 4) {
      const tap = v128.load32_splat(w);
      a = madd(tap, loadEvery(p, step), a);
      b = madd(tap, loadEvery(p + 16 * step, step), b);
      c = madd(tap, loadEvery(p + 32 * step, step), c);
      d = madd(tap, loadEvery(p + 48 * step, step), d);
      e = madd(tap, loadEvery(q, step), e);
      f = madd(tap, loadEvery(q + 16 * step, step), f);
      g = madd(tap, loadEvery(q + 32 * step, step), g);
      h = madd(tap, loadEvery(q + 48 * step, step), h);
    }
  }
  storeRow16(out, a, b, c, d, left);
  storeRow16(out + next, e, f, g, h, left);
}

@inline
function convolvePlane(step: i32, s: Plan, plane: usize, w: usize, start: v128, out: usize): void {
  const across = <usize>wideOf(s) << 2;
  const down = <usize>s.DH * across;
  for (let pair = 0; pair < s.OH; pair += 2) {
    const oh = max(0, min(pair, s.OH - 2)); // if OH is odd, the last pair overlaps the one before it
    const under = min(1, s.OH - 1);
    let x = plane + <usize>(oh * s.SH) * across;
    let y = x + <usize>(under * s.SH) * across;
    const next = <usize>(under * s.OW) << 2;
    let to = out + (<usize>(oh * s.OW) << 2);
    for (let left = s.OW; left > 0; left -= 16, x += 64 * step, y += 64 * step, to += 64) {
      correlateRows(step, s, x, y, down, w, start, to, next, left);
    }
  }
}

/** out [OH, OW] = x [H, W] * w [KH, KW] + bias. */
export function depthwise(s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  if (isDepthwise3(s)) return depthwise3(s, x, w, bias, out);
  const plane = padToScratch(s, x);
  const start = bias ? v128.load32_splat(bias) : f32x4.splat(0);
  if (s.SW == 1) convolvePlane(1, s, plane, w, start, out);
  else convolvePlane(2, s, plane, w, start, out);
}

/**
 * dw[j] = (accumulate ? dw[j] : 0) + the sum of g * x over the plane, for `taps` (1 to 3) neighbouring taps of a row. x is the pixel
 * of the first tap for the first output. `step` is the stride, a constant where this is inlined.
 */
@inline
function accumulateTaps(step: i32, s: Plan, x: usize, g: usize, dw: usize, taps: i32, accumulate: bool): void {
  const down = <usize>(s.SH * wideOf(s)) << 2;
  const across = <usize>s.DW << 2;
  const second = taps > 1 ? across : 0;
  const third = taps > 2 ? across << 1 : 0;
  const inside = firstLanes(s.OW & 3);
  const none = f32x4.splat(0);
  let total0 = none;
  let total1 = none;
  let total2 = none;
  const high = max(1, 8 * CHAIN / s.OW);
  for (let rows = s.OH; rows > 0; rows -= high) {
    let a = none;
    let b = none;
    let c = none;
    let d = none;
    let e = none;
    let f = none;
    for (let row = min(rows, high); row > 0; row--, x += down) {
      let at = x;
      let left = s.OW;
      for (; left >= 8; left -= 8, at += 32 * step, g += 32) {
        const v = v128.load(g);
        a = madd(v, loadEvery(at, step), a);
        b = madd(v, loadEvery(at + second, step), b);
        c = madd(v, loadEvery(at + third, step), c);
        const u = v128.load(g, 16);
        const on = at + 16 * step;
        d = madd(u, loadEvery(on, step), d);
        e = madd(u, loadEvery(on + second, step), e);
        f = madd(u, loadEvery(on + third, step), f);
      }
      if (left >= 4) {
        const v = v128.load(g);
        a = madd(v, loadEvery(at, step), a);
        b = madd(v, loadEvery(at + second, step), b);
        c = madd(v, loadEvery(at + third, step), c);
        left -= 4;
        at += 16 * step;
        g += 16;
      }
      if (left > 0) {
        const u = loadTail(g, left);
        d = madd(u, v128.and(loadEvery(at, step), inside), d);
        e = madd(u, v128.and(loadEvery(at + second, step), inside), e);
        f = madd(u, v128.and(loadEvery(at + third, step), inside), f);
        g += <usize>left << 2;
      }
    }
    total0 = addWide(total0, f32x4.add(a, d));
    total1 = addWide(total1, f32x4.add(b, e));
    total2 = addWide(total2, f32x4.add(c, f));
  }
  store1(dw, total0, accumulate);
  if (taps > 1) store1(dw + 4, total1, accumulate);
  if (taps > 2) store1(dw + 8, total2, accumulate);
}

function accumulateTaps1(s: Plan, x: usize, g: usize, dw: usize, taps: i32, accumulate: bool): void {
  accumulateTaps(1, s, x, g, dw, taps, accumulate);
}

function accumulateTaps2(s: Plan, x: usize, g: usize, dw: usize, taps: i32, accumulate: bool): void {
  accumulateTaps(2, s, x, g, dw, taps, accumulate);
}

/** dw [KH, KW] = (accumulate ? dw : 0) + sum of g * x over the plane. */
export function depthwiseGradWeight(s: Plan, g: usize, x: usize, dw: usize, accumulate: bool): void {
  if (isDepthwise3(s)) return depthwise3GradWeight(s, g, x, dw, accumulate);
  const plane = padToScratch(s, x);
  for (let kh = 0; kh < s.KH; kh++) {
    for (let kw = 0; kw < s.KW; kw += 3) {
      const taps = min(3, s.KW - kw);
      const from = plane + (<usize>(kh * s.DH * wideOf(s) + kw * s.DW) << 2);
      if (s.SW == 1) accumulateTaps1(s, from, g, dw, taps, accumulate);
      else accumulateTaps2(s, from, g, dw, taps, accumulate);
      dw += <usize>taps << 2;
    }
  }
}
