// What kernels of tables share: the entries of a table (resample.ts), sums of a group, and sums of two rows.
import { loadUpTo4, madd, storeUpTo4 } from "../lib/simd";

export const ENTRY_BYTES: usize = 32;
export const NONE: i32 = <i32>0x80000000;

/** Where pairs are not there. */
@inline
export function missing(weights: v128): v128 {
  return i32x4.eq(weights, i32x4.splat(NONE));
}

/** inner = 1: the outputs of a group, up to four. */
@inline
export function mixGroup(x: usize, out: usize, first: usize, end: usize, n: i32, zero: f32): void {
  let sum = f32x4.splat(zero);
  for (let tap = first; tap < end; tap += ENTRY_BYTES) {
    const weights = v128.load(tap, 16);
    let v = v128.load32_zero(x + <usize>load<i32>(tap));
    v = v128.load_lane<f32>(x + <usize>load<i32>(tap, 4), v, 1);
    v = v128.load_lane<f32>(x + <usize>load<i32>(tap, 8), v, 2);
    v = v128.load_lane<f32>(x + <usize>load<i32>(tap, 12), v, 3);
    sum = v128.bitselect(sum, madd(weights, v, sum), missing(weights));
  }
  storeUpTo4(out, sum, n);
}

/** The bytes of four floats at some offsets of at most 12 bytes. */
@inline
export function bytesAt(offsets: v128): v128 {
  return i32x4.add(i32x4.mul(offsets, i32x4.splat(0x01010101)), i32x4.splat(0x03020100));
}

/** p * (a row at x) + q * (a row at y): sixteen columns at once, as many as are there. */
export function mixTwoRows(x: usize, y: usize, p: f32, q: f32, out: usize, n: i32, zero: f32): void {
  const zeros = f32x4.splat(zero);
  const a = f32x4.splat(p);
  const b = f32x4.splat(q);
  const toY = y - x;
  for (; n >= 16; n -= 16, x += 64, out += 64) {
    v128.store(out, madd(b, v128.load(x + toY), madd(a, v128.load(x), zeros)));
    v128.store(out, madd(b, v128.load(x + toY, 16), madd(a, v128.load(x, 16), zeros)), 16);
    v128.store(out, madd(b, v128.load(x + toY, 32), madd(a, v128.load(x, 32), zeros)), 32);
    v128.store(out, madd(b, v128.load(x + toY, 48), madd(a, v128.load(x, 48), zeros)), 48);
  }
  for (; n > 0; n -= 4, x += 16, out += 16) {
    storeUpTo4(out, madd(b, loadUpTo4(x + toY, n), madd(a, loadUpTo4(x, n), zeros)), n);
  }
}
