// Average pooling. x and dx [planes, H, W]; out and g [planes, OH, OW]. The rows of a window are summed first, then the sums of its rows,
// so the error grows with KH + KW. The sum is divided by `divisor` if that is not 0. Otherwise it is divided by the size of the window
// inside the padded plane if the padding counts, else inside the plane. A window with nothing inside the plane gives 0.

import { loadEvery } from "../lib/strided";
import { endTap, endWhole, firstTap, firstWhole } from "./window";

/** The divisor of a window; `paddedSize` and `inside` are its taps with and without the padding. */
@inline
function divisorOf(divisor: i32, countIncludePad: i32, paddedSize: i32, inside: i32): f32 {
  return <f32>(divisor ? divisor : countIncludePad ? paddedSize : inside);
}

/** The sum of rows x cols taps from x on, `down` and `across` bytes apart. `averages` adds in the same order in each lane. */
@inline
function sumOfOne(x: usize, down: usize, across: usize, rows: i32, cols: i32): f32 {
  let sum: f32 = 0;
  for (; rows > 0; rows--, x += down) {
    let row: f32 = 0;
    for (let j = 0, at = x; j < cols; j++, at += across) row += load<f32>(at);
    sum += row;
  }
  return sum;
}

/**
 * Averages of the outputs ow to end (exclusive) of a row: at least four, and all their columns are inside the plane. x is where the
 * window of output 0 begins. SW is a constant where this is inlined.
 */
@inline
function averages(SW: i32, x: usize, down: usize, across: usize, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  const next = down - <usize>KW * across;
  const divisor = f32x4.splat(n);
  while (ow < end) {
    ow = min(ow, end - 4); // the last four may overlap the ones before
    let sum = f32x4.splat(0);
    let from = x + (<usize>(ow * SW) << 2);
    for (let kh = rows; kh > 0; kh--, from += next) {
      let row = f32x4.splat(0);
      for (let kw = KW; kw > 0; kw--, from += across) row = f32x4.add(row, loadEvery(from, SW));
      sum = f32x4.add(sum, row);
    }
    v128.store(out + (<usize>ow << 2), f32x4.div(sum, divisor));
    ow += 4;
  }
}

// One function for each stride, because the compiler propagates the constant only in small functions.

function averages1(x: usize, down: usize, across: usize, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  averages(1, x, down, across, rows, KW, n, ow, end, out);
}

function averages2(x: usize, down: usize, across: usize, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  averages(2, x, down, across, rows, KW, n, ow, end, out);
}

function averagesAny(
  SW: i32, x: usize, down: usize, across: usize, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize,
): void {
  averages(SW, x, down, across, rows, KW, n, ow, end, out);
}

/** out = the average of each window. */
export function avgPool2d(
  x: usize, out: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, PB: i32, PR: i32, DH: i32, DW: i32, countIncludePad: i32, divisor: i32,
): void {
  const first = firstWhole(OW, SW, PL);
  const end = endWhole(first, OW, W, SW, PL, (KW - 1) * DW + 1);
  const many = end - first >= 4;
  const down = <usize>(DH * W) << 2;
  const across = <usize>DW << 2;
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++, out += <usize>OW << 2) {
      const ih = oh * SH - PT;
      const kh = firstTap(ih, DH);
      const top = ih + kh * DH;
      const rows = max(0, endTap(ih, H, KH, DH) - kh);
      const paddedRows = endTap(ih, H + PB, KH, DH);
      if (rows == 0) {
        memory.fill(out, 0, <usize>OW << 2);
        continue;
      }
      if (many) {
        const n = divisorOf(divisor, countIncludePad, paddedRows * KW, rows * KW);
        const from = x + (<usize>(top * W - PL) << 2);
        if (SW == 1) averages1(from, down, across, rows, KW, n, first, end, out);
        else if (SW == 2) averages2(from, down, across, rows, KW, n, first, end, out);
        else averagesAny(SW, from, down, across, rows, KW, n, first, end, out);
      }
      for (let ow = 0; ow < OW; ow++) {
        if (many && ow == first) ow = end;
        if (ow == OW) break;
        const iw = ow * SW - PL;
        const kw = firstTap(iw, DW);
        const left = iw + kw * DW;
        const cols = max(0, endTap(iw, W, KW, DW) - kw);
        const n = divisorOf(divisor, countIncludePad, paddedRows * endTap(iw, W + PR, KW, DW), rows * cols);
        store<f32>(out + (<usize>ow << 2), cols > 0 ? sumOfOne(x + (<usize>(top * W + left) << 2), down, across, rows, cols) / n : 0);
      }
    }
    x += <usize>(H * W) << 2;
  }
}

/** Writes one row of g for adjacent windows of width 2 that do not overlap: each value twice, in every row of the windows. */
function spreadPairs(g: usize, dx: usize, W: i32, rows: i32, n: f32, count: i32): void {
  const divisor = f32x4.splat(n);
  const next = <usize>W << 2;
  for (; count >= 4; count -= 4, g += 16, dx += 32) {
    const v = f32x4.div(v128.load(g), divisor);
    const low = v128.shuffle<f32>(v, v, 0, 0, 1, 1);
    const high = v128.shuffle<f32>(v, v, 2, 2, 3, 3);
    for (let row = 0, to = dx; row < rows; row++, to += next) {
      v128.store(to, low);
      v128.store(to, high, 16);
    }
  }
  for (; count > 0; count--, g += 4, dx += 8) {
    const value = load<f32>(g) / n;
    for (let row = 0, to = dx; row < rows; row++, to += next) {
      store<f32>(to, value);
      store<f32>(to, value, 4);
    }
  }
}

/** Adds g / n of `count` neighbouring windows to their elements, one tap at a time, because the windows overlap. */
function addTaps(g: usize, dx: usize, down: usize, across: usize, rows: i32, KW: i32, n: f32, count: i32): void {
  const divisor = f32x4.splat(n);
  for (; rows > 0; rows--, dx += down) {
    for (let kw = 0, tap = dx; kw < KW; kw++, tap += across) {
      let from = g;
      let to = tap;
      let left = count;
      for (; left >= 4; left -= 4, from += 16, to += 16) {
        v128.store(to, f32x4.add(v128.load(to), f32x4.div(v128.load(from), divisor)));
      }
      for (; left > 0; left--, from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from) / n);
    }
  }
}

/** Adds `value` to rows x cols taps from dx on, `down` and `across` bytes apart. */
function addToOne(dx: usize, down: usize, across: usize, rows: i32, cols: i32, value: f32): void {
  for (; rows > 0; rows--, dx += down) {
    for (let j = 0, at = dx; j < cols; j++, at += across) store<f32>(at, load<f32>(at) + value);
  }
}

/** Sets dx to 0, then adds g / (divisor of the window) to every element of each window. */
export function avgPool2dGrad(
  g: usize, dx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, PB: i32, PR: i32, DH: i32, DW: i32, countIncludePad: i32, divisor: i32,
): void {
  const down = <usize>(DH * W) << 2;
  const across = <usize>DW << 2;
  const touching = KW == 2 && SW == 2 && SH >= KH && DH == 1 && DW == 1;
  const many = touching || SW == 1;
  const first = firstWhole(OW, SW, PL);
  const end = endWhole(first, OW, W, SW, PL, (KW - 1) * DW + 1);
  memory.fill(dx, 0, <usize>planes * H * W << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++, g += <usize>OW << 2) {
      const ih = oh * SH - PT;
      const kh = firstTap(ih, DH);
      const top = ih + kh * DH;
      const rows = max(0, endTap(ih, H, KH, DH) - kh);
      const paddedRows = endTap(ih, H + PB, KH, DH);
      if (many) {
        const n = divisorOf(divisor, countIncludePad, paddedRows * KW, rows * KW);
        const from = g + (<usize>first << 2);
        const to = dx + (<usize>(top * W + first * SW - PL) << 2);
        if (touching) spreadPairs(from, to, W, rows, n, end - first);
        else addTaps(from, to, down, across, rows, KW, n, end - first);
      }
      for (let ow = 0; ow < OW; ow++) {
        if (many && ow == first) ow = end;
        if (ow == OW) break;
        const iw = ow * SW - PL;
        const kw = firstTap(iw, DW);
        const left = iw + kw * DW;
        const cols = max(0, endTap(iw, W, KW, DW) - kw);
        const n = divisorOf(divisor, countIncludePad, paddedRows * endTap(iw, W + PR, KW, DW), rows * cols);
        addToOne(dx + (<usize>(top * W + left) << 2), down, across, rows, cols, load<f32>(g + (<usize>ow << 2)) / n);
      }
    }
    dx += <usize>(H * W) << 2;
  }
}
