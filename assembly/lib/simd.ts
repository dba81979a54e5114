// Vector operations that all kernels share: multiply-add as the build has it, partial vectors at the end of an array, and conversion of
// lanes to bytes and to float64. Addresses are bytes and need no alignment; `left` is the number of elements that remain.

/** a * b + c: rounded once in the relaxed build on machines with FMA, twice in the baseline build. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a * b, rounded as `madd`. */
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** The last `left` (1 to 3) floats of an array, at x, in the low lanes, and zeros above. Nothing past the array is read. */
@inline
export function loadTail(x: usize, left: i32): v128 {
  if (left == 1) return v128.load32_zero(x);
  const pair = v128.load64_zero(x);
  return left == 2 ? pair : v128.load_lane<f32>(x, pair, 2, 8);
}

/** Writes the low `left` (1 to 3) lanes of v to out and nothing else. */
@inline
export function storeTail(out: usize, v: v128, left: i32): void {
  if (left == 1) {
    v128.store_lane<f32>(out, v, 0);
    return;
  }
  v128.store_lane<f64>(out, v, 0);
  if (left == 3) v128.store_lane<f32>(out, v, 2, 8);
}

/** The first min(left, 4) floats at x in the low lanes, and zeros above. */
@inline
export function loadUpTo4(x: usize, left: i32): v128 {
  return left < 4 ? loadTail(x, left) : v128.load(x);
}

/** Writes the first min(left, 4) lanes of v to out. */
@inline
export function storeUpTo4(out: usize, v: v128, left: i32): void {
  if (left < 4) storeTail(out, v, left);
  else v128.store(out, v);
}

/** Packs sixteen 32-bit lanes that hold 0 to 255 into sixteen bytes. */
@inline
export function packBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d));
}

/** Bytes 0 to 3 of sixteen signed bytes, extended to 32 bits. */
@inline
export function words0(bytes: v128): v128 {
  return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes));
}

/** Bytes 4 to 7. */
@inline
export function words4(bytes: v128): v128 {
  return i32x4.extend_high_i16x8_s(i16x8.extend_low_i8x16_s(bytes));
}

/** Bytes 8 to 11. */
@inline
export function words8(bytes: v128): v128 {
  return i32x4.extend_low_i16x8_s(i16x8.extend_high_i8x16_s(bytes));
}

/** Bytes 12 to 15. */
@inline
export function words12(bytes: v128): v128 {
  return i32x4.extend_high_i16x8_s(i16x8.extend_high_i8x16_s(bytes));
}

/** Writes the first min(left, 4) lanes of v, each 0 to 255, as bytes. */
@inline
export function storeBytesUpTo4(out: usize, v: v128, left: i32): void {
  const bytes = packBytes(v, v, v, v);
  if (left >= 4) {
    v128.store_lane<u32>(out, bytes, 0);
    return;
  }
  if (left >= 2) v128.store_lane<u16>(out, bytes, 0);
  if (left == 1) v128.store_lane<u8>(out, bytes, 0);
  if (left == 3) v128.store_lane<u8>(out, bytes, 2, 2);
}

/** 1 where the mask is set, 0 elsewhere. */
@inline
export function bit(mask: v128): v128 {
  return i32x4.shr_u(mask, 31);
}

/** Lanes 0 and 1 of x in float64. */
@inline
export function widenLow(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** Lanes 2 and 3 of x in float64. */
@inline
export function widenHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
}

/** Four float32 lanes from two pairs of float64, each rounded once. */
@inline
export function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** The low 32 bits of four 64-bit lanes. */
@inline
export function lowWords(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}
