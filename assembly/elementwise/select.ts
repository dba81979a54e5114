// Choosing between two arrays of 32-bit elements, which are copied bit by bit.
import { Each, Same } from "../lib/broadcast";
import { words0, words12, words4, words8 } from "../lib/simd";

@inline
function choose<A, B>(c: usize, a: usize, b: usize, out: usize, n: i32): void {
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

/** out[i] = c[i] ? a[i * aInc] : b[i * bInc] for n elements; c is bytes, an increment is 0 or 1. out may be a or b. */
export function where(c: usize, a: usize, aInc: i32, b: usize, bInc: i32, out: usize, n: i32): void {
  if (aInc) {
    if (bInc) choose<Each, Each>(c, a, b, out, n);
    else choose<Each, Same>(c, a, b, out, n);
  } else {
    if (bInc) choose<Same, Each>(c, a, b, out, n);
    else choose<Same, Same>(c, a, b, out, n);
  }
}
