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
