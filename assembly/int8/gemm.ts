// C[m, n] from int8 A[m, k] and packed int8 B[k, n]: exact int32 sums, or these times the scales of their row and column.
// The order of integer additions does not matter, so both builds and all engines give the same numbers.

import { loadUpTo4, storeUpTo4 } from "../lib/simd";
import { heightFor, MR, micro, SUMS_ROW } from "./micro";
import { A_QUAD, HEAD_BYTES, packTile, panelBytes, QUADS_AT, quadsOf } from "./pack";

export { packedInt8Bytes, packInt8 } from "./pack";

/** Rows of A packed at a time: they stay in L2 while all panels of B are read, and a panel stays in L1 while these rows are read. */
const MC: i32 = 48;
const TILE_BYTES: usize = <usize>MR * SUMS_ROW;

/** Bytes of scratch that `gemmInt8` needs at `work`. */
export function gemmInt8Workspace(m: i32, k: i32): i32 {
  return <i32>(TILE_BYTES + <usize>min(MC, m + MR) * <usize>quadsOf(k) * A_QUAD);
}

/** C[rows, width] from a tile of sums: subtracts zero * columnSums, then applies the scales and the bias. width <= 8 */
function finishTile(
  rows: i32, width: i32, sums: usize, columnSums: usize, zero: i32, scaleA: usize, aStep: usize, scaleB: usize, bStep: usize,
  bias: usize, c: usize, ldc: usize,
): void {
  for (; rows > 0; rows--, sums += SUMS_ROW, scaleA += aStep, c += ldc) {
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const left = width - j;
      let out = i32x4.sub(v128.load(sums + at), i32x4.mul(v128.load(columnSums + at), i32x4.splat(zero)));
      if (scaleA) {
        out = f32x4.mul(f32x4.convert_i32x4_s(out), v128.load32_splat(scaleA));
        out = f32x4.mul(out, bStep ? loadUpTo4(scaleB + at, left) : v128.load32_splat(scaleB));
        if (bias) out = f32x4.add(out, loadUpTo4(bias + at, left));
      }
      storeUpTo4(c + at, out, left);
    }
  }
}

/**
 * C[i, j] = scaleA[i] * scaleB[j] * (sum over p of (A[i, p] - zeroA) * B[p, j]) + bias[j] in float32, where every operation rounds; or,
 * if scaleA is 0, the int32 sums. A[i, p] is at a + i * lda + p; `packed` is B from packInt8; aStep and bStep are floats from one
 * scale to the next, 1 or 0; bias [n] may be 0 for none; ldc counts elements. `work` is scratch of gemmInt8Workspace(m, k)
 * bytes. The sums are exact for k <= 65536, where 255 * 128 * k is within int32.
 */
export function gemmInt8(
  m: i32, n: i32, k: i32, a: usize, lda: i32, zeroA: i32, packed: usize,
  scaleA: usize, aStep: i32, scaleB: usize, bStep: i32, bias: usize, c: usize, ldc: i32, work: usize,
): void {
  const choice = load<i32>(packed);
  const method = choice & 255;
  const offset = choice >> 8;
  const aRow = <usize>lda;
  const cRow = <usize>ldc << 2;
  const aNext = <usize>aStep << 2;
  const bNext = <usize>bStep << 2;
  const quads = quadsOf(k);
  const tileRow = <usize>quads * A_QUAD;
  const tiles = work + TILE_BYTES;
  for (; m > 0; m -= MC, a += <usize>MC * aRow, scaleA += <usize>MC * aNext, c += <usize>MC * cRow) {
    const rows = min(MC, m);
    for (let i = 0; i < rows; i += heightFor(rows - i)) {
      const at = <usize>i;
      packTile(heightFor(rows - i), rows - i, k, a + at * aRow, aRow, method, offset, tiles + at * tileRow);
    }
    let panel = packed + HEAD_BYTES;
    for (let j = 0; j < n; j += 8, panel += panelBytes(k)) {
      const column = <usize>j << 2;
      for (let i = 0; i < rows; i += heightFor(rows - i)) {
        const at = <usize>i;
        const height = heightFor(rows - i);
        micro(method, height, quads, tiles + at * tileRow, panel + QUADS_AT, work);
        finishTile(min(height, rows - i), min(8, n - j), work, panel, zeroA + offset, scaleA + at * aNext, aNext,
          scaleB + <usize>j * bNext, bNext, bias ? bias + column : 0, c + at * cRow + column, cRow);
      }
    }
  }
}
