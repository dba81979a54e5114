// Packing for the int8 product, in quads: groups of four consecutive elements along k.
//
// Packed B is a head of 16 bytes, which says by which method this engine multiplies it (methods.ts), and panels of 8 columns: the sum of
// each column, then k / 4 rows of 8 quads. Columns past the last one and elements past k are zeros.
//
//     head | sums: 8 x i32 | k0 k1 k2 k3 of column 0, of column 1, ... of column 7 | k4 k5 k6 k7 of column 0, ... | next panel
//
// A packed tile of A is k / 4 groups, and a group holds one quad of each row in 8 bytes: as four 16-bit words, or as four bytes twice.

import { exactMethod, Method } from "./methods";

export const HEAD_BYTES: usize = 16;
export const QUADS_AT: usize = 32;

/** Bytes of eight quads of B, and of one quad of packed A. */
export const QUAD_ROW: usize = 32;
export const A_QUAD: usize = 8;

/** The number of quads for k elements: at least one, which is zeros if k is 0. */
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

/** The first min(left, 4) bytes at x, `step` bytes apart, as one word; the other bytes are zeros. */
@inline
function loadQuad(x: usize, step: usize, left: i32): u32 {
  let quad: u32 = load<u8>(x);
  if (left > 1) quad |= <u32>load<u8>((x += step)) << 8;
  if (left > 2) quad |= <u32>load<u8>((x += step)) << 16;
  if (left > 3) quad |= <u32>load<u8>(x + step) << 24;
  return quad;
}

/** Packs B[k, n]; B[p, j] is at b + p * brs + j * bcs. */
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
      for (let c = 0; c < width; c++, from += column) store<u32>(quads + (<usize>c << 2), loadQuad(from, row, k - p));
      const low = v128.load(quads);
      const high = v128.load(quads, 16);
      sum0 = i32x4.add(sum0, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(low)));
      sum1 = i32x4.add(sum1, i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(high)));
      // -64 to 63 become 0 to 127; all other values get the sign bit.
      beyond = v128.or(beyond, v128.or(i8x16.add(low, i8x16.splat(64)), i8x16.add(high, i8x16.splat(64))));
    }
    v128.store(out, sum0);
    v128.store(out, sum1, 16);
    b += column << 3;
    out += panelBytes(k);
  }
  store<i32>(head, exactMethod(i8x16.bitmask(beyond) ? 127 : 63));
}

/** Writes one quad of A in the form that the method reads. */
@inline
function storeQuad(out: usize, quad: u32, method: i32, offset: u32): void {
  if (method == Method.WORDS) v128.store_lane<u64>(out, i16x8.extend_low_i8x16_s(i32x4.splat(quad)), 0);
  else store<u64>(out, <u64>(quad ^ offset) * 0x100000001);
}

/** Packs A[rows, k] for a tile of `height` rows. If there are fewer rows, the last one is repeated. */
export function packTile(height: i32, rows: i32, k: i32, a: usize, lda: usize, method: i32, offset: i32, out: usize): void {
  const flip = <u32>offset * 0x01010101;
  const step = <usize>height * A_QUAD;
  for (let i = 0; i < height; i++) {
    let from = a + <usize>min(i, rows - 1) * lda;
    let to = out + <usize>i * A_QUAD;
    let left = k;
    for (; left >= 4; left -= 4, from += 4, to += step) storeQuad(to, load<u32>(from), method, flip);
    if (left > 0) storeQuad(to, loadQuad(from, 1, left), method, flip);
  }
}
