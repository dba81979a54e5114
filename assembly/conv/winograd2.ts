// F(2x2, 3x3): 2 x 2 outputs from 4 x 4 pixels, a tile, with 16 products in place of 36. Along one axis
//
//        | 1  0 -1  0 |        |  1    0    0  |         | 1  1  1  0 |
//   B' = | 0  1  1  0 |    G = | 1/2  1/2  1/2 |    A' = | 0  1 -1 -1 |    y = A' ((G w) * (B' d))
//        | 0 -1  1  0 |        | 1/2 -1/2  1/2 |
//        | 0  1  0 -1 |        |  0    0    1  |
//
// (Winograd 1980; Lavin and Gray 2015). No output meets a pixel outside its window, not even to cancel it. Lanes are 4 tiles in a
// row; `xi` is the bytes from one of the 16 points of the transformed tiles to the next.

import { half } from "../lib/constants";

/** Row `i` (0 to 3; a constant) of G times the taps x, y, z. */
@inline
function spread(i: i32, x: v128, y: v128, z: v128): v128 {
  if (i == 0) return x;
  if (i == 3) return z;
  const ends = f32x4.mul(half(), f32x4.add(x, z));
  const middle = f32x4.mul(half(), y);
  return i == 1 ? f32x4.add(ends, middle) : f32x4.sub(ends, middle);
}

@inline
function filterRow(i: i32, x0: v128, x1: v128, x2: v128, y0: v128, y1: v128, y2: v128, z0: v128, z1: v128, z2: v128, u: usize, xi: usize): void {
  const t0 = spread(i, x0, y0, z0);
  const t1 = spread(i, x1, y1, z1);
  const t2 = spread(i, x2, y2, z2);
  u += <usize>(4 * i) * xi;
  v128.store(u, spread(0, t0, t1, t2));
  v128.store((u += xi), spread(1, t0, t1, t2));
  v128.store((u += xi), spread(2, t0, t1, t2));
  v128.store(u + xi, spread(3, t0, t1, t2));
}

/** u = G W G' of 4 windows with the rows x, y, z. */
@inline
export function filter2(x0: v128, x1: v128, x2: v128, y0: v128, y1: v128, y2: v128, z0: v128, z1: v128, z2: v128, u: usize, xi: usize): void {
  filterRow(0, x0, x1, x2, y0, y1, y2, z0, z1, z2, u, xi);
  filterRow(1, x0, x1, x2, y0, y1, y2, z0, z1, z2, u, xi);
  filterRow(2, x0, x1, x2, y0, y1, y2, z0, z1, z2, u, xi);
  filterRow(3, x0, x1, x2, y0, y1, y2, z0, z1, z2, u, xi);
}

/** A row of B' D B from the 12 pixels p, q, r of the same row of B' D. */
@inline
function across(p: v128, q: v128, r: v128, v: usize, xi: usize): void {
  const d0 = v128.shuffle<f32>(p, q, 0, 2, 4, 6);
  const d1 = v128.shuffle<f32>(p, q, 1, 3, 5, 7);
  const d2 = v128.shuffle<f32>(d0, r, 1, 2, 3, 4);
  const d3 = v128.shuffle<f32>(d1, r, 1, 2, 3, 5);
  v128.store(v, f32x4.sub(d0, d2));
  v128.store((v += xi), f32x4.add(d1, d2));
  v128.store((v += xi), f32x4.sub(d2, d1));
  v128.store(v + xi, f32x4.sub(d1, d3));
}

@inline
function acrossSum(a: usize, b: usize, v: usize, xi: usize): void {
  across(f32x4.add(v128.load(a), v128.load(b)), f32x4.add(v128.load(a, 16), v128.load(b, 16)),
    f32x4.add(v128.load(a, 32), v128.load(b, 32)), v, xi);
}

@inline
function acrossDifference(a: usize, b: usize, v: usize, xi: usize): void {
  across(f32x4.sub(v128.load(a), v128.load(b)), f32x4.sub(v128.load(a, 16), v128.load(b, 16)),
    f32x4.sub(v128.load(a, 32), v128.load(b, 32)), v, xi);
}

/** v = B' D B of the tiles whose 4 rows of pixels begin at x, `row` bytes apart. */
export function input2(x: usize, row: usize, v: usize, xi: usize): void {
  const x1 = x + row;
  const x2 = x1 + row;
  acrossDifference(x, x2, v, xi);
  acrossSum(x1, x2, (v += 4 * xi), xi);
  acrossDifference(x2, x1, (v += 4 * xi), xi);
  acrossDifference(x1, x2 + row, v + 4 * xi, xi);
}

/** Row `i` (0, 1; a constant) of A' M from the 4 points of a column. */
@inline
function down(i: i32, m: usize, xi: usize): v128 {
  const m1 = v128.load(m + 4 * xi);
  const m2 = v128.load(m + 8 * xi);
  if (i == 0) return f32x4.add(f32x4.add(v128.load(m), m1), m2);
  return f32x4.sub(f32x4.sub(m1, m2), v128.load(m + 12 * xi));
}

@inline
function outputRow(i: i32, m: usize, xi: usize, bias: v128, to: usize): void {
  const y1 = down(i, m + xi, xi);
  const y2 = down(i, m + 2 * xi, xi);
  const even = f32x4.add(f32x4.add(f32x4.add(down(i, m, xi), y1), y2), bias);
  const odd = f32x4.add(f32x4.sub(f32x4.sub(y1, y2), down(i, m + 3 * xi, xi)), bias);
  v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
}

/** The 2 rows of 8 pixels at `to`, `row` bytes apart, = A' M A + bias. */
export function output2(m: usize, xi: usize, bias: usize, to: usize, row: usize): void {
  const start = v128.load32_splat(bias);
  outputRow(0, m, xi, start, to);
  outputRow(1, m, xi, start, to + row);
}
