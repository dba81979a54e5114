// F(2x2, 3x3): 2 x 2 outputs from 4 x 4 pixels, a tile, with 16 products in place of 36. Along one axis
//
//        | 1  0 -1  0 |        |  1    0    0  |         | 1  1  1  0 |
//   B' = | 0  1  1  0 |    G = | 1/2  1/2  1/2 |    A' = | 0  1 -1 -1 |        y = A' ((G w) * (B' d))
//        | 0 -1  1  0 |        | 1/2 -1/2  1/2 |
//        | 0  1  0 -1 |        |  0    0    1  |
//
// (Winograd 1980; Lavin and Gray 2015). Every output keeps to the pixels of its window, so its error is about that of a direct
// sum and a NaN goes where it would go there. Lanes are 4 filters or 4 tiles; the 16 points of a tile lie `point` bytes apart.

import { half } from "../lib/constants";

/** Row `i` (0 to 3; a constant) of G times x, y, z. */
@inline
function spread(i: i32, x: v128, y: v128, z: v128): v128 {
  if (i == 0) return x;
  if (i == 3) return z;
  const ends = f32x4.mul(half(), f32x4.add(x, z));
  const middle = f32x4.mul(half(), y);
  return i == 1 ? f32x4.add(ends, middle) : f32x4.sub(ends, middle);
}

/** Row i of G W G'. */
@inline
function filterRow(i: i32, w: usize, u: usize, point: usize): void {
  const t0 = spread(i, v128.load(w), v128.load(w, 48), v128.load(w, 96));
  const t1 = spread(i, v128.load(w, 16), v128.load(w, 64), v128.load(w, 112));
  const t2 = spread(i, v128.load(w, 32), v128.load(w, 80), v128.load(w, 128));
  v128.store(u, spread(0, t0, t1, t2));
  v128.store((u += point), spread(1, t0, t1, t2));
  v128.store((u += point), spread(2, t0, t1, t2));
  v128.store(u + point, spread(3, t0, t1, t2));
}

/** u = G W G' of the 9 taps at w. */
export function filter2(w: usize, u: usize, point: usize): void {
  filterRow(0, w, u, point);
  filterRow(1, w, (u += 4 * point), point);
  filterRow(2, w, (u += 4 * point), point);
  filterRow(3, w, u + 4 * point, point);
}

/** A row of B' D B from the same row of B' D, whose 12 pixels are p, q, r. */
@inline
function across(p: v128, q: v128, r: v128, v: usize, point: usize): void {
  const d0 = v128.shuffle<f32>(p, q, 0, 2, 4, 6);
  const d1 = v128.shuffle<f32>(p, q, 1, 3, 5, 7);
  const d2 = v128.shuffle<f32>(d0, r, 1, 2, 3, 4);
  const d3 = v128.shuffle<f32>(d1, r, 1, 2, 3, 5);
  v128.store(v, f32x4.sub(d0, d2));
  v128.store((v += point), f32x4.add(d1, d2));
  v128.store((v += point), f32x4.sub(d2, d1));
  v128.store(v + point, f32x4.sub(d1, d3));
}

@inline
function acrossSum(a: usize, b: usize, v: usize, point: usize): void {
  const p = f32x4.add(v128.load(a), v128.load(b));
  const q = f32x4.add(v128.load(a, 16), v128.load(b, 16));
  across(p, q, f32x4.add(v128.load(a, 32), v128.load(b, 32)), v, point);
}

@inline
function acrossDifference(a: usize, b: usize, v: usize, point: usize): void {
  const p = f32x4.sub(v128.load(a), v128.load(b));
  const q = f32x4.sub(v128.load(a, 16), v128.load(b, 16));
  across(p, q, f32x4.sub(v128.load(a, 32), v128.load(b, 32)), v, point);
}

/** v = B' D B of the tiles whose 4 rows of 12 pixels begin at x, `row` bytes apart. */
export function input2(x: usize, row: usize, v: usize, point: usize): void {
  const x1 = x + row;
  const x2 = x1 + row;
  acrossDifference(x, x2, v, point);
  acrossSum(x1, x2, (v += 4 * point), point);
  acrossDifference(x2, x1, (v += 4 * point), point);
  acrossDifference(x1, x2 + row, v + 4 * point, point);
}

/** Row `i` (0, 1; a constant) of A' S in the column of points at s. */
@inline
function down(i: i32, s: usize, point: usize): v128 {
  const s1 = v128.load(s + 4 * point);
  const s2 = v128.load(s + 8 * point);
  if (i == 0) return f32x4.add(f32x4.add(v128.load(s), s1), s2);
  return f32x4.sub(f32x4.sub(s1, s2), v128.load(s + 12 * point));
}

/** Row i of A' S A + bias: 8 pixels. */
@inline
function outputRow(i: i32, s: usize, point: usize, bias: v128, to: usize): void {
  const y0 = down(i, s, point);
  const y1 = down(i, (s += point), point);
  const y2 = down(i, (s += point), point);
  const y3 = down(i, s + point, point);
  const even = f32x4.add(f32x4.add(f32x4.add(y0, y1), y2), bias);
  const odd = f32x4.add(f32x4.sub(f32x4.sub(y1, y2), y3), bias);
  v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
}

/** The 2 rows of 8 pixels at `to`, `row` bytes apart, = A' S A + the float at `bias`. */
export function output2(s: usize, point: usize, bias: usize, to: usize, row: usize): void {
  outputRow(0, s, point, v128.load32_splat(bias), to);
  outputRow(1, s, point, v128.load32_splat(bias), to + row);
}
