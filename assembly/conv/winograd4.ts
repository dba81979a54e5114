// F(4x4, 3x3): 4 x 4 outputs from 6 x 6 pixels, a tile, with 36 products in place of 144, by polynomials at the points 0, a, -a, b,
// -b and infinity. Along one axis, with s = a^2 + b^2, p = a^2 b^2, ka = 2 a^2 (a^2 - b^2) and kb = 2 b^2 (b^2 - a^2):
//
//        | p     0   -s    0  1  0 |        | 1/p    0     0   |         | 1   1    1   1    1  0 |
//        | 0  -ab^2 -b^2   a  1  0 |        | 1/ka  a/ka a^2/ka|    A' = | 0   a   -a   b   -b  0 |
//   B' = | 0   ab^2 -b^2  -a  1  0 |    G = | 1/ka -a/ka a^2/ka|         | 0  a^2  a^2 b^2  b^2 0 |
//        | 0  -ba^2 -a^2   b  1  0 |        | 1/kb  b/kb b^2/kb|         | 0  a^3 -a^3 b^3 -b^3 1 |
//        | 0   ba^2 -a^2  -b  1  0 |        | 1/kb -b/kb b^2/kb|
//        | 0     p    0   -s  0  1 |        |  0     0     1   |         y = A' ((G w) * (B' d))
//
// The usual a = 1, b = 2 lose 6 to 34 times what a direct sum loses, a = 11/16, b = 3/2 only 2 to 7 times: their powers stay
// near 1, and all of B' and A' is exact in float32. Lanes are 4 tiles in a row; `xi` is the bytes from one of the 36 points of the
// transformed tiles to the next. `temp` is room for 480 bytes.

import { at } from "../lib/constants";
import { madd, nmadd } from "../lib/simd";
import { turned } from "../lib/turn";

/** 1/p, 1/ka, a/ka, a^2/ka, 1/kb, b/kb, b^2/kb. */
const SHARES: usize = memory.data<f32>([
  0.9403122130394858, -0.595186631550268, -0.4091908091908092, -0.2813186813186813, 0.12503052503052503, 0.18754578754578755, 0.2813186813186813,
]);

/** a, b, a^2, b^2, a^3, b^3, ab^2, ba^2, p, s. */
const POWERS: usize = memory.data<f32>([0.6875, 1.5, 0.47265625, 2.25, 0.324951171875, 3.375, 1.546875, 0.708984375, 1.0634765625, 2.72265625]);

/** Room for 6 rows of the 20 pixels that 4 tiles meet. */
const TEMP_ROW: usize = 80;

/** G times the taps x, y, z, `step` bytes apart. */
@inline
function spread(x: v128, y: v128, z: v128, to: usize, step: usize): void {
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

/** u = G W G' of 4 windows with the rows x, y, z. */
@inline
export function filter4(x0: v128, x1: v128, x2: v128, y0: v128, y1: v128, y2: v128, z0: v128, z1: v128, z2: v128, u: usize, xi: usize, temp: usize): void {
  spread(x0, y0, z0, temp, 48);
  spread(x1, y1, z1, temp + 16, 48);
  spread(x2, y2, z2, temp + 32, 48);
  for (let end = temp + 6 * 48; temp < end; temp += 48, u += 6 * xi) {
    spread(v128.load(temp), v128.load(temp, 16), v128.load(temp, 32), u, xi);
  }
}

/** B' d, `step` bytes apart. */
@inline
function input(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
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

/** v = B' D B of the tiles whose 6 rows of pixels begin at x, `row` bytes apart. */
export function input4(x: usize, row: usize, v: usize, xi: usize, temp: usize): void {
  for (let j: usize = 0; j < TEMP_ROW; j += 16, x += 16) {
    let d = x;
    const d0 = v128.load(d);
    const d1 = v128.load((d += row));
    const d2 = v128.load((d += row));
    const d3 = v128.load((d += row));
    const d4 = v128.load((d += row));
    input(d0, d1, d2, d3, d4, v128.load(d + row), temp + j, TEMP_ROW);
  }
  for (let end = temp + 6 * TEMP_ROW; temp < end; temp += TEMP_ROW, v += 6 * xi) {
    const tile0 = v128.load(temp);
    const tile1 = v128.load(temp, 16);
    const tile2 = v128.load(temp, 32);
    const tile3 = v128.load(temp, 48);
    const tile4 = v128.load(temp, 64);
    input(
      turned(tile0, tile1, tile2, tile3, 0), turned(tile0, tile1, tile2, tile3, 1),
      turned(tile0, tile1, tile2, tile3, 2), turned(tile0, tile1, tile2, tile3, 3),
      turned(tile1, tile2, tile3, tile4, 0), turned(tile1, tile2, tile3, tile4, 1), v, xi,
    );
  }
}

/** Row `i` (0 to 3; a constant) of A' m from the sums and differences of m1, m2 and of m3, m4, with m0 and m5 as `ends`. */
@inline
function output(i: i32, sumA: v128, sumB: v128, ends: v128): v128 {
  if (i == 0) return f32x4.add(f32x4.add(sumA, sumB), ends);
  const sum = madd(at(POWERS, 2 * i - 2), sumA, f32x4.mul(at(POWERS, 2 * i - 1), sumB));
  return i == 3 ? f32x4.add(sum, ends) : sum;
}

/** The 4 rows of 16 pixels at `to`, `row` bytes apart, = A' M A + bias. */
export function output4(m: usize, xi: usize, bias: usize, to: usize, row: usize, temp: usize): void {
  for (let j: usize = 0; j < 96; j += 16, m += xi) {
    const m0 = v128.load(m);
    const m1 = v128.load(m + 6 * xi);
    const m2 = v128.load(m + 12 * xi);
    const m3 = v128.load(m + 18 * xi);
    const m4 = v128.load(m + 24 * xi);
    const m5 = v128.load(m + 30 * xi);
    const y = temp + j;
    v128.store(y, output(0, f32x4.add(m1, m2), f32x4.add(m3, m4), m0));
    v128.store(y, output(1, f32x4.sub(m1, m2), f32x4.sub(m3, m4), m0), 96);
    v128.store(y, output(2, f32x4.add(m1, m2), f32x4.add(m3, m4), m0), 192);
    v128.store(y, output(3, f32x4.sub(m1, m2), f32x4.sub(m3, m4), m5), 288);
  }
  const start = v128.load32_splat(bias);
  for (let end = temp + 4 * 96; temp < end; temp += 96, to += row) {
    const m1 = v128.load(temp, 16);
    const m2 = v128.load(temp, 32);
    const m3 = v128.load(temp, 48);
    const m4 = v128.load(temp, 64);
    const y0 = f32x4.add(output(0, f32x4.add(m1, m2), f32x4.add(m3, m4), v128.load(temp)), start);
    const y1 = f32x4.add(output(1, f32x4.sub(m1, m2), f32x4.sub(m3, m4), start), start);
    const y2 = f32x4.add(output(2, f32x4.add(m1, m2), f32x4.add(m3, m4), start), start);
    const y3 = f32x4.add(output(3, f32x4.sub(m1, m2), f32x4.sub(m3, m4), v128.load(temp, 80)), start);
    v128.store(to, turned(y0, y1, y2, y3, 0));
    v128.store(to, turned(y0, y1, y2, y3, 1), 16);
    v128.store(to, turned(y0, y1, y2, y3, 2), 32);
    v128.store(to, turned(y0, y1, y2, y3, 3), 48);
  }
}
