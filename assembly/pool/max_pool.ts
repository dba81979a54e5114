// Max pooling. x [planes, H, W], out and idx [planes, OH, OW]; idx is the position h * W + w of the maximum in its plane. The first
// maximum wins; the first NaN wins over all numbers. A window that lies entirely in the padding gives -Infinity and position -1.

import { loadEvery } from "../lib/strided";
import { adaptiveEnd, adaptiveStart, endTap, endWhole, firstTap, firstWhole } from "./window";

/** Whether `value` replaces `best`: it is greater, or it is the first NaN. */
@inline
function wins(value: f32, best: f32): bool {
  return value > best || (value != value && best == best);
}

/** One window at (ih, iw), whose rows kh0 to kh1 (exclusive) are inside the plane. */
function maxOfOne(
  x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, out: usize, idx: usize,
): void {
  const kw0 = firstTap(iw, DW);
  const kw1 = endTap(iw, W, KW, DW);
  let best: f32 = -Infinity;
  let place = kh0 < kh1 && kw0 < kw1 ? (ih + kh0 * DH) * W + iw + kw0 * DW : -1;
  for (let kh = kh0; kh < kh1; kh++) {
    for (let kw = kw0; kw < kw1; kw++) {
      const at = (ih + kh * DH) * W + iw + kw * DW;
      const value = load<f32>(x + (<usize>at << 2));
      if (wins(value, best)) {
        best = value;
        place = at;
      }
    }
  }
  store<f32>(out, best);
  store<i32>(idx, place);
}

/** Four windows, SW columns apart, computed one by one. */
function maxOfFour(
  SW: i32, x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, out: usize, idx: usize,
): void {
  for (let i = 0; i < 4; i++, iw += SW, out += 4, idx += 4) maxOfOne(x, W, ih, iw, kh0, kh1, KW, DH, DW, out, idx);
}

/**
 * The outputs ow to end (exclusive) of a row: at least four, and all columns of their windows are inside the plane. iw is the column
 * where the window of output 0 begins. Four windows are computed at a time; the last four may overlap the ones before. The sum of a
 * window shows whether it may contain a NaN; then the four are computed one by one. SW is a constant where this is inlined.
 */
@inline
function maxOfMany(
  SW: i32, x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, ow: i32, end: i32, out: usize, idx: usize,
): void {
  const row = (ih + kh0 * DH) * W + iw;
  const lanes = i32x4.add(i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(SW)), i32x4.splat(row));
  const across = i32x4.splat(DW);
  const ahead = <usize>DW << 2;
  const back = DH * W - KW * DW;
  const down = i32x4.splat(back);
  const none = f32x4.splat(-Infinity);
  while (ow < end) {
    ow = min(ow, end - 4);
    const at = <usize>ow << 2;
    // The positions of the current tap in the four windows.
    let places = i32x4.add(lanes, i32x4.splat(ow * SW));
    let from = x + (<usize>(row + ow * SW) << 2);
    let best = none;
    let place = kh0 < kh1 ? places : i32x4.splat(-1);
    let sum = f32x4.splat(0);
    for (let kh = kh0; kh < kh1; kh++, from += <usize>back << 2) {
      for (let kw = KW; kw > 0; kw--, from += ahead) {
        const value = loadEvery(from, SW);
        place = v128.bitselect(places, place, f32x4.gt(value, best));
        best = f32x4.pmax(best, value);
        sum = f32x4.add(sum, value);
        places = i32x4.add(places, across);
      }
      places = i32x4.add(places, down);
    }
    v128.store(out + at, best);
    v128.store(idx + at, place);
    if (v128.any_true(f32x4.ne(sum, sum))) maxOfFour(SW, x, W, ih, iw + ow * SW, kh0, kh1, KW, DH, DW, out + at, idx + at);
    ow += 4;
  }
}

// One function for each stride, because the compiler propagates the constant only in small functions.

function maxOfMany1(
  x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, ow: i32, end: i32, out: usize, idx: usize,
): void {
  maxOfMany(1, x, W, ih, iw, kh0, kh1, KW, DH, DW, ow, end, out, idx);
}

function maxOfMany2(
  x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, ow: i32, end: i32, out: usize, idx: usize,
): void {
  maxOfMany(2, x, W, ih, iw, kh0, kh1, KW, DH, DW, ow, end, out, idx);
}

function maxOfManyAny(
  SW: i32, x: usize, W: i32, ih: i32, iw: i32, kh0: i32, kh1: i32, KW: i32, DH: i32, DW: i32, ow: i32, end: i32, out: usize, idx: usize,
): void {
  maxOfMany(SW, x, W, ih, iw, kh0, kh1, KW, DH, DW, ow, end, out, idx);
}

/** The same for adjacent windows of 2 x 2 that do not overlap: each row is read once and separated into even and odd columns. */
function maxOfSquares(x: usize, W: i32, ih: i32, iw: i32, ow: i32, end: i32, out: usize, idx: usize): void {
  const row = ih * W + iw;
  const lanes = i32x4.add(i32x4(0, 2, 4, 6), i32x4.splat(row));
  const under = i32x4.splat(W);
  const corner = i32x4.splat(W + 1);
  const next = <usize>W << 2;
  while (ow < end) {
    ow = min(ow, end - 4);
    const at = <usize>ow << 2;
    const from = x + (<usize>(row + 2 * ow) << 2);
    let p = v128.load(from);
    let q = v128.load(from, 16);
    const a = v128.shuffle<f32>(p, q, 0, 2, 4, 6);
    const b = v128.shuffle<f32>(p, q, 1, 3, 5, 7);
    p = v128.load(from + next);
    q = v128.load(from + next, 16);
    const c = v128.shuffle<f32>(p, q, 0, 2, 4, 6);
    const d = v128.shuffle<f32>(p, q, 1, 3, 5, 7);
    const first = i32x4.add(lanes, i32x4.splat(2 * ow));
    let place = i32x4.sub(first, f32x4.gt(b, a)); // plus 1 where b is larger: the mask is -1
    let best = f32x4.pmax(a, b);
    place = v128.bitselect(i32x4.add(first, under), place, f32x4.gt(c, best));
    best = f32x4.pmax(best, c);
    place = v128.bitselect(i32x4.add(first, corner), place, f32x4.gt(d, best));
    v128.store(out + at, f32x4.pmax(best, d));
    v128.store(idx + at, place);
    const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
    if (v128.any_true(f32x4.ne(sum, sum))) maxOfFour(2, x, W, ih, iw + 2 * ow, 0, 2, 2, 1, 1, out + at, idx + at);
    ow += 4;
  }
}

/** out = the maximum of each window. */
export function maxPool2d(
  x: usize, out: usize, idx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, DH: i32, DW: i32,
): void {
  const first = firstWhole(OW, SW, PL);
  const end = endWhole(first, OW, W, SW, PL, (KW - 1) * DW + 1);
  const many = end - first >= 4;
  const squares = KH == 2 && KW == 2 && SW == 2 && DH == 1 && DW == 1;
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const ih = oh * SH - PT;
      const kh0 = firstTap(ih, DH);
      const kh1 = endTap(ih, H, KH, DH);
      if (many) {
        if (squares && kh1 - kh0 == 2) maxOfSquares(x, W, ih, -PL, first, end, out, idx);
        else if (SW == 1) maxOfMany1(x, W, ih, -PL, kh0, kh1, KW, DH, DW, first, end, out, idx);
        else if (SW == 2) maxOfMany2(x, W, ih, -PL, kh0, kh1, KW, DH, DW, first, end, out, idx);
        else maxOfManyAny(SW, x, W, ih, -PL, kh0, kh1, KW, DH, DW, first, end, out, idx);
      }
      for (let ow = 0; ow < OW; ow++) {
        if (many && ow == first) ow = end;
        if (ow == OW) break;
        const at = <usize>ow << 2;
        maxOfOne(x, W, ih, ow * SW - PL, kh0, kh1, KW, DH, DW, out + at, idx + at);
      }
      out += <usize>OW << 2;
      idx += <usize>OW << 2;
    }
    x += <usize>(H * W) << 2;
  }
}

/** out = the maximum of each window of adaptive pooling (adaptive_pool.ts). */
export function adaptiveMaxPool2d(x: usize, out: usize, idx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const top = adaptiveStart(oh, H, OH);
      const rows = adaptiveEnd(oh, H, OH) - top;
      for (let ow = 0; ow < OW; ow++, out += 4, idx += 4) {
        const left = adaptiveStart(ow, W, OW);
        maxOfOne(x, W, top, left, 0, rows, adaptiveEnd(ow, W, OW) - left, 1, 1, out, idx);
      }
    }
    x += <usize>(H * W) << 2;
  }
}

/** Sets dx to 0, then dx[idx] += g in each plane. */
export function maxPool2dGrad(g: usize, idx: usize, dx: usize, planes: i32, inSize: i32, outSize: i32): void {
  memory.fill(dx, 0, <usize>planes * inSize << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outSize; i++, g += 4, idx += 4) {
      const place = load<i32>(idx);
      if (place < 0) continue;
      const at = dx + (<usize>place << 2);
      store<f32>(at, load<f32>(at) + load<f32>(g));
    }
    dx += <usize>inSize << 2;
  }
}

/** out = x[idx] in each plane, the gradient of maxPool2dGrad with respect to g. */
export function maxPoolGather(x: usize, idx: usize, out: usize, planes: i32, inSize: i32, outSize: i32): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outSize; i++, out += 4, idx += 4) {
      const place = load<i32>(idx);
      store<f32>(out, place < 0 ? 0 : load<f32>(x + (<usize>place << 2)));
    }
    x += <usize>inSize << 2;
  }
}
