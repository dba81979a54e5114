// Depthwise convolution with 3 x 3 windows, stride 1 or 2, at most a column of padding on each side: straight from the image.
// Rows that padding adds are a row of zeros in the plan's scratch; the first and the last vector of a row shift zeros in.
// `step` is the stride, `first` and `last` say whether a vector meets the padding; all three are constants where they are inlined.
// Vectors never reach beyond a row; the last one of a row may overlap the one before it.

import { madd, widenHigh, widenLow } from "../lib/simd";
import { zeros } from "./pad";
import { Plan } from "./plan";

/** Products that one lane adds up in float32; the rest of the sum is float64. */
export const CHAIN: i32 = 96;

/** Floats of scratch beside the table of rows and the row of zeros. */
const SCRATCH: i32 = 48;

const LANES: usize = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0]);

/** A mask of the first `count` (0 to 4) lanes. */
@inline
export function firstLanes(count: i32): v128 {
  return v128.load(LANES + (<usize>(4 - count) << 2));
}

/** Whether the last window of a row meets a column of padding. */
@inline
function overhang(s: Plan): i32 {
  return (s.OW - 1) * s.SW - s.PL + 3 - s.W;
}

/** Rows of an image that the windows touch, those of padding included. */
@inline
function rowsOf(s: Plan): i32 {
  return (s.OH - 1) * s.SH + 3;
}

/** Whether the kernels of this file take the convolution. The first and the last vector of a row must differ. */
export function isDepthwise3(s: Plan): bool {
  return s.KH == 3 && s.KW == 3 && s.DH == 1 && s.DW == 1 && s.SH == s.SW && s.SW <= 2 && s.PL <= 1 && overhang(s) <= 1
    && s.OH >= 2 && s.OW >= 5 && s.W + rowsOf(s) + SCRATCH <= s.blockFloats;
}

/**
 * Writes where the columns of each row begin, counted from the first column of padding: in the image, or a row of zeros above
 * and below it. Returns the table.
 */
function rowTable(s: Plan, x: usize): usize {
  const table = zeros(s.block, s.W + 4);
  const rows = rowsOf(s);
  for (let row = 0; row < rows; row++) {
    const h = row - s.PT;
    store<usize>(table + (<usize>row << 2), <u32>h < <u32>s.H ? x + (<usize>(h * s.W - s.PL) << 2) : s.block);
  }
  return table;
}

/** The first four columns of a vector's windows. */
@inline
function start(x: usize, first: bool): v128 {
  return first ? v128.shuffle<f32>(f32x4.splat(0), v128.load(x, 4), 0, 4, 5, 6) : v128.load(x);
}

/** The next four, which only stride 2 reads. */
@inline
function rest(step: i32, x: usize): v128 {
  return step == 1 ? f32x4.splat(0) : v128.load(x, 16);
}

/** What the left, the middle and the right tap of four windows see. */
@inline
function left3(step: i32, start: v128, rest: v128): v128 {
  return step == 1 ? start : v128.shuffle<f32>(start, rest, 0, 2, 4, 6);
}

@inline
function middle3(step: i32, x: usize, start: v128, rest: v128): v128 {
  return step == 1 ? v128.load(x, 4) : v128.shuffle<f32>(start, rest, 1, 3, 5, 7);
}

@inline
function right3(step: i32, x: usize, left: v128, middle: v128, last: bool): v128 {
  if (step == 1) return last ? v128.shuffle<f32>(middle, f32x4.splat(0), 1, 2, 3, 4) : v128.load(x, 8);
  return v128.shuffle<f32>(left, last ? f32x4.splat(0) : v128.load32_zero(x, 32), 1, 2, 3, 4);
}

/** sum + a, b and c times what the taps of four windows see. */
@inline
function dot(step: i32, x: usize, first: bool, last: bool, a: v128, b: v128, c: v128, sum: v128): v128 {
  const begin = start(x, first);
  const more = rest(step, x);
  const l = left3(step, begin, more);
  const m = middle3(step, x, begin, more);
  const r = right3(step, x, l, m, last);
  return madd(c, r, madd(b, m, madd(a, l, sum)));
}

/** Four outputs. The rows of a window are summed apart, so that not all that is loaded waits for the first sum. */
@inline
function correlate(
  step: i32, r0: usize, r1: usize, r2: usize, first: bool, last: bool,
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128, start: v128,
): v128 {
  const zero = f32x4.splat(0);
  const upper = f32x4.add(dot(step, r0, first, last, a, b, c, start), dot(step, r1, first, last, d, e, f, zero));
  return f32x4.add(upper, dot(step, r2, first, last, g, h, i, zero));
}

@inline
function forward(step: i32, s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  const start = bias ? v128.load32_splat(bias) : f32x4.splat(0);
  const a = v128.load32_splat(w);
  const b = v128.load32_splat(w, 4);
  const c = v128.load32_splat(w, 8);
  const d = v128.load32_splat(w, 12);
  const e = v128.load32_splat(w, 16);
  const f = v128.load32_splat(w, 20);
  const g = v128.load32_splat(w, 24);
  const h = v128.load32_splat(w, 28);
  const i = v128.load32_splat(w, 32);
  const padded = overhang(s) > 0;
  const final = s.OW - 4;
  const end = padded ? final : s.OW;
  let rows = rowTable(s, x);
  for (let oh = 0; oh < s.OH; oh++, rows += 4 * step, out += <usize>s.OW << 2) {
    const r0 = load<usize>(rows);
    const r1 = load<usize>(rows, 4);
    const r2 = load<usize>(rows, 8);
    let ow = 0;
    if (s.PL > 0) {
      v128.store(out, correlate(step, r0, r1, r2, true, false, a, b, c, d, e, f, g, h, i, start));
      ow = 4;
    }
    for (; ow < end; ow += 4) {
      const at = <usize>min(ow, final) << 2;
      const p = at * step;
      v128.store(out + at, correlate(step, r0 + p, r1 + p, r2 + p, false, false, a, b, c, d, e, f, g, h, i, start));
    }
    if (padded) {
      const at = <usize>final << 2;
      const p = at * step;
      v128.store(out + at, correlate(step, r0 + p, r1 + p, r2 + p, false, true, a, b, c, d, e, f, g, h, i, start));
    }
  }
}

/** out [OH, OW] = x [H, W] * w [3, 3] + bias. */
export function depthwise3(s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  if (s.SW == 1) forward(1, s, x, w, bias, out);
  else forward(2, s, x, w, bias, out);
}

/** x, or only its lanes in `fresh`. */
@inline
function only(partial: bool, x: v128, fresh: v128): v128 {
  return partial ? v128.and(x, fresh) : x;
}

/** A total in two float64 lanes, with four lanes added. */
@inline
export function addWide(total: v128, sum: v128): v128 {
  return f64x2.add(total, f64x2.add(widenLow(sum), widenHigh(sum)));
}

/** dw + the total, or the total alone. */
@inline
export function store1(dw: usize, total: v128, accumulate: bool): void {
  const sum = <f32>(f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
  store<f32>(dw, accumulate ? load<f32>(dw) + sum : sum);
}

@inline
function flush(totals: usize, sum: v128): void {
  v128.store(totals, addWide(v128.load(totals), sum));
}

/**
 * totals [9, 2], float64, += g * x over columns `from` to `to` of all rows of g, in steps of 4. Where it is `partial`, a constant,
 * only the lanes in `fresh` count: both factors are cleared, since 0 * Infinity is not 0.
 */
@inline
function gather(
  step: i32, first: bool, partial: bool, last: bool, s: Plan, grad: usize, rows: usize, totals: usize, from: i32, to: i32, fresh: v128,
): void {
  const high = max(1, 4 * CHAIN / (to - from));
  const at = <usize>from << 2;
  grad += at;
  let oh = s.OH;
  while (oh > 0) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let e = a;
    let f = a;
    let g = a;
    let h = a;
    let i = a;
    for (let end = max(0, oh - high); oh > end; oh--, grad += <usize>s.OW << 2, rows += 4 * step) {
      let r0 = load<usize>(rows) + at * step;
      let r1 = load<usize>(rows, 4) + at * step;
      let r2 = load<usize>(rows, 8) + at * step;
      let p = grad;
      for (let left = to - from; left > 0; left -= 4, p += 16, r0 += 16 * step, r1 += 16 * step, r2 += 16 * step) {
        const v = only(partial, v128.load(p), fresh);
        let begin = start(r0, first);
        let more = rest(step, r0);
        let x = left3(step, begin, more);
        let y = middle3(step, r0, begin, more);
        let z = right3(step, r0, x, y, last);
        a = madd(v, only(partial, x, fresh), a);
        b = madd(v, only(partial, y, fresh), b);
        c = madd(v, only(partial, z, fresh), c);
        begin = start(r1, first);
        more = rest(step, r1);
        x = left3(step, begin, more);
        y = middle3(step, r1, begin, more);
        z = right3(step, r1, x, y, last);
        d = madd(v, only(partial, x, fresh), d);
        e = madd(v, only(partial, y, fresh), e);
        f = madd(v, only(partial, z, fresh), f);
        begin = start(r2, first);
        more = rest(step, r2);
        x = left3(step, begin, more);
        y = middle3(step, r2, begin, more);
        z = right3(step, r2, x, y, last);
        g = madd(v, only(partial, x, fresh), g);
        h = madd(v, only(partial, y, fresh), h);
        i = madd(v, only(partial, z, fresh), i);
      }
    }
    flush(totals, a);
    flush(totals + 16, b);
    flush(totals + 32, c);
    flush(totals + 48, d);
    flush(totals + 64, e);
    flush(totals + 80, f);
    flush(totals + 96, g);
    flush(totals + 112, h);
    flush(totals + 128, i);
  }
}

@inline
function gradWeight(step: i32, s: Plan, g: usize, rows: usize, totals: usize): void {
  const from = s.PL > 0 ? 4 : 0;
  const to = (s.OW - 1) & -4; // the last vector is taken by itself
  const fresh = v128.not(firstLanes(to + 4 - s.OW));
  // The inner columns come first, because they read the plane in order.
  if (from < to) gather(step, false, false, false, s, g, rows, totals, from, to, fresh);
  if (from > 0) gather(step, true, false, false, s, g, rows, totals, 0, 4, fresh);
  gather(step, false, true, overhang(s) > 0, s, g, rows, totals, s.OW - 4, s.OW, fresh);
}

/** dw [3, 3] = (accumulate ? dw : 0) + sum of g * x over the plane. */
export function depthwise3GradWeight(s: Plan, g: usize, x: usize, dw: usize, accumulate: bool): void {
  const rows = rowTable(s, x);
  const totals = rows + (<usize>rowsOf(s) << 2);
  zeros(totals, 36);
  if (s.SW == 1) gradWeight(1, s, g, rows, totals);
  else gradWeight(2, s, g, rows, totals);
  for (let k: usize = 0; k < 9; k++) store1(dw + (k << 2), v128.load(totals + (k << 4)), accumulate);
}
