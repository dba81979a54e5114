// Softmax and its logarithm over rows: x, g, y, out [rows, n]. Each row takes three passes: maximum, exponentials and their sum, result.
// A row that has NaN or +Infinity, or only -Infinity, becomes NaN; otherwise -Infinity gives exactly 0. out may be an input.
import { magnitude, minusInfinity } from "../lib/constants";
import { mapPower, mapWith, none, zipWith } from "../lib/loop";
import { atMost88, expMinus, log, Natural, powerOf } from "../lib/math";
import { loadUpTo4, nmadd, storeUpTo4 } from "../lib/simd";
import { BLOCK, addWide, dotRow, loadPadded, sumRow, totalOf } from "./row";

/** The maximum of m and of two vectors at x, 64 bytes apart. */
@inline
function larger(x: usize, m: v128): v128 {
  return f32x4.pmax(f32x4.pmax(v128.load(x), v128.load(x, 64)), m);
}

/** The maximum of a row, in all lanes. It may lose a NaN, but then the exponential of that NaN makes the sum NaN. */
@inline
function maxRow(x: usize, n: i32): v128 {
  let a = minusInfinity();
  let b = a;
  let c = a;
  let d = a;
  for (; n >= 32; n -= 32, x += 128) {
    a = larger(x, a);
    b = larger(x + 16, b);
    c = larger(x + 32, c);
    d = larger(x + 48, d);
  }
  for (; n > 0; n -= 4, x += 16) a = f32x4.pmax(loadPadded(x, n, minusInfinity()), a);
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
}

/** Returns the sum of exp(x - max) over a row, and stores the exponentials if `keep`. Lanes past the row are -Infinity and add 0. */
@inline
function expRow(x: usize, max: v128, keep: bool, out: usize, n: i32): f64 {
  let total = f64x2.splat(0);
  while (n > 0) {
    let left = min(n, BLOCK);
    n -= left;
    let a = f32x4.splat(0);
    let b = a;
    for (; left >= 16; left -= 16, x += 64, out += 64) {
      const e0 = expMinus(f32x4.sub(max, v128.load(x)));
      const e1 = expMinus(f32x4.sub(max, v128.load(x, 16)));
      const e2 = expMinus(f32x4.sub(max, v128.load(x, 32)));
      const e3 = expMinus(f32x4.sub(max, v128.load(x, 48)));
      a = f32x4.add(a, f32x4.add(e0, e1));
      b = f32x4.add(b, f32x4.add(e2, e3));
      if (keep) {
        v128.store(out, e0);
        v128.store(out, e1, 16);
        v128.store(out, e2, 32);
        v128.store(out, e3, 48);
      }
    }
    for (; left > 0; left -= 4, x += 16, out += 16) {
      const e = expMinus(f32x4.sub(max, loadPadded(x, left, minusInfinity())));
      a = f32x4.add(a, e);
      if (keep) storeUpTo4(out, e, left);
    }
    total = addWide(total, f32x4.add(a, b));
  }
  return totalOf(total);
}

/** x *= scale */
@inline
function scaleRow(x: usize, n: i32, scale: f32): void {
  const s = f32x4.splat(scale);
  for (; n >= 16; n -= 16, x += 64) {
    v128.store(x, f32x4.mul(v128.load(x), s));
    v128.store(x, f32x4.mul(v128.load(x, 16), s), 16);
    v128.store(x, f32x4.mul(v128.load(x, 32), s), 32);
    v128.store(x, f32x4.mul(v128.load(x, 48), s), 48);
  }
  for (; n > 0; n -= 4, x += 16) storeUpTo4(x, f32x4.mul(loadUpTo4(x, n), s), n);
}

export function softmax(x: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, x += row, out += row) {
    const sum = expRow(x, maxRow(x, n), true, out, n);
    scaleRow(out, n, <f32>(1 / sum));
  }
}

@unmanaged
class SoftmaxGrad {
  @inline
  v(g: v128, y: v128, dot: v128, _q: v128): v128 {
    return f32x4.mul(y, f32x4.sub(g, dot));
  }
}

/** y * (g - sum(g * y)) with y the output. */
export function softmaxGrad(g: usize, y: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, g += row, y += row, out += row) {
    zipWith<SoftmaxGrad>(g, y, out, n, <f32>dotRow(g, y, n), 0);
  }
}

/** The maximum is subtracted first: if it is large, x - max is exact, but max + logSum would be rounded. */
@unmanaged
class Shift {
  @inline
  v(x: v128, max: v128, logSum: v128): v128 {
    return f32x4.sub(f32x4.sub(x, max), logSum);
  }
}

/** x - log(sum(exp x)) */
export function logSoftmax(x: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, x += row, out += row) {
    const max = maxRow(x, n);
    const logSum = log(f32x4.splat(<f32>expRow(x, max, false, 0, n)));
    mapWith<Shift>(x, out, n, f32x4.extract_lane(max, 0), f32x4.extract_lane(logSum, 0));
  }
}

/** g - exp(y) sum */
@unmanaged
class LogSoftmaxGrad {
  @inline z(y: v128, _sum: v128): v128 {
    return atMost88(magnitude(y));
  }

  @inline c(_y: v128, _sum: v128): v128 {
    return none();
  }

  @inline y(_y: v128, _c: v128, o: v128, k: v128, g: v128, sum: v128, _q: v128): v128 {
    return nmadd(powerOf(o, k), sum, g);
  }
}

/** g - exp(y) * sum(g) with y the output. */
export function logSoftmaxGrad(g: usize, y: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, g += row, y += row, out += row) {
    mapPower<LogSoftmaxGrad, Natural>(y, g, out, n, <f32>sumRow(g, n), 0);
  }
}
