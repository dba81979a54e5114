// Functions of one array: name(x, out, n) sets out[i] = name(x[i]) for n floats. x and out may be the same address.
// NaN gives NaN. Largest errors in ulp over all float32: exp 1.1, log 0.9, tanh 1.5, rsqrt 1.5. The
// others are exact or correctly rounded.
import { magnitude, one } from "../lib/constants";
import { map, mapPower, mapUsual } from "../lib/loop";
import { Natural } from "../lib/math";
import * as math from "../lib/math";
import { Tanh } from "../lib/tanh";

@unmanaged class Neg { @inline v(x: v128): v128 { return f32x4.neg(x); } }
@unmanaged class Abs { @inline v(x: v128): v128 { return magnitude(x); } }
/** NegI32 and AbsI32 wrap: the negative of -2^31 is -2^31. */
@unmanaged class NegI32 { @inline v(x: v128): v128 { return i32x4.neg(x); } }
@unmanaged class AbsI32 { @inline v(x: v128): v128 { return i32x4.abs(x); } }
@unmanaged class Floor { @inline v(x: v128): v128 { return f32x4.floor(x); } }
@unmanaged class Ceil { @inline v(x: v128): v128 { return f32x4.ceil(x); } }
@unmanaged class Trunc { @inline v(x: v128): v128 { return f32x4.trunc(x); } }
@unmanaged class Square { @inline v(x: v128): v128 { return f32x4.mul(x, x); } }
@unmanaged class Cube { @inline v(x: v128): v128 { return f32x4.mul(f32x4.mul(x, x), x); } }
@unmanaged class Sqrt { @inline v(x: v128): v128 { return f32x4.sqrt(x); } }
@unmanaged class Rsqrt { @inline v(x: v128): v128 { return f32x4.div(one(), f32x4.sqrt(x)); } }
@unmanaged class Reciprocal { @inline v(x: v128): v128 { return f32x4.div(one(), x); } }
@unmanaged class Exp {
  @inline isUnusual(a: v128, b: v128): bool { return math.isUnusualExp(a, b); }
  @inline usual(x: v128): v128 { return math.usualExp(x); }
  @inline v(x: v128): v128 { return math.exp(x); }
}
@unmanaged class Log {
  @inline isUnusual(a: v128, b: v128): bool { return math.isUnusualLog(a, b); }
  @inline usual(x: v128): v128 { return math.usualLog(x); }
  @inline v(x: v128): v128 { return math.log(x); }
}
/** Masks are 0 and -1, and their difference is the sign. The mask of NaNs is all ones, which is itself a NaN. */
@unmanaged class Sign {
  @inline v(x: v128): v128 {
    const sign = f32x4.convert_i32x4_s(i32x4.sub(f32x4.lt(x, f32x4.splat(0)), f32x4.gt(x, f32x4.splat(0))));
    return v128.or(sign, f32x4.ne(x, x));
  }
}

export function neg(x: usize, out: usize, n: i32): void { map<Neg>(x, out, n); }
export function abs(x: usize, out: usize, n: i32): void { map<Abs>(x, out, n); }
/** neg for int32. */
export function negI32(x: usize, out: usize, n: i32): void { map<NegI32>(x, out, n); }
export function absI32(x: usize, out: usize, n: i32): void { map<AbsI32>(x, out, n); }
export function sign(x: usize, out: usize, n: i32): void { map<Sign>(x, out, n); }
export function floor(x: usize, out: usize, n: i32): void { map<Floor>(x, out, n); }
export function ceil(x: usize, out: usize, n: i32): void { map<Ceil>(x, out, n); }
export function trunc(x: usize, out: usize, n: i32): void { map<Trunc>(x, out, n); }
export function square(x: usize, out: usize, n: i32): void { map<Square>(x, out, n); }
export function cube(x: usize, out: usize, n: i32): void { map<Cube>(x, out, n); }
export function sqrt(x: usize, out: usize, n: i32): void { map<Sqrt>(x, out, n); }
/** 1 / sqrt(x) */
export function rsqrt(x: usize, out: usize, n: i32): void { map<Rsqrt>(x, out, n); }
export function reciprocal(x: usize, out: usize, n: i32): void { map<Reciprocal>(x, out, n); }
export function exp(x: usize, out: usize, n: i32): void { mapUsual<Exp>(x, out, n); }
export function log(x: usize, out: usize, n: i32): void { mapUsual<Log>(x, out, n); }
export function tanh(x: usize, out: usize, n: i32): void { mapPower<Tanh, Natural>(x, x, out, n, 0, 0); }
