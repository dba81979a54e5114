// Depthwise convolution that reads the image directly, for 3 x 3 windows with stride 1 or 2 and at most one column of padding on each
// side. Rows of padding all read one row of zeros in the plan's scratch; columns of padding are zeros shifted into the first and the
// last vector of a row. `step` is the stride, `first` and `last` say whether a vector includes padding on the left or on the right; all
// three are constants where they are inlined. No vector crosses the end of a row; the last one may overlap the one before it.

import { madd, widenHigh, widenLow } from "../lib/simd";
import { zeros } from "./pad";
import { Plan } from "./plan";

/** Most products that one lane adds up in float32; these partial sums are added in float64. */
export const CHAIN: i32 = 96;

/** Floats of scratch besides the table of rows and the row of zeros. */
const SCRATCH: i32 = 48;

const LANES: usize = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0]);

/** A mask of the first `count` (0 to 4) lanes. */
@inline
export function firstLanes(count: i32): v128 {
  return v128.load(LANES + (<usize>(4 - count) << 2));
}

/** Columns by which the last window of a row extends past the image: 1 if it includes padding, 0 or less if not. */
@inline
function overhang(s: Plan): i32 {
  return (s.OW - 1) * s.SW - s.PL + 3 - s.W;
}

/** Rows that the windows read, including rows of padding. */
@inline
function rowsOf(s: Plan): i32 {
  return (s.OH - 1) * s.SH + 3;
}

/** Whether the kernels of this file can compute the convolution. The first and the last vector of a row must differ. */
export function isDepthwise3(s: Plan): bool {
  return s.KH == 3 && s.KW == 3 && s.DH == 1 && s.DW == 1 && s.SH == s.SW && s.SW <= 2 && s.PL <= 1 && overhang(s) <= 1
    && s.OH >= 2 && s.OW >= 5 && s.W + rowsOf(s) + SCRATCH <= s.blockFloats;
}

/**
 * Writes a table with the address of each row, starting at the left padding: a row of the image, or the row of zeros for rows above
 * and below the image. Returns the table.
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

/** The first four columns that a vector of windows reads. */
@inline
function firstColumns(x: usize, first: bool): v128 {
  return first ? v128.shuffle<f32>(f32x4.splat(0), v128.load(x, 4), 0, 4, 5, 6) : v128.load(x);
}

/** The next four columns, which only stride 2 needs. */
@inline
function nextColumns(step: i32, x: usize): v128 {
  return step == 1 ? f32x4.splat(0) : v128.load(x, 16);
}

/** The pixels under the left tap of four windows; `middle3` and `right3` return those under the other two. */
@inline
function left3(step: i32, firstColumns: v128, nextColumns: v128): v128 {
  return step == 1 ? firstColumns : v128.shuffle<f32>(firstColumns, nextColumns, 0, 2, 4, 6);
}

@inline
function middle3(step: i32, x: usize, firstColumns: v128, nextColumns: v128): v128 {
  return step == 1 ? v128.load(x, 4) : v128.shuffle<f32>(firstColumns, nextColumns, 1, 3, 5, 7);
}

@inline
function right3(step: i32, x: usize, left: v128, middle: v128, last: bool): v128 {
  if (step == 1) return last ? v128.shuffle<f32>(middle, f32x4.splat(0), 1, 2, 3, 4) : v128.load(x, 8);
  return v128.shuffle<f32>(left, last ? f32x4.splat(0) : v128.load32_zero(x, 32), 1, 2, 3, 4);
}

/** sum + a, b and c times the pixels under the left, middle and right tap of four windows. */
@inline
function dot3(step: i32, x: usize, first: bool, last: bool, a: v128, b: v128, c: v128, sum: v128): v128 {
  const begin = firstColumns(x, first);
  const more = nextColumns(step, x);
  const l = left3(step, begin, more);
  const m = middle3(step, x, begin, more);
  const r = right3(step, x, l, m, last);
  return madd(c, r, madd(b, m, madd(a, l, sum)));
}

/** Four outputs. The rows of a window are summed separately, which shortens the chain of dependent additions. */
@inline
function correlate3x3(
  step: i32, r0: usize, r1: usize, r2: usize, first: bool, last: bool,
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, i: v128, firstColumns: v128,
): v128 {
  const zero = f32x4.splat(0);
  const upper = f32x4.add(dot3(step, r0, first, last, a, b, c, firstColumns), dot3(step, r1, first, last, d, e, f, zero));
  return f32x4.add(upper, dot3(step, r2, first, last, g, h, i, zero));
}

@inline
function convolve3x3(step: i32, s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  const firstColumns = bias ? v128.load32_splat(bias) : f32x4.splat(0);
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
      v128.store(out, correlate3x3(step, r0, r1, r2, true, false, a, b, c, d, e, f, g, h, i, firstColumns));
      ow = 4;
    }
    for (; ow < end; ow += 4) {
      const at = <usize>min(ow, final) << 2;
      const p = at * step;
      v128.store(out + at, correlate3x3(step, r0 + p, r1 + p, r2 + p, false, false, a, b, c, d, e, f, g, h, i, firstColumns));
    }
    if (padded) {
      const at = <usize>final << 2;
      const p = at * step;
      v128.store(out + at, correlate3x3(step, r0 + p, r1 + p, r2 + p, false, true, a, b, c, d, e, f, g, h, i, firstColumns));
    }
  }
}

/** out [OH, OW] = x [H, W] * w [3, 3] + bias. */
export function depthwise3(s: Plan, x: usize, w: usize, bias: usize, out: usize): void {
  if (s.SW == 1) convolve3x3(1, s, x, w, bias, out);
  else convolve3x3(2, s, x, w, bias, out);
}

/** x, with the lanes outside the mask `fresh` cleared if `partial`. */
@inline
function maskIf(partial: bool, x: v128, fresh: v128): v128 {
  return partial ? v128.and(x, fresh) : x;
}

/** Adds four float32 lanes to a total of two float64 lanes. */
@inline
export function addWide(total: v128, sum: v128): v128 {
  return f64x2.add(total, f64x2.add(widenLow(sum), widenHigh(sum)));
}

/** dw = (accumulate ? dw : 0) + total. */
@inline
export function store1(dw: usize, total: v128, accumulate: bool): void {
  const sum = <f32>(f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1));
  store<f32>(dw, accumulate ? load<f32>(dw) + sum : sum);
}

@inline
function addToTotal(totals: usize, sum: v128): void {
  v128.store(totals, addWide(v128.load(totals), sum));
}

/**
 * totals [9, 2], float64, += g * x over columns `from` to `to` of all rows of g, in steps of 4. If `partial`, a constant, only the
 * lanes in the mask `fresh` count. The other lanes of both factors are cleared, since 0 * Infinity is not 0.
 */
@inline
function accumulateColumns(
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
        const v = maskIf(partial, v128.load(p), fresh);
        let begin = firstColumns(r0, first);
        let more = nextColumns(step, r0);
        let x = left3(step, begin, more);
        let y = middle3(step, r0, begin, more);
        let z = right3(step, r0, x, y, last);
        a = madd(v, maskIf(partial, x, fresh), a);
        b = madd(v, maskIf(partial, y, fresh), b);
        c = madd(v, maskIf(partial, z, fresh), c);
        begin = firstColumns(r1, first);
        more = nextColumns(step, r1);
        x = left3(step, begin, more);
        y = middle3(step, r1, begin, more);
        z = right3(step, r1, x, y, last);
        d = madd(v, maskIf(partial, x, fresh), d);
        e = madd(v, maskIf(partial, y, fresh), e);
        f = madd(v, maskIf(partial, z, fresh), f);
        begin = firstColumns(r2, first);
        more = nextColumns(step, r2);
        x = left3(step, begin, more);
        y = middle3(step, r2, begin, more);
        z = right3(step, r2, x, y, last);
        g = madd(v, maskIf(partial, x, fresh), g);
        h = madd(v, maskIf(partial, y, fresh), h);
        i = madd(v, maskIf(partial, z, fresh), i);
      }
    }
    addToTotal(totals, a);
    addToTotal(totals + 16, b);
    addToTotal(totals + 32, c);
    addToTotal(totals + 48, d);
    addToTotal(totals + 64, e);
    addToTotal(totals + 80, f);
    addToTotal(totals + 96, g);
    addToTotal(totals + 112, h);
    addToTotal(totals + 128, i);
  }
}

@inline
function gradWeight3x3(step: i32, s: Plan, g: usize, rows: usize, totals: usize): void {
  const from = s.PL > 0 ? 4 : 0;
  const to = (s.OW - 1) & -4; // the last vector is done separately
  const fresh = v128.not(firstLanes(to + 4 - s.OW));
  // The inner columns come first, because they read the plane in order.
  if (from < to) accumulateColumns(step, false, false, false, s, g, rows, totals, from, to, fresh);
  if (from > 0) accumulateColumns(step, true, false, false, s, g, rows, totals, 0, 4, fresh);
  accumulateColumns(step, false, true, overhang(s) > 0, s, g, rows, totals, s.OW - 4, s.OW, fresh);
}

/** dw [3, 3] = (accumulate ? dw : 0) + sum of g * x over the plane. */
export function depthwise3GradWeight(s: Plan, g: usize, x: usize, dw: usize, accumulate: bool): void {
  const rows = rowTable(s, x);
  const totals = rows + (<usize>rowsOf(s) << 2);
  zeros(totals, 36);
  if (s.SW == 1) gradWeight3x3(1, s, g, rows, totals);
  else gradWeight3x3(2, s, g, rows, totals);
  for (let k: usize = 0; k < 9; k++) store1(dw + (k << 2), v128.load(totals + (k << 4)), accumulate);
}
