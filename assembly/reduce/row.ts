// Reductions of one contiguous row of n floats, which the kernels of this folder share. A block is summed in float32 lanes, and blocks
// are added in float64, so the error does not grow with n. The order of additions depends only on n, not on the address or the batch.
import { loadTail, loadUpTo4, madd, widenHigh, widenLow } from "../lib/simd";

/** Floats of a block: at most 16 additions a lane, which keeps the error near 1e-7 and hides the cost of the additions in float64. */
export const BLOCK = 256;

const LANES: usize = memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0]);

/** The first min(left, 4) floats at x in the low lanes, and those of `pad` above. */
@inline
export function loadPadded(x: usize, left: i32, pad: v128): v128 {
  if (left >= 4) return v128.load(x);
  return v128.bitselect(loadTail(x, left), pad, v128.load(LANES + (<usize>(4 - left) << 2)));
}

/** Adds four float32 lanes to a total of two float64 lanes. */
@inline
export function addWide(total: v128, lanes: v128): v128 {
  return f64x2.add(total, f64x2.add(widenLow(lanes), widenHigh(lanes)));
}

@inline
export function totalOf(total: v128): f64 {
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

@unmanaged
class Sum {
  @inline
  step(sum: v128, x: usize, _y: usize, left: i32, _p: v128): v128 {
    return f32x4.add(sum, loadUpTo4(x, left));
  }
}

@unmanaged
class Dot {
  @inline
  step(sum: v128, x: usize, y: usize, left: i32, _p: v128): v128 {
    return madd(loadUpTo4(x, left), loadUpTo4(y, left), sum);
  }
}

/** The sum that op.step accumulates along x and y, with the parameter p. Four independent chains of additions hide their latency. */
@inline
export function reduceRow<Op>(x: usize, y: usize, n: i32, p: v128): f64 {
  const op = changetype<Op>(0);
  let total = f64x2.splat(0);
  while (n > 0) {
    let left = min(n, BLOCK);
    n -= left;
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (; left >= 16; left -= 16, x += 64, y += 64) {
      a = op.step(a, x, y, 4, p);
      b = op.step(b, x + 16, y + 16, 4, p);
      c = op.step(c, x + 32, y + 32, 4, p);
      d = op.step(d, x + 48, y + 48, 4, p);
    }
    for (; left >= 4; left -= 4, x += 16, y += 16) a = op.step(a, x, y, 4, p);
    if (left > 0) b = op.step(b, x, y, left, p);
    total = addWide(total, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  return totalOf(total);
}

/** x[0] + ... + x[n - 1] */
export function sumRow(x: usize, n: i32): f64 {
  return reduceRow<Sum>(x, x, n, f32x4.splat(0));
}

/** x[0] * y[0] + ... + x[n - 1] * y[n - 1] */
export function dotRow(x: usize, y: usize, n: i32): f64 {
  return reduceRow<Dot>(x, y, n, f32x4.splat(0));
}
