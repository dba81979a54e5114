// The sizes of GEMM: which part of C[m, n] = S + A[m, k] * B[k, n] is in registers, in L1 and in L2.
//
//             NR          a tile is MR x NR sums in registers;
//           +----+        a panel KC x NR of B (12 KB) stays in L1 while the rows of A pass by;
//        KC | B  |        a block MC x KC of A (54 KB) and a block KC x NC of B (768 KB) stay in L2.
//      KC   +----+
//    +----+ +----+        Inside a block of k a sum starts from zero and runs over k in order; the blocks are added to S in
// MR | A  | | C  |        order. Every path keeps to this, so an element of C depends on its row of A, its column of B and its
//    +----+ +----+        start in S, and on nothing else: a row of a batch gives what it gives alone, in both builds.

/**
 * 16 vector registers hold 12 sums, 2 of B and 1 of A; multiply and add apart also need the product, so fewer rows.
 * Engines that load all of A before the first product (V8 before 12) leave room for 4 rows there as well.
 */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
export const NR: i32 = 8;

/** Most k in a block. Also bounds the rounding error, which grows with KC + k / KC in place of k. */
export const KC: i32 = 384;

/** A multiple of 4 and 6, so that full blocks have no thin tile; more rows would touch more pages than the first TLB holds. */
export const MC: i32 = 36;
export const NC: i32 = 512;

/** Blocks of k share it evenly, in steps that suit every inner loop: a thin last block would run through C for little work. */
const STEP: i32 = 12;

/** How deep the blocks of k are: at most KC. */
@inline
export function depthOf(k: i32): i32 {
  const blocks = (k + KC - 1) / KC;
  return blocks > 1 ? ((k + blocks - 1) / blocks + STEP - 1) / STEP * STEP : k;
}

/** Room for one tile at the ragged right edge. */
export const TILE_BYTES: i32 = 6 * 8 * 4;

/** The S of a product that starts from nothing, with strides 0. */
export const ZERO: usize = memory.data<f32>([0]);
