// Writes at positions given by index tensors (int32, checked by the caller). x and its indices are [outer, ni, inner] with elements
// [o, j, k], out is [outer, nx, inner]. Elements are written in the order of x, so the last of several for one place stays.
import { copyRow } from "../move/row";

@inline
function write<T>(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  const plane = <usize>(nx * inner) * sizeof<T>();
  for (; outer > 0; outer--, out += plane) {
    for (let j = 0; j < ni; j++) {
      for (let k = 0; k < inner; k++, index += 4, x += sizeof<T>()) {
        store<T>(out + <usize>(load<i32>(index) * inner + k) * sizeof<T>(), load<T>(x));
      }
    }
  }
}

/** out[o, index[o, j, k], k] = x[o, j, k], elements of `bytes` bytes. */
export function scatter(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32, bytes: i32): void {
  if (bytes == 4) write<u32>(x, index, out, outer, nx, ni, inner);
  else if (bytes == 1) write<u8>(x, index, out, outer, nx, ni, inner);
  else if (bytes == 2) write<u16>(x, index, out, outer, nx, ni, inner);
  else write<u64>(x, index, out, outer, nx, ni, inner);
}

/** out[o, index[j], :] = x[o, j, :], rows of sizeBytes of any element; index [ni]. */
export function indexCopy(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, sizeBytes: i32): void {
  const row = <usize>sizeBytes;
  for (; outer > 0; outer--, out += <usize>nx * row) {
    for (let j = 0; j < ni; j++, x += row) copyRow(x, out + <usize>load<i32>(index + (<usize>j << 2)) * row, row);
  }
}

/** NaN stays: a comparison with it is false, so that b is kept if it is NaN, and a NaN in a is taken. */
@inline
function combine<T>(a: T, b: T, mode: i32): T {
  if (mode == 0) return b + a;
  if (mode == 1) return b * a;
  if (mode == 2) return a > b || a != a ? a : b;
  return a < b || a != a ? a : b;
}

@inline
function combineEach<T>(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32, mode: i32): void {
  const plane = <usize>(nx * inner) << 2;
  for (; outer > 0; outer--, out += plane) {
    for (let j = 0; j < ni; j++) {
      for (let k = 0; k < inner; k++, index += 4, x += 4) {
        const to = out + (<usize>(load<i32>(index) * inner + k) << 2);
        store<T>(to, combine<T>(load<T>(x), load<T>(to), mode));
      }
    }
  }
}

/**
 * out[o, index[o, j, k], k] combined with x[o, j, k] in the order of j: added (mode 0), multiplied (1), the larger (2) or the smaller (3).
 * float32, or int32, whose results wrap.
 */
export function scatterReduce(
  x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32, mode: i32, isInt: bool,
): void {
  if (isInt) combineEach<i32>(x, index, out, outer, nx, ni, inner, mode);
  else combineEach<f32>(x, index, out, outer, nx, ni, inner, mode);
}
