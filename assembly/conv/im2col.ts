// The patch matrix of one image: row k = (c, kh, kw), column p = (oh, ow), value x[c, oh * SH + top, ow * SW + left] with
// top = kh * DH - PT and left = kw * DW - PL, zero outside the image. The whole matrix is never stored: im2col fills the plan's block
// with some of its rows and columns, and col2im, the transpose of im2col, adds such a block to dx. Counts are floats.

import { loadEvery } from "../lib/strided";
import { Plan } from "./plan";

function zeroFloats(to: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<f32>(to + (<usize>i << 2), 0);
}

/** Zeroes `count` floats from column `first` on, in every row of OW of the n pixels at `block`. */
function clearColumns(s: Plan, block: usize, n: i32, first: i32, count: i32): void {
  const row = <usize>s.OW << 2;
  for (let at = block + (<usize>first << 2), end = block + (<usize>n << 2); at < end; at += row) zeroFloats(at, count);
}

/** Zeroes the pixels that a shift by `left` columns took from neighbouring rows. */
function clearWrapped(s: Plan, block: usize, n: i32, left: i32): void {
  const count = min(s.OW, abs(left));
  clearColumns(s, block, n, left < 0 ? 0 : s.OW - count, count);
}

/** block = image, with zeros before and after. */
@unmanaged
class Gather {
  @inline run(image: usize, step: i32, block: usize, before: i32, inside: i32, after: i32): void {
    zeroFloats(block, before);
    block += <usize>before << 2;
    zeroFloats(block + (<usize>inside << 2), after);
    for (; inside >= 4; inside -= 4, image += <usize>step << 4, block += 16) v128.store(block, loadEvery(image, step));
    for (; inside > 0; inside--, image += <usize>step << 2, block += 4) store<f32>(block, load<f32>(image));
  }

  @inline shift(s: Plan, left: i32, image: usize, block: usize, before: i32, inside: i32, after: i32): void {
    this.run(image, 1, block, before, inside, after);
    clearWrapped(s, block, before + inside + after, left);
  }
}

/** image += block. */
@unmanaged
class Scatter {
  @inline run(image: usize, step: i32, block: usize, before: i32, inside: i32, after: i32): void {
    block += <usize>before << 2;
    for (; step == 1 && inside >= 4; inside -= 4, image += 16, block += 16) {
      v128.store(image, f32x4.add(v128.load(image), v128.load(block)));
    }
    for (; inside > 0; inside--, image += <usize>step << 2, block += 4) {
      store<f32>(image, load<f32>(image) + load<f32>(block));
    }
  }

  @inline shift(s: Plan, left: i32, image: usize, block: usize, before: i32, inside: i32, after: i32): void {
    clearWrapped(s, block, before + inside + after, left);
    this.run(image, 1, block, before, inside, after);
  }
}

@inline
function clamp(x: i32, lo: i32, hi: i32): i32 {
  return max(lo, min(x, hi));
}

/** Processes `columns` columns from p on in one row of the matrix, one row of output pixels at a time; x is the channel of that row. */
@inline
function copyRuns<Op>(s: Plan, x: usize, top: i32, left: i32, p: i32, columns: i32, block: usize): void {
  const op = changetype<Op>(0);
  // Output columns in [lo, hi) read pixels inside the image.
  const lo = left < 0 ? (s.SW - 1 - left) / s.SW : 0;
  const hi = left < s.W ? (s.W - 1 - left) / s.SW + 1 : 0;
  let oh = p / s.OW;
  let ow = p - oh * s.OW;
  while (columns > 0) {
    const end = min(s.OW, ow + columns);
    const ih = oh * s.SH + top;
    const from = clamp(lo, ow, end);
    const until = <u32>ih < <u32>s.H ? clamp(hi, from, end) : from;
    const image = x + (<usize>(ih * s.W + from * s.SW + left) << 2);
    op.run(image, s.SW, block, from - ow, until - from, end - until);
    block += <usize>(end - ow) << 2;
    columns -= end - ow;
    ow = 0;
    oh++;
  }
}

/** The same for a shifted plan (plan.ts), where all pixels are one contiguous run. */
@inline
function copyShifted<Op>(s: Plan, x: usize, top: i32, left: i32, p: i32, columns: i32, block: usize): void {
  const op = changetype<Op>(0);
  const shift = top * s.W + left;
  const end = p + columns;
  const from = clamp(max(-top * s.W, -shift), p, end);
  const until = clamp(min((s.H - top) * s.W, s.H * s.W - shift), from, end);
  op.shift(s, left, x + (<usize>(from + shift) << 2), block, from - p, until - from, end - until);
}

/** Processes `rows` rows from k on and `columns` columns from p on of the patch matrix of image x. */
@inline
function forEachPatchRow<Op>(s: Plan, x: usize, k: i32, rows: i32, p: i32, columns: i32): void {
  const taps = s.KH * s.KW;
  let block = s.block;
  let c = k / taps;
  let kh = (k - c * taps) / s.KW;
  let kw = k % s.KW;
  for (; rows > 0; rows--) {
    const channel = x + (<usize>(c * s.H * s.W) << 2);
    const top = kh * s.DH - s.PT;
    const left = kw * s.DW - s.PL;
    if (s.shifted) copyShifted<Op>(s, channel, top, left, p, columns, block);
    else copyRuns<Op>(s, channel, top, left, p, columns, block);
    block += s.ldb;
    if (++kw == s.KW) {
      kw = 0;
      if (++kh == s.KH) {
        kh = 0;
        c++;
      }
    }
  }
}

/** block = `rows` rows from k on and `columns` columns from p on of the patch matrix of x. */
export function im2col(s: Plan, x: usize, k: i32, rows: i32, p: i32, columns: i32): void {
  forEachPatchRow<Gather>(s, x, k, rows, p, columns);
}

/** Adds each value of the block to the element of dx that im2col would have read; values outside the image are dropped. */
export function col2im(s: Plan, dx: usize, k: i32, rows: i32, p: i32, columns: i32): void {
  forEachPatchRow<Scatter>(s, dx, k, rows, p, columns);
}
