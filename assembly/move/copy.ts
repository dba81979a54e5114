// Strided copies: out[i0*os0 + i1*os1 + i2*os2 + i3*os3] = x[i0*xs0 + i1*xs1 + i2*xs2 + i3*xs3] for every index below d0..d3.
// d are sizes; xs and os are strides in elements and may be negative. Axis 3 is the innermost. x and out do not overlap, except that x
// may be a single element (all strides 0) that is part of out.
import { copyRow, fillRow } from "./row";
import { transpose } from "./transpose";

/** The offset of element i of an axis in bytes. It wraps as addresses do, so strides may be negative. */
@inline
function offsetOf<T>(i: i32, stride: i32): usize {
  return <usize>(i * stride) * sizeof<T>();
}

@inline
function copyPlane<T>(x: usize, out: usize, d2: i32, d3: i32, xs2: i32, xs3: i32, os2: i32, os3: i32): void {
  if (os3 == 1 && xs3 == 1) {
    const row = <usize>d3 * sizeof<T>();
    if (xs2 == d3 && os2 == d3) copyRow(x, out, <usize>d2 * row);
    else for (let i = 0; i < d2; i++) copyRow(x + offsetOf<T>(i, xs2), out + offsetOf<T>(i, os2), row);
  } else if (os3 == 1 && xs3 == 0) {
    for (let i = 0; i < d2; i++) fillRow<T>(x + offsetOf<T>(i, xs2), out + offsetOf<T>(i, os2), d3);
  } else if (sizeof<T>() == 4 && os3 == 1 && xs2 == 1) {
    transpose(x, out, d2, d3, xs3, os2);
  } else {
    for (let i = 0; i < d2; i++) {
      let from = x + offsetOf<T>(i, xs2);
      let to = out + offsetOf<T>(i, os2);
      for (let j = 0; j < d3; j++, from += offsetOf<T>(1, xs3), to += offsetOf<T>(1, os3)) store<T>(to, load<T>(from));
    }
  }
}

function copy<T>(
  x: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  xs0: i32, xs1: i32, xs2: i32, xs3: i32, os0: i32, os1: i32, os2: i32, os3: i32,
): void {
  if (d2 == 0 || d3 == 0) return;
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      const from = x + offsetOf<T>(i, xs0) + offsetOf<T>(j, xs1);
      const to = out + offsetOf<T>(i, os0) + offsetOf<T>(j, os1);
      copyPlane<T>(from, to, d2, d3, xs2, xs3, os2, os3);
    }
  }
}

/** Elements of 1 byte. */
export function copy8(
  x: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  xs0: i32, xs1: i32, xs2: i32, xs3: i32, os0: i32, os1: i32, os2: i32, os3: i32,
): void {
  copy<u8>(x, out, d0, d1, d2, d3, xs0, xs1, xs2, xs3, os0, os1, os2, os3);
}

/** Elements of 2 bytes. */
export function copy16(
  x: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  xs0: i32, xs1: i32, xs2: i32, xs3: i32, os0: i32, os1: i32, os2: i32, os3: i32,
): void {
  copy<u16>(x, out, d0, d1, d2, d3, xs0, xs1, xs2, xs3, os0, os1, os2, os3);
}

/** Elements of 4 bytes. */
export function copy32(
  x: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  xs0: i32, xs1: i32, xs2: i32, xs3: i32, os0: i32, os1: i32, os2: i32, os3: i32,
): void {
  copy<u32>(x, out, d0, d1, d2, d3, xs0, xs1, xs2, xs3, os0, os1, os2, os3);
}

/** Elements of 8 bytes. */
export function copy64(
  x: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  xs0: i32, xs1: i32, xs2: i32, xs3: i32, os0: i32, os1: i32, os2: i32, os3: i32,
): void {
  copy<u64>(x, out, d0, d1, d2, d3, xs0, xs1, xs2, xs3, os0, os1, os2, os3);
}

/** Copies sizeBytes bytes from x to out. They may overlap: out receives the bytes that were at x before the call. */
export function moveBytes(x: usize, out: usize, sizeBytes: usize): void {
  memory.copy(out, x, sizeBytes);
}
