// Average pooling. x [planes, H, W], out [planes, OH, OW]; g comes in as out, dx goes out as x. A window is summed row by row and
// then over its rows, so the error grows with KH + KW. It is divided by `divisor` if that is not 0, else by its size: the part
// inside the padded plane (H + PT, W + PL) if the padding counts, the part inside the plane if not. Nothing inside gives 0.

import { loadEvery } from "../lib/strided";
import { endWhole, firstWhole } from "./window";

/** Size along one axis of the window that starts at `at`, cut at the padded end. */
@inline
function padded(at: i32, taps: i32, size: i32, padding: i32): i32 {
  return min(at + taps, size + padding) - at;
}

/** What a window is divided by; `paddedSize` and `inside` are its sizes with and without the padding. */
@inline
function share(divisor: i32, countIncludePad: i32, paddedSize: i32, inside: i32): f32 {
  return <f32>(divisor ? divisor : countIncludePad ? paddedSize : inside);
}

/** Sum of the window of rows x cols at x, in rows of W; lanes of `averages` add in the same order. */
@inline
function sumOfOne(x: usize, W: i32, rows: i32, cols: i32): f32 {
  let sum: f32 = 0;
  for (; rows > 0; rows--, x += <usize>W << 2) {
    let row: f32 = 0;
    for (let j = 0; j < cols; j++) row += load<f32>(x + (<usize>j << 2));
    sum += row;
  }
  return sum;
}

/**
 * The windows of outputs ow to end of a row, at least four, whose columns are all inside; the first window would begin at x.
 * SW is a constant where it is inlined.
 */
@inline
function averages(SW: i32, x: usize, W: i32, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  const next = <usize>(W - KW) << 2;
  const divisor = f32x4.splat(n);
  while (ow < end) {
    ow = min(ow, end - 4); // the last four may overlap those before
    let sum = f32x4.splat(0);
    let from = x + (<usize>(ow * SW) << 2);
    for (let kh = rows; kh > 0; kh--, from += next) {
      let row = f32x4.splat(0);
      for (let kw = KW; kw > 0; kw--, from += 4) row = f32x4.add(row, loadEvery(from, SW));
      sum = f32x4.add(sum, row);
    }
    v128.store(out + (<usize>ow << 2), f32x4.div(sum, divisor));
    ow += 4;
  }
}

// A function for each stride, since the compiler sees a constant as one only in small functions.

function averages1(x: usize, W: i32, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  averages(1, x, W, rows, KW, n, ow, end, out);
}

function averages2(x: usize, W: i32, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  averages(2, x, W, rows, KW, n, ow, end, out);
}

function averagesAny(SW: i32, x: usize, W: i32, rows: i32, KW: i32, n: f32, ow: i32, end: i32, out: usize): void {
  averages(SW, x, W, rows, KW, n, ow, end, out);
}

/** out = average of each window. */
export function avgPool2d(
  x: usize, out: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, countIncludePad: i32, divisor: i32,
): void {
  const first = firstWhole(OW, SW, PL);
  const end = endWhole(first, OW, W, SW, PL, KW);
  const many = end - first >= 4;
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++, out += <usize>OW << 2) {
      const ih = oh * SH - PT;
      const top = max(ih, 0);
      const rows = max(0, min(ih + KH, H) - top);
      const paddedRows = padded(ih, KH, H, PT);
      if (rows == 0) {
        memory.fill(out, 0, <usize>OW << 2);
        continue;
      }
      if (many) {
        const n = share(divisor, countIncludePad, paddedRows * KW, rows * KW);
        const from = x + (<usize>(top * W - PL) << 2);
        if (SW == 1) averages1(from, W, rows, KW, n, first, end, out);
        else if (SW == 2) averages2(from, W, rows, KW, n, first, end, out);
        else averagesAny(SW, from, W, rows, KW, n, first, end, out);
      }
      for (let ow = 0; ow < OW; ow++) {
        if (many && ow == first) ow = end;
        if (ow == OW) break;
        const iw = ow * SW - PL;
        const left = max(iw, 0);
        const cols = max(0, min(iw + KW, W) - left);
        const n = share(divisor, countIncludePad, paddedRows * padded(iw, KW, W, PL), rows * cols);
        store<f32>(out + (<usize>ow << 2), cols > 0 ? sumOfOne(x + (<usize>(top * W + left) << 2), W, rows, cols) / n : 0);
      }
    }
    x += <usize>(H * W) << 2;
  }
}

/** One row of g over touching windows two wide: each value twice, in every row of the windows; nothing else adds to them. */
function spread(g: usize, dx: usize, W: i32, rows: i32, n: f32, count: i32): void {
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

/** Adds g / n of `count` neighbouring windows to each of their taps; tap after tap, because windows overlap. */
function addTaps(g: usize, dx: usize, W: i32, rows: i32, KW: i32, n: f32, count: i32): void {
  const divisor = f32x4.splat(n);
  for (; rows > 0; rows--, dx += <usize>W << 2) {
    for (let kw = 0; kw < KW; kw++) {
      let from = g;
      let to = dx + (<usize>kw << 2);
      let left = count;
      for (; left >= 4; left -= 4, from += 16, to += 16) {
        v128.store(to, f32x4.add(v128.load(to), f32x4.div(v128.load(from), divisor)));
      }
      for (; left > 0; left--, from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from) / n);
    }
  }
}

/** Adds `value` to the window of rows x cols at dx, in rows of W. */
function addToOne(dx: usize, W: i32, rows: i32, cols: i32, value: f32): void {
  for (; rows > 0; rows--, dx += <usize>W << 2) {
    for (let j = 0, at = dx; j < cols; j++, at += 4) store<f32>(at, load<f32>(at) + value);
  }
}

/** dx = 0, then every value of a window += its g over what the window was divided by. */
export function avgPool2dGrad(
  g: usize, dx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, countIncludePad: i32, divisor: i32,
): void {
  const touching = KW == 2 && SW == 2 && SH >= KH;
  const many = touching || SW == 1;
  const first = firstWhole(OW, SW, PL);
  const end = endWhole(first, OW, W, SW, PL, KW);
  memory.fill(dx, 0, <usize>planes * H * W << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++, g += <usize>OW << 2) {
      const ih = oh * SH - PT;
      const top = max(ih, 0);
      const rows = max(0, min(ih + KH, H) - top);
      const paddedRows = padded(ih, KH, H, PT);
      if (many) {
        const n = share(divisor, countIncludePad, paddedRows * KW, rows * KW);
        const from = g + (<usize>first << 2);
        const to = dx + (<usize>(top * W + first * SW - PL) << 2);
        if (touching) spread(from, to, W, rows, n, end - first);
        else addTaps(from, to, W, rows, KW, n, end - first);
      }
      for (let ow = 0; ow < OW; ow++) {
        if (many && ow == first) ow = end;
        if (ow == OW) break;
        const iw = ow * SW - PL;
        const left = max(iw, 0);
        const cols = max(0, min(iw + KW, W) - left);
        const n = share(divisor, countIncludePad, paddedRows * padded(iw, KW, W, PL), rows * cols);
        addToOne(dx + (<usize>(top * W + left) << 2), W, rows, cols, load<f32>(g + (<usize>ow << 2)) / n);
      }
    }
    dx += <usize>(H * W) << 2;
  }
}
