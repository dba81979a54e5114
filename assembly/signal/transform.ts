// Fourier transforms of lengths 2^a 3^b 5^c: Stockham's algorithm, which needs no reordering (Takuya Ooura's and OTFFT's form). Real and
// imaginary parts are separate arrays.
//
// A stage of radix r takes sequences of length n at stride s to sequences of length n / r at stride r s: with m = n / r and
// w = e^(-2 pi i / n), y[q + s (r p + k)] = w^(k p) sum over j of x[q + s (p + j m)] e^(-2 pi i j k / r), for p < m, q < s and k < r.
import { madd, nmadd } from "../lib/simd";
import { transposedRow } from "../lib/transpose4x4";

/** Bytes behind an array that may be overwritten. */
export const SLACK: usize = 16;

const HALF_ROOT_3: f32 = 0.8660254037844386;
const COS_72: f32 = 0.30901699437494745;
const COS_144: f32 = -0.8090169943749475;
const SIN_72: f32 = 0.9510565162951535;
const SIN_144: f32 = 0.5877852522924731;

/** Whether n has no prime factor above 5. */
export function isSmooth(n: i32): bool {
  while (n % 2 == 0 && n > 0) n /= 2;
  while (n % 3 == 0 && n > 0) n /= 3;
  while (n % 5 == 0 && n > 0) n /= 5;
  return n == 1;
}

/** The radix of the next stage. Fours come first: behind one of them all strides are multiples of four lanes, unless 4 does not divide n. */
function radixOf(n: i32): i32 {
  if (n % 4 == 0) return 4;
  if (n % 2 == 0) return 2;
  return n % 3 == 0 ? 3 : 5;
}

/** Writes (re + i im) (rootRe + i rootIm). */
@inline
function storeProduct(out: usize, gap: usize, re: v128, im: v128, rootRe: v128, rootIm: v128): void {
  v128.store(out, nmadd(im, rootIm, f32x4.mul(re, rootRe)));
  v128.store(out + gap, madd(im, rootRe, f32x4.mul(re, rootIm)));
}

/** The first stage of radix 4 for a length that is a multiple of 16: four values of p at a time, whose results are transposed. */
function firstOf4(x: usize, y: usize, gap: usize, n: i32, roots: usize, unit: i32): void {
  const m = n >> 2;
  const row = <usize>m << 2;
  const imaginary = (<usize>n * unit) << 2;
  const step = <usize>unit << 2;
  for (let p = 0; p < m; p += 4, x += 16, y += 64) {
    const aRe = v128.load(x);
    const aIm = v128.load(x + gap);
    const bRe = v128.load(x + row);
    const bIm = v128.load(x + row + gap);
    const cRe = v128.load(x + 2 * row);
    const cIm = v128.load(x + 2 * row + gap);
    const dRe = v128.load(x + 3 * row);
    const dIm = v128.load(x + 3 * row + gap);
    const acRe = f32x4.add(aRe, cRe);
    const acIm = f32x4.add(aIm, cIm);
    const amcRe = f32x4.sub(aRe, cRe);
    const amcIm = f32x4.sub(aIm, cIm);
    const bdRe = f32x4.add(bRe, dRe);
    const bdIm = f32x4.add(bIm, dIm);
    const bmdRe = f32x4.sub(bRe, dRe);
    const bmdIm = f32x4.sub(bIm, dIm);
    const z0Re = f32x4.add(acRe, bdRe);
    const z0Im = f32x4.add(acIm, bdIm);
    const t1Re = f32x4.add(amcRe, bmdIm);
    const t1Im = f32x4.sub(amcIm, bmdRe);
    const t2Re = f32x4.sub(acRe, bdRe);
    const t2Im = f32x4.sub(acIm, bdIm);
    const t3Re = f32x4.sub(amcRe, bmdIm);
    const t3Im = f32x4.add(amcIm, bmdRe);
    const at = roots + <usize>p * step;
    const w1Re = every(at, step);
    const w1Im = every(at + imaginary, step);
    const w2Re = every(roots + 2 * <usize>p * step, 2 * step);
    const w2Im = every(roots + 2 * <usize>p * step + imaginary, 2 * step);
    const w3Re = every(roots + 3 * <usize>p * step, 3 * step);
    const w3Im = every(roots + 3 * <usize>p * step + imaginary, 3 * step);
    const z1Re = nmadd(t1Im, w1Im, f32x4.mul(t1Re, w1Re));
    const z1Im = madd(t1Im, w1Re, f32x4.mul(t1Re, w1Im));
    const z2Re = nmadd(t2Im, w2Im, f32x4.mul(t2Re, w2Re));
    const z2Im = madd(t2Im, w2Re, f32x4.mul(t2Re, w2Im));
    const z3Re = nmadd(t3Im, w3Im, f32x4.mul(t3Re, w3Re));
    const z3Im = madd(t3Im, w3Re, f32x4.mul(t3Re, w3Im));
    storeTransposed(y, z0Re, z1Re, z2Re, z3Re);
    storeTransposed(y + gap, z0Im, z1Im, z2Im, z3Im);
  }
}

/** Four floats, `step` bytes apart. */
@inline
function every(at: usize, step: usize): v128 {
  let v = v128.load32_zero(at);
  v = v128.load_lane<f32>(at + step, v, 1);
  v = v128.load_lane<f32>(at + 2 * step, v, 2);
  return v128.load_lane<f32>(at + 3 * step, v, 3);
}

@inline
function storeTransposed(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(out, transposedRow(a, b, c, d, 0));
  v128.store(out, transposedRow(a, b, c, d, 1), 16);
  v128.store(out, transposedRow(a, b, c, d, 2), 32);
  v128.store(out, transposedRow(a, b, c, d, 3), 48);
}

/** The root w^(index), with all lanes equal. `at` is the address of w^0. */
@inline
function root(at: usize, index: usize): v128 {
  return v128.load32_splat(at + (index << 2));
}

// In the stages, `step` is the index of w in the table of roots: w^(k p) is at k p step. The imaginary parts are `gap` bytes behind the
// real ones in x and y, and `turn` bytes behind in the table.

/**
 * Where the four values of q from `q` on are, in bytes; the last four if there are less. If s is below 4, the lanes above are garbage, which
 * the next store overwrites; SLACK bytes behind each array take that of the last one.
 */
@inline
function at4(q: i32, s: i32): usize {
  return <usize>max(min(q, s - 4), 0) << 2;
}

function stage2(x: usize, y: usize, gap: usize, m: i32, s: i32, roots: usize, turn: usize, step: usize): void {
  const row = (<usize>m * s) << 2;
  const width = <usize>s << 2;
  for (let p = 0; p < m; p++, x += width, y += 2 * width) {
    const index = <usize>p * step;
    const w1Re = root(roots, index);
    const w1Im = root(roots + turn, index);
    for (let q = 0; q < s; q += 4) {
      const from = x + at4(q, s);
      const to = y + at4(q, s);
      const aRe = v128.load(from);
      const aIm = v128.load(from + gap);
      const bRe = v128.load(from + row);
      const bIm = v128.load(from + row + gap);
      v128.store(to, f32x4.add(aRe, bRe));
      v128.store(to + gap, f32x4.add(aIm, bIm));
      storeProduct(to + width, gap, f32x4.sub(aRe, bRe), f32x4.sub(aIm, bIm), w1Re, w1Im);
    }
  }
}

function stage3(x: usize, y: usize, gap: usize, m: i32, s: i32, roots: usize, turn: usize, step: usize): void {
  const row = (<usize>m * s) << 2;
  const width = <usize>s << 2;
  for (let p = 0; p < m; p++, x += width, y += 3 * width) {
    const index = <usize>p * step;
    const w1Re = root(roots, index);
    const w1Im = root(roots + turn, index);
    const w2Re = root(roots, 2 * index);
    const w2Im = root(roots + turn, 2 * index);
    for (let q = 0; q < s; q += 4) {
      const from = x + at4(q, s);
      const to = y + at4(q, s);
      const aRe = v128.load(from);
      const aIm = v128.load(from + gap);
      const bRe = v128.load(from + row);
      const bIm = v128.load(from + row + gap);
      const cRe = v128.load(from + 2 * row);
      const cIm = v128.load(from + 2 * row + gap);
      const sumRe = f32x4.add(bRe, cRe);
      const sumIm = f32x4.add(bIm, cIm);
      const sideRe = f32x4.mul(f32x4.splat(HALF_ROOT_3), f32x4.sub(bRe, cRe));
      const sideIm = f32x4.mul(f32x4.splat(HALF_ROOT_3), f32x4.sub(bIm, cIm));
      const middleRe = nmadd(sumRe, f32x4.splat(0.5), aRe);
      const middleIm = nmadd(sumIm, f32x4.splat(0.5), aIm);
      v128.store(to, f32x4.add(aRe, sumRe));
      v128.store(to + gap, f32x4.add(aIm, sumIm));
      storeProduct(to + width, gap, f32x4.add(middleRe, sideIm), f32x4.sub(middleIm, sideRe), w1Re, w1Im);
      storeProduct(to + 2 * width, gap, f32x4.sub(middleRe, sideIm), f32x4.add(middleIm, sideRe), w2Re, w2Im);
    }
  }
}

function stage4(x: usize, y: usize, gap: usize, m: i32, s: i32, roots: usize, turn: usize, step: usize): void {
  const row = (<usize>m * s) << 2;
  const width = <usize>s << 2;
  for (let p = 0; p < m; p++, x += width, y += 4 * width) {
    const index = <usize>p * step;
    const w1Re = root(roots, index);
    const w1Im = root(roots + turn, index);
    const w2Re = root(roots, 2 * index);
    const w2Im = root(roots + turn, 2 * index);
    const w3Re = root(roots, 3 * index);
    const w3Im = root(roots + turn, 3 * index);
    for (let q = 0; q < s; q += 4) {
      const from = x + at4(q, s);
      const to = y + at4(q, s);
      const aRe = v128.load(from);
      const aIm = v128.load(from + gap);
      const bRe = v128.load(from + row);
      const bIm = v128.load(from + row + gap);
      const cRe = v128.load(from + 2 * row);
      const cIm = v128.load(from + 2 * row + gap);
      const dRe = v128.load(from + 3 * row);
      const dIm = v128.load(from + 3 * row + gap);
      const acRe = f32x4.add(aRe, cRe);
      const acIm = f32x4.add(aIm, cIm);
      const bdRe = f32x4.add(bRe, dRe);
      const bdIm = f32x4.add(bIm, dIm);
      const overRe = f32x4.sub(aRe, cRe);
      const overIm = f32x4.sub(aIm, cIm);
      const sideRe = f32x4.sub(bRe, dRe);
      const sideIm = f32x4.sub(bIm, dIm);
      v128.store(to, f32x4.add(acRe, bdRe));
      v128.store(to + gap, f32x4.add(acIm, bdIm));
      storeProduct(to + width, gap, f32x4.add(overRe, sideIm), f32x4.sub(overIm, sideRe), w1Re, w1Im);
      storeProduct(to + 2 * width, gap, f32x4.sub(acRe, bdRe), f32x4.sub(acIm, bdIm), w2Re, w2Im);
      storeProduct(to + 3 * width, gap, f32x4.sub(overRe, sideIm), f32x4.add(overIm, sideRe), w3Re, w3Im);
    }
  }
}

function stage5(x: usize, y: usize, gap: usize, m: i32, s: i32, roots: usize, turn: usize, step: usize): void {
  const row = (<usize>m * s) << 2;
  const width = <usize>s << 2;
  for (let p = 0; p < m; p++, x += width, y += 5 * width) {
    const index = <usize>p * step;
    const w1Re = root(roots, index);
    const w1Im = root(roots + turn, index);
    const w2Re = root(roots, 2 * index);
    const w2Im = root(roots + turn, 2 * index);
    const w3Re = root(roots, 3 * index);
    const w3Im = root(roots + turn, 3 * index);
    const w4Re = root(roots, 4 * index);
    const w4Im = root(roots + turn, 4 * index);
    for (let q = 0; q < s; q += 4) {
      const from = x + at4(q, s);
      const to = y + at4(q, s);
      const aRe = v128.load(from);
      const aIm = v128.load(from + gap);
      const bRe = v128.load(from + row);
      const bIm = v128.load(from + row + gap);
      const cRe = v128.load(from + 2 * row);
      const cIm = v128.load(from + 2 * row + gap);
      const dRe = v128.load(from + 3 * row);
      const dIm = v128.load(from + 3 * row + gap);
      const eRe = v128.load(from + 4 * row);
      const eIm = v128.load(from + 4 * row + gap);
      const sum1Re = f32x4.add(bRe, eRe);
      const sum1Im = f32x4.add(bIm, eIm);
      const sum2Re = f32x4.add(cRe, dRe);
      const sum2Im = f32x4.add(cIm, dIm);
      const over1Re = f32x4.sub(bRe, eRe);
      const over1Im = f32x4.sub(bIm, eIm);
      const over2Re = f32x4.sub(cRe, dRe);
      const over2Im = f32x4.sub(cIm, dIm);
      const near1Re = madd(sum2Re, f32x4.splat(COS_144), madd(sum1Re, f32x4.splat(COS_72), aRe));
      const near1Im = madd(sum2Im, f32x4.splat(COS_144), madd(sum1Im, f32x4.splat(COS_72), aIm));
      const near2Re = madd(sum2Re, f32x4.splat(COS_72), madd(sum1Re, f32x4.splat(COS_144), aRe));
      const near2Im = madd(sum2Im, f32x4.splat(COS_72), madd(sum1Im, f32x4.splat(COS_144), aIm));
      const side1Re = madd(over2Re, f32x4.splat(SIN_144), f32x4.mul(over1Re, f32x4.splat(SIN_72)));
      const side1Im = madd(over2Im, f32x4.splat(SIN_144), f32x4.mul(over1Im, f32x4.splat(SIN_72)));
      const side2Re = nmadd(over2Re, f32x4.splat(SIN_72), f32x4.mul(over1Re, f32x4.splat(SIN_144)));
      const side2Im = nmadd(over2Im, f32x4.splat(SIN_72), f32x4.mul(over1Im, f32x4.splat(SIN_144)));
      v128.store(to, f32x4.add(aRe, f32x4.add(sum1Re, sum2Re)));
      v128.store(to + gap, f32x4.add(aIm, f32x4.add(sum1Im, sum2Im)));
      storeProduct(to + width, gap, f32x4.add(near1Re, side1Im), f32x4.sub(near1Im, side1Re), w1Re, w1Im);
      storeProduct(to + 2 * width, gap, f32x4.add(near2Re, side2Im), f32x4.sub(near2Im, side2Re), w2Re, w2Im);
      storeProduct(to + 3 * width, gap, f32x4.sub(near2Re, side2Im), f32x4.add(near2Im, side2Re), w3Re, w3Im);
      storeProduct(to + 4 * width, gap, f32x4.sub(near1Re, side1Im), f32x4.add(near1Im, side1Re), w4Re, w4Im);
    }
  }
}

/**
 * The transform of n complex numbers at x, whose imaginary parts are `gap` bytes behind; x and `other`, of the same form, are overwritten.
 * `roots` has the N-th roots of unity, and N = n * unit. Returns which of the two has the result.
 */
export function transform(x: usize, other: usize, gap: usize, n: i32, roots: usize, unit: i32): usize {
  const turn = (<usize>n * unit) << 2;
  let s = 1;
  if (n % 16 == 0) {
    firstOf4(x, other, gap, n, roots, unit);
    s = 4;
    n >>= 2;
    const from = x;
    x = other;
    other = from;
  }
  while (n > 1) {
    const radix = radixOf(n);
    n /= radix;
    const step = <usize>s * unit;
    if (radix == 2) stage2(x, other, gap, n, s, roots, turn, step);
    else if (radix == 3) stage3(x, other, gap, n, s, roots, turn, step);
    else if (radix == 4) stage4(x, other, gap, n, s, roots, turn, step);
    else stage5(x, other, gap, n, s, roots, turn, step);
    s *= radix;
    const from = x;
    x = other;
    other = from;
  }
  return x;
}
