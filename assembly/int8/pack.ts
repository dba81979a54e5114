// Packing for the int8 product: groups of four along k, quads, as the tiles read them.
//
// Packed B is a head of 16 bytes, which says the way this engine multiplies it, and panels of 8 columns: the sum of each column,
// and k / 4 rows of 8 quads. Columns behind the last one and bytes behind k are zeros.
//
//     head | sums: 8 x i32 | k0 k1 k2 k3 of column 0, of column 1, ... of column 7 | k4 k5 k6 k7 of column 0, ... | next panel
//
// Packed A is, for a tile of some rows, k / 4 times a quad of each row in 8 bytes: four words, or four bytes twice.

import { exactWay, Way } from "./ways";

export const HEAD_BYTES: usize = 16;
export const QUADS_AT: usize = 32;

/** Bytes of eight quads, and of a quad of packed A. */
export const QUAD_ROW: usize = 32;
export const A_QUAD: usize = 8;

/** At least one: of zeros, for k = 0. */
@inline
export function quadsOf(k: i32): i32 {
  return max(1, (k + 3) >> 2);
}

/** Bytes of a packed panel. */
@inline
export function panelBytes(k: i32): usize {
  return QUADS_AT + <usize>quadsOf(k) * QUAD_ROW;
}

/** Bytes of packed B. */
export function packedInt8Bytes(n: i32, k: i32): i32 {
  return <i32>(HEAD_BYTES + <usize>((n + 7) >> 3) * panelBytes(k));
}

/** The first min(left, 4) bytes at x, `step` apart, as one word; zeros behind. */
@inline
function quadAt(x: usize, step: usize, left: i32): u32 {
  let quad: u32 = load<u8>(x);
  if (left > 1) quad |= <u32>load<u8>((x += step)) << 8;
  if (left > 2) quad |= <u32>load<u8>((x += step)) << 16;
  if (left > 3) quad |= <u32>load<u8>(x + step) << 24;
  return quad;
}

/** Packs B[k, n]: B[p, j] is at b + p * brs + j * bcs. */
export function packInt8(n: i32, k: i32, b: usize, brs: i32, bcs: i32, out: usize): void {
  const head = out;
  const row = <usize>brs;
  const column = <usize>bcs;
  out += HEAD_BYTES;
  let beyond = i8x16.splat(0);
  for (let j = 0; j < n; j += 8) {
    const width = min(n - j, 8);
    memory.fill(out, 0, panelBytes(k));
    let sum0 = i32x4.splat(0);
    let sum1 = i32x4.splat(0);
    let quads = out + QUADS_AT;
    for (let p = 0; p < k; p += 4, quads += QUAD_ROW) {
      let from = b + <usize>p * row;
      for (let c = 0; c < width; c++, from += column) store<u32>(quads + (<usize>c << 2), quadAt(from, row, k - p));
      const low = v128.load(quads);
      const high = v128.load(quads, 16);
      sum0 = i32x4.add(sum0, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(low)));
      sum1 = i32x4.add(sum1, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(high)));
      // -64 to 63 become 0 to 127.
      beyond = v128.or(beyond, v128.or(i8x16.add(low, i8x16.splat(64)), i8x16.add(high, i8x16.splat(64))));
    }
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
    b += column << 3;
    out += panelBytes(k);
  }
  store<i32>(head, exactWay(i8x16.bitmask(beyond) ? 127 : 63));
}

/** One quad of A as the way wants it. */
@inline
function storeQuad(out: usize, quad: u32, way: i32, offset: u32): void {
  if (way == Way.WORDS) v128.store_lane<u64>(out, i16x8.extend_low_i8x16_s(i32x4.splat(quad)), 0);
  else store<u64>(out, <u64>(quad ^ offset) * 0x100000001);
}

/** Packs A[rows, k] for a tile of `height` rows; those behind the last one repeat it. */
export function packTile(height: i32, rows: i32, k: i32, a: usize, lda: usize, way: i32, offset: i32, out: usize): void {
  const flip = <u32>offset * 0x01010101;
  const step = <usize>height * A_QUAD;
  for (let i = 0; i < height; i++) {
    let from = a + <usize>min(i, rows - 1) * lda;
    let to = out + <usize>i * A_QUAD;
    let left = k;
    for (; left >= 4; left -= 4, from += 4, to += step) storeQuad(to, load<u32>(from), way, flip);
    if (left > 0) storeQuad(to, quadAt(from, 1, left), way, flip);
  }
}
