// Methods of adding the products of four bytes of A and of B to 32-bit sums, and the choice of one that is exact on this engine.
//
// The relaxed dot instruction multiplies signed bytes of B by 7-bit numbers of A. The meaning of the eighth bit of A is left to the
// engine: ARM's sdot reads a sign, and x86's vpdpbusd an unsigned byte. x86 without VNNI (vpmaddubsw) also reads an unsigned byte, but
// saturates the sum of two products at 16 bits, which can happen if B needs more than 7 bits. An engine always behaves the same, so
// `exactMethod` tests it with the operands that give the largest sums. A is packed with `offset` (0 or 128) added, and the product
// subtracts offset * (sum of B's column). If no relaxed method is exact, and in the baseline build, 16-bit words are multiplied.

/** A vector holds two sums for each of two columns. A is packed as 16-bit words, B is widened as it is loaded. Exact on every engine. */
@unmanaged
export class Words {
  @inline low(b: usize): v128 { return v128.load8x8_s(b); }
  @inline high(b: usize): v128 { return v128.load8x8_s(b, 8); }
  @inline add(sum: v128, a: v128, b: v128): v128 { return i32x4.add(sum, i32x4.dot_i16x8_s(a, b)); }
}

/** A vector holds one sum for each of four columns. One instruction on ARM and on x86 with VNNI. */
@unmanaged
export class Quads {
  @inline low(b: usize): v128 { return v128.load(b); }
  @inline high(b: usize): v128 { return v128.load(b, 16); }
  @inline add(sum: v128, a: v128, b: v128): v128 { return i32x4.relaxed_dot_i8x16_i7x16_add_s(b, a, sum); }
}

/** The same with an intermediate 16-bit result: three instructions on any x86, exact if B fits in 7 bits. */
@unmanaged
export class Pairs {
  @inline low(b: usize): v128 { return v128.load(b); }
  @inline high(b: usize): v128 { return v128.load(b, 16); }
  @inline
  add(sum: v128, a: v128, b: v128): v128 {
    return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(b, a)));
  }
}

export const enum Method { WORDS, QUADS, PAIRS }

/** The low byte of each lane, in all four bytes of the lane. */
@inline
function lowByteInAll(x: v128): v128 {
  return i32x4.mul(v128.and(x, i32x4.splat(255)), i32x4.splat(0x01010101));
}

/** Whether `Op` gives exact sums for A + offset, where A is -128 to 127 and B is ~limit to limit. */
@inline
function isExact<Op>(offset: i32, limit: i32): bool {
  const a = i32x4.add(v128.xor(i32x4.splat(limit | 64), i32x4(-1, 0, -1, 0)), i32x4.splat(offset));
  const b = v128.xor(i32x4.splat(limit), i32x4(-1, -1, 0, 0));
  const sum = changetype<Op>(0).add(b, lowByteInAll(a), lowByteInAll(b));
  return i32x4.all_true(i32x4.eq(sum, i32x4.add(b, i32x4.shl(i32x4.mul(a, b), 2))));
}

/**
 * Returns the fastest exact method in the low byte, and its offset in the bits above. `limit` is the largest value that fits in B's bits,
 * 63 or 127. It is not a constant, so that the engine evaluates the test and not the compiler.
 */
export function exactMethod(limit: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    for (let offset = 0; offset <= 128; offset += 128) {
      if (isExact<Quads>(offset, limit | 64)) return (offset << 8) | Method.QUADS;
      if (isExact<Pairs>(offset, limit)) return (offset << 8) | Method.PAIRS;
    }
  }
  return Method.WORDS;
}
