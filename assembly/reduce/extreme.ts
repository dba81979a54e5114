// The largest and smallest values over the middle axis and their positions: x [outer, n, inner] -> out [outer, inner].
// NaN wins over every number. If n is 0, the largest is -Infinity, the smallest is Infinity, and the position is 0. `columns` is used as
// in sum.ts.
import { infinity, minusInfinity } from "../lib/constants";
import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { loadPadded } from "./row";

/** Rows of a wide matrix that are read together. */
const ROWS = 8;

@unmanaged
class Max {
  @inline
  worst(): v128 {
    return minusInfinity();
  }

  /** Keeps a NaN of x, but loses a NaN of best. */
  @inline
  pick(x: v128, best: v128): v128 {
    return f32x4.pmax(x, best);
  }

  @inline
  reaches(best: v128, x: v128): v128 {
    return f32x4.ge(best, x);
  }
}

@unmanaged
class Min {
  @inline
  worst(): v128 {
    return infinity();
  }

  @inline
  pick(x: v128, best: v128): v128 {
    return f32x4.pmin(x, best);
  }

  @inline
  reaches(best: v128, x: v128): v128 {
    return f32x4.le(best, x);
  }
}

@inline
function isNaN4(x: v128): v128 {
  return f32x4.ne(x, x);
}

function extremeRow<Op>(x: usize, n: i32): f32 {
  const op = changetype<Op>(0);
  let a = op.worst();
  let b = a;
  let c = a;
  let d = a;
  let lost = f32x4.splat(0);
  for (; n >= 16; n -= 16, x += 64) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    a = op.pick(x0, a);
    b = op.pick(x1, b);
    c = op.pick(x2, c);
    d = op.pick(x3, d);
    lost = v128.or(lost, v128.or(v128.or(isNaN4(x0), isNaN4(x1)), v128.or(isNaN4(x2), isNaN4(x3))));
  }
  for (; n > 0; n -= 4, x += 16) {
    const x0 = loadPadded(x, n, op.worst());
    a = op.pick(x0, a);
    lost = v128.or(lost, isNaN4(x0));
  }
  if (v128.any_true(lost)) return NaN;
  a = op.pick(op.pick(a, b), op.pick(c, d));
  a = op.pick(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  a = op.pick(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
  return f32x4.extract_lane(a, 0);
}

/** out = the extreme values of up to four columns over `rows` rows and, if there is `more`, of earlier rows, which out holds. */
@inline
function extremeVector<Op>(x: usize, out: usize, rows: i32, stride: usize, left: i32, more: bool): void {
  const op = changetype<Op>(0);
  let best = more ? loadUpTo4(out, left) : op.worst();
  for (; rows > 0; rows--, x += stride) best = v128.or(op.pick(loadUpTo4(x, left), best), isNaN4(best));
  storeUpTo4(out, best, left);
}

function extremeColumns<Op>(x: usize, out: usize, n: i32, stride: usize, columns: i32): void {
  let done = 0;
  do {
    const rows = min(ROWS, n - done);
    let left = columns;
    let from = x + <usize>done * stride;
    let to = out;
    for (; left >= 4; left -= 4, from += 16, to += 16) extremeVector<Op>(from, to, rows, stride, 4, done > 0);
    if (left > 0) extremeVector<Op>(from, to, rows, stride, left, done > 0);
    done += rows;
  } while (done < n);
}

/** The first position of a NaN or of `value`; 0 if there is none. */
function find(x: usize, n: i32, value: f32): i32 {
  const wanted = f32x4.splat(value);
  for (let i = 0; i < n; i += 4, x += 16) {
    const v = loadUpTo4(x, n - i);
    const hits = i32x4.bitmask(v128.or(f32x4.eq(v, wanted), isNaN4(v)));
    if (hits) return i + ctz(hits);
  }
  return 0;
}

/** The extreme of a row. If it is 0, the first zero is returned, since zeros differ in sign: a row computed in parts gives the same. */
function firstExtreme<Op>(x: usize, n: i32): f32 {
  const value = extremeRow<Op>(x, n);
  return value == 0 ? load<f32>(x + (<usize>find(x, n, 0) << 2)) : value;
}

function extreme<Op>(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const stride = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>n * stride, out += stride) {
    if (inner == 1) store<f32>(out, firstExtreme<Op>(x, n));
    else extremeColumns<Op>(x, out, n, stride, columns);
  }
}

/** Whether v replaces best: v is more extreme, or v is NaN and best is not. */
@inline
function wins<Op>(v: v128, best: v128): v128 {
  return v128.andnot(f32x4.eq(best, best), changetype<Op>(0).reaches(best, v));
}

@inline
function positionVector<Op>(x: usize, out: usize, n: i32, stride: usize, left: i32): void {
  let best = n > 0 ? loadUpTo4(x, left) : changetype<Op>(0).worst();
  let position = i32x4.splat(0);
  for (let r = 1; r < n; r++) {
    x += stride;
    const v = loadUpTo4(x, left);
    const better = wins<Op>(v, best);
    best = v128.bitselect(v, best, better);
    position = v128.bitselect(i32x4.splat(r), position, better);
  }
  storeUpTo4(out, position, left);
}

/** The same for the 16 columns of a cache line, n > 0. */
@inline
function positionLine<Op>(x: usize, out: usize, n: i32, stride: usize): void {
  let a = v128.load(x);
  let b = v128.load(x, 16);
  let c = v128.load(x, 32);
  let d = v128.load(x, 48);
  let ia = i32x4.splat(0);
  let ib = ia;
  let ic = ia;
  let id = ia;
  for (let r = 1; r < n; r++) {
    x += stride;
    const row = i32x4.splat(r);
    let v = v128.load(x);
    let better = wins<Op>(v, a);
    a = v128.bitselect(v, a, better);
    ia = v128.bitselect(row, ia, better);
    v = v128.load(x, 16);
    better = wins<Op>(v, b);
    b = v128.bitselect(v, b, better);
    ib = v128.bitselect(row, ib, better);
    v = v128.load(x, 32);
    better = wins<Op>(v, c);
    c = v128.bitselect(v, c, better);
    ic = v128.bitselect(row, ic, better);
    v = v128.load(x, 48);
    better = wins<Op>(v, d);
    d = v128.bitselect(v, d, better);
    id = v128.bitselect(row, id, better);
  }
  v128.store(out, ia);
  v128.store(out, ib, 16);
  v128.store(out, ic, 32);
  v128.store(out, id, 48);
}

function positionColumns<Op>(x: usize, out: usize, n: i32, stride: usize, columns: i32): void {
  let left = columns;
  if (n > 0) for (; left >= 16; left -= 16, x += 64, out += 64) positionLine<Op>(x, out, n, stride);
  for (; left >= 4; left -= 4, x += 16, out += 16) positionVector<Op>(x, out, n, stride, 4);
  if (left > 0) positionVector<Op>(x, out, n, stride, left);
}

/** The position in a row is found in a second pass, which is cheaper than tracking it in the first. */
function position<Op>(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  const stride = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>n * stride, out += stride) {
    if (inner == 1) store<i32>(out, find(x, n, extremeRow<Op>(x, n)));
    else positionColumns<Op>(x, out, n, stride, columns);
  }
}

export function amax(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  extreme<Max>(x, out, outer, n, inner, columns);
}

export function amin(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  extreme<Min>(x, out, outer, n, inner, columns);
}

/** Positions along n, int32: the first NaN, else the first of the largest values. */
export function argmax(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  position<Max>(x, out, outer, n, inner, columns);
}

export function argmin(x: usize, out: usize, outer: i32, n: i32, inner: i32, columns: i32): void {
  position<Min>(x, out, outer, n, inner, columns);
}
