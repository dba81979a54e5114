// Where a sliding window meets an axis. size is the axis, at the window's first position (may be negative), taps its length.

/** The first tap inside the axis, or a number past the last one. */
@inline
export function firstTap(at: i32, dilation: i32): i32 {
  return at < 0 ? (dilation - 1 - at) / dilation : 0;
}

/** One past the last tap inside the axis; not above firstTap if there is none. */
@inline
export function endTap(at: i32, size: i32, taps: i32, dilation: i32): i32 {
  return at < size ? min(taps, (size - 1 - at) / dilation + 1) : 0;
}

/** The first output whose window starts inside the axis. */
@inline
export function firstWhole(outputs: i32, stride: i32, padding: i32): i32 {
  return min(outputs, (padding + stride - 1) / stride);
}

/** One past the last output whose window of `extent` ends inside the axis; at least `first`. */
@inline
export function endWhole(first: i32, outputs: i32, size: i32, stride: i32, padding: i32, extent: i32): i32 {
  const last = size + padding - extent;
  return last < 0 ? first : max(first, min(outputs, last / stride + 1));
}
