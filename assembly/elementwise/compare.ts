// Comparisons of two arrays: name(a, b, out, rows, cols, aRow, aCol, bRow, bCol) compares a[r * aRow + c * aCol] with
// b[r * bRow + c * bCol] and sets out[r, c], contiguous, to a byte of 0 or 1. Strides count elements; aCol and bCol are 0 or 1, aRow and
// bRow are 0 or more. Names that end in I32 compare int32; the others compare float32, where NaN differs from everything.
import { broadcastBytes } from "../lib/broadcast";
import { bit } from "../lib/simd";

@unmanaged class Eq { @inline v(a: v128, b: v128): v128 { return bit(f32x4.eq(a, b)); } }
@unmanaged class Ne { @inline v(a: v128, b: v128): v128 { return bit(f32x4.ne(a, b)); } }
@unmanaged class Lt { @inline v(a: v128, b: v128): v128 { return bit(f32x4.lt(a, b)); } }
@unmanaged class Le { @inline v(a: v128, b: v128): v128 { return bit(f32x4.le(a, b)); } }
@unmanaged class EqI32 { @inline v(a: v128, b: v128): v128 { return bit(i32x4.eq(a, b)); } }
@unmanaged class NeI32 { @inline v(a: v128, b: v128): v128 { return bit(i32x4.ne(a, b)); } }
@unmanaged class LtI32 { @inline v(a: v128, b: v128): v128 { return bit(i32x4.lt_s(a, b)); } }
@unmanaged class LeI32 { @inline v(a: v128, b: v128): v128 { return bit(i32x4.le_s(a, b)); } }

export function eq(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<Eq>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function ne(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<Ne>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function lt(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<Lt>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function le(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<Le>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function eqI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<EqI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function neI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<NeI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function ltI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<LtI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function leI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastBytes<LeI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function gt(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  lt(b, a, out, rows, cols, bRow, bCol, aRow, aCol);
}

export function ge(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  le(b, a, out, rows, cols, bRow, bCol, aRow, aCol);
}

export function gtI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  ltI32(b, a, out, rows, cols, bRow, bCol, aRow, aCol);
}

export function geI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  leI32(b, a, out, rows, cols, bRow, bCol, aRow, aCol);
}
