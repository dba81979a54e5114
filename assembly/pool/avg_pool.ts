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

/** Sum of the window of rows x cols at x, in rows of W; lanes of `sumOfFour` add in the same order. */
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

/** Sums of four neighbouring windows SW apart, the first at x. */
@inline
function sumOfFour(x: usize, W: i32, rows: i32, cols: i32, SW: i32): v128 {
  let sum = f32x4.splat(0);
  for (; rows > 0; rows--, x += <usize>W << 2) {
    let row = f32x4.splat(0);
    for (let j = 0; j < cols; j++) row = f32x4.add(row, loadEvery(x + (<usize>j << 2), SW));
    sum = f32x4.add(sum, row);
  }
  return sum;
}

/** out = average of each window. */
export function avgPool2d(
  x: usize, out: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, countIncludePad: i32, divisor: i32,
): void {
  const whole0 = firstWhole(OW, SW, PL);
  const whole1 = endWhole(whole0, OW, W, SW, PL, KW);
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const ih = oh * SH - PT;
      const top = max(ih, 0);
      const rows = max(0, min(ih + KH, H) - top);
      const paddedRows = padded(ih, KH, H, PT);
      if (rows == 0) memory.fill(out, 0, <usize>OW << 2);
      let ow = rows > 0 ? 0 : OW;
      while (ow < OW) {
        const vector = ow >= whole0 && ow < whole1 && whole1 - whole0 >= 4;
        if (vector) ow = min(ow, whole1 - 4); // the last four may overlap those before
        const iw = ow * SW - PL;
        const left = max(iw, 0);
        const cols = max(0, min(iw + KW, W) - left);
        const n = share(divisor, countIncludePad, paddedRows * padded(iw, KW, W, PL), rows * cols);
        const from = x + (<usize>(top * W + left) << 2);
        const to = out + (<usize>ow << 2);
        if (vector) v128.store(to, f32x4.div(sumOfFour(from, W, rows, cols, SW), f32x4.splat(n)));
        else store<f32>(to, cols > 0 ? sumOfOne(from, W, rows, cols) / n : 0);
        ow += vector ? 4 : 1;
      }
      out += <usize>OW << 2;
    }
    x += <usize>(H * W) << 2;
  }
}

/** dx = 0, then every value of a window += its g over what the window was divided by. */
export function avgPool2dGrad(
  g: usize, dx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32, KH: i32, KW: i32,
  SH: i32, SW: i32, PT: i32, PL: i32, countIncludePad: i32, divisor: i32,
): void {
  memory.fill(dx, 0, <usize>planes * H * W << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const ih = oh * SH - PT;
      const top = max(ih, 0);
      const rows = max(0, min(ih + KH, H) - top);
      const paddedRows = padded(ih, KH, H, PT);
      for (let ow = 0; ow < OW; ow++, g += 4) {
        const iw = ow * SW - PL;
        const left = max(iw, 0);
        const cols = max(0, min(iw + KW, W) - left);
        const n = share(divisor, countIncludePad, paddedRows * padded(iw, KW, W, PL), rows * cols);
        const value = load<f32>(g) / n;
        for (let h = top; h < top + rows; h++) {
          const row = dx + (<usize>(h * W + left) << 2);
          for (let j = 0; j < cols; j++) {
            const at = row + (<usize>j << 2);
            store<f32>(at, load<f32>(at) + value);
          }
        }
      }
    }
    dx += <usize>(H * W) << 2;
  }
}
