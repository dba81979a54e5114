// Convolution with 3 x 3 windows and stride 1 by Winograd's algorithm (winograd2.ts, winograd4.ts): transform filters and pixels,
// compute one matrix product for each point of a tile (winograd_plan.ts), transform the sums back. U, V and S are the transformed
// filters, the transformed pixels and the sums of products.
// With tiles of 2 x 2, a NaN reaches the same outputs as with a direct sum; with tiles of 4 x 4, it reaches the whole tile. An
// infinity gives infinity or NaN.

import { ZERO } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { loadEvery } from "../lib/strided";
import { transposedRow } from "../lib/transpose4x4";
import { copyRow, zeros } from "./pad";
import { Plan } from "./plan";
import { Two } from "./winograd2";
import { Four } from "./winograd4";
import { GROUP_BYTES, Group, Tiles, tilesAt } from "./winograd_plan";

/** Transposes 4 consecutive taps of 4 channels, `step` bytes apart: 4 vectors at `to`, `next` bytes apart, one for each tap. */
@inline
function transposeTaps(w: usize, step: usize, to: usize, next: usize): void {
  const w0 = v128.load(w);
  const w1 = v128.load((w += step));
  const w2 = v128.load((w += step));
  const w3 = v128.load(w + step);
  v128.store(to, transposedRow(w0, w1, w2, w3, 0));
  v128.store((to += next), transposedRow(w0, w1, w2, w3, 1));
  v128.store((to += next), transposedRow(w0, w1, w2, w3, 2));
  v128.store(to + next, transposedRow(w0, w1, w2, w3, 3));
}

/**
 * Computes U of `count` filters, `row` bytes apart, whose channels are `step` bytes apart. If `flipped`, the taps are read in reverse
 * order, and 4 neighbouring filters are transformed together, so that a cache line of w is read once.
 */
function transformFilters<T>(t: Tiles, w: usize, u: usize, count: i32, row: usize, step: usize, flipped: bool): void {
  const tile = changetype<T>(0);
  const together = flipped ? 4 : 1;
  const to = flipped ? t.taps + 128 : t.taps;
  const next = flipped ? <usize>-16 : 16;
  for (let f = 0; f < count; f += together) {
    for (let c = 0; c < t.channels; c += 4) {
      const first = <usize>min(c, t.channels - 4);
      for (let i = <usize>f, until = <usize>min(count, f + together); i < until; i++) {
        const from = w + i * row + first * step;
        transposeTaps(from, step, to, next);
        transposeTaps(from + 16, step, to + 4 * next, next);
        v128.store(to + 8 * next, loadEvery(from + 32, <i32>step >> 2));
        tile.filter(t.taps, u + i * t.uRow + (first << 2), t.uPoint, t.temp);
      }
    }
  }
}

/**
 * Writes the groups of `tiles` tiles of one image, from tile (row, column) on. The last group of a row of tiles starts earlier, so that
 * it ends with the row, unless the row has fewer than 4 tiles. Rows of tiles are `step` bytes apart. Returns the end of the list.
 */
function listGroups(s: Plan, t: Tiles, row: i32, column: i32, tiles: i32, step: usize): usize {
  const side = t.side;
  let at = t.groups;
  for (let lane = 0; lane < tiles; row++, column = 0) {
    const run = min(tiles - lane, t.wide - column);
    for (let i = 0; i < run; i += 4, at += GROUP_BYTES) {
      const group = changetype<Group>(at);
      const first = max(0, min(i, run - 4));
      const x = (column + first) * side;
      group.lane = <usize>(lane + first) << 2;
      group.pixel = <usize>row * step + (<usize>x << 2);
      group.width = min(s.OW - x, min(4, run - first) * side);
      group.high = min(side, s.OH - row * side);
    }
    lane += run;
  }
  return at;
}

/** Copies `rows` rows of `columns` pixels; source rows are `row` bytes apart, target rows `next` bytes. */
function copyRows(from: usize, row: usize, rows: i32, columns: i32, to: usize, next: usize): void {
  const last = <usize>(columns - 4) << 2;
  for (; rows > 0; rows--, from += row, to += next) {
    if (columns < 4) {
      copyRow(from, to, columns);
      continue;
    }
    for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
  }
}

/** Computes V of the tiles of one image, channel by channel. The zeros around the pixels in the strip serve all channels. */
@unmanaged
class Input<T> {
  @inline image(s: Plan, t: Tiles, x: usize, row: i32, column: i32, tiles: i32, v: usize, count: i32, bias: usize): void {
    const tile = changetype<T>(0);
    const side = tile.side();
    const temp = t.temp;
    const point = t.vPoint;
    const groups = t.groups;
    const next = <usize>t.stripWide << 2;
    const imageRow = <usize>s.W << 2;
    const top = row * side - s.PT;
    const high = (column + tiles + t.wide - 1) / t.wide * side + 2;
    const above = max(0, -top);
    const before = max(0, s.PL);
    const rows = min(high, s.H - top) - above;
    const columns = min(t.stripWide, s.W + s.PL) - before;
    const strip = t.strip;
    const inside = strip + <usize>above * next + (<usize>before << 2);
    const end = listGroups(s, t, 0, column, tiles, next * side);
    zeros(strip, high * t.stripWide);
    x += <usize>((top + above) * s.W + before - s.PL) << 2;
    for (let c = 0; c < count; c++, x += imageRow * s.H, v += <usize>t.ld << 2) {
      copyRows(x, imageRow, rows, columns, inside, next);
      for (let at = groups; at < end; at += GROUP_BYTES) {
        const group = changetype<Group>(at);
        tile.input(strip + group.pixel, next, v + group.lane, point, temp);
      }
    }
  }
}

/** Computes the output pixels of the tiles of one image, filter by filter. Groups that cross the border are written through `edge`. */
@unmanaged
class Output<T> {
  @inline image(s: Plan, t: Tiles, out: usize, row: i32, column: i32, tiles: i32, sums: usize, count: i32, bias: usize): void {
    const tile = changetype<T>(0);
    const side = tile.side();
    const temp = t.temp;
    const edge = t.edge;
    const point = t.sPoint;
    const groups = t.groups;
    const next = <usize>s.OW << 2;
    const end = listGroups(s, t, row, column, tiles, next * side);
    for (let f = 0; f < count; f++, out += <usize>s.P << 2, sums += <usize>t.ld << 2) {
      for (let at = groups; at < end; at += GROUP_BYTES) {
        const group = changetype<Group>(at);
        const to = out + group.pixel;
        const whole = group.width == 4 * side && group.high == side;
        tile.output(sums + group.lane, point, bias, whole ? to : edge, whole ? next : 16 * side, temp);
        if (!whole) copyRows(edge, 16 * side, group.high, group.width, to, next);
      }
      if (bias != ZERO) bias += 4;
    }
  }
}

/**
 * Calls op.image for the tiles from `first` on, once for each image they lie in; images are `next` bytes apart. `at` is the address of
 * the first tile's lane in V or S, `count` the channels or filters.
 */
@inline
function forEachImage<Op>(
  s: Plan, t: Tiles, image: usize, next: usize, first: i32, tiles: i32, at: usize, count: i32, bias: usize,
): void {
  const op = changetype<Op>(0);
  let row = first / t.wide;
  let column = first - row * t.wide;
  const n = row / t.high;
  row -= n * t.high;
  image += <usize>n * next;
  while (tiles > 0) {
    const part = min(tiles, (t.high - row) * t.wide - column);
    op.image(s, t, image, row, column, part, at, count, bias);
    at += <usize>part << 2;
    tiles -= part;
    image += next;
    row = 0;
    column = 0;
  }
}

/** Computes V of a block of tiles. */
function transformInputs<T>(s: Plan, t: Tiles, x: usize, first: i32, tiles: i32): void {
  forEachImage<Input<T>>(s, t, x, s.xBytes, first, tiles, t.v, t.channels, ZERO);
}

/** S = U * V. */
function multiplyPoints(s: Plan, t: Tiles, u: usize, count: i32, tiles: i32): void {
  for (let p: usize = 0; p < <usize>t.points; p++) {
    gemm(count, tiles, t.channels, u + p * t.uPoint, <i32>t.uRow >> 2, 1, t.v + p * t.vPoint, t.ld, 1,
      t.s + p * t.sPoint, t.ld, 0, 0, 0, 0, s.scratch);
  }
}

/** Computes the output pixels of a block of tiles. */
function transformOutputs<T>(s: Plan, t: Tiles, bias: usize, out: usize, count: i32, first: i32, tiles: i32): void {
  forEachImage<Output<T>>(s, t, out, s.outBytes, first, tiles, t.s, count, bias ? bias : ZERO);
}

/** Writes U of all filters to `transformed`, F * filterBytes bytes. */
export function winogradFilters(s: Plan, w: usize, transformed: usize): void {
  const t = tilesAt(s.block, s.side, s.K / 9, s.M, s.OH, s.OW);
  if (t.side == 4) transformFilters<Four>(t, w, transformed, s.M, <usize>s.K << 2, 36, false);
  else transformFilters<Two>(t, w, transformed, s.M, <usize>s.K << 2, 36, false);
}

/** `winograd` with tiles of one side. */
function convolveTiles<T>(s: Plan, t: Tiles, x: usize, w: usize, flipped: bool, transformed: usize, bias: usize, out: usize, N: i32): void {
  const all = N * t.high * t.wide;
  const row = <usize>(flipped ? 9 : s.K) << 2;
  const step = <usize>(flipped ? 9 * s.M : 9) << 2;
  for (let f = 0; f < s.filters; f += t.filters) {
    const at = <usize>f;
    const count = min(t.filters, s.filters - f);
    const u = transformed ? transformed + at * t.uRow : t.u;
    if (!transformed) transformFilters<T>(t, w + at * row, u, count, row, step, flipped);
    for (let first = 0; first < all; first += t.columns) {
      const tiles = min(t.columns, all - first);
      if (f == 0 || all > t.columns) transformInputs<T>(s, t, x, first, tiles);
      multiplyPoints(s, t, u, count, tiles);
      transformOutputs<T>(s, t, bias ? bias + (at << 2) : 0, out + (at * s.P << 2), count, first, tiles);
    }
  }
}

/**
 * out = conv(x, w) + bias for N images. For an input gradient, `flipped` reads w as [C, F, 3, 3] with the taps in reverse order.
 * `transformed` is U of all filters, or 0 to transform the filters one block at a time.
 */
export function winograd(s: Plan, x: usize, w: usize, flipped: bool, transformed: usize, bias: usize, out: usize, N: i32): void {
  const t = tilesAt(s.block, s.side, s.K / 9, s.M, s.OH, s.OW);
  if (t.side == 4) convolveTiles<Four>(s, t, x, w, flipped, transformed, bias, out, N);
  else convolveTiles<Two>(s, t, x, w, flipped, transformed, bias, out, N);
}
