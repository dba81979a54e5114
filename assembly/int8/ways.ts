// Ways to add the products of four bytes of A and of B to 32-bit sums, and which of them this engine does exactly.
//
// The relaxed dot takes bytes of B and 7-bit numbers of A; what it makes of an eighth bit of A is the engine's choice: ARM's sdot
// reads a sign, x86's vpdpbusd a larger number, and x86 without VNNI (vpmaddubsw) that too, but holds the sum of two products at
// 16 bits, which bytes of B beyond 7 bits can pass. The choice is the same at every place and time, so it is asked for here, with
// the numbers that sums are largest for: A is packed with its `offset` added (0 or 128), and the product takes offset * (sum of
// B's column) off again. An engine that does none of this exactly, as the baseline build, multiplies words of 16 bits.

/** Four columns of two 32-bit sums: A is packed as words, B is widened on the way. Exact on every engine. */
@unmanaged
export class Words {
  @inline low(b: usize): v128 { return v128.load8x8_s(b); }
  @inline high(b: usize): v128 { return v128.load8x8_s(b, 8); }
  @inline add(sum: v128, a: v128, b: v128): v128 { return i32x4.add(sum, i32x4.dot_i16x8_s(a, b)); }
}

/** Eight columns of a sum. One instruction on ARM and on x86 with VNNI. */
@unmanaged
export class Quads {
  @inline low(b: usize): v128 { return v128.load(b); }
  @inline high(b: usize): v128 { return v128.load(b, 16); }
  @inline add(sum: v128, a: v128, b: v128): v128 { return i32x4.relaxed_dot_i8x16_i7x16_add_s(b, a, sum); }
}

/** The same by way of 16 bits: three instructions for any x86, where B stays within 7 bits. */
@unmanaged
export class Pairs {
  @inline low(b: usize): v128 { return v128.load(b); }
  @inline high(b: usize): v128 { return v128.load(b, 16); }
  @inline
  add(sum: v128, a: v128, b: v128): v128 {
    return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(b, a)));
  }
}

export const enum Way { WORDS, QUADS, PAIRS }

/** The low byte of each lane, four times. */
@inline
function spread(x: v128): v128 {
  return i32x4.mul(v128.and(x, i32x4.splat(255)), i32x4.splat(0x01010101));
}

/** Whether `Op` gives the right sums for A + offset, where A takes -128 to 127 and B takes ~limit to limit. */
@inline
function isExact<Op>(offset: i32, limit: i32): bool {
  const a = i32x4.add(v128.xor(i32x4.splat(limit | 64), i32x4(-1, 0, -1, 0)), i32x4.splat(offset));
  const b = v128.xor(i32x4.splat(limit), i32x4(-1, -1, 0, 0));
  const sum = changetype<Op>(0).add(b, spread(a), spread(b));
  return i32x4.all_true(i32x4.eq(sum, i32x4.add(b, i32x4.shl(i32x4.mul(a, b), 2))));
}

/**
 * The fastest exact way, in the low byte, and the offset for it above. `limit` is the largest number of B's bits, 63 or 127; that
 * it is no constant keeps the compiler from answering in place of the engine.
 */
export function exactWay(limit: i32): i32 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    for (let offset = 0; offset <= 128; offset += 128) {
      if (isExact<Quads>(offset, limit | 64)) return (offset << 8) | Way.QUADS;
      if (isExact<Pairs>(offset, limit)) return (offset << 8) | Way.PAIRS;
    }
  }
  return Way.WORDS;
}
