// Copies a window of an image plane, including the zeros of the padding around the image. Sizes are floats.

import { loadTail, storeTail } from "../lib/simd";

/** Floats that must be readable after a padded plane, because vectors run past its end. */
export const PLANE_SLACK: i32 = 32;

/** Copies n floats. A loop, because rows are short and a call of memory.copy is expensive. */
@inline
export function copyRow(x: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4, x += 16, to += 16) v128.store(to, v128.load(x));
  if (n > 0) storeTail(to, loadTail(x, n), n);
}

/** Writes n zeros at `to` and returns the address after them. */
@inline
export function zeros(to: usize, n: i32): usize {
  for (; n >= 4; n -= 4, to += 16) v128.store(to, i32x4.splat(0));
  for (; n > 0; n--, to += 4) store<f32>(to, 0);
  return to;
}

/** to [high, wide] = the window of x [H, W] with its corner at (top, left), anywhere in the plane; zero outside the image. */
export function pad(x: usize, H: i32, W: i32, top: i32, left: i32, high: i32, wide: i32, to: usize): void {
  const first = min(high, max(0, -top));
  const before = min(wide, max(0, -left));
  const rows = max(0, min(high, H - top) - first);
  const columns = max(0, min(wide, W - left) - before);
  to = zeros(to, first * wide);
  x += <usize>((top + first) * W + left + before) << 2;
  for (let row = 0; row < rows; row++, x += <usize>W << 2) {
    to = zeros(to, before);
    copyRow(x, to, columns);
    to = zeros(to + (<usize>columns << 2), wide - before - columns);
  }
  zeros(to, (high - first - rows) * wide);
}
