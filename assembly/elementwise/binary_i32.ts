// Functions of two int32 arrays, with the arguments of binary.ts. Results wrap modulo 2^32, as machine words do.
import { broadcastEach, broadcastWords } from "../lib/broadcast";

@unmanaged class AddI32 { @inline v(a: v128, b: v128): v128 { return i32x4.add(a, b); } }
@unmanaged class SubI32 { @inline v(a: v128, b: v128): v128 { return i32x4.sub(a, b); } }
@unmanaged class MulI32 { @inline v(a: v128, b: v128): v128 { return i32x4.mul(a, b); } }
@unmanaged class MaximumI32 { @inline v(a: v128, b: v128): v128 { return i32x4.max_s(a, b); } }
@unmanaged class MinimumI32 { @inline v(a: v128, b: v128): v128 { return i32x4.min_s(a, b); } }

/** By squaring, wrapping. A negative power is the truncated quotient: 0 unless the base is 1 or -1. */
@unmanaged class PowI32 {
  @inline of(a: i32, b: i32): i32 {
    if (b < 0) return a == 1 ? 1 : a == -1 ? 1 - ((b & 1) << 1) : 0;
    let y = 1;
    for (; b; b >>= 1, a *= a) if (b & 1) y *= a;
    return y;
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

export function powI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<i32, PowI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}
