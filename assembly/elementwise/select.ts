// Selection: where(c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol) sets out[r, c] to element (r, c) of a if that of c is
// not 0, else to that of b, copied bit by bit. c holds bytes. Element (r, c) of a is a[r * aRow + c * aCol]; strides are elements, and
// aCol is 0 or 1. The same holds for b and c. A name ends in the bits of an element. out is contiguous, and may be a or b if that has the
// same shape.
import { Each, Same } from "../lib/broadcast";
import { words0, words12, words4, words8 } from "../lib/simd";
import { copyRow, fillRow } from "../move/row";

/** A row of 32-bit elements, with one c for each element. */
@inline
function chooseRow32<A, B>(c: usize, a: usize, b: usize, out: usize, n: i32): void {
  const as_ = changetype<A>(0);
  const bs = changetype<B>(0);
  for (; n >= 16; n -= 16, c += 16, a = as_.next(a, 64), b = bs.next(b, 64), out += 64) {
    const mask = i8x16.ne(v128.load(c), i8x16.splat(0));
    const y0 = v128.bitselect(as_.v(a, 0), bs.v(b, 0), words0(mask));
    const y1 = v128.bitselect(as_.v(a, 16), bs.v(b, 16), words4(mask));
    const y2 = v128.bitselect(as_.v(a, 32), bs.v(b, 32), words8(mask));
    const y3 = v128.bitselect(as_.v(a, 48), bs.v(b, 48), words12(mask));
    v128.store(out, y0);
    v128.store(out, y1, 16);
    v128.store(out, y2, 32);
    v128.store(out, y3, 48);
  }
  for (; n > 0; n--, c += 1, a = as_.next(a, 4), b = bs.next(b, 4), out += 4) {
    store<u32>(out, load<u32>(load<u8>(c) ? a : b));
  }
}

/** A row of 32-bit elements, with one c for each element, by the column strides of a and b. */
@inline
function chooseColumns32(c: usize, a: usize, b: usize, out: usize, n: i32, aCol: i32, bCol: i32): void {
  if (aCol) {
    if (bCol) chooseRow32<Each, Each>(c, a, b, out, n);
    else chooseRow32<Each, Same>(c, a, b, out, n);
  } else {
    if (bCol) chooseRow32<Same, Each>(c, a, b, out, n);
    else chooseRow32<Same, Same>(c, a, b, out, n);
  }
}

/** A row of elements of any size, one at a time. */
@inline
function chooseRow<T>(c: usize, a: usize, b: usize, out: usize, n: i32, cCol: i32, aCol: i32, bCol: i32): void {
  const aStep = <usize>aCol * sizeof<T>();
  const bStep = <usize>bCol * sizeof<T>();
  for (; n > 0; n--, c += cCol, a += aStep, b += bStep, out += sizeof<T>()) store<T>(out, load<T>(load<u8>(c) ? a : b));
}

/** A row of 32-bit elements that has one c for all of them: copies x, the operand that it selects. */
@inline
function copySelected32(x: usize, out: usize, n: i32, col: i32): void {
  if (col) copyRow(x, out, <usize>n << 2);
  else fillRow<u32>(x, out, n);
}

@inline
function where<T>(
  c: usize, a: usize, b: usize, out: usize, rows: i32, cols: i32,
  cRow: i32, cCol: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  // If the rows are contiguous in all inputs, they are treated as one long row.
  if (cRow == cCol * cols && aRow == aCol * cols && bRow == bCol * cols) {
    cols *= rows;
    rows = 1;
  }
  if (cols == 0) return;
  for (; rows > 0; rows--) {
    if (sizeof<T>() != 4) chooseRow<T>(c, a, b, out, cols, cCol, aCol, bCol);
    else if (cCol) chooseColumns32(c, a, b, out, cols, aCol, bCol);
    else if (load<u8>(c)) copySelected32(a, out, cols, aCol);
    else copySelected32(b, out, cols, bCol);
    c += cRow;
    a += <usize>aRow * sizeof<T>();
    b += <usize>bRow * sizeof<T>();
    out += <usize>cols * sizeof<T>();
  }
}

export function where8(
  c: usize, a: usize, b: usize, out: usize, rows: i32, cols: i32,
  cRow: i32, cCol: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  where<u8>(c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol);
}

export function where16(
  c: usize, a: usize, b: usize, out: usize, rows: i32, cols: i32,
  cRow: i32, cCol: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  where<u16>(c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol);
}

export function where32(
  c: usize, a: usize, b: usize, out: usize, rows: i32, cols: i32,
  cRow: i32, cCol: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  where<u32>(c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol);
}

export function where64(
  c: usize, a: usize, b: usize, out: usize, rows: i32, cols: i32,
  cRow: i32, cCol: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  where<u64>(c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol);
}
