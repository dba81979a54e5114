// Softmax and its logarithm over rows: x, g, y, out [rows, n]. Three passes a row: maximum, exponentials and their sum, result.
// A row with NaN or +Infinity, or of -Infinity alone, becomes NaN; otherwise -Infinity gets exactly 0. out may be an input.
import { minusInfinity } from "../lib/constants";
import { mapWith, zipWith } from "../lib/loop";
import { expBelow89, log } from "../lib/math";
import { nmadd, storeUpTo4 } from "../lib/simd";
import { BLOCK, addWide, dotRow, loadPadded, sumRow, totalOf } from "./row";

/** The largest of a row in all lanes. May lose a NaN: it comes back from its own exponential. */
@inline
function maxRow(x: usize, n: i32): v128 {
  let a = minusInfinity();
  let b = a;
  let c = a;
  let d = a;
  for (; n >= 16; n -= 16, x += 64) {
    a = f32x4.pmax(v128.load(x), a);
    b = f32x4.pmax(v128.load(x, 16), b);
    c = f32x4.pmax(v128.load(x, 32), c);
    d = f32x4.pmax(v128.load(x, 48), d);
  }
  for (; n > 0; n -= 4, x += 16) a = f32x4.pmax(loadPadded(x, n, minusInfinity()), a);
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2));
}

/** exp(x - max) of each, stored when there is an `out`; returns the sum. Lanes behind the row are -Infinity and add 0. */
@inline
function expRow(x: usize, max: v128, out: usize, n: i32): f64 {
  let total = f64x2.splat(0);
  while (n > 0) {
    let left = min(n, BLOCK);
    n -= left;
    let a = f32x4.splat(0);
    let b = a;
    for (; left >= 8; left -= 8, x += 32) {
      const e0 = expBelow89(f32x4.sub(v128.load(x), max));
      const e1 = expBelow89(f32x4.sub(v128.load(x, 16), max));
      if (out) {
        v128.store(out, e0);
        v128.store(out, e1, 16);
        out += 32;
      }
      a = f32x4.add(a, e0);
      b = f32x4.add(b, e1);
    }
    for (; left > 0; left -= 4, x += 16) {
      const e = expBelow89(f32x4.sub(loadPadded(x, left, minusInfinity()), max));
      if (out) {
        storeUpTo4(out, e, left);
        out += 16;
      }
      a = f32x4.add(a, e);
    }
    total = addWide(total, f32x4.add(a, b));
  }
  return totalOf(total);
}

@unmanaged
class Scale {
  @inline
  v(x: v128, scale: v128, _q: v128): v128 {
    return f32x4.mul(x, scale);
  }
}

export function softmax(x: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, x += row, out += row) {
    const sum = expRow(x, maxRow(x, n), out, n);
    mapWith<Scale>(out, out, n, <f32>(1 / sum), 0);
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

/** The maximum goes first: it may be large, and then its difference is exact where the sum with the logarithm is not. */
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
    const logSum = log(f32x4.splat(<f32>expRow(x, max, 0, n)));
    mapWith<Shift>(x, out, n, f32x4.extract_lane(max, 0), f32x4.extract_lane(logSum, 0));
  }
}

@unmanaged
class LogSoftmaxGrad {
  @inline
  v(g: v128, y: v128, sum: v128, _q: v128): v128 {
    return nmadd(expBelow89(y), sum, g);
  }
}

/** g - exp(y) * sum(g) with y the output. */
export function logSoftmaxGrad(g: usize, y: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, g += row, y += row, out += row) {
    zipWith<LogSoftmaxGrad>(g, y, out, n, <f32>sumRow(g, n), 0);
  }
}
