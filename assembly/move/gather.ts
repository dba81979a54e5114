// Reads and writes at positions given by index tensors (int32, checked by the caller).
// [o, j, k] below [outer, ni, inner] runs over the index, nx is the length of the indexed axis; g gradients.
import { addRow, copyRow } from "./row";

/** out[o, j, k] = x[o, index[o, j, k], k], 32-bit elements. */
export function gather(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  const plane = <usize>(nx * inner) << 2;
  for (let o = 0; o < outer; o++, x += plane) {
    for (let j = 0; j < ni; j++) {
      for (let k = 0; k < inner; k++, index += 4, out += 4) {
        store<u32>(out, load<u32>(x + (<usize>(load<i32>(index) * inner + k) << 2)));
      }
    }
  }
}

/** out[index[j]] += g[j]: an inner axis of 1, the usual one. */
function addEach(g: usize, index: usize, out: usize, n: i32): void {
  for (; n > 0; n--, g += 4, index += 4) {
    const to = out + (<usize>load<i32>(index) << 2);
    store<f32>(to, load<f32>(to) + load<f32>(g));
  }
}

/** out[index[k], k] += g[k] in a row of that many columns; one of out has `inner`. */
function addAcross(g: usize, index: usize, out: usize, columns: i32, inner: i32): void {
  for (let k = 0; k < columns; k++) {
    const at = <usize>k << 2;
    const to = out + (<usize>(load<i32>(index + at) * inner) << 2) + at;
    store<f32>(to, load<f32>(to) + load<f32>(g + at));
  }
}

/**
 * out[o, index[o, j, k], k] += g[o, j, k], float32. Adds in the order of j, so repeated indices are exact repeats. Only the first
 * `columns` of the inner axis: with all addresses moved on by as many, the rest is done.
 */
export function scatterAdd(g: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32, columns: i32): void {
  const row = <usize>inner << 2;
  const plane = <usize>ni * row;
  for (; outer > 0; outer--, g += plane, index += plane, out += <usize>nx * row) {
    if (inner == 1) addEach(g, index, out, ni);
    else for (let at: usize = 0; at < plane; at += row) addAcross(g + at, index + at, out, columns, inner);
  }
}

/** out[o, j, :] = x[o, index[j], :], rows of sizeBytes of any element; index [ni]. */
export function indexSelect(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, sizeBytes: i32): void {
  const row = <usize>sizeBytes;
  for (let o = 0; o < outer; o++, x += <usize>nx * row) {
    for (let j = 0; j < ni; j++, out += row) {
      copyRow(x + <usize>load<i32>(index + (<usize>j << 2)) * row, out, row);
    }
  }
}

/** out[o, index[j], :] += g[o, j, :], float32; index [ni]. Adds in the order of j, in the first `columns` as above. */
export function indexAdd(g: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32, columns: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++, out += <usize>nx * row) {
    for (let j = 0; j < ni; j++, g += row) {
      addRow(g, out + <usize>load<i32>(index + (<usize>j << 2)) * row, columns);
    }
  }
}
