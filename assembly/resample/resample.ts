// Weighted sums along one axis: out[o, j, i] = sum over t of weight * x[o, index, i], where output j has the pairs (index, weight) of its
// column of a table. x is [outer, nx, inner], out [outer, n, inner], float32.
//
// The table is cut into groups of four outputs: group g has the entries starts[g] to starts[g + 1] of `taps`, and an entry is four indices
// times 4, then four weights, one for each output of the group. A weight of -0 marks a pair that is not there, so that nothing is read for it that
// could be NaN; real weights of zero are +0.
import { loadUpTo4, madd, storeUpTo4 } from "../lib/simd";

const ENTRY_BYTES: usize = 32;
const NONE: i32 = <i32>0x80000000;

/** inner = 1: four outputs at once. Returns the end of the row of out. */
@inline
function mixElements(x: usize, out: usize, starts: usize, taps: usize, n: i32, zero: f32): void {
  for (; n > 0; n -= 4, starts += 4, out += 16) {
    let sum = f32x4.splat(zero);
    const end = taps + <usize>load<i32>(starts, 4) * ENTRY_BYTES;
    for (let tap = taps + <usize>load<i32>(starts) * ENTRY_BYTES; tap < end; tap += ENTRY_BYTES) {
      const weights = v128.load(tap, 16);
      let v = v128.load32_zero(x + <usize>load<i32>(tap));
      v = v128.load_lane<f32>(x + <usize>load<i32>(tap, 4), v, 1);
      v = v128.load_lane<f32>(x + <usize>load<i32>(tap, 8), v, 2);
      v = v128.load_lane<f32>(x + <usize>load<i32>(tap, 12), v, 3);
      sum = v128.bitselect(sum, madd(weights, v, sum), i32x4.eq(weights, i32x4.splat(NONE)));
    }
    storeUpTo4(out, sum, n);
  }
}

/** A row of out: `inner` columns of output `lane` of a group. Sixteen columns at once share the overhead of an entry. */
@inline
function mixRow(x: usize, out: usize, first: usize, end: usize, inner: i32, zero: f32): void {
  const zeros = f32x4.splat(zero);
  let left = inner;
  for (; left >= 16; left -= 16, x += 64, out += 64) {
    let a = zeros;
    let b = zeros;
    let c = zeros;
    let d = zeros;
    for (let tap = first; tap < end; tap += ENTRY_BYTES) {
      if (load<i32>(tap, 16) == NONE) continue;
      const weight = f32x4.splat(load<f32>(tap, 16));
      const from = x + <usize>(load<i32>(tap) * inner);
      a = madd(weight, v128.load(from), a);
      b = madd(weight, v128.load(from, 16), b);
      c = madd(weight, v128.load(from, 32), c);
      d = madd(weight, v128.load(from, 48), d);
    }
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
  for (; left > 0; left -= 4, x += 16, out += 16) {
    let sum = zeros;
    for (let tap = first; tap < end; tap += ENTRY_BYTES) {
      if (load<i32>(tap, 16) == NONE) continue;
      sum = madd(f32x4.splat(load<f32>(tap, 16)), loadUpTo4(x + <usize>(load<i32>(tap) * inner), left), sum);
    }
    storeUpTo4(out, sum, left);
  }
}

/** `zero` is what the sums start from: -0 keeps the sign of a single zero. */
export function resample(
  x: usize, out: usize, starts: usize, taps: usize, outer: i32, nx: i32, n: i32, inner: i32, zero: f32,
): void {
  const row = <usize>inner << 2;
  for (; outer > 0; outer--, x += <usize>nx * row) {
    if (inner == 1) {
      mixElements(x, out, starts, taps, n, zero);
      out += <usize>n << 2;
      continue;
    }
    for (let j = 0; j < n; j++, out += row) {
      const group = starts + (<usize>(j >> 2) << 2);
      const lane = <usize>(j & 3) << 2;
      const from = taps + <usize>load<i32>(group) * ENTRY_BYTES + lane;
      mixRow(x, out, from, taps + <usize>load<i32>(group, 4) * ENTRY_BYTES, inner, zero);
    }
  }
}
