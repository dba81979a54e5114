// A part of an image plane as a plane of its own, with the zeros that padding puts around the image written out.

import { loadTail, storeTail } from "../lib/simd";

/** Floats behind a padded plane that must be there: vectors run past its end. */
export const PLANE_SLACK: i32 = 16;

/** A loop, since rows are short and a call of memory.copy is not cheap. */
@inline
export function copyRow(x: usize, to: usize, n: i32): void {
  for (; n >= 4; n -= 4, x += 16, to += 16) v128.store(to, v128.load(x));
  if (n > 0) storeTail(to, loadTail(x, n), n);
}

/** to [high, wide] = the window of x [H, W] with its corner at (top, left), anywhere in the plane; zero outside the image. */
export function pad(x: usize, H: i32, W: i32, top: i32, left: i32, high: i32, wide: i32, to: usize): void {
  const end = to + (<usize>(high * wide) << 2);
  for (let at = to; at < end; at += 16) v128.store(at, f32x4.splat(0));
  const first = max(0, -top);
  const before = max(0, -left);
  const columns = min(wide, W - left) - before;
  to += <usize>(first * wide + before) << 2;
  x += <usize>((top + first) * W + left + before) << 2;
  for (let rows = min(high, H - top) - first; rows > 0; rows--, x += <usize>W << 2, to += <usize>wide << 2) {
    copyRow(x, to, columns);
  }
}
