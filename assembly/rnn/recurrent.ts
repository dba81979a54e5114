// One direction of one recurrent layer: all its steps in one call, and their gradient.
// T steps, `batch` sequences, H units, P floats of the state h (H unless it is projected), C columns of the gates: H, 3 H of a GRU (r, z, n),
// 4 H of an LSTM (i, f, g, o). Rows of all steps lie one after the other: step t begins at row starts[t], and has the first sequences, those
// with lengths[b] > t; no sequence is longer than the one before it. All matrices are contiguous, addresses are bytes. Each sequence is
// computed by itself, so a part of the sequences gives what it gives among all.

import { sigmoid } from "../elementwise/activation";
import { reluGrad, tanhGrad } from "../elementwise/activation_grad";
import { add, mul } from "../elementwise/binary";
import { relu } from "../elementwise/activation";
import { tanh } from "../elementwise/unary";
import { depthOf, NC, NR, ZERO } from "../gemm/blocking";
import { gemm, gemmWorkspace } from "../gemm/gemm";
import { macro } from "../gemm/macro";
import { PANEL_ROW } from "../gemm/pack";
import { one } from "../lib/constants";
import { loadUpTo4, madd, storeUpTo4 } from "../lib/simd";

const enum Kind { RELU, TANH, GRU = 3, LSTM }

/** With fewer rows, the matrix as it lies is read faster than its panels. */
const ROWS_OF_PANELS: i32 = 3;

/** The number of sequences that have a step t. */
@inline
function rowsAt(t: i32, lengths: usize, batch: i32): i32 {
  while (batch > 0 && load<i32>(lengths + (<usize>(batch - 1) << 2)) <= t) batch--;
  return batch;
}

/** Bytes of scratch for the products of `recurrent` and `recurrentGrad`. */
function productBytes(batch: i32, C: i32, H: i32): i32 {
  return gemmWorkspace(batch, max(max(C, H), batch), max(C, H));
}

/** Bytes of scratch that `recurrent` and `recurrentGrad` need at `work`. */
export function recurrentWorkspace(batch: i32, C: i32, H: i32): f64 {
  return <f64>productBytes(batch, C, H) + 4 * <f64>batch * max(C, H);
}

/**
 * c[m, n] = (accumulate ? c : bias) + a[m, k] * B[k, n], where `packed` has the panels of B (`packMatrix`) or is 0. As `gemm`, and with the
 * same bytes, but B is packed only once for all steps.
 */
function product(
  m: i32, n: i32, k: i32, a: usize, b: usize, brs: i32, bcs: i32, packed: usize, c: usize, accumulate: bool, bias: usize, work: usize,
): void {
  if (!packed || m < ROWS_OF_PANELS) return gemm(m, n, k, a, k, 1, b, brs, bcs, c, n, accumulate, 0, bias, 0, work);
  const row = <usize>n << 2;
  const depth = depthOf(k);
  for (let j = 0; j < n; j += NC) {
    const width = min(NC, n - j);
    const to = c + (<usize>j << 2);
    for (let p = 0; p < k; p += depth) {
      const deep = min(depth, k - p);
      const next = <usize>deep * PANEL_ROW;
      const sums = accumulate || p > 0;
      macro(m, width, deep, a + (<usize>p << 2), <usize>k << 2, 4, packed, PANEL_ROW, next,
        sums ? to : bias ? bias + (<usize>j << 2) : ZERO, sums ? row : 0, sums || bias ? 4 : 0, to, row, work, 0, 0);
      packed += <usize>((width + NR - 1) / NR) * next;
    }
  }
}

/** c = f c + i g */
function cell(g: usize, c: usize, n: i32): void {
  const units = <usize>n << 2;
  for (; n > 0; n -= 4, g += 16, c += 16) {
    const added = f32x4.mul(loadUpTo4(g, n), loadUpTo4(g + 2 * units, n));
    storeUpTo4(c, madd(loadUpTo4(g + units, n), loadUpTo4(c, n), added), n);
  }
}

/** n = n + r hn at g, with hn at s, which is copied to u */
function beforeTanh(g: usize, s: usize, u: usize, n: i32): void {
  const nAt = <usize>n << 3;
  for (; n > 0; n -= 4, g += 16, s += 16, u += 16) {
    const hn = loadUpTo4(s, n);
    storeUpTo4(u, hn, n);
    storeUpTo4(g + nAt, madd(loadUpTo4(g, n), hn, loadUpTo4(g + nAt, n)), n);
  }
}

/** out = n + z (h - n) */
function mixed(g: usize, h: usize, out: usize, n: i32): void {
  const units = <usize>n << 2;
  for (; n > 0; n -= 4, g += 16, h += 16, out += 16) {
    const y = loadUpTo4(g + 2 * units, n);
    storeUpTo4(out, madd(loadUpTo4(g + units, n), f32x4.sub(loadUpTo4(h, n), y), y), n);
  }
}

/**
 * y [n, P] and the last states h [batch, P] and c [batch, H] from the initial ones h0 and c0. `gates` [n, C] has the input's part of the sums and
 * gets the gates; it is y for RELU and TANH. w [C, P], or with `step` C [P, C], and its panels, or 0; `bias` of the state's part of a GRU;
 * wp [P, H], a projection or 0, and its panels. What the gradient needs, or 0: `before` [n, P] gets the states before each step, u [n, H] the c
 * before of an LSTM, of a GRU W_hn h + b_hn, v [n, H] tanh c, and m [n, H] what is projected.
 */
export function recurrent(
  kind: i32, reverse: i32, T: i32, batch: i32, C: i32, H: i32, P: i32, starts: usize, lengths: usize,
  w: usize, step: i32, panels: usize, bias: usize, wp: usize, wpPanels: usize, gates: usize, y: usize, h0: usize, c0: usize, h: usize, c: usize,
  before: usize, u: usize, v: usize, m: usize, work: usize,
): void {
  const columns = <usize>C << 2;
  const units = <usize>H << 2;
  const size = <usize>P << 2;
  const sums = work + <usize>productBytes(batch, C, H);
  memory.copy(h, h0, <usize>batch * size);
  if (kind == Kind.LSTM) memory.copy(c, c0, <usize>batch * units);
  for (let i = 0; i < T; i++) {
    const t = reverse ? T - 1 - i : i;
    const rows = rowsAt(t, lengths, batch);
    const at = <usize>load<i32>(starts + (<usize>t << 2));
    const bytes = <usize>rows * size;
    const out = y + at * size;
    let g = gates + at * columns;
    if (before) memory.copy(before + at * size, h, bytes);
    const isGru = kind == Kind.GRU;
    product(rows, C, P, h, w, step, step == 1 ? P : 1, panels, isGru ? sums : g, !isGru, bias, work);
    if (kind == Kind.LSTM) {
      if (u) memory.copy(u + at * units, c, <usize>rows * units);
      const parts = m ? m + at * units : wp ? sums + units : out;
      for (let r: usize = 0, end = <usize>rows * units; r < end; r += units, g += columns) {
        const tanhC = v ? v + at * units + r : sums;
        sigmoid(g, g, 2 * H);
        tanh(g + 2 * units, g + 2 * units, H);
        sigmoid(g + 3 * units, g + 3 * units, H);
        cell(g, c + r, H);
        tanh(c + r, tanhC, H);
        mul(g + 3 * units, tanhC, parts + r, 1, H, 0, 1, 0, 1);
      }
      if (wp) product(rows, P, H, parts, wp, 1, H, wpPanels, out, false, 0, work);
    } else if (isGru) {
      for (let r: usize = 0, s = sums; r < bytes; r += size, g += columns, s += columns) {
        add(g, s, g, 1, 2 * H, 0, 1, 0, 1);
        sigmoid(g, g, 2 * H);
        beforeTanh(g, s + 2 * units, u ? u + at * units + r : s, H);
        tanh(g + 2 * units, g + 2 * units, H);
        mixed(g, h + r, out + r, H);
      }
    } else if (kind == Kind.TANH) tanh(out, out, rows * H);
    else relu(out, out, rows * H);
    memory.copy(h, out, bytes);
  }
}

/** x (1 - x) */
@inline
function slope(x: v128): v128 {
  return f32x4.mul(x, f32x4.sub(one(), x));
}

/** (1 - x) (1 + x) */
@inline
function tanhSlope(x: v128): v128 {
  return f32x4.mul(f32x4.sub(one(), x), f32x4.add(one(), x));
}

/** dg of the first min(left, 4) units of one row of an LSTM, from d of h and dc, which becomes that of c before. */
@inline
function cellGrad4(d: usize, g: usize, before: usize, tanhC: usize, dc: usize, dg: usize, units: usize, left: i32): void {
  const i = loadUpTo4(g, left);
  const f = loadUpTo4(g + units, left);
  const x = loadUpTo4(g + 2 * units, left);
  const o = loadUpTo4(g + 3 * units, left);
  const y = loadUpTo4(tanhC, left);
  const dh = loadUpTo4(d, left);
  const all = madd(f32x4.mul(dh, o), tanhSlope(y), loadUpTo4(dc, left));
  storeUpTo4(dg, f32x4.mul(f32x4.mul(all, x), slope(i)), left);
  storeUpTo4(dg + units, f32x4.mul(f32x4.mul(all, loadUpTo4(before, left)), slope(f)), left);
  storeUpTo4(dg + 2 * units, f32x4.mul(f32x4.mul(all, i), tanhSlope(x)), left);
  storeUpTo4(dg + 3 * units, f32x4.mul(f32x4.mul(dh, y), slope(o)), left);
  storeUpTo4(dc, f32x4.mul(all, f), left);
}

/** The same for all units of a row. A loop without tests of `left` takes two thirds of the time. */
function cellGrad(d: usize, g: usize, before: usize, tanhC: usize, dc: usize, dg: usize, n: i32): void {
  const units = <usize>n << 2;
  for (; n >= 4; n -= 4, d += 16, g += 16, before += 16, tanhC += 16, dc += 16, dg += 16) cellGrad4(d, g, before, tanhC, dc, dg, units, 4);
  if (n > 0) cellGrad4(d, g, before, tanhC, dc, dg, units, n);
}

/** dg and ds of one row of a GRU, the gradients of the input's and the state's part of the sums, and dh = z d. */
function mixedGrad(d: usize, g: usize, h: usize, hn: usize, dg: usize, ds: usize, dh: usize, n: i32): void {
  const units = <usize>n << 2;
  for (; n > 0; n -= 4, d += 16, g += 16, h += 16, hn += 16, dg += 16, ds += 16, dh += 16) {
    const r = loadUpTo4(g, n);
    const z = loadUpTo4(g + units, n);
    const y = loadUpTo4(g + 2 * units, n);
    const dy = loadUpTo4(d, n);
    const dn = f32x4.mul(f32x4.mul(dy, f32x4.sub(one(), z)), tanhSlope(y));
    const dz = f32x4.mul(f32x4.mul(dy, f32x4.sub(loadUpTo4(h, n), y)), slope(z));
    const dr = f32x4.mul(f32x4.mul(dn, loadUpTo4(hn, n)), slope(r));
    storeUpTo4(dg, dr, n);
    storeUpTo4(ds, dr, n);
    storeUpTo4(dg + units, dz, n);
    storeUpTo4(ds + units, dz, n);
    storeUpTo4(dg + 2 * units, dn, n);
    storeUpTo4(ds + 2 * units, f32x4.mul(dn, r), n);
    storeUpTo4(dh, f32x4.mul(dy, z), n);
  }
}

/** to = from, or zeros if that is 0. */
function start(to: usize, from: usize, bytes: usize): void {
  if (from) memory.copy(to, from, bytes);
  else memory.fill(to, 0, bytes);
}

/**
 * The gradients of the sums, dg [n, C] of the input's part and, of a GRU, ds [n, C] of the state's, of the initial states, dh [batch, P] and dc
 * [batch, H], and of a projection's result, dp [n, P], from those of y and of the last states, dy, dhLast, dcLast, each or 0. Others as of
 * `recurrent`, but the panels are those of w and wp as they lie.
 */
export function recurrentGrad(
  kind: i32, reverse: i32, T: i32, batch: i32, C: i32, H: i32, P: i32, starts: usize, lengths: usize,
  w: usize, panels: usize, wp: usize, wpPanels: usize, gates: usize, before: usize, u: usize, v: usize,
  dy: usize, dhLast: usize, dcLast: usize, dg: usize, ds: usize, dh: usize, dc: usize, dp: usize, work: usize,
): void {
  const columns = <usize>C << 2;
  const units = <usize>H << 2;
  const size = <usize>P << 2;
  const d = work + <usize>productBytes(batch, C, H);
  start(dh, dhLast, <usize>batch * size);
  if (kind == Kind.LSTM) start(dc, dcLast, <usize>batch * units);
  for (let i = T - 1; i >= 0; i--) {
    const t = reverse ? T - 1 - i : i;
    const rows = rowsAt(t, lengths, batch);
    const at = <usize>load<i32>(starts + (<usize>t << 2));
    const bytes = <usize>rows * units;
    const all = dp ? dp + at * size : d;
    if (dy) add(dy + at * size, dh, all, 1, rows * P, 0, 1, 0, 1);
    else memory.copy(all, dh, <usize>rows * size);
    if (dp) product(rows, H, P, all, wp, H, 1, wpPanels, d, false, 0, work);
    let g = gates + at * columns;
    let to = dg + at * columns;
    const recurring = kind == Kind.GRU ? ds + at * columns : to;
    const rowsOfU = u + at * units;
    if (kind == Kind.LSTM) {
      for (let r: usize = 0; r < bytes; r += units, g += columns, to += columns) {
        cellGrad(d + r, g, rowsOfU + r, v + at * units + r, dc + r, to, H);
      }
    } else if (kind == Kind.GRU) {
      for (let r: usize = 0, s = recurring; r < bytes; r += units, g += columns, to += columns, s += columns) {
        mixedGrad(d + r, g, before + at * size + r, rowsOfU + r, to, s, dh + r, H);
      }
    } else if (kind == Kind.TANH) tanhGrad(d, g, to, rows * H);
    else reluGrad(d, g, to, rows * H);
    product(rows, P, C, recurring, w, P, 1, panels, dh, kind == Kind.GRU, 0, work);
  }
}
