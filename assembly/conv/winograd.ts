// Convolution with 3 x 3 windows and stride 1 by Winograd's tiles (winograd2.ts, winograd4.ts): transform filters and pixels, multiply
// point by point, which is one product of matrices per point (winograd_plan.ts), and transform the sums back.
// A NaN reaches what it would reach in a direct sum, or with tiles of 4 the whole tile; an infinity may come out as NaN.

import { ZERO } from "../gemm/blocking";
import { gemm } from "../gemm/gemm";
import { loadEvery } from "../lib/strided";
import { turned } from "../lib/turn";
import { copyRow, pad } from "./pad";
import { Plan } from "./plan";
import { filter2, input2, output2 } from "./winograd2";
import { filter4, input4, output4 } from "./winograd4";
import { Tiles, tilesAt } from "./winograd_plan";

/** Byte orders that leave four floats as they are, and turn them around. */
const ORDERS: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3,
]);

/** u = G w G' of 4 windows of 9 taps, `step` bytes apart, turned around or not. */
@inline
function transformFilter(t: Tiles, w: usize, step: usize, around: bool, u: usize): void {
  const order = v128.load(ORDERS + (around ? 16 : 0));
  const a = around ? 20 : 0;
  const b = around ? 4 : 16;
  const w1 = w + step;
  const w2 = w1 + step;
  const w3 = w2 + step;
  const a0 = i8x16.swizzle(v128.load(w + a), order);
  const a1 = i8x16.swizzle(v128.load(w1 + a), order);
  const a2 = i8x16.swizzle(v128.load(w2 + a), order);
  const a3 = i8x16.swizzle(v128.load(w3 + a), order);
  const b0 = i8x16.swizzle(v128.load(w + b), order);
  const b1 = i8x16.swizzle(v128.load(w1 + b), order);
  const b2 = i8x16.swizzle(v128.load(w2 + b), order);
  const b3 = i8x16.swizzle(v128.load(w3 + b), order);
  const last = loadEvery(w + (around ? 0 : 32), <i32>step >> 2);
  if (t.side == 4) filter4(
    turned(a0, a1, a2, a3, 0), turned(a0, a1, a2, a3, 1), turned(a0, a1, a2, a3, 2),
    turned(a0, a1, a2, a3, 3), turned(b0, b1, b2, b3, 0), turned(b0, b1, b2, b3, 1),
    turned(b0, b1, b2, b3, 2), turned(b0, b1, b2, b3, 3), last, u, t.uPoint, t.temp,
  );
  else filter2(
    turned(a0, a1, a2, a3, 0), turned(a0, a1, a2, a3, 1), turned(a0, a1, a2, a3, 2),
    turned(a0, a1, a2, a3, 3), turned(b0, b1, b2, b3, 0), turned(b0, b1, b2, b3, 1),
    turned(b0, b1, b2, b3, 2), turned(b0, b1, b2, b3, 3), last, u, t.uPoint,
  );
}

/**
 * U of `filters` filters, `row` bytes apart, whose windows are `step` bytes apart. A few filters at a time: that way lines of w
 * and of U are both full when they leave L1, whether w goes along channels or along filters.
 */
function transformFilters(t: Tiles, w: usize, filters: i32, C: i32, row: usize, step: usize, around: bool): void {
  const few = around ? 4 : 1;
  for (let f = 0; f < filters; f += few) {
    const until = min(filters, f + few);
    for (let c = 0; c < C; c += 4) {
      const first = <usize>min(c, C - 4);
      for (let i = <usize>f; i < <usize>until; i++) {
        transformFilter(t, w + i * row + first * step, step, around, t.u + i * t.uRow + (first << 2));
      }
    }
  }
}

/** V = B' D B. */
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
        if (t.side == 4) input4(x, next, at + (<usize>i << 2), t.vPoint, t.temp);
        else input2(x, next, at + (<usize>i << 2), t.vPoint);
      }
      at += <usize>run << 2;
      tiles -= run;
    }
  }
}

/** out = A' S A + bias. */
@unmanaged
class Output {
  @inline image(s: Plan, t: Tiles, plane: usize, row: i32, column: i32, tiles: i32, at: usize, bias: usize): void {
    const next = <usize>s.OW << 2;
    for (; tiles > 0; row++, column = 0) {
      const run = min(tiles, t.wide - column);
      const high = min(t.side, s.OH - row * t.side);
      let to = plane + (<usize>(row * t.side * s.OW + column * t.side) << 2);
      let wide = min(run * t.side, s.OW - column * t.side);
      for (let sums = at; wide > 0; wide -= 4 * t.side, sums += 16, to += <usize>t.side << 4) {
        const inside = high == t.side && wide >= 4 * t.side;
        const group = inside ? to : t.edge;
        const step = inside ? next : <usize>t.side << 4;
        if (t.side == 4) output4(sums, t.sPoint, bias, group, step, t.temp);
        else output2(sums, t.sPoint, bias, group, step);
        if (inside) continue;
        for (let i: usize = 0; i < <usize>high; i++) copyRow(group + i * step, to + i * next, min(wide, 4 * t.side));
      }
      at += <usize>run << 2;
      tiles -= run;
    }
  }
}

/** Tiles first.. of one channel, whose planes are `next` bytes apart, image by image. */
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

/**
 * out = conv(x, w) + bias of N images. If `around`, w is [C, F, 3, 3] with its taps from last to first: the plan is that of an input
 * gradient.
 */
export function winograd(s: Plan, x: usize, w: usize, around: bool, bias: usize, out: usize, N: i32): void {
  const C = s.K / 9;
  const t = tilesAt(s.block, s.side, C, s.M, s.OH, s.OW);
  const tiles = N * t.high * t.wide;
  const row = <usize>(around ? 36 : 36 * C);
  for (let f = 0; f < s.M; f += t.filters) {
    const filters = min(t.filters, s.M - f);
    transformFilters(t, w + row * <usize>f, filters, C, row, around ? <usize>(36 * s.M) : 36, around);
    for (let first = 0; first < tiles; first += t.columns) {
      const columns = min(t.columns, tiles - first);
      for (let c = 0; c < C; c++) {
        walk<Input>(s, t, x + (<usize>(c * s.H * s.W) << 2), s.xBytes, first, columns, t.v + (<usize>(c * t.ld) << 2), ZERO);
      }
      for (let p: usize = 0; p < <usize>t.points; p++) {
        gemm(filters, columns, C, t.u + p * t.uPoint, <i32>t.uRow >> 2, 1, t.v + p * t.vPoint, t.ld, 1,
          t.s + p * t.sPoint, t.ld, 0, 0, 0, s.scratch);
      }
      for (let i = 0; i < filters; i++) {
        const start = bias ? bias + (<usize>(f + i) << 2) : ZERO;
        walk<Output>(s, t, out + (<usize>((f + i) * s.P) << 2), s.outBytes, first, columns, t.s + (<usize>(i * t.ld) << 2), start);
      }
    }
  }
}
