// The block sizes of GEMM: which part of C[m, n] = S + A[m, k] * B[k, n] is in registers, in L1 and in L2. Sizes are floats.
//
//             NR          A tile of MR x NR sums is in registers.
//           +----+        A panel of KC x NR of B (12 KB) stays in L1 while all rows of A are multiplied with it.
//        KC | B  |        A block of MC x KC of A (54 KB) and a block of KC x NC of B (384 KB) stay in L2.
//      KC   +----+
//    +----+ +----+        Within a block of k, a sum starts from zero and adds its products in the order of k. The sums of blocks
// MR | A  | | C  |        are added to S in order. Every algorithm follows this rule, so an element of C depends only on its row of
//    +----+ +----+        A, its column of B and its element of S: a row gives the same bytes alone and in any batch, in both builds.

/**
 * 16 vector registers hold 12 sums, 2 vectors of B and 1 of A. Without FMA the product needs a register too, so there are fewer rows;
 * 4 rows also fit in engines that load all of A before the first product (V8 before version 12).
 */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
export const NR: i32 = 8;

/** Most k in a block. This also bounds the rounding error, which grows with KC + k / KC in place of k. */
export const KC: i32 = 384;

/** A multiple of 4 and 6, so that full blocks have only full tiles. More rows would touch more pages than the first-level TLB holds. */
export const MC: i32 = 36;
export const NC: i32 = 256;

/** k is distributed evenly over its blocks, in steps that suit every inner loop: a small last block would read C again for little work. */
const STEP: i32 = 12;

/** The depth of the blocks of k: at most KC. */
@inline
export function depthOf(k: i32): i32 {
  const blocks = (k + KC - 1) / KC;
  return blocks > 1 ? ((k + blocks - 1) / blocks + STEP - 1) / STEP * STEP : k;
}

/** Bytes of scratch for one tile at the right edge that has fewer than NR columns. */
export const TILE_BYTES: i32 = 6 * 8 * 4;

/** The S of a product that starts from zero; its strides are 0. */
export const ZERO: usize = memory.data<f32>([0]);
