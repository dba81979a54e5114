// Functions of two arrays: name(a, b, out, rows, cols, aRow, aCol, bRow, bCol), with the arguments of elementwise/binary.ts. A name that
// ends in I32 is of int32, the others are of float32. Errors: atan2 and hypot 0.6 ulp, logaddexp
// and logaddexp2 0.6 ulp of the larger operand or the result; fmod and copysign are exact.
import { broadcastEach, broadcastWords } from "../lib/broadcast";
import { atan2Pair, broadcastPairs, exp2Pair, log2E64, log2Pair, one64 } from "./pairs";

@unmanaged class Atan2 { @inline v(a: v128, b: v128): v128 { return atan2Pair(a, b); } }

/** Squares of float32 do not overflow float64. An infinite side wins over NaN, as in C. */
@unmanaged class Hypot {
  @inline v(a: v128, b: v128): v128 {
    const y = f64x2.sqrt(f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
    const infinity = f64x2.splat(Infinity);
    return v128.bitselect(infinity, y, v128.or(f64x2.eq(f64x2.abs(a), infinity), f64x2.eq(f64x2.abs(b), infinity)));
  }
}

/** The larger, and log2(1 + 2^-d) / unit with their distance d / unit. Equal operands have distance 0, also infinite ones. */
@inline
function logSum(a: v128, b: v128, unit: v128): v128 {
  const d = v128.andnot(f64x2.mul(f64x2.abs(f64x2.sub(a, b)), unit), f64x2.eq(a, b));
  return f64x2.add(f64x2.pmax(a, b), f64x2.div(log2Pair(f64x2.add(one64(), exp2Pair(f64x2.neg(d)))), unit));
}
@unmanaged class Logaddexp { @inline v(a: v128, b: v128): v128 { return logSum(a, b, log2E64()); } }
@unmanaged class Logaddexp2 { @inline v(a: v128, b: v128): v128 { return logSum(a, b, one64()); } }

@unmanaged class Copysign { @inline of(a: f32, b: f32): f32 { return f32.copysign(a, b); } }
@unmanaged class AndI32 { @inline v(a: v128, b: v128): v128 { return v128.and(a, b); } }
@unmanaged class OrI32 { @inline v(a: v128, b: v128): v128 { return v128.or(a, b); } }
@unmanaged class XorI32 { @inline v(a: v128, b: v128): v128 { return v128.xor(a, b); } }

/** `%` of floats is C's fmod, which is exact. */
@unmanaged class Fmod<T> { @inline of(a: T, b: T): T { return a % b; } }
/** Counts outside 0 to 31 shift everything out. */
@unmanaged class LeftShiftI32 { @inline of(a: i32, b: i32): i32 { return <u32>b > 31 ? 0 : a << b; } }
@unmanaged class RightShiftI32 { @inline of(a: i32, b: i32): i32 { return a >> min<u32>(b, 31); } }

export function atan2(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastPairs<Atan2>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function hypot(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastPairs<Hypot>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function logaddexp(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastPairs<Logaddexp>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function logaddexp2(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastPairs<Logaddexp2>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function copysign(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<f32, Copysign>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function andI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<AndI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function orI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<OrI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function xorI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<XorI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function fmod(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<f32, Fmod<f32>>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

/** The caller has checked that no divisor is 0. */
export function fmodI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<i32, Fmod<i32>>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function leftShiftI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<i32, LeftShiftI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function rightShiftI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<i32, RightShiftI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}
