// Functions of two arrays: name(a, b, out, rows, cols, aRow, aCol, bRow, bCol) sets out[r, c], contiguous, to the function of
// a[r * aRow + c * aCol] and b[r * bRow + c * bCol]. Strides count floats; aCol and bCol are 0 or 1, aRow and bRow any size from 0.
// A NaN on either side gives NaN, but for pow(x, 0) = pow(1, y) = 1. pow has at most 0.54 ulp. floorDivide and remainder follow
// Python's `//` and `%`: a remainder has the sign of its divisor, and the quotient is exact before it is rounded down.
import { broadcastWords } from "../lib/broadcast";
import * as power from "../lib/pow";

@unmanaged class Add { @inline v(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
@unmanaged class Sub { @inline v(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
@unmanaged class Mul { @inline v(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
@unmanaged class Div { @inline v(a: v128, b: v128): v128 { return f32x4.div(a, b); } }

/** Whether the remainder of a division toward 0 has to move to the sign of the divisor. */
@inline
function turns(r: f32, b: f32): bool {
  return r != 0 && (r < 0) != (b < 0);
}

/** `%` is C's fmod, which is exact. */
@inline
function remainderOf(a: f32, b: f32): f32 {
  const r: f32 = a % b;
  return turns(r, b) ? r + b : r;
}

/** As CPython: a - r is a multiple of b, so that the quotient is a whole number but for its rounding. */
@inline
function quotientOf(a: f32, b: f32): f32 {
  if (b == 0) return a / b;
  const r: f32 = a % b;
  let q = nearest<f64>((<f64>a - <f64>r) / <f64>b);
  if (turns(r, b)) q -= 1;
  return q == 0 ? copysign<f32>(0, a / b) : <f32>q;
}

@unmanaged class FloorDivide {
  @inline v(a: v128, b: v128): v128 {
    let q = f32x4.splat(quotientOf(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
    q = f32x4.replace_lane(q, 1, quotientOf(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
    q = f32x4.replace_lane(q, 2, quotientOf(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
    return f32x4.replace_lane(q, 3, quotientOf(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
  }
}
@unmanaged class Remainder {
  @inline v(a: v128, b: v128): v128 {
    let r = f32x4.splat(remainderOf(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
    r = f32x4.replace_lane(r, 1, remainderOf(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
    r = f32x4.replace_lane(r, 2, remainderOf(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
    return f32x4.replace_lane(r, 3, remainderOf(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
  }
}
@unmanaged class Pow { @inline v(a: v128, b: v128): v128 { return power.pow(a, b); } }

/** pmax and pmin keep a NaN of a; the mask of b's NaNs is all ones, itself a NaN. Together faster than f32x4.max. */
@unmanaged class Maximum { @inline v(a: v128, b: v128): v128 { return v128.or(f32x4.pmax(a, b), f32x4.ne(b, b)); } }
@unmanaged class Minimum { @inline v(a: v128, b: v128): v128 { return v128.or(f32x4.pmin(a, b), f32x4.ne(b, b)); } }

export function add(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Add>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function sub(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Sub>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function mul(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Mul>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function div(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Div>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function maximum(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Maximum>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function minimum(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Minimum>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function pow(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Pow>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function floorDivide(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<FloorDivide>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function remainder(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<Remainder>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}
