// The positions of the k smallest keys (lib/order) of rows, in ascending order; of equal keys, those of the first elements.
// x [rows, n], n >= k > 0 -> out [rows, k]. work has 8 k bytes: the best pairs of position and key so far.
// A vector whose keys are all at least the k-th best, which most vectors are, costs one comparison.
import { keyAt, keys } from "../lib/order";
import { loadUpTo4 } from "../lib/simd";

/** Inserts a pair into the sorted pairs from `first` to `end`, which it overwrites. */
function insert(first: usize, end: usize, key: i32, position: i32): void {
  for (; end > first && load<i32>(end - 4) > key; end -= 8) store<f64>(end, load<f64>(end - 8));
  store<i32>(end, position);
  store<i32>(end, key, 4);
}

export function topk(x: usize, out: usize, work: usize, rows: i32, n: i32, k: i32, float: i32, flip: i32): void {
  const last = work + (<usize>(k - 1) << 3);
  for (; rows > 0; rows--, x += <usize>n << 2, out += <usize>k << 2) {
    for (let i = 0; i < k; i++) insert(work, work + (<usize>i << 3), keyAt(x + (<usize>i << 2), float, flip), i);
    for (let i = k; i < n; i += 4) {
      const at = x + (<usize>i << 2);
      const found = keys(loadUpTo4(at, n - i), float, flip);
      let better = i32x4.bitmask(i32x4.lt_s(found, v128.load32_splat(last, 4)));
      if (n - i < 4) better &= (1 << (n - i)) - 1;
      for (; better; better &= better - 1) {
        const lane = ctz(better);
        const key = keyAt(at + (<usize>lane << 2), float, flip);
        if (key < load<i32>(last, 4)) insert(work, last, key, i + lane);
      }
    }
    for (let i: usize = 0; i < <usize>k; i++) store<i32>(out + (i << 2), load<i32>(work + (i << 3)));
  }
}
