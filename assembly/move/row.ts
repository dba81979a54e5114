// Copy, fill and add for rows that are contiguous in both arrays. The other kernels of this folder are loops over these.
import { loadTail, storeTail } from "../lib/simd";

/** From this size on, the engine's memory.copy is faster in spite of the cost of its call. */
const LONG_BYTES: usize = 2048;

/** Copies sizeBytes from x to out; the two do not overlap. */
export function copyRow(x: usize, out: usize, sizeBytes: usize): void {
  if (sizeBytes >= LONG_BYTES) {
    memory.copy(out, x, sizeBytes);
    return;
  }
  const end = x + sizeBytes;
  if (sizeBytes >= 16) {
    // The last vector overlaps the one before it, so no scalar loop is needed.
    for (const last = end - 16; x < last; x += 16, out += 16) v128.store(out, v128.load(x));
    const back = x + 16 - end;
    v128.store(out - back, v128.load(x - back));
    return;
  }
  for (; x + 4 <= end; x += 4, out += 4) store<u32>(out, load<u32>(x));
  for (; x < end; x++, out++) store<u8>(out, load<u8>(x));
}

/** Copies one element of 1, 2, 4 or 8 bytes. */
@inline
export function copyElement(x: usize, out: usize, bytes: i32): void {
  if (bytes == 4) store<u32>(out, load<u32>(x));
  else if (bytes == 1) store<u8>(out, load<u8>(x));
  else if (bytes == 2) store<u16>(out, load<u16>(x));
  else store<u64>(out, load<u64>(x));
}

/** Writes the elements of a vector, which are all the same, to sizeBytes bytes at out. */
function fillBytes(vector: v128, out: usize, sizeBytes: usize): void {
  const end = out + sizeBytes;
  // Four stores an iteration, so that the overhead of the loop is hidden by the stores.
  for (; end - out >= 64; out += 64) {
    v128.store(out, vector);
    v128.store(out, vector, 16);
    v128.store(out, vector, 32);
    v128.store(out, vector, 48);
  }
  for (; end - out >= 16; out += 16) v128.store(out, vector);
  if (sizeBytes & 8) {
    v128.store_lane<f64>(out, vector, 0);
    out += 8;
  }
  if (sizeBytes & 4) {
    v128.store_lane<f32>(out, vector, 0);
    out += 4;
  }
  const last = i32x4.extract_lane(vector, 0);
  if (sizeBytes & 2) {
    store<u16>(out, last);
    out += 2;
  }
  if (sizeBytes & 1) store<u8>(out, last);
}

/** Writes the element at x n times to out. x may be part of out. */
@inline
export function fillRow<T>(x: usize, out: usize, n: i32): void {
  fillBytes(v128.splat<T>(load<T>(x)), out, <usize>n * sizeof<T>());
}

/** out[i] += x[i], float32. */
export function addRow(x: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4, x += 16, out += 16) v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
  if (i < n) storeTail(out, f32x4.add(loadTail(out, n - i), loadTail(x, n - i)), n - i);
}
