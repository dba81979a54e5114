// Stable sorting: the positions of elements in ascending order of their keys (lib/order). Elements are sorted as pairs of position and
// key, eight bytes: short columns by insertion, others by their bytes, the lowest first, with a count of each byte's values.
// work has 16 n + 4096 bytes: the pairs, a second place for them, and 4 x 256 counts.
import { keyAt } from "../lib/order";

/** The longest column that is sorted by insertion. */
const SHORT = 40;

/** order = 0, 1, ... n - 1, `stride` bytes apart */
@inline
function count(order: usize, n: i32, stride: usize): void {
  for (let i = 0; i < n; i++, order += stride) store<i32>(order, i);
}

/**
 * Sorts n pairs by insertion, as they are made: elements at x, `step` bytes apart, in the order of the positions at `order`, which are
 * `stride` bytes apart.
 */
function insertPairs(x: usize, order: usize, pairs: usize, n: i32, step: usize, stride: usize, float: i32, flip: i32): void {
  let end = pairs;
  for (; n > 0; n--, order += stride, end += 8) {
    const position = load<i32>(order);
    const key = keyAt(x + <usize>position * step, float, flip);
    let at = end;
    for (; at > pairs && load<i32>(at - 4) > key; at -= 8) store<f64>(at, load<f64>(at - 8));
    store<i32>(at, position);
    store<i32>(at, key, 4);
  }
}

/** Makes n pairs, and counts the values of each of the four bytes of their keys. The sign bit is inverted: bytes have no sign. */
function makePairs(x: usize, order: usize, pairs: usize, counts: usize, n: i32, step: usize, stride: usize, float: i32, flip: i32): void {
  memory.fill(counts, 0, 4096);
  for (; n > 0; n--, order += stride, pairs += 8) {
    const position = load<i32>(order);
    const key = keyAt(x + <usize>position * step, float, flip) ^ i32.MIN_VALUE;
    store<i32>(pairs, position);
    store<i32>(pairs, key, 4);
    for (let digit: usize = 0; digit < 4; digit++) {
      const at = counts + (digit << 10) + ((<usize>key >>> (digit << 3) & 255) << 2);
      store<i32>(at, load<i32>(at) + 1);
    }
  }
}

/** Distributes n pairs by the byte of their keys at `shift`. `counts` becomes the places behind those taken. */
function distribute(from: usize, to: usize, counts: usize, n: i32, shift: i32): void {
  for (let at = counts, end = counts + 1024; at < end; at += 4) {
    const size = <usize>load<i32>(at) << 3;
    store<usize>(at, to);
    to += size;
  }
  for (; n > 0; n--, from += 8) {
    const at = counts + ((<usize>load<i32>(from, 4) >>> shift & 255) << 2);
    const place = load<usize>(at);
    store<f64>(place, load<f64>(from));
    store<usize>(at, place + 8);
  }
}

/** Sorts the positions at `order` by the elements of one column, and leaves those of equal elements in their order. */
function sortColumn(x: usize, order: usize, work: usize, n: i32, step: usize, stride: usize, float: i32, flip: i32): void {
  let pairs = work;
  if (n <= SHORT) insertPairs(x, order, pairs, n, step, stride, float, flip);
  else {
    let other = work + (<usize>n << 3);
    const counts = other + (<usize>n << 3);
    makePairs(x, order, pairs, counts, n, step, stride, float, flip);
    for (let digit = 0; digit < 4; digit++) {
      const table = counts + (<usize>digit << 10);
      // If all keys have the same byte, there is nothing to do.
      if (load<i32>(table + ((<usize>load<i32>(pairs, 4) >>> (digit << 3) & 255) << 2)) == n) continue;
      distribute(pairs, other, table, n, digit << 3);
      const sorted = other;
      other = pairs;
      pairs = sorted;
    }
  }
  for (; n > 0; n--, pairs += 8, order += stride) store<i32>(order, load<i32>(pairs));
}

/** x [outer, n, inner] -> out, the positions along n in ascending order. `columns` is used as in reduce/sum.ts. */
export function argsort(
  x: usize,
  out: usize,
  work: usize,
  outer: i32,
  n: i32,
  inner: i32,
  float: i32,
  flip: i32,
  columns: i32,
): void {
  const row = <usize>inner << 2;
  const plane = <usize>n * row;
  for (; outer > 0; outer--, x += plane, out += plane) {
    for (let column: usize = 0; column < <usize>columns << 2; column += 4) {
      count(out + column, n, row);
      sortColumn(x + column, out + column, work, n, row, row, float, flip);
    }
  }
}

/** x [n, m] -> out, the positions of the rows in ascending order, by their first elements, then by the second and so on. */
export function argsortRows(x: usize, out: usize, work: usize, n: i32, m: i32, float: i32): void {
  count(out, n, 4);
  for (let column = <usize>m << 2; column > 0; column -= 4) sortColumn(x + column - 4, out, work, n, <usize>m << 2, 4, float, 0);
}
