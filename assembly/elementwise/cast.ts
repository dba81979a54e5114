// Conversions: name(x, out, n) converts n elements. x and out may be the same address if both types have the same size.
import { map } from "../lib/loop";
import { bit, loadUpTo4, packBytes, storeBytesUpTo4 } from "../lib/simd";

@unmanaged class I32ToF32 { @inline v(x: v128): v128 { return f32x4.convert_i32x4_s(x); } }
@unmanaged class F32ToI32 { @inline v(x: v128): v128 { return i32x4.trunc_sat_f32x4_s(x); } }
@unmanaged class I32Bits { @inline v(x: v128): v128 { return x; } }
@unmanaged class F32ToBool { @inline v(x: v128): v128 { return bit(f32x4.ne(x, f32x4.splat(0))); } }
@unmanaged class I32ToBool { @inline v(x: v128): v128 { return bit(i32x4.ne(x, i32x4.splat(0))); } }
@unmanaged class LowByte { @inline v(x: v128): v128 { return v128.and(x, i32x4.splat(255)); } }
@unmanaged class F32ToU8 {
  @inline v(x: v128): v128 {
    return i32x4.min_u(i32x4.trunc_sat_f32x4_u(x), i32x4.splat(255));
  }
}

/** out[i] = op(x[i]), where results are 0 to 255 and stored as bytes. */
@inline
function toBytes<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n >= 16; n -= 16, x += 64, out += 16) {
    const y0 = op.v(v128.load(x));
    const y1 = op.v(v128.load(x, 16));
    const y2 = op.v(v128.load(x, 32));
    const y3 = op.v(v128.load(x, 48));
    v128.store(out, packBytes(y0, y1, y2, y3));
  }
  for (; n > 0; n -= 4, x += 16, out += 4) storeBytesUpTo4(out, op.v(loadUpTo4(x, n)), n);
}

/** out[i] = op(x[i]) with x[i] a byte. */
@inline
function fromBytes<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n >= 8; n -= 8, x += 8, out += 32) {
    const halves = v128.load8x8_u(x);
    v128.store(out, op.v(i32x4.extend_low_i16x8_u(halves)));
    v128.store(out, op.v(i32x4.extend_high_i16x8_u(halves)), 16);
  }
  for (; n > 0; n--, x++, out += 4) v128.store_lane<u32>(out, op.v(i32x4.splat(load<u8>(x))), 0);
}

export function i32ToF32(x: usize, out: usize, n: i32): void { map<I32ToF32>(x, out, n); }
/** Rounds toward zero. Values outside int32 become the nearest int32, NaN becomes 0. */
export function f32ToI32(x: usize, out: usize, n: i32): void { map<F32ToI32>(x, out, n); }
export function u8ToF32(x: usize, out: usize, n: i32): void { fromBytes<I32ToF32>(x, out, n); }
export function u8ToI32(x: usize, out: usize, n: i32): void { fromBytes<I32Bits>(x, out, n); }
/** x[i] is a signed byte. */
export function i8ToI32(x: usize, out: usize, n: i32): void {
  for (; n >= 8; n -= 8, x += 8, out += 32) {
    const halves = v128.load8x8_s(x);
    v128.store(out, i32x4.extend_low_i16x8_s(halves));
    v128.store(out, i32x4.extend_high_i16x8_s(halves), 16);
  }
  for (; n > 0; n--, x++, out += 4) store<i32>(out, load<i8>(x));
}
/** 0 if x is 0, else 1, also for NaN. */
export function f32ToBool(x: usize, out: usize, n: i32): void { toBytes<F32ToBool>(x, out, n); }
export function i32ToBool(x: usize, out: usize, n: i32): void { toBytes<I32ToBool>(x, out, n); }
/** Rounds toward zero and clamps to 0 to 255; NaN becomes 0. */
export function f32ToU8(x: usize, out: usize, n: i32): void { toBytes<F32ToU8>(x, out, n); }
/** Rounds toward zero and clamps to -128 to 127; NaN becomes 0. */
export function f32ToI8(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, out += 4) {
    const held = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f32x4_s(loadUpTo4(x, n)), i32x4.splat(127)), i32x4.splat(-128));
    storeBytesUpTo4(out, v128.and(held, i32x4.splat(255)), n);
  }
}
/** Keeps the low byte: int32 to uint8 or to int8. */
export function i32ToU8(x: usize, out: usize, n: i32): void { toBytes<LowByte>(x, out, n); }

// float16 and bfloat16: their 16 bits in the low half of each lane.
@unmanaged class F16ToF32 {
  @inline v(x: v128): v128 {
    const magnitude = v128.and(x, i32x4.splat(0x7fff));
    // The factor 2^112 corrects the bias of the exponent, exactly, also where float16 is denormal.
    const y = f32x4.mul(i32x4.shl(magnitude, 13), f32x4.splat(5.192296858534828e33));
    // The largest exponent means infinity or NaN; a NaN becomes quiet.
    const special = v128.and(f32x4.ge(y, f32x4.splat(65536)), i32x4.splat(0x7f800000));
    const quiet = v128.and(f32x4.gt(y, f32x4.splat(65536)), i32x4.splat(0x400000));
    return v128.or(v128.or(v128.or(y, special), quiet), i32x4.shl(v128.xor(x, magnitude), 16));
  }
}
@unmanaged class F32ToF16 {
  @inline v(x: v128): v128 {
    const magnitude = v128.and(x, i32x4.splat(0x7fffffff));
    const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
    // Less than half of the last bit that stays, and 1 more if that bit is set: a half is rounded to even. Overflow gives infinity.
    const normal = i32x4.shr_u(i32x4.add(i32x4.add(magnitude, i32x4.splat(0xfff - (112 << 23))), odd), 13);
    // Below 2^-14, float16 counts in steps of 2^-24, as float32 does from 0.5 on.
    const denormal = i32x4.sub(f32x4.add(magnitude, f32x4.splat(0.5)), i32x4.splat(0x3f000000));
    const special = v128.or(v128.and(f32x4.ne(x, x), i32x4.splat(0x200)), i32x4.splat(0x7c00));
    const finite = v128.bitselect(denormal, normal, i32x4.lt_s(magnitude, i32x4.splat(0x38800000)));
    const y = v128.bitselect(special, finite, i32x4.ge_s(magnitude, i32x4.splat(0x47800000)));
    return v128.or(y, i32x4.shr_u(v128.xor(x, magnitude), 16));
  }
}
@unmanaged class Bf16ToF32 { @inline v(x: v128): v128 { return i32x4.shl(x, 16); } }
@unmanaged class F32ToBf16 {
  @inline v(x: v128): v128 {
    const upper = i32x4.shr_u(x, 16);
    const odd = v128.and(upper, i32x4.splat(1));
    const rounded = i32x4.shr_u(i32x4.add(i32x4.add(x, i32x4.splat(0x7fff)), odd), 16);
    return v128.bitselect(v128.or(upper, i32x4.splat(0x40)), rounded, f32x4.ne(x, x));
  }
}

/** out[i] = op(x[i]) with x[i] of 16 bits. */
@inline
function fromHalves<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n >= 4; n -= 4, x += 8, out += 16) v128.store(out, op.v(i32x4.extend_low_i16x8_u(v128.load64_zero(x))));
  for (; n > 0; n--, x += 2, out += 4) v128.store_lane<u32>(out, op.v(i32x4.splat(load<u16>(x))), 0);
}

/** out[i] = op(x[i]), where results are 0 to 65535 and stored in 16 bits. */
@inline
function toHalves<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n > 0; n -= 4, x += 16, out += 8) {
    const y = op.v(loadUpTo4(x, n));
    const halves = i16x8.narrow_i32x4_u(y, y);
    if (n >= 4) {
      v128.store_lane<f64>(out, halves, 0);
      continue;
    }
    if (n >= 2) v128.store_lane<u32>(out, halves, 0);
    if (n == 1) v128.store_lane<u16>(out, halves, 0);
    if (n == 3) v128.store_lane<u16>(out, halves, 2, 4);
  }
}

export function f16ToF32(x: usize, out: usize, n: i32): void { fromHalves<F16ToF32>(x, out, n); }
/** Rounds to nearest, halves to even; beyond 65519 infinity. A NaN keeps its sign alone. */
export function f32ToF16(x: usize, out: usize, n: i32): void { toHalves<F32ToF16>(x, out, n); }
export function bf16ToF32(x: usize, out: usize, n: i32): void { fromHalves<Bf16ToF32>(x, out, n); }
/** Rounds to nearest, halves to even. A NaN becomes quiet. */
export function f32ToBf16(x: usize, out: usize, n: i32): void { toHalves<F32ToBf16>(x, out, n); }

// int64 is for storage and exchange alone, so these take one at a time.
export function i32ToI64(x: usize, out: usize, n: i32): void {
  for (; n > 0; n--, x += 4, out += 8) store<i64>(out, load<i32>(x));
}
/** Returns the position of the first value that int32 does not hold, and stops there; -1 if there is none. */
export function i64ToI32(x: usize, out: usize, n: i32): i32 {
  for (let i = 0; i < n; i++, x += 8, out += 4) {
    const y = load<i32>(x);
    if (load<i64>(x) != y) return i;
    store<i32>(out, y);
  }
  return -1;
}
// No vector instruction converts between int64 and float32, and none rounds as the scalar one does.
/** Rounds to nearest, halves to even. */
export function i64ToF32(x: usize, out: usize, n: i32): void {
  for (; n > 0; n--, x += 8, out += 4) store<f32>(out, <f32>load<i64>(x));
}
/** Rounds toward zero. Values outside int64 become the nearest int64, NaN becomes 0. */
export function f32ToI64(x: usize, out: usize, n: i32): void {
  for (; n > 0; n--, x += 4, out += 8) store<i64>(out, <i64>load<f32>(x));
}
