// Convolution with windows of 3 x 3 and stride 1 by Winograd's tiles (winograd2.ts, winograd4.ts): transform filters and pixels,
// take one product of matrices for each point of a tile (winograd_plan.ts), transform the sums back.
// A NaN spreads within its tile: with sides of 2 that is where a direct sum carries it, with sides of 4 the whole tile. An
// infinity comes out infinite or NaN.

import { ZERO } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { loadEvery } from "../lib/strided";
import { turned } from "../lib/turn";
import { copyRow, pad } from "./pad";
import { Plan } from "./plan";
import { filter2, input2, output2 } from "./winograd2";
import { filter4, input4, output4 } from "./winograd4";
import { Tiles, tilesAt } from "./winograd_plan";

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
function filters(t: Tiles, w: usize, u: usize, count: i32, row: usize, step: usize, around: bool): void {
  const few = around ? 4 : 1;
  const to = around ? t.taps + 128 : t.taps;
  const next = around ? <usize>-16 : 16;
  for (let f = 0; f < count; f += few) {
    for (let c = 0; c < t.channels; c += 4) {
      const first = <usize>min(c, t.channels - 4);
      for (let i = <usize>f, until = <usize>min(count, f + few); i < until; i++) {
        const from = w + i * row + first * step;
        const at = u + i * t.uRow + (first << 2);
        lanes(from, step, to, next);
        lanes(from + 16, step, to + 4 * next, next);
        v128.store(to + 8 * next, loadEvery(from + 32, <i32>step >> 2));
        if (t.side == 4) filter4(t.taps, at, t.uPoint, t.temp);
        else filter2(t.taps, at, t.uPoint);
      }
    }
  }
}

/** V of tiles in one image. */
@unmanaged
class Input {
  @inline image(s: Plan, t: Tiles, plane: usize, row: i32, column: i32, tiles: i32, at: usize, bias: usize): void {
    const rows = (column + tiles + t.wide - 1) / t.wide;
    pad(plane, s.H, s.W, row * t.side - s.PT, -s.PL, rows * t.side + 2, t.stripWide, t.strip);
    const next = <usize>t.stripWide << 2;
    for (let strip = t.strip; tiles > 0; strip += next * t.side, column = 0) {
      const run = min(tiles, t.wide - column);
      for (let i = 0; i < run; i += 4) {
        const x = strip + (<usize>((column + i) * t.side) << 2);
        const v = at + (<usize>i << 2);
        if (t.side == 4) input4(x, next, v, t.vPoint, t.temp);
        else input2(x, next, v, t.vPoint);
      }
      at += <usize>run << 2;
      tiles -= run;
    }
  }
}

/** The pixels of tiles in one image. A group of 4 that hangs over the border goes through `edge`. */
@unmanaged
class Output {
  @inline image(s: Plan, t: Tiles, plane: usize, row: i32, column: i32, tiles: i32, at: usize, bias: usize): void {
    const next = <usize>s.OW << 2;
    const group = 4 * t.side;
    for (; tiles > 0; row++, column = 0) {
      const run = min(tiles, t.wide - column);
      const high = min(t.side, s.OH - row * t.side);
      let wide = min(run * t.side, s.OW - column * t.side);
      let to = plane + (<usize>(row * t.side * s.OW + column * t.side) << 2);
      for (let sums = at; wide > 0; wide -= group, sums += 16, to += <usize>group << 2) {
        const inside = high == t.side && wide >= group;
        const pixels = inside ? to : t.edge;
        const pixelRow = inside ? next : <usize>group << 2;
        if (t.side == 4) output4(sums, t.sPoint, bias, pixels, pixelRow, t.temp);
        else output2(sums, t.sPoint, bias, pixels, pixelRow);
        if (inside) continue;
        for (let i: usize = 0; i < <usize>high; i++) copyRow(pixels + i * pixelRow, to + i * next, min(wide, group));
      }
      at += <usize>run << 2;
      tiles -= run;
    }
  }
}

/** Tiles from `first` on, image by image, of the channel whose planes are `next` bytes apart; the first one's lane is at `at`. */
@inline
function walk<Op>(s: Plan, t: Tiles, plane: usize, next: usize, first: i32, tiles: i32, at: usize, bias: usize): void {
  const op = changetype<Op>(0);
  let row = first / t.wide;
  let column = first - row * t.wide;
  const n = row / t.high;
  row -= n * t.high;
  plane += <usize>n * next;
  while (tiles > 0) {
    const part = min(tiles, (t.high - row) * t.wide - column);
    op.image(s, t, plane, row, column, part, at, bias);
    at += <usize>part << 2;
    tiles -= part;
    plane += next;
    row = 0;
    column = 0;
  }
}

/** V of a block of tiles, channel by channel. */
function inputs(s: Plan, t: Tiles, x: usize, first: i32, tiles: i32): void {
  const plane = <usize>(s.H * s.W) << 2;
  const row = <usize>t.ld << 2;
  for (let v = t.v, end = t.v + <usize>t.channels * row; v < end; v += row, x += plane) {
    walk<Input>(s, t, x, s.xBytes, first, tiles, v, ZERO);
  }
}

/** S = U * V. */
function products(s: Plan, t: Tiles, u: usize, count: i32, tiles: i32): void {
  for (let p: usize = 0; p < <usize>t.points; p++) {
    gemm(count, tiles, t.channels, u + p * t.uPoint, <i32>t.uRow >> 2, 1, t.v + p * t.vPoint, t.ld, 1,
      t.s + p * t.sPoint, t.ld, 0, 0, 0, 0, s.scratch);
  }
}

/** The pixels of a block of tiles, filter by filter. */
function outputs(s: Plan, t: Tiles, bias: usize, out: usize, count: i32, first: i32, tiles: i32): void {
  for (let f: usize = 0; f < <usize>count; f++) {
    walk<Output>(s, t, out + (f * s.P << 2), s.outBytes, first, tiles, t.s + (f * t.ld << 2), bias ? bias + (f << 2) : ZERO);
  }
}

/** U of all filters at `kept`, F * filterBytes. */
export function winogradFilters(s: Plan, w: usize, kept: usize): void {
  const t = tilesAt(s.block, s.side, s.K / 9, s.M, s.OH, s.OW);
  filters(t, w, kept, s.M, <usize>s.K << 2, 36, false);
}

/**
 * out = conv(x, w) + bias of N images; for an input gradient, `around` reads w as [C, F, 3, 3], its taps from last to first.
 * `kept` is U of all filters, or 0 to transform them a block at a time.
 */
export function winograd(s: Plan, x: usize, w: usize, around: bool, kept: usize, bias: usize, out: usize, N: i32): void {
  const t = tilesAt(s.block, s.side, s.K / 9, s.M, s.OH, s.OW);
  const all = N * t.high * t.wide;
  const row = <usize>(around ? 9 : s.K) << 2;
  const step = <usize>(around ? 9 * s.M : 9) << 2;
  for (let f = 0; f < s.M; f += t.filters) {
    const at = <usize>f;
    const count = min(t.filters, s.M - f);
    const u = kept ? kept + at * t.uRow : t.u;
    if (!kept) filters(t, w + at * row, u, count, row, step, around);
    for (let first = 0; first < all; first += t.columns) {
      const tiles = min(t.columns, all - first);
      inputs(s, t, x, first, tiles);
      products(s, t, u, count, tiles);
      outputs(s, t, bias ? bias + (at << 2) : 0, out + (at * s.P << 2), count, first, tiles);
    }
  }
}
