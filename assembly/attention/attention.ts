// Attention in blocks: out = softmax(scale q k^T + bias) v, and its gradients, without the whole matrix of scores. q and dq are
// [kinds * group, T, D], k and dk [kinds, S, D], v and dv [kinds, S, E], out and g [kinds * group, T, E]: `group` heads of queries share a head
// of keys. Row i sees the keys up to i + causal, all if causal is S. The bias of a head is at bias + offsets[head], with bytes from row to row
// and from column to column that may be 0. `rest` keeps the maximum of each row and 1 / (the sum of its exponentials).
// Tiles, blocks and order of loops were measured; the running maximum is that of Milakov and Gimelshein, 2018, and Dao et al., 2022.
import { MR, ZERO } from "../gemm/blocking";
import { micro } from "../gemm/micro";
import { PANEL_ROW, packB } from "../gemm/pack";
import { minusInfinity } from "../lib/constants";
import { expMinus } from "../lib/math";
import { storeUpTo4 } from "../lib/simd";
import { dotRow, loadPadded } from "../reduce/row";

/** Rows and keys of a block of scores forward, which stays in the second cache. Multiples of every MR and of 8. */
const ROWS = 24;
const KEYS = 1024;
/** The sides of a block of scores backward. */
const SIDE = 96;
/** Floats that part the rows of a block, so that they do not fall on the same lines of the cache. */
const GAP = 16;

/** n rounded up to whole panels. */
@inline
function padded(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Floats of a row of scores. */
@inline
function rowOf(n: i32, most: i32): i32 {
  return padded(min(n, most)) + GAP;
}

export function attentionWorkspace(S: i32, D: i32, E: i32): i32 {
  return (padded(S) * D + S * padded(E) + ROWS * (padded(E) + rowOf(S, KEYS) + 2)) << 2;
}

export function attentionGradWorkspace(T: i32, S: i32, D: i32, E: i32): i32 {
  const keys = padded(S) * (D + E) + S * (2 * padded(D) + padded(E));
  return (keys + T * (2 * padded(D) + padded(E) + 1) + 2 * SIDE * rowOf(S, SIDE)) << 2;
}

/** x *= factor, n rounded up to four. */
function scaleRow(x: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; n > 0; n -= 4, x += 16) v128.store(x, f32x4.mul(v128.load(x), f));
}

/** Rows of `padded(n)` floats, times a factor, to rows of n. */
function unpad(x: usize, out: usize, rows: i32, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  const row = <usize>padded(n) << 2;
  for (; rows > 0; rows--, x += row, out += <usize>n << 2) {
    for (let j = 0; j < n; j += 4) storeUpTo4(out + (<usize>j << 2), f32x4.mul(v128.load(x + (<usize>j << 2)), f), n - j);
  }
}

/** The keys as columns of panels, times the scale. */
function packKeys(k: usize, S: i32, D: i32, scale: f32, panels: usize): void {
  packB(D, S, k, 4, <usize>D << 2, panels);
  scaleRow(panels, padded(S) * D, scale);
}

/** C = A B for one tile of rows and whole panels of B, which are `next` bytes apart. */
function multiply(rows: i32, k: i32, a: usize, ars: usize, b: usize, next: usize, c: usize, ldc: usize, n: i32): void {
  for (; n > 0; n -= 8, b += next, c += 32) micro(rows, k, a, ars, 4, b, PANEL_ROW, ZERO, 0, 0, c, ldc);
}

/** C += A B, where the rows of B's panels are `brs` bytes apart. */
function addProduct(
  rows: i32, k: i32, a: usize, ars: usize, acs: usize, b: usize, brs: usize, next: usize, c: usize, ldc: usize, n: i32,
): void {
  for (; n > 0; n -= 8, b += next, c += 32) micro(rows, k, a, ars, acs, b, brs, c, ldc, 4, c, ldc);
}

/** x += bias. A bias of -Infinity hides a score that is NaN or Infinity, too. */
function addBias(x: usize, bias: usize, column: usize, n: i32): void {
  for (; n > 0; n -= 4, x += 16, bias += column << 2) {
    const b = column ? loadPadded(bias, n, minusInfinity()) : v128.load32_splat(bias);
    v128.store(x, v128.bitselect(b, f32x4.add(v128.load(x), b), f32x4.eq(b, minusInfinity())));
  }
}

/** The maximum of a row. It may lose a NaN, which then makes the sum of exponentials NaN. */
function maxRow(x: usize, n: i32): f32 {
  let a = minusInfinity();
  let b = a;
  for (; n >= 8; n -= 8, x += 32) {
    a = f32x4.pmax(v128.load(x), a);
    b = f32x4.pmax(v128.load(x, 16), b);
  }
  for (; n > 0; n -= 4, x += 16) a = f32x4.pmax(loadPadded(x, n, minusInfinity()), a);
  a = f32x4.pmax(a, b);
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2)), 0);
}

/** x = exp(x - m) for n scores, zeros behind up to `depth`. Returns the sum. */
function powersRow(x: usize, m: f32, n: i32, depth: i32): f32 {
  const max = f32x4.splat(m);
  let a = f32x4.splat(0);
  let b = a;
  depth -= n;
  for (; n >= 16; n -= 16, x += 64) {
    const e0 = expMinus(f32x4.sub(max, v128.load(x)));
    const e1 = expMinus(f32x4.sub(max, v128.load(x, 16)));
    const e2 = expMinus(f32x4.sub(max, v128.load(x, 32)));
    const e3 = expMinus(f32x4.sub(max, v128.load(x, 48)));
    a = f32x4.add(a, f32x4.add(e0, e1));
    b = f32x4.add(b, f32x4.add(e2, e3));
    v128.store(x, e0);
    v128.store(x, e1, 16);
    v128.store(x, e2, 32);
    v128.store(x, e3, 48);
  }
  for (; n > 0; n -= 4, x += 16) {
    const e = expMinus(f32x4.sub(max, loadPadded(x, n, minusInfinity())));
    a = f32x4.add(a, e);
    v128.store(x, e);
  }
  for (depth += n; depth > 0; depth -= 4, x += 16) v128.store(x, f32x4.splat(0));
  a = f32x4.add(a, b);
  a = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1);
}

/** x = weights from scores, y = scale x (y - dot) for n scores; zeros behind up to `depth`. */
function gradRow(x: usize, y: usize, rest: usize, dot: usize, scale: f32, n: i32, depth: i32): void {
  const s = f32x4.splat(scale);
  const max = v128.load32_splat(rest);
  const factor = v128.load32_splat(rest, 4);
  const d = v128.load32_splat(dot);
  const zeros = f32x4.splat(0);
  depth -= n;
  for (; n >= 8; n -= 8, x += 32, y += 32) {
    const p0 = f32x4.mul(expMinus(f32x4.sub(max, v128.load(x))), factor);
    const p1 = f32x4.mul(expMinus(f32x4.sub(max, v128.load(x, 16))), factor);
    v128.store(x, p0);
    v128.store(x, p1, 16);
    v128.store(y, f32x4.mul(f32x4.mul(p0, s), f32x4.sub(v128.load(y), d)));
    v128.store(y, f32x4.mul(f32x4.mul(p1, s), f32x4.sub(v128.load(y, 16), d)), 16);
  }
  for (; n > 0; n -= 4, x += 16, y += 16) {
    const p = f32x4.mul(expMinus(f32x4.sub(max, loadPadded(x, n, minusInfinity()))), factor);
    v128.store(x, p);
    v128.store(y, f32x4.mul(f32x4.mul(p, s), f32x4.sub(loadPadded(y, n, d), d)));
  }
  for (depth += n; depth > 0; depth -= 4, x += 16, y += 16) {
    v128.store(x, zeros);
    v128.store(y, zeros);
  }
}

/** Computes `count` rows of each head, from q on; `first` is the address of row 0 of the first head. */
export function attention(
  q: usize, first: usize, k: usize, v: usize, bias: usize, offsets: usize, out: usize, rest: usize,
  kinds: i32, group: i32, count: i32, T: i32, S: i32, D: i32, E: i32, causal: i32, biasRow: i32, biasColumn: i32, scale: f32, work: usize,
): void {
  const rowQ = <usize>D << 2;
  const rowSums = <usize>padded(E) << 2;
  const rowScores = <usize>rowOf(S, KEYS) << 2;
  const keys = work;
  const values = keys + <usize>padded(S) * rowQ;
  const sums = values + <usize>S * rowSums;
  const scores = sums + <usize>ROWS * rowSums;
  const start = <i32>((q - first) / rowQ);
  const end = start + count;
  const states = scores + <usize>ROWS * rowScores; // the maximum and the sum of each row
  for (; kinds > 0; kinds--, k += <usize>S * rowQ, v += <usize>(S * E) << 2) {
    packKeys(k, S, D, scale, keys);
    packB(S, E, v, <usize>E << 2, 4, values);
    for (let head = 0; head < group; head++, offsets += 4) {
      for (let row = start; row < end; row += ROWS) {
        const rows = min(ROWS, end - row);
        memory.fill(sums, 0, <usize>rows * rowSums);
        for (let i = 0; i < rows; i++) {
          store<f32>(states + (<usize>i << 3), -Infinity);
          store<f32>(states + (<usize>i << 3), 0, 4);
        }
        for (let from = 0; from < S; from += KEYS) {
          const n = min(KEYS, S - from);
          const ahead = row + causal + 1 - from; // keys of the block that its first row sees
          for (let t = 0; t < rows; t += MR) {
            const height = min(MR, rows - t);
            const depth = min(n, ahead + t + height - 1);
            if (depth <= 0) continue;
            const tile = scores + <usize>t * rowScores;
            multiply(height, D, q + <usize>t * rowQ, rowQ, keys + <usize>from * rowQ, rowQ << 3, tile, rowScores, depth);
            for (let i = t; i < t + height; i++) {
              const x = scores + <usize>i * rowScores;
              const state = states + (<usize>i << 3);
              const seen = max(0, min(depth, ahead + i));
              if (bias) {
                const at = bias + load<i32>(offsets) + <usize>(row + i) * biasRow + <usize>from * biasColumn;
                addBias(x, at, biasColumn, seen);
              }
              const old = load<f32>(state);
              const m = max<f32>(old, maxRow(x, seen));
              // A row that has seen nothing has no maximum to subtract.
              const isBlind = m == -Infinity;
              if (m != old) {
                const factor = f32x4.extract_lane(expMinus(f32x4.splat(m - old)), 0);
                store<f32>(state, m);
                store<f32>(state, load<f32>(state, 4) * factor, 4);
                scaleRow(sums + <usize>i * rowSums, E, factor);
              }
              store<f32>(state, load<f32>(state, 4) + powersRow(x, m, isBlind ? 0 : seen, depth), 4);
            }
            const panel = values + <usize>from * PANEL_ROW;
            const to = sums + <usize>t * rowSums;
            addProduct(height, depth, tile, rowScores, 4, panel, PANEL_ROW, <usize>S * PANEL_ROW, to, rowSums, E);
          }
        }
        for (let i = 0; i < rows; i++, rest += 8, out += <usize>E << 2) {
          const state = states + (<usize>i << 3);
          const total = load<f32>(state, 4);
          const factor: f32 = total == 0 ? 0 : 1 / total;
          store<f32>(rest, total == 0 ? Infinity : load<f32>(state)); // exponentials of a blind row are 0 backward
          store<f32>(rest, factor, 4);
          unpad(sums + <usize>i * rowSums, out, 1, E, factor);
        }
        q += <usize>rows * rowQ;
      }
      const others = <usize>(T - count);
      q += others * rowQ;
      out += (others * E) << 2;
      rest += others << 3;
    }
  }
}

/** The rows of a matrix as B of a product: they are packed, or left where they are if these are whole panels that the first cache can hold. */
@inline
function isPlain(n: i32): bool {
  return (n & 7) == 0 && n <= 64;
}

export function attentionGrad(
  g: usize, q: usize, k: usize, v: usize, bias: usize, offsets: usize, out: usize, rest: usize, dq: usize, dk: usize, dv: usize,
  kinds: i32, group: i32, T: i32, S: i32, D: i32, E: i32, causal: i32, biasRow: i32, biasColumn: i32, scale: f32, work: usize,
): void {
  const rowQ = <usize>D << 2;
  const rowV = <usize>E << 2;
  const wideQ = <usize>padded(D) << 2;
  const wideV = <usize>padded(E) << 2;
  const row = <usize>rowOf(S, SIDE) << 2;
  const plainQ = isPlain(D);
  const plainV = isPlain(E);
  const brsQ = plainQ ? rowQ : PANEL_ROW;
  const brsV = plainV ? rowV : PANEL_ROW;
  const nextK = plainQ ? PANEL_ROW : <usize>S * PANEL_ROW;
  const nextQ = plainQ ? PANEL_ROW : <usize>T * PANEL_ROW;
  const nextG = plainV ? PANEL_ROW : <usize>T * PANEL_ROW;
  const keyColumns = work;
  const valueColumns = keyColumns + <usize>padded(S) * rowQ;
  const packedK = valueColumns + <usize>padded(S) * rowV;
  const wideK = packedK + <usize>S * wideQ;
  const wideValues = wideK + <usize>S * wideQ;
  const packedQ = wideValues + <usize>S * wideV;
  const wideQueries = packedQ + <usize>T * wideQ;
  const packedG = wideQueries + <usize>T * wideQ;
  const dots = packedG + <usize>T * wideV;
  const weights = dots + (<usize>T << 2);
  const slopes = weights + <usize>SIDE * row;
  for (; kinds > 0; kinds--) {
    packKeys(k, S, D, scale, keyColumns);
    packB(E, S, v, 4, rowV, valueColumns);
    if (!plainQ) packB(S, D, k, rowQ, 4, packedK);
    const keys = plainQ ? k : packedK;
    const sumK = plainQ ? dk : wideK;
    const sumV = plainV ? dv : wideValues;
    memory.fill(sumK, 0, <usize>S * wideQ);
    memory.fill(sumV, 0, <usize>S * wideV);
    for (let head = 0; head < group; head++, offsets += 4) {
      if (!plainQ) packB(T, D, q, rowQ, 4, packedQ);
      if (!plainV) packB(T, E, g, rowV, 4, packedG);
      const queries = plainQ ? q : packedQ;
      const grads = plainV ? g : packedG;
      const sumQ = plainQ ? dq : wideQueries;
      memory.fill(sumQ, 0, <usize>T * wideQ);
      for (let i = 0; i < T; i++) store<f32>(dots + (<usize>i << 2), <f32>dotRow(g + <usize>i * rowV, out + <usize>i * rowV, E));
      for (let from = 0; from < S; from += SIDE) {
        const n = min(SIDE, S - from);
        for (let first = 0; first < T; first += SIDE) {
          const rows = min(SIDE, T - first);
          const ahead = first + causal + 1 - from; // keys of the block that its first row sees
          if (ahead + rows <= 1) continue;
          for (let t = 0; t < rows; t += MR) {
            const height = min(MR, rows - t);
            const depth = min(n, ahead + t + height - 1);
            if (depth <= 0) continue; // no product below reads these rows
            const tile = weights + <usize>t * row;
            const slope = slopes + <usize>t * row;
            const at = first + t;
            multiply(height, D, q + <usize>at * rowQ, rowQ, keyColumns + <usize>from * rowQ, rowQ << 3, tile, row, depth);
            multiply(height, E, g + <usize>at * rowV, rowV, valueColumns + <usize>from * rowV, rowV << 3, slope, row, depth);
            for (let i = 0; i < height; i++) {
              const x = tile + <usize>i * row;
              const seen = max(0, min(depth, ahead + t + i));
              if (bias) {
                const place = bias + load<i32>(offsets) + <usize>(at + i) * biasRow + <usize>from * biasColumn;
                addBias(x, place, biasColumn, seen);
              }
              gradRow(x, slope + <usize>i * row, rest + (<usize>(at + i) << 3), dots + (<usize>(at + i) << 2), scale, seen, n);
            }
            addProduct(height, depth, slope, row, 4, keys + <usize>from * brsQ, brsQ, nextK, sumQ + <usize>at * wideQ, wideQ, D);
          }
          for (let j = 0; j < n; j += MR) {
            const t = max(0, j + 1 - ahead); // the first row that sees key j
            if (t >= rows) break;
            const height = min(MR, n - j);
            const place = <usize>t * row + (<usize>j << 2);
            const firstSeen = <usize>(first + t);
            const at = <usize>(from + j);
            addProduct(height, rows - t, weights + place, 4, row, grads + firstSeen * brsV, brsV, nextG, sumV + at * wideV, wideV, E);
            addProduct(height, rows - t, slopes + place, 4, row, queries + firstSeen * brsQ, brsQ, nextQ, sumK + at * wideQ, wideQ, D);
          }
        }
      }
      if (!plainQ) unpad(sumQ, dq, T, D, 1);
      q += <usize>T * rowQ;
      dq += <usize>T * rowQ;
      g += <usize>T * rowV;
      out += <usize>T * rowV;
      rest += <usize>T << 3;
    }
    if (!plainQ) unpad(sumK, dk, S, D, 1);
    if (!plainV) unpad(sumV, dv, S, E, 1);
    k += <usize>S * rowQ;
    dk += <usize>S * rowQ;
    v += <usize>S * rowV;
    dv += <usize>S * rowV;
  }
}
