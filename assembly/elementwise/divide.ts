// Quotients rounded down and their remainders, as Python's `//` and `%`: a remainder has the sign of its divisor. The arguments are those
// of binary.ts. Elements are computed one at a time, because there are no vector instructions for this.
import { broadcastEach } from "../lib/broadcast";

/** Whether the remainder r of a division by b toward 0 has the wrong sign. */
@inline
function needsCorrection<T>(r: T, b: T): bool {
  return r != 0 && (r < 0) != (b < 0);
}

/** `%` of floats is C's fmod, which is exact. */
@unmanaged class Remainder<T> {
  @inline of(a: T, b: T): T {
    const r: T = a % b;
    return needsCorrection<T>(r, b) ? r + b : r;
  }
}

/** As in CPython: a - r is a multiple of b, so that the quotient is an integer except for its rounding. */
@unmanaged class FloorDivide {
  @inline of(a: f32, b: f32): f32 {
    if (b == 0) return a / b;
    const r: f32 = a % b;
    let q = nearest<f64>((<f64>a - <f64>r) / <f64>b);
    if (needsCorrection<f32>(r, b)) q -= 1;
    return q == 0 ? copysign<f32>(0, a / b) : <f32>q;
  }
}

/** -1 is a special case, because the machine's division traps on -2^31 / -1; the result wraps to -2^31. */
@unmanaged class FloorDivideI32 {
  @inline of(a: i32, b: i32): i32 {
    if (b == -1) return -a;
    const q = a / b;
    return needsCorrection<i32>(a - q * b, b) ? q - 1 : q;
  }
}

export function floorDivide(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<f32, FloorDivide>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function remainder(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<f32, Remainder<f32>>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

/** floorDivide for int32. The caller has checked that no divisor is 0. */
export function floorDivideI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<i32, FloorDivideI32>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

/** remainder for int32. The caller has checked that no divisor is 0. */
export function remainderI32(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastEach<i32, Remainder<i32>>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}
