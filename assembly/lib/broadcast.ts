// Loops over two arrays of 32-bit elements with shape [rows, cols]; an op is a class as in loop.ts. Element (r, c) of a is
// a[r * aRow + c * aCol]; strides are elements, and aCol is 0 or 1. The same holds for b. One of aCol and bCol is 1 unless there is only one
// column, because a result has no elements that both repeat. out is contiguous, and may be a or b if that has the same shape.
import { loadUpTo4, packBytes, storeBytesUpTo4, storeUpTo4 } from "./simd";

/** A row with an element for each column. */
@unmanaged
export class Each {
  @inline v(row: usize, offset: usize): v128 { return v128.load(row + offset); }
  @inline upTo4(row: usize, left: i32): v128 { return loadUpTo4(row, left); }
  @inline next(row: usize, sizeBytes: usize): usize { return row + sizeBytes; }
}

/** A row of one element, which all columns share. */
@unmanaged
export class Same {
  @inline v(row: usize, _: usize): v128 { return v128.load32_splat(row); }
  @inline upTo4(row: usize, _: i32): v128 { return v128.load32_splat(row); }
  @inline next(row: usize, _: usize): usize { return row; }
}

/** Results of 32 bits: two vectors an iteration. */
@unmanaged
class WordResults {
  @inline
  row<Op, A, B>(a: usize, b: usize, out: usize, n: i32): void {
    const op = changetype<Op>(0);
    const ra = changetype<A>(0);
    const rb = changetype<B>(0);
    for (; n >= 8; n -= 8, a = ra.next(a, 32), b = rb.next(b, 32), out += 32) {
      const y0 = op.v(ra.v(a, 0), rb.v(b, 0));
      const y1 = op.v(ra.v(a, 16), rb.v(b, 16));
      v128.store(out, y0);
      v128.store(out, y1, 16);
    }
    for (; n > 0; n -= 4, a = ra.next(a, 16), b = rb.next(b, 16), out += 16) {
      storeUpTo4(out, op.v(ra.upTo4(a, n), rb.upTo4(b, n)), n);
    }
  }

  @inline sizeBytes(n: i32): usize { return <usize>n << 2; }
}

/** Results of 0 to 255, stored as bytes: four vectors an iteration. */
@unmanaged
class ByteResults {
  @inline
  row<Op, A, B>(a: usize, b: usize, out: usize, n: i32): void {
    const op = changetype<Op>(0);
    const ra = changetype<A>(0);
    const rb = changetype<B>(0);
    for (; n >= 16; n -= 16, a = ra.next(a, 64), b = rb.next(b, 64), out += 16) {
      const y0 = op.v(ra.v(a, 0), rb.v(b, 0));
      const y1 = op.v(ra.v(a, 16), rb.v(b, 16));
      const y2 = op.v(ra.v(a, 32), rb.v(b, 32));
      const y3 = op.v(ra.v(a, 48), rb.v(b, 48));
      v128.store(out, packBytes(y0, y1, y2, y3));
    }
    for (; n > 0; n -= 4, a = ra.next(a, 16), b = rb.next(b, 16), out += 4) {
      storeBytesUpTo4(out, op.v(ra.upTo4(a, n), rb.upTo4(b, n)), n);
    }
  }

  @inline sizeBytes(n: i32): usize { return <usize>n; }
}

@inline
function eachRow<Out, Op, A, B>(a: usize, b: usize, out: usize, count: i32, cols: i32, aRow: i32, bRow: i32): void {
  const results = changetype<Out>(0);
  for (; count > 0; count--) {
    results.row<Op, A, B>(a, b, out, cols);
    a += <usize>aRow << 2;
    b += <usize>bRow << 2;
    out += results.sizeBytes(cols);
  }
}

@inline
function broadcastRows<Out, Op>(
  a: usize, b: usize, out: usize, count: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  // If the rows are contiguous in both inputs, they are treated as one long row.
  if (aRow == aCol * cols && bRow == bCol * cols) {
    cols *= count;
    count = 1;
  }
  if (!aCol) eachRow<Out, Op, Same, Each>(a, b, out, count, cols, aRow, bRow);
  else if (bCol) eachRow<Out, Op, Each, Each>(a, b, out, count, cols, aRow, bRow);
  else eachRow<Out, Op, Each, Same>(a, b, out, count, cols, aRow, bRow);
}

/** out[r, c] = op(a, b) in 32 bits. */
@inline
export function broadcastWords<Op>(
  a: usize, b: usize, out: usize, count: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastRows<WordResults, Op>(a, b, out, count, cols, aRow, aCol, bRow, bCol);
}

/** out[r, c] = op(a, b) in a byte. */
@inline
export function broadcastBytes<Op>(
  a: usize, b: usize, out: usize, count: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  broadcastRows<ByteResults, Op>(a, b, out, count, cols, aRow, aCol, bRow, bCol);
}

/** out[r, c] = op.of(a, b), one at a time, for what has no vector instructions: T is f32 or i32. */
@inline
export function broadcastEach<T, Op>(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  const op = changetype<Op>(0);
  for (; rows > 0; rows--, a += <usize>aRow << 2, b += <usize>bRow << 2) {
    let x = a;
    let y = b;
    for (let c = 0; c < cols; c++, x += <usize>aCol << 2, y += <usize>bCol << 2, out += 4) store<T>(out, op.of(load<T>(x), load<T>(y)));
  }
}
