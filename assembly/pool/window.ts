// Which taps of a sliding window lie inside an axis, and which outputs have windows that lie inside it entirely. `size` is the size of
// the axis, `at` the position of the window's first tap, which may be negative, and `taps` the number of taps.

/** The first tap inside the axis, or a number past the last tap if there is none. */
@inline
export function firstTap(at: i32, dilation: i32): i32 {
  return at < 0 ? (dilation - 1 - at) / dilation : 0;
}

/** One past the last tap inside the axis; at most firstTap if there is none. */
@inline
export function endTap(at: i32, size: i32, taps: i32, dilation: i32): i32 {
  return at < size ? min(taps, (size - 1 - at) / dilation + 1) : 0;
}

/** The first output whose window starts inside the axis. */
@inline
export function firstWhole(outputs: i32, stride: i32, padding: i32): i32 {
  return min(outputs, (padding + stride - 1) / stride);
}

/** One past the last output whose window ends inside the axis; at least `first`. `extent` is the size of a window. */
@inline
export function endWhole(first: i32, outputs: i32, size: i32, stride: i32, padding: i32, extent: i32): i32 {
  const last = size + padding - extent;
  return last < 0 ? first : max(first, min(outputs, last / stride + 1));
}

/** The first element of window i of adaptive pooling of n elements to `outputs` (adaptive_pool.ts). */
@inline
export function adaptiveStart(i: i32, n: i32, outputs: i32): i32 {
  return i == 0 ? 0 : <i32>(<i64>i * n / outputs);
}

/** One past the last element of that window. */
@inline
export function adaptiveEnd(i: i32, n: i32, outputs: i32): i32 {
  return i == outputs - 1 ? n : <i32>((<i64>(i + 1) * n + outputs - 1) / outputs);
}
