// The checks that let other kernels trust their indices and divisors.
import { loadUpTo4 } from "../lib/simd";

/**
 * The position of the first of n int32 indices that is negative or at least `size`; -1 if there is none. If `allows`, the value
 * `allowed` is valid too.
 */
export function checkIndex(index: usize, n: i32, size: i32, allows: bool, allowed: i32): i32 {
  const sizes = i32x4.splat(size);
  const exceptions = i32x4.splat(allowed);
  const refuses = i32x4.splat(allows ? 0 : -1);
  for (let i = 0; i < n; i += 4, index += 16) {
    const v = loadUpTo4(index, n - i);
    const outside = v128.and(i32x4.ge_u(v, sizes), v128.or(i32x4.ne(v, exceptions), refuses)); // unsigned: negative indices are large
    const hits = i32x4.bitmask(outside);
    if (hits && i + ctz(hits) < n) return i + ctz(hits);
  }
  return -1;
}

/** The position of the first 0 among n int32; -1 if there is none. */
export function firstZero(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 4, x += 16) {
    const hits = i32x4.bitmask(i32x4.eq(loadUpTo4(x, n - i), i32x4.splat(0)));
    if (hits && i + ctz(hits) < n) return i + ctz(hits);
  }
  return -1;
}
