// Convolution with windows of 3 x 3 and stride 1 by Winograd's tiles (winograd2.ts, winograd4.ts): transform filters and pixels,
// take one product of matrices for each point of a tile (winograd_plan.ts), transform the sums back.
// A NaN spreads within its tile: with sides of 2 that is where a direct sum carries it, with sides of 4 the whole tile. An
// infinity comes out infinite or NaN.

import { ZERO } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { loadEvery } from "../lib/strided";
import { turned } from "../lib/turn";
import { copyRow, zeros } from "./pad";
import { Plan } from "./plan";
import { Two } from "./winograd2";
import { Four } from "./winograd4";
import { GROUP_BYTES, Group, Tiles, tilesAt } from "./winograd_plan";

/** 4 taps in a row of 4 filters, `step` bytes apart, become 4 vectors at `to`, `next` bytes apart. */
@inline
function lanes(w: usize, step: usize, to: usize, next: usize): void {
  const w0 = v128.load(w);
  const w1 = v128.load((w += step));
  const w2 = v128.load((w += step));
  const w3 = v128.load(w + step);
  v128.store(to, turned(w0, w1, w2, w3, 0));
  v128.store((to += next), turned(w0, w1, w2, w3, 1));
  v128.store((to += next), turned(w0, w1, w2, w3, 2));
  v128.store(to + next, turned(w0, w1, w2, w3, 3));
}

/**
 * U of `count` filters, `row` bytes apart, whose channels are `step` bytes apart; `around` reads their taps from last to first.
 * Filters that lie across w go a few at a time, so that a line of w is read once.
 */
function filters<T>(t: Tiles, w: usize, u: usize, count: i32, row: usize, step: usize, around: bool): void {
  const tile = changetype<T>(0);
  const few = around ? 4 : 1;
  const to = around ? t.taps + 128 : t.taps;
  const next = around ? <usize>-16 : 16;
  for (let f = 0; f < count; f += few) {
    for (let c = 0; c < t.channels; c += 4) {
      const first = <usize>min(c, t.channels - 4);
      for (let i = <usize>f, until = <usize>min(count, f + few); i < until; i++) {
        const from = w + i * row + first * step;
        lanes(from, step, to, next);
        lanes(from + 16, step, to + 4 * next, next);
        v128.store(to + 8 * next, loadEvery(from + 32, <i32>step >> 2));
        tile.filter(t.taps, u + i * t.uRow + (first << 2), t.uPoint, t.temp);
      }
    }
  }
}

/**
 * Lists `tiles` tiles of an image in groups of 4 neighbours. The last group of a row of tiles starts earlier, so that it ends with the
 * row, unless the row has fewer than 4 tiles. Consecutive rows of tiles are `step` bytes apart. Returns the end of the list.
 */
function list(s: Plan, t: Tiles, row: i32, column: i32, tiles: i32, step: usize): usize {
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

/** A window of an image: `rows` of `columns`, `row` bytes apart, to rows `next` bytes apart. */
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

/** V of tiles in one image, channel by channel. The zeros around the pixels in the strip are the same for all of them. */
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
    const end = list(s, t, 0, column, tiles, next * side);
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

/** The pixels of tiles in one image, filter by filter. 4 tiles that hang over the border go through `edge`. */
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
    const end = list(s, t, row, column, tiles, next * side);
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

/** Tiles from `first` on of `count` channels or filters, image by image, `next` bytes apart; the first one's lane is at `at`. */
@inline
function walk<Op>(
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

/** V of a block of tiles. */
function inputs<T>(s: Plan, t: Tiles, x: usize, first: i32, tiles: i32): void {
  walk<Input<T>>(s, t, x, s.xBytes, first, tiles, t.v, t.channels, ZERO);
}

/** S = U * V. */
function products(s: Plan, t: Tiles, u: usize, count: i32, tiles: i32): void {
  for (let p: usize = 0; p < <usize>t.points; p++) {
    gemm(count, tiles, t.channels, u + p * t.uPoint, <i32>t.uRow >> 2, 1, t.v + p * t.vPoint, t.ld, 1,
      t.s + p * t.sPoint, t.ld, 0, 0, 0, 0, s.scratch);
  }
}

/** The pixels of a block of tiles. */
function outputs<T>(s: Plan, t: Tiles, bias: usize, out: usize, count: i32, first: i32, tiles: i32): void {
  walk<Output<T>>(s, t, out, s.outBytes, first, tiles, t.s, count, bias ? bias : ZERO);
}

/** U of all filters at `kept`, F * filterBytes. */
export function winogradFilters(s: Plan, w: usize, kept: usize): void {
  const t = tilesAt(s.block, s.side, s.K / 9, s.M, s.OH, s.OW);
  if (t.side == 4) filters<Four>(t, w, kept, s.M, <usize>s.K << 2, 36, false);
  else filters<Two>(t, w, kept, s.M, <usize>s.K << 2, 36, false);
}

/** `winograd` with tiles of one side. */
function convolve<T>(s: Plan, t: Tiles, x: usize, w: usize, around: bool, kept: usize, bias: usize, out: usize, N: i32): void {
  const all = N * t.high * t.wide;
  const row = <usize>(around ? 9 : s.K) << 2;
  const step = <usize>(around ? 9 * s.M : 9) << 2;
  for (let f = 0; f < s.filters; f += t.filters) {
    const at = <usize>f;
    const count = min(t.filters, s.filters - f);
    const u = kept ? kept + at * t.uRow : t.u;
    if (!kept) filters<T>(t, w + at * row, u, count, row, step, around);
    for (let first = 0; first < all; first += t.columns) {
      const tiles = min(t.columns, all - first);
      if (f == 0 || all > t.columns) inputs<T>(s, t, x, first, tiles);
      products(s, t, u, count, tiles);
      outputs<T>(s, t, bias ? bias + (at << 2) : 0, out + (at * s.P << 2), count, first, tiles);
    }
  }
}

/**
 * out = conv(x, w) + bias of N images; for an input gradient, `around` reads w as [C, F, 3, 3], its taps from last to first.
 * `kept` is U of all filters, or 0 to transform them a block at a time.
 */
export function winograd(s: Plan, x: usize, w: usize, around: bool, kept: usize, bias: usize, out: usize, N: i32): void {
  const t = tilesAt(s.block, s.side, s.K / 9, s.M, s.OH, s.OW);
  if (t.side == 4) convolve<Four>(s, t, x, w, around, kept, bias, out, N);
  else convolve<Two>(s, t, x, w, around, kept, bias, out, N);
}
