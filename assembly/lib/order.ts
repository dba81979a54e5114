// Whole numbers in the order of float32 or int32 elements. NaN is larger than every number, and -0 equals 0. `flip` is -1 for the reverse
// order, 0 otherwise.
import { magnitude } from "./constants";

/** The key of the element at x. */
@inline
export function keyAt(x: usize, float: i32, flip: i32): i32 {
  const bits = load<i32>(x);
  if (!float) return bits ^ flip;
  const value = load<f32>(x);
  if (value != value) return i32.MAX_VALUE ^ flip;
  return (value == 0 ? 0 : bits ^ ((bits >> 31) & i32.MAX_VALUE)) ^ flip;
}

/** The keys of four elements. */
@inline
export function keys(x: v128, float: i32, flip: i32): v128 {
  const flips = i32x4.splat(flip);
  if (!float) return v128.xor(x, flips);
  const bits = f32x4.add(x, f32x4.splat(0)); // -0 becomes 0
  const key = v128.xor(bits, magnitude(i32x4.shr_s(bits, 31)));
  return v128.xor(v128.bitselect(magnitude(i32x4.splat(-1)), key, f32x4.ne(x, x)), flips);
}

/** Whether two elements are equal; NaN equals nothing. */
@inline
export function sameAt(x: usize, y: usize, float: i32): bool {
  return float ? load<f32>(x) == load<f32>(y) : load<i32>(x) == load<i32>(y);
}
