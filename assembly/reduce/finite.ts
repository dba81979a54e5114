// A check over all values: does any have the exponent of Infinity and NaN?
import { loadUpTo4 } from "../lib/simd";

const EXPONENT_SHIFTED = 0xff000000; // without the sign bit

/** The larger magnitudes, as unsigned bits shifted past the sign. */
@inline
function larger(most: v128, x: v128): v128 {
  return i32x4.max_u(most, i32x4.shl(x, 1));
}

/** 1 if every value is finite, else 0. */
export function allFinite(x: usize, n: i32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  for (; n >= 8; n -= 8, x += 32) {
    a = larger(a, v128.load(x));
    b = larger(b, v128.load(x, 16));
  }
  for (; n > 0; n -= 4, x += 16) a = larger(a, loadUpTo4(x, n));
  return v128.any_true(i32x4.ge_u(i32x4.max_u(a, b), i32x4.splat(EXPONENT_SHIFTED))) ? 0 : 1;
}
