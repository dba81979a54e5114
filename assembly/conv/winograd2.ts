// F(2x2, 3x3): a tile of 4 x 4 pixels gives 2 x 2 outputs with 16 products in place of 36. Along one axis
//
//        | 1  0 -1  0 |        |  1    0    0  |         | 1  1  1  0 |
//   B' = | 0  1  1  0 |    G = | 1/2  1/2  1/2 |    A' = | 0  1 -1 -1 |        y = A' ((G w) * (B' d))
//        | 0 -1  1  0 |        | 1/2 -1/2  1/2 |
//        | 0  1  0 -1 |        |  0    0    1  |
//
// (Winograd 1980; Lavin and Gray 2015). Every output depends only on the pixels of its window, so its error is about that of a direct
// sum, and a NaN reaches the same outputs. Lanes are 4 channels of a filter or 4 tiles; points of a tile are `point` bytes apart.

import { half } from "../lib/constants";

/** Writes a row of G W G', given the same row of G W. */
@inline
function filterRow(x: v128, y: v128, z: v128, u: usize, point: usize): void {
  const ends = f32x4.mul(half(), f32x4.add(x, z));
  const middle = f32x4.mul(half(), y);
  v128.store(u, x);
  v128.store((u += point), f32x4.add(ends, middle));
  v128.store((u += point), f32x4.sub(ends, middle));
  v128.store(u + point, z);
}

/** Writes a row of B' D B, given pixels 0 to 3, 4 to 7, 2 to 5 and 6 to 9 of the same row of B' D. */
@inline
function inputRow(p: v128, q: v128, r: v128, s: v128, v: usize, point: usize): void {
  const d0 = v128.shuffle<f32>(p, q, 0, 2, 4, 6);
  const d1 = v128.shuffle<f32>(p, q, 1, 3, 5, 7);
  const d2 = v128.shuffle<f32>(r, s, 0, 2, 4, 6);
  const d3 = v128.shuffle<f32>(r, s, 1, 3, 5, 7);
  v128.store(v, f32x4.sub(d0, d2));
  v128.store((v += point), f32x4.add(d1, d2));
  v128.store((v += point), f32x4.sub(d2, d1));
  v128.store(v + point, f32x4.sub(d1, d3));
}

/** x + y + z. */
@inline
function add3(x: v128, y: v128, z: v128): v128 {
  return f32x4.add(f32x4.add(x, y), z);
}

/** x - y - z. */
@inline
function subtract3(x: v128, y: v128, z: v128): v128 {
  return f32x4.sub(f32x4.sub(x, y), z);
}

/** Writes a row of A' S A + bias, 8 pixels, given the same row of A' S. */
@inline
function outputRow(y0: v128, y1: v128, y2: v128, y3: v128, bias: v128, to: usize): void {
  const even = f32x4.add(add3(y0, y1, y2), bias);
  const odd = f32x4.add(subtract3(y1, y2, y3), bias);
  v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
}

/** `temp` is used only by tiles of 4. Every load comes before the stores, since compilers do not move a load across a store. */
@unmanaged
export class Two {
  @inline side(): i32 {
    return 2;
  }

  /** u = G W G' of the 9 taps at w. */
  @inline filter(w: usize, u: usize, point: usize, temp: usize): void {
    const x0 = v128.load(w);
    const y0 = v128.load(w, 16);
    const z0 = v128.load(w, 32);
    const x2 = v128.load(w, 96);
    const y2 = v128.load(w, 112);
    const z2 = v128.load(w, 128);
    const xEnds = f32x4.mul(half(), f32x4.add(x0, x2));
    const yEnds = f32x4.mul(half(), f32x4.add(y0, y2));
    const zEnds = f32x4.mul(half(), f32x4.add(z0, z2));
    const x1 = f32x4.mul(half(), v128.load(w, 48));
    const y1 = f32x4.mul(half(), v128.load(w, 64));
    const z1 = f32x4.mul(half(), v128.load(w, 80));
    filterRow(x0, y0, z0, u, point);
    filterRow(f32x4.add(xEnds, x1), f32x4.add(yEnds, y1), f32x4.add(zEnds, z1), (u += 4 * point), point);
    filterRow(f32x4.sub(xEnds, x1), f32x4.sub(yEnds, y1), f32x4.sub(zEnds, z1), (u += 4 * point), point);
    filterRow(x2, y2, z2, u + 4 * point, point);
  }

  /** v = B' D B of the tiles whose 4 rows of 10 pixels begin at x, `row` bytes apart. */
  @inline input(x: usize, row: usize, v: usize, point: usize, temp: usize): void {
    const x1 = x + row;
    const p1 = v128.load(x1);
    const q1 = v128.load(x1, 16);
    const r1 = v128.load(x1, 8);
    const s1 = v128.load(x1, 24);
    const x2 = x1 + row;
    const p2 = v128.load(x2);
    const q2 = v128.load(x2, 16);
    const r2 = v128.load(x2, 8);
    const s2 = v128.load(x2, 24);
    const x3 = x2 + row;
    const next = <usize>4 * point;
    inputRow(
      f32x4.sub(v128.load(x), p2), f32x4.sub(v128.load(x, 16), q2),
      f32x4.sub(v128.load(x, 8), r2), f32x4.sub(v128.load(x, 24), s2), v, point,
    );
    inputRow(f32x4.add(p1, p2), f32x4.add(q1, q2), f32x4.add(r1, r2), f32x4.add(s1, s2), (v += next), point);
    inputRow(f32x4.sub(p2, p1), f32x4.sub(q2, q1), f32x4.sub(r2, r1), f32x4.sub(s2, s1), (v += next), point);
    inputRow(
      f32x4.sub(p1, v128.load(x3)), f32x4.sub(q1, v128.load(x3, 16)),
      f32x4.sub(r1, v128.load(x3, 8)), f32x4.sub(s1, v128.load(x3, 24)), v + next, point,
    );
  }

  /** The 2 rows of 8 pixels at `to`, `row` bytes apart, = A' S A + the float at `bias`. */
  @inline output(s: usize, point: usize, bias: usize, to: usize, row: usize, temp: usize): void {
    const start = v128.load32_splat(bias);
    const s1 = s + point;
    const s2 = s1 + point;
    const s3 = s2 + point;
    const down = <usize>4 * point;
    const x0 = v128.load(s + down);
    const x1 = v128.load(s1 + down);
    const x2 = v128.load(s2 + down);
    const x3 = v128.load(s3 + down);
    const y0 = v128.load(s + 2 * down);
    const y1 = v128.load(s1 + 2 * down);
    const y2 = v128.load(s2 + 2 * down);
    const y3 = v128.load(s3 + 2 * down);
    outputRow(add3(v128.load(s), x0, y0), add3(v128.load(s1), x1, y1), add3(v128.load(s2), x2, y2), add3(v128.load(s3), x3, y3), start, to);
    outputRow(
      subtract3(x0, y0, v128.load(s + 3 * down)), subtract3(x1, y1, v128.load(s1 + 3 * down)),
      subtract3(x2, y2, v128.load(s2 + 3 * down)), subtract3(x3, y3, v128.load(s3 + 3 * down)), start, to + row,
    );
  }
}
