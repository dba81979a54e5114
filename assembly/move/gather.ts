// Reads and writes at positions given by index tensors (int32, checked by the caller). Indices and their results are
// [outer, ni, inner] with elements [o, j, k]; nx is the size of the indexed axis; g are gradients.
import { addRow, copyRow } from "./row";

@inline
function gatherElements<T>(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  const plane = <usize>(nx * inner) * sizeof<T>();
  for (let o = 0; o < outer; o++, x += plane) {
    for (let j = 0; j < ni; j++) {
      for (let k = 0; k < inner; k++, index += 4, out += sizeof<T>()) {
        store<T>(out, load<T>(x + <usize>(load<i32>(index) * inner + k) * sizeof<T>()));
      }
    }
  }
}

/** out[o, j, k] = x[o, index[o, j, k], k], elements of 1 byte. */
export function gather8(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  gatherElements<u8>(x, index, out, outer, nx, ni, inner);
}

/** The same for elements of 2 bytes. */
export function gather16(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  gatherElements<u16>(x, index, out, outer, nx, ni, inner);
}

/** The same for elements of 4 bytes. */
export function gather32(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  gatherElements<u32>(x, index, out, outer, nx, ni, inner);
}

/** The same for elements of 8 bytes. */
export function gather64(x: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  gatherElements<u64>(x, index, out, outer, nx, ni, inner);
}

/** out[index[j]] += g[j], the usual case of inner = 1. */
function addEach(g: usize, index: usize, out: usize, n: i32): void {
  for (; n > 0; n--, g += 4, index += 4) {
    const to = out + (<usize>load<i32>(index) << 2);
    store<f32>(to, load<f32>(to) + load<f32>(g));
  }
}

/** out[index[k], k] += g[k] in a row of `inner` columns. */
function addAcross(g: usize, index: usize, out: usize, inner: i32): void {
  for (let k = 0; k < inner; k++) {
    const at = <usize>k << 2;
    const to = out + (<usize>(load<i32>(index + at) * inner) << 2) + at;
    store<f32>(to, load<f32>(to) + load<f32>(g + at));
  }
}

/** out[o, index[o, j, k], k] += g[o, j, k], float32. Terms are added in the order of j, so the result is reproducible. */
export function scatterAdd(g: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32): void {
  const row = <usize>inner << 2;
  const plane = <usize>ni * row;
  for (; outer > 0; outer--, g += plane, index += plane, out += <usize>nx * row) {
    if (inner == 1) addEach(g, index, out, ni);
    else for (let at: usize = 0; at < plane; at += row) addAcross(g + at, index + at, out, inner);
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

/**
 * out[o, index[j], :] += g[o, j, :], float32; index [ni]. Terms are added in the order of j. Only `rows` rows of out from `first` on are
 * changed, so that threads can divide the rows of a block.
 */
export function indexAdd(g: usize, index: usize, out: usize, outer: i32, nx: i32, ni: i32, inner: i32, first: i32, rows: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++, out += <usize>nx * row) {
    for (let j = 0; j < ni; j++, g += row) {
      const to = load<i32>(index + (<usize>j << 2));
      if (<u32>(to - first) < <u32>rows) addRow(g, out + <usize>to * row, inner);
    }
  }
}
