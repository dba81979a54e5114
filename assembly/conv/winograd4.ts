// F(4x4, 3x3): a tile of 6 x 6 pixels gives 4 x 4 outputs with 36 products in place of 144, by interpolation of polynomials at the points
// 0, a, -a, b, -b and infinity. Along one axis, with s = a^2 + b^2, p = a^2 b^2, ka = 2 a^2 (a^2 - b^2) and kb = 2 b^2 (b^2 - a^2):
//
//        | p     0    -s    0  1  0 |        | 1/p    0      0    |         | 1   1    1   1    1  0 |
//        | 0  -ab^2  -b^2   a  1  0 |        | 1/ka  a/ka  a^2/ka |    A' = | 0   a   -a   b   -b  0 |
//   B' = | 0   ab^2  -b^2  -a  1  0 |    G = | 1/ka -a/ka  a^2/ka |         | 0  a^2  a^2 b^2  b^2 0 |
//        | 0  -ba^2  -a^2   b  1  0 |        | 1/kb  b/kb  b^2/kb |         | 0  a^3 -a^3 b^3 -b^3 1 |
//        | 0   ba^2  -a^2  -b  1  0 |        | 1/kb -b/kb  b^2/kb |
//        | 0     p     0   -s  0  1 |        |  0     0      1    |         y = A' ((G w) * (B' d))
//
// Every output is computed from all pixels of its tile, and pixels outside its window cancel. With the usual a = 1, b = 2 the error is up
// to 34 times that of a direct sum; with a = 11/16, b = 3/2 it is up to 7 times, since their powers stay near 1 and B' and A' are exact.
// Lanes are 4 channels of a filter or 4 tiles; points of a tile are `point` bytes apart; `temp` is scratch of 480 bytes.

import { at } from "../lib/constants";
import { madd, nmadd } from "../lib/simd";
import { transposedRow } from "../lib/transpose4x4";

/** a, b, a^2, b^2, a^3, b^3, a b^2, b a^2, p, s. */
const POWERS: usize = memory.data<f32>([
  0.6875, 1.5, 0.47265625, 2.25, 0.324951171875, 3.375, 1.546875, 0.708984375, 1.0634765625, 2.72265625,
]);

/** 1/p, 1/ka, a/ka, a^2/ka, 1/kb, b/kb, b^2/kb. */
const SHARES: usize = memory.data<f32>([
  0.9403122130394858, -0.595186631550268, -0.4091908091908092, -0.2813186813186813,
  0.12503052503052503, 0.18754578754578755, 0.2813186813186813,
]);

/** Writes G times (x, y, z): 6 vectors, `step` bytes apart. */
@inline
function filterPoints(x: v128, y: v128, z: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.mul(at(SHARES, 0), x));
  let even = madd(at(SHARES, 3), z, f32x4.mul(at(SHARES, 1), x));
  let odd = f32x4.mul(at(SHARES, 2), y);
  v128.store((to += step), f32x4.add(even, odd));
  v128.store((to += step), f32x4.sub(even, odd));
  even = madd(at(SHARES, 6), z, f32x4.mul(at(SHARES, 4), x));
  odd = f32x4.mul(at(SHARES, 5), y);
  v128.store((to += step), f32x4.add(even, odd));
  v128.store((to += step), f32x4.sub(even, odd));
  v128.store(to + step, z);
}

/** Writes B' d: 6 vectors, `step` bytes apart. */
@inline
function inputPoints(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  v128.store(to, madd(at(POWERS, 8), d0, nmadd(at(POWERS, 9), d2, d4)));
  let even = nmadd(at(POWERS, 3), d2, d4);
  let odd = nmadd(at(POWERS, 6), d1, f32x4.mul(at(POWERS, 0), d3));
  v128.store((to += step), f32x4.add(even, odd));
  v128.store((to += step), f32x4.sub(even, odd));
  even = nmadd(at(POWERS, 2), d2, d4);
  odd = nmadd(at(POWERS, 7), d1, f32x4.mul(at(POWERS, 1), d3));
  v128.store((to += step), f32x4.add(even, odd));
  v128.store((to += step), f32x4.sub(even, odd));
  v128.store(to + step, madd(at(POWERS, 8), d1, nmadd(at(POWERS, 9), d3, d5)));
}

/** Row `i` (0 to 3; a constant) of A' s plus `rest`, which holds s0 in row 0 and s5 in row 3. */
@inline
function outputRow(i: i32, s1: v128, s2: v128, s3: v128, s4: v128, rest: v128): v128 {
  const a = i % 2 ? f32x4.sub(s1, s2) : f32x4.add(s1, s2);
  const b = i % 2 ? f32x4.sub(s3, s4) : f32x4.add(s3, s4);
  if (i == 0) return f32x4.add(f32x4.add(a, b), rest);
  return f32x4.add(madd(at(POWERS, 2 * i - 2), a, f32x4.mul(at(POWERS, 2 * i - 1), b)), rest);
}

/** Each transform makes a pass over the columns of a tile, stored at `temp`, and a pass over its rows. */
@unmanaged
export class Four {
  @inline side(): i32 {
    return 4;
  }

  /** u = G W G' of the 9 taps at w. */
  @inline filter(w: usize, u: usize, point: usize, temp: usize): void {
    for (let j: usize = 0; j < 48; j += 16) filterPoints(v128.load(w + j), v128.load(w + j, 48), v128.load(w + j, 96), temp + j, 48);
    for (let end = temp + 6 * 48; temp < end; temp += 48, u += 6 * point) {
      filterPoints(v128.load(temp), v128.load(temp, 16), v128.load(temp, 32), u, point);
    }
  }

  /** v = B' D B of 4 tiles, whose 6 rows of 20 pixels begin at x and are `row` bytes apart. */
  @inline input(x: usize, row: usize, v: usize, point: usize, temp: usize): void {
    for (let j: usize = 0; j < 80; j += 16, x += 16) {
      const x3 = x + 3 * row;
      inputPoints(v128.load(x), v128.load(x + row), v128.load(x + 2 * row), v128.load(x3), v128.load(x3 + row), v128.load(x3 + 2 * row),
        temp + j, 80);
    }
    for (let end = temp + 6 * 80; temp < end; temp += 80, v += 6 * point) {
      const tile0 = v128.load(temp);
      const tile1 = v128.load(temp, 16);
      const tile2 = v128.load(temp, 32);
      const tile3 = v128.load(temp, 48);
      const tile4 = v128.load(temp, 64);
      inputPoints(
        transposedRow(tile0, tile1, tile2, tile3, 0), transposedRow(tile0, tile1, tile2, tile3, 1),
        transposedRow(tile0, tile1, tile2, tile3, 2), transposedRow(tile0, tile1, tile2, tile3, 3),
        transposedRow(tile1, tile2, tile3, tile4, 0), transposedRow(tile1, tile2, tile3, tile4, 1), v, point,
      );
    }
  }

  /** Writes 4 rows of 16 pixels to `to`, `row` bytes apart: A' S A + the float at `bias`. */
  @inline output(s: usize, point: usize, bias: usize, to: usize, row: usize, temp: usize): void {
    const down = <usize>6 * point;
    for (let j: usize = 0; j < 96; j += 16, s += point) {
      const s1 = v128.load(s + down);
      const s2 = v128.load(s + 2 * down);
      const s3 = v128.load(s + 3 * down);
      const s4 = v128.load(s + 4 * down);
      const y = temp + j;
      v128.store(y, outputRow(0, s1, s2, s3, s4, v128.load(s)));
      v128.store(y, outputRow(1, s1, s2, s3, s4, f32x4.splat(0)), 96);
      v128.store(y, outputRow(2, s1, s2, s3, s4, f32x4.splat(0)), 192);
      v128.store(y, outputRow(3, s1, s2, s3, s4, v128.load(s + 5 * down)), 288);
    }
    const start = v128.load32_splat(bias);
    for (let end = temp + 4 * 96; temp < end; temp += 96, to += row) {
      const s1 = v128.load(temp, 16);
      const s2 = v128.load(temp, 32);
      const s3 = v128.load(temp, 48);
      const s4 = v128.load(temp, 64);
      const y0 = outputRow(0, s1, s2, s3, s4, f32x4.add(v128.load(temp), start));
      const y1 = outputRow(1, s1, s2, s3, s4, start);
      const y2 = outputRow(2, s1, s2, s3, s4, start);
      const y3 = outputRow(3, s1, s2, s3, s4, f32x4.add(v128.load(temp, 80), start));
      v128.store(to, transposedRow(y0, y1, y2, y3, 0));
      v128.store(to, transposedRow(y0, y1, y2, y3, 1), 16);
      v128.store(to, transposedRow(y0, y1, y2, y3, 2), 32);
      v128.store(to, transposedRow(y0, y1, y2, y3, 3), 48);
    }
  }
}
