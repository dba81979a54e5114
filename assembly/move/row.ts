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

/** Writes the element at x n times to out. x may be part of out. */
export function fillRow<T>(x: usize, out: usize, n: i32): void {
  const value = load<T>(x);
  const vector = v128.splat<T>(value);
  const perVector = 16 / sizeof<T>();
  let i = 0;
  // Four stores an iteration, so that the overhead of the loop is hidden by the stores.
  for (; i + 4 * <i32>perVector <= n; i += 4 * <i32>perVector, out += 64) {
    v128.store(out, vector);
    v128.store(out, vector, 16);
    v128.store(out, vector, 32);
    v128.store(out, vector, 48);
  }
  for (; i + <i32>perVector <= n; i += <i32>perVector, out += 16) v128.store(out, vector);
  for (; i < n; i++, out += sizeof<T>()) store<T>(out, value);
}

/** out[i] += x[i], float32. */
export function addRow(x: usize, out: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4, x += 16, out += 16) v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
  if (i < n) storeTail(out, f32x4.add(loadTail(out, n - i), loadTail(x, n - i)), n - i);
}
