// Functions of two arrays: name(a, b, out, rows, cols, aRow, aCol, bRow, bCol) sets out[r, c], contiguous, to the function of
// a[r * aRow + c * aCol] and b[r * bRow + c * bCol]. Strides count floats; aCol and bCol are 0 or 1, aRow and bRow any size from 0.
// A NaN in either operand gives NaN, except that pow(x, 0) = pow(1, y) = 1. The error of pow is at most 0.54 ulp.
import { broadcastWords } from "../lib/broadcast";
import * as power from "../lib/pow";

@unmanaged class Add { @inline v(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
@unmanaged class Sub { @inline v(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
@unmanaged class Mul { @inline v(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
@unmanaged class Div { @inline v(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
@unmanaged class Pow { @inline v(a: v128, b: v128): v128 { return power.pow(a, b); } }

/** pmax and pmin keep a NaN of a. The mask of b's NaNs is all ones, which is itself a NaN. Both together are faster than f32x4.max. */
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
