// Functions of two int32 arrays, walked as those of floats in binary.ts. Results wrap modulo 2^32, as machine words do.
// floorDivide and remainder follow Python's rule, by which a remainder has the sign of its divisor; the caller has seen to it that no
// divisor is 0.
import { broadcastWords } from "../lib/broadcast";

@unmanaged class AddI32 { @inline v(a: v128, b: v128): v128 { return i32x4.add(a, b); } }
@unmanaged class SubI32 { @inline v(a: v128, b: v128): v128 { return i32x4.sub(a, b); } }
@unmanaged class MulI32 { @inline v(a: v128, b: v128): v128 { return i32x4.mul(a, b); } }
@unmanaged class MaximumI32 { @inline v(a: v128, b: v128): v128 { return i32x4.max_s(a, b); } }
@unmanaged class MinimumI32 { @inline v(a: v128, b: v128): v128 { return i32x4.min_s(a, b); } }

/** The remainder of one lane. Lanes behind the end of a row have the divisor 0. */
@inline
function remainderOf(a: i32, b: i32): i32 {
  if (b == 0) return 0;
  const r = a % b;
  return r != 0 && (r ^ b) < 0 ? r + b : r;
}

/** The quotient of one lane, rounded down. -1 is a case of its own because the machine's division traps on -2^31 / -1. */
@inline
function quotientOf(a: i32, b: i32): i32 {
  if (b == 0) return 0;
  if (b == -1) return -a;
  const q = a / b;
  return q * b != a && (a ^ b) < 0 ? q - 1 : q;
}

@unmanaged class FloorDivideI32 {
  @inline v(a: v128, b: v128): v128 {
    let q = i32x4.splat(quotientOf(i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)));
    q = i32x4.replace_lane(q, 1, quotientOf(i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)));
    q = i32x4.replace_lane(q, 2, quotientOf(i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)));
    return i32x4.replace_lane(q, 3, quotientOf(i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)));
  }
}
@unmanaged class RemainderI32 {
  @inline v(a: v128, b: v128): v128 {
    let r = i32x4.splat(remainderOf(i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)));
    r = i32x4.replace_lane(r, 1, remainderOf(i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)));
    r = i32x4.replace_lane(r, 2, remainderOf(i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)));
    return i32x4.replace_lane(r, 3, remainderOf(i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)));
  }
}

export function addI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<AddI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function subI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<SubI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function mulI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<MulI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function maximumI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<MaximumI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function minimumI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<MinimumI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function floorDivideI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<FloorDivideI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function remainderI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastWords<RemainderI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}
