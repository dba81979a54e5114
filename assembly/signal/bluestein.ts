// Transforms of any length. Lengths with a prime factor above 5 use Bluestein's algorithm (L. Bluestein, 1970): with
// c[k] = e^(-pi i k^2 / n), the transform of x is c[k] times the convolution of c[j] x[j] with the conjugate of c, which is computed by
// transforms of a length m without such factors.
//
// The parts of the scratch memory, from `work` on: two complex arrays of length m, of which the first has the input; for Bluestein's algorithm
// the transform of the conjugate of c, c itself, and the roots of unity of order m; then the roots of order n * unit. Each complex array has
// its imaginary part `gapOf(m)` bytes behind the real one.
import { roots } from "./roots";
import { isSmooth, SLACK, transform } from "./transform";

/** The length of the transforms by which one of length n is computed: n, or the least one of the form 16 * 2^a 3^b 5^c above 2n - 2. */
export function innerLength(n: i32): i32 {
  if (isSmooth(n)) return n;
  let m = (2 * n + 14) & ~15;
  while (!isSmooth(m)) m += 16;
  return m;
}

@inline
function bytesOf(floats: i32): usize {
  return ((<usize>floats << 2) + SLACK + 15) & ~(<usize>15);
}

/** Bytes from the real part to the imaginary part of an array of length m. */
@inline
export function gapOf(m: i32): usize {
  return bytesOf(m);
}

@inline
function innerRoots(work: usize, m: i32): usize {
  return work + 8 * gapOf(m);
}

/** Where the roots of order n * unit are. */
@inline
export function outerRoots(work: usize, n: i32, m: i32): usize {
  return m == n ? work + 4 * gapOf(m) : innerRoots(work, m) + bytesOf(2 * m);
}

/** Bytes of scratch for transforms of length n. */
export function workspace(n: i32): i32 {
  return <i32>(outerRoots(0, n, innerLength(n)) + bytesOf(4 * n));
}

/** Multiplies m complex numbers at x by those at `by`; the imaginary parts are `gap` bytes behind. */
function multiply(x: usize, by: usize, gap: usize, m: i32): void {
  for (; m > 0; m -= 4, x += 16, by += 16) {
    const re = v128.load(x);
    const im = v128.load(x + gap);
    const byRe = v128.load(by);
    const byIm = v128.load(by + gap);
    v128.store(x, f32x4.sub(f32x4.mul(re, byRe), f32x4.mul(im, byIm)));
    v128.store(x + gap, f32x4.add(f32x4.mul(re, byIm), f32x4.mul(im, byRe)));
  }
}

/** Writes c to `out`, with zeros up to m, and its conjugate, with c[m - k] = c[k], to `around`, divided by m. */
function chirps(out: usize, around: usize, gap: usize, n: i32, m: i32, all: usize): void {
  memory.fill(out, 0, 2 * gap);
  memory.fill(around, 0, 2 * gap);
  const scale: f32 = 1 / <f32>m;
  let index = 0;
  for (let k = 0; k < n; k++) {
    const re = load<f32>(all + (<usize>index << 2));
    const im = load<f32>(all + (<usize>(index + 2 * n) << 2));
    const at = <usize>k << 2;
    store<f32>(out + at, re);
    store<f32>(out + gap + at, im);
    const back = around + (k == 0 ? 0 : <usize>(m - k) << 2);
    store<f32>(around + at, re * scale);
    store<f32>(around + gap + at, -im * scale);
    store<f32>(back, re * scale);
    store<f32>(back + gap, -im * scale);
    index += 2 * k + 1; // (k + 1)^2, modulo 2n
    while (index >= 2 * n) index -= 2 * n;
  }
}

/** Writes what all transforms of length n need. `unit` is at least 2 with Bluestein's algorithm. */
export function prepare(work: usize, n: i32, m: i32, unit: i32): void {
  const outer = outerRoots(work, n, m);
  roots(outer, n * unit);
  if (m == n) return;
  const gap = gapOf(m);
  const inner = innerRoots(work, m);
  roots(inner, m);
  const around = work + 4 * gap;
  chirps(work + 6 * gap, work, gap, n, m, outer);
  memory.copy(around, transform(work, work + 2 * gap, gap, m, inner, 1), 2 * gap);
}

/** Transforms the n numbers at `work`, where up to m there may be anything. Returns where the result is. */
export function transformAny(work: usize, n: i32, m: i32, unit: i32): usize {
  const gap = gapOf(m);
  const other = work + 2 * gap;
  if (m == n) return transform(work, other, gap, n, outerRoots(work, n, m), unit);
  const inner = innerRoots(work, m);
  const c = work + 6 * gap;
  // What is there behind n may be NaN, which the zeros of c would keep.
  memory.fill(work + (<usize>n << 2), 0, <usize>(m - n) << 2);
  memory.fill(work + gap + (<usize>n << 2), 0, <usize>(m - n) << 2);
  multiply(work, c, gap, m);
  const product = transform(work, other, gap, m, inner, 1);
  multiply(product, work + 4 * gap, gap, m);
  // The inverse transform is the transform of the numbers with their parts exchanged.
  const spare = product == work ? other : work;
  memory.copy(spare, product + gap, gap);
  memory.copy(spare + gap, product, gap);
  const swapped = transform(spare, product, gap, m, inner, 1);
  const out = swapped == work ? other : work;
  memory.copy(out, swapped + gap, gap);
  memory.copy(out + gap, swapped, gap);
  multiply(out, c, gap, m);
  return out;
}
