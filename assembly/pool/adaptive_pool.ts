// Adaptive average pooling: output i of O over an axis of n averages [floor(i * n / O), ceil((i + 1) * n / O)).
// x and dx [planes, H, W]; out and g [planes, OH, OW].

import { loadTail, storeTail } from "../lib/simd";
import { sumRow } from "../reduce/row";
import { adaptiveEnd, adaptiveStart } from "./window";

/** The sum of the window of rows x cols at x in a plane of width W. Whole rows are summed as one long row, others one by one. */
function sumWindow(x: usize, W: i32, rows: i32, cols: i32): f32 {
  if (cols == W) return <f32>sumRow(x, rows * W);
  let total: f32 = 0;
  for (; rows > 0; rows--, x += <usize>W << 2) {
    let lanes = f32x4.splat(0);
    let at = x;
    let left = cols;
    for (; left >= 4; left -= 4, at += 16) lanes = f32x4.add(lanes, v128.load(at));
    if (left > 0) lanes = f32x4.add(lanes, loadTail(at, left));
    const pair0 = f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1);
    const pair1 = f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3);
    total += pair0 + pair1;
  }
  return total;
}

/** Adds `value` to the window of rows x cols at dx in a plane of width W. */
function addToWindow(dx: usize, W: i32, rows: i32, cols: i32, value: f32): void {
  if (cols == W) {
    cols *= rows;
    rows = 1;
  }
  const lanes = f32x4.splat(value);
  for (; rows > 0; rows--, dx += <usize>W << 2) {
    let at = dx;
    let left = cols;
    for (; left >= 4; left -= 4, at += 16) v128.store(at, f32x4.add(v128.load(at), lanes));
    if (left > 0) storeTail(at, f32x4.add(loadTail(at, left), lanes), left);
  }
}

/** out = the average of each window. */
export function adaptiveAvgPool2d(x: usize, out: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const top = adaptiveStart(oh, H, OH);
      const rows = adaptiveEnd(oh, H, OH) - top;
      for (let ow = 0; ow < OW; ow++, out += 4) {
        const left = adaptiveStart(ow, W, OW);
        const cols = adaptiveEnd(ow, W, OW) - left;
        store<f32>(out, sumWindow(x + (<usize>(top * W + left) << 2), W, rows, cols) / <f32>(rows * cols));
      }
    }
    x += <usize>(H * W) << 2;
  }
}

/** Sets dx to 0, then adds g / (size of the window) to every element of each window. */
export function adaptiveAvgPool2dGrad(g: usize, dx: usize, planes: i32, H: i32, W: i32, OH: i32, OW: i32): void {
  memory.fill(dx, 0, <usize>planes * H * W << 2);
  for (let plane = 0; plane < planes; plane++) {
    for (let oh = 0; oh < OH; oh++) {
      const top = adaptiveStart(oh, H, OH);
      const rows = adaptiveEnd(oh, H, OH) - top;
      for (let ow = 0; ow < OW; ow++, g += 4) {
        const left = adaptiveStart(ow, W, OW);
        const cols = adaptiveEnd(ow, W, OW) - left;
        addToWindow(dx + (<usize>(top * W + left) << 2), W, rows, cols, load<f32>(g) / <f32>(rows * cols));
      }
    }
    dx += <usize>(H * W) << 2;
  }
}
