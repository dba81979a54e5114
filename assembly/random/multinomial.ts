// Draws from discrete distributions, by the inverse of the running sum of the weights.

/** sums[i] = w[0] + ... + w[i], in float64. Returns the last one. */
function runningSums(w: usize, sums: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    sum += <f64>load<f32>(w + (<usize>i << 2));
    store<f64>(sums + (<usize>i << 3), sum);
  }
  return sum;
}

/** The first position whose running sum is larger than `at`. */
function find(sums: usize, n: i32, at: f64): i32 {
  let low = 0;
  for (let high = n - 1; low < high; ) {
    const middle = (low + high) >> 1;
    if (load<f64>(sums + (<usize>middle << 3)) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Replaces the random words in out [rows, count] by positions in the rows of w [rows, n], float32 weights, which are changed: without
 * `replacement`, a weight becomes 0 once it was drawn. sums: n float64 of scratch.
 */
export function multinomial(w: usize, sums: usize, out: usize, rows: i32, n: i32, count: i32, replacement: bool): void {
  for (; rows > 0; rows--, w += <usize>n << 2) {
    let total = runningSums(w, sums, n);
    for (let i = 0; i < count; i++, out += 4) {
      const drawn = find(sums, n, (<f64>load<u32>(out) / 4294967296) * total);
      store<i32>(out, drawn);
      if (replacement) continue;
      store<f32>(w + (<usize>drawn << 2), 0);
      total = runningSums(w, sums, n);
    }
  }
}
