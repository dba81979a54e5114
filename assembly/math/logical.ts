// Logic on bytes that are 0 or 1. Functions of two arrays have the arguments of binary.ts: element (r, c) of a is a[r * aRow + c * aCol],
// and aCol is 0 or 1; aCol and bCol are not both 0 unless there is only one column. out is contiguous, and may be an input that has the same shape.

@unmanaged class And {
  @inline v(a: v128, b: v128): v128 { return v128.and(a, b); }
  @inline one(a: u8, b: u8): u8 { return a & b; }
}
@unmanaged class Or {
  @inline v(a: v128, b: v128): v128 { return v128.or(a, b); }
  @inline one(a: u8, b: u8): u8 { return a | b; }
}

/** Sixteen bytes of a row, or its one byte in all lanes. */
@inline
function loadBytes(row: usize, col: i32): v128 {
  return col ? v128.load(row) : v128.load8_splat(row);
}

/** aCol and bCol are literals where this is inlined. */
@inline
function logicRow<Op>(a: usize, b: usize, out: usize, n: i32, aCol: i32, bCol: i32): void {
  const op = changetype<Op>(0);
  for (; n >= 16; n -= 16, a += aCol << 4, b += bCol << 4, out += 16) v128.store(out, op.v(loadBytes(a, aCol), loadBytes(b, bCol)));
  for (; n > 0; n--, a += aCol, b += bCol, out++) store<u8>(out, op.one(load<u8>(a), load<u8>(b)));
}

@inline
function logicRows<Op>(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  // If the rows are contiguous in both inputs, they are treated as one long row.
  if (aRow == aCol * cols && bRow == bCol * cols) {
    cols *= rows;
    rows = 1;
  }
  for (; rows > 0; rows--, a += aRow, b += bRow, out += cols) {
    if (!aCol) logicRow<Op>(a, b, out, cols, 0, 1);
    else if (bCol) logicRow<Op>(a, b, out, cols, 1, 1);
    else logicRow<Op>(a, b, out, cols, 1, 0);
  }
}

/** 1 where x is 0, else 0. */
export function boolNot(x: usize, out: usize, n: i32): void {
  for (; n >= 16; n -= 16, x += 16, out += 16) {
    v128.store(out, i8x16.neg(i8x16.eq(v128.load(x), i8x16.splat(0))));
  }
  for (; n > 0; n--, x++, out++) store<u8>(out, load<u8>(x) == 0);
}

export function boolAnd(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  logicRows<And>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}

export function boolOr(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  logicRows<Or>(a, b, out, rows, cols, aRow, aCol, bRow, bCol);
}
