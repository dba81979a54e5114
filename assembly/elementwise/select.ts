// Choosing between two arrays by a third of bytes: where(c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol) sets out[r, c],
// contiguous, to the element of a where that of c is not 0, else to that of b, copied bit by bit. Element (r, c) of a is
// a[r * aRow + c * aCol], strides in elements, aCol 0 or 1; the same for b and c. The name ends in the bits of an element. out may be
// a or b of its own shape.
import { Each, Same } from "../lib/broadcast";
import { words0, words12, words4, words8 } from "../lib/simd";
import { copyRow, fillRow } from "../move/row";

/** A row of 32-bit elements with a c for each. */
@inline
function chooseWords<A, B>(c: usize, a: usize, b: usize, out: usize, n: i32): void {
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

/** A row with a c for each element. */
@inline
function choose<T>(c: usize, a: usize, b: usize, out: usize, n: i32, aCol: i32, bCol: i32): void {
  if (sizeof<T>() == 4) {
    if (aCol) {
      if (bCol) chooseWords<Each, Each>(c, a, b, out, n);
      else chooseWords<Each, Same>(c, a, b, out, n);
    } else {
      if (bCol) chooseWords<Same, Each>(c, a, b, out, n);
      else chooseWords<Same, Same>(c, a, b, out, n);
    }
    return;
  }
  const aStep = <usize>aCol * sizeof<T>();
  const bStep = <usize>bCol * sizeof<T>();
  for (; n > 0; n--, c++, a += aStep, b += bStep, out += sizeof<T>()) store<T>(out, load<T>(load<u8>(c) ? a : b));
}

/** A row with one c for all. */
@inline
function take<T>(x: usize, out: usize, n: i32, col: i32): void {
  if (col) copyRow(x, out, <usize>n * sizeof<T>());
  else fillRow<T>(x, out, n);
}

@inline
function where<T>(
  c: usize, a: usize, b: usize, out: usize, rows: i32, cols: i32,
  cRow: i32, cCol: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  // Rows that follow each other in all inputs are one long row.
  if (cRow == cCol * cols && aRow == aCol * cols && bRow == bCol * cols) {
    cols *= rows;
    rows = 1;
  }
  if (cols == 0) return;
  for (; rows > 0; rows--) {
    if (cCol) choose<T>(c, a, b, out, cols, aCol, bCol);
    else if (load<u8>(c)) take<T>(a, out, cols, aCol);
    else take<T>(b, out, cols, bCol);
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
