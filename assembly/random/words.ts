// The random words that every distribution uses: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
// as easy as 1, 2, 3" (SC 2011). Word i is word i % 4 of the block with the counter (offset + i / 4, 0, 0) and the key (seed). It
// depends on nothing else, so a longer run begins with the same words. Four blocks are computed in parallel lanes.
import { lowWords, storeUpTo4 } from "../lib/simd";
import { transposedRow } from "../lib/transpose4x4";

/** Multipliers and key increments of the paper, and the steps between the four counters. */
const TABLE = memory.data<u32>([
  0xd2511f53, 0xd2511f53, 0xd2511f53, 0xd2511f53, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57,
  0x9e3779b9, 0x9e3779b9, 0x9e3779b9, 0x9e3779b9, 0xbb67ae85, 0xbb67ae85, 0xbb67ae85, 0xbb67ae85,
  0, 1, 2, 3,
]);
const ROUNDS = 10;

/** The high 32 bits of four 64-bit lanes. */
@inline
export function highWords(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/**
 * Computes n words, 16 at a time, and passes them to `Distribution`, a class with
 * `emit(out, i, left, w0, w1, w2, w3, a, b, c)`. The word for element i + 4*l + j is lane l of wj; `left` elements remain from i on;
 * a, b and c are the parameters of the distribution.
 */
@inline
export function generate<Distribution>(
  out: usize, n: i32, seedLo: i32, seedHi: i32, offLo: i32, offHi: i32, a: v128, b: v128, c: v128,
): void {
  const distribution = changetype<Distribution>(0);
  const m0 = v128.load(TABLE);
  const m1 = v128.load(TABLE, 16);
  const step0 = v128.load(TABLE, 32);
  const step1 = v128.load(TABLE, 48);
  let offset = (<u64>(<u32>offHi) << 32) | <u64>(<u32>offLo);
  for (let i = 0; i < n; i += 16, offset += 4) {
    const first = i32x4.splat(<i32>offset);
    let w0 = i32x4.add(first, v128.load(TABLE, 64));
    let w1 = i32x4.sub(i32x4.splat(<i32>(offset >> 32)), i32x4.lt_u(w0, first)); // a lane that wrapped carries one
    let w2 = i32x4.splat(0);
    let w3 = i32x4.splat(0);
    let k0 = i32x4.splat(seedLo);
    let k1 = i32x4.splat(seedHi);
    for (let round = 0; round < ROUNDS; round++) {
      const p01 = i64x2.extmul_low_i32x4_u(w0, m0);
      const p23 = i64x2.extmul_high_i32x4_u(w0, m0);
      const q01 = i64x2.extmul_low_i32x4_u(w2, m1);
      const q23 = i64x2.extmul_high_i32x4_u(w2, m1);
      w0 = v128.xor(v128.xor(highWords(q01, q23), w1), k0);
      w1 = lowWords(q01, q23);
      w2 = v128.xor(v128.xor(highWords(p01, p23), w3), k1);
      w3 = lowWords(p01, p23);
      k0 = i32x4.add(k0, step0);
      k1 = i32x4.add(k1, step1);
    }
    distribution.emit(out, i, n - i, w0, w1, w2, w3, a, b, c);
  }
}

/** Stores the first `left` of 16 elements of 4 bytes, in order, at out + 4*i; the vectors are laid out as in `emit`. */
@inline
export function storeWords(out: usize, i: i32, left: i32, w0: v128, w1: v128, w2: v128, w3: v128): void {
  out += <usize>i << 2;
  storeUpTo4(out, transposedRow(w0, w1, w2, w3, 0), left);
  if (left > 4) storeUpTo4(out + 16, transposedRow(w0, w1, w2, w3, 1), left - 4);
  if (left > 8) storeUpTo4(out + 32, transposedRow(w0, w1, w2, w3, 2), left - 8);
  if (left > 12) storeUpTo4(out + 48, transposedRow(w0, w1, w2, w3, 3), left - 12);
}
