// Discrete Fourier transforms of rows. A complex number is two floats, the real part first. The transform of a row x is
// y[k] = scale * sum over j of x[j] e^(-2 pi i j k / n); the inverse one has e^(+2 pi i j k / n). `work` is scratch of fftWorkspace(n).
import { gapOf, innerLength, outerRoots, prepare, transformAny, workspace } from "./bluestein";

/** Length of the complex transform by which a real one is computed: two neighbours are one complex number, unless n is odd. */
@inline
function half(n: i32): i32 {
  return n & 1 ? n : n >> 1;
}

/** Bytes of scratch of complex transforms of length n. */
export function fftWorkspace(n: i32): i32 {
  return workspace(n);
}

/** Bytes of scratch of real transforms of length n. */
export function rfftWorkspace(n: i32): i32 {
  return workspace(half(n));
}

/** Splits n complex numbers at x into their real parts at `re` and their imaginary parts at `im`. */
function split(x: usize, re: usize, im: usize, n: i32): void {
  for (; n >= 4; n -= 4, x += 32, re += 16, im += 16) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    v128.store(re, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    v128.store(im, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  }
  for (; n > 0; n--, x += 8, re += 4, im += 4) {
    store<f32>(re, load<f32>(x));
    store<f32>(im, load<f32>(x, 4));
  }
}

/** The inverse of `split`, with a factor. */
function join(out: usize, re: usize, im: usize, n: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  for (; n >= 4; n -= 4, out += 32, re += 16, im += 16) {
    const a = f32x4.mul(v128.load(re), factor);
    const b = f32x4.mul(v128.load(im), factor);
    v128.store(out, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
    v128.store(out, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
  }
  for (; n > 0; n--, out += 8, re += 4, im += 4) {
    store<f32>(out, load<f32>(re) * scale);
    store<f32>(out, load<f32>(im) * scale, 4);
  }
}

/** Complex transforms: x and out are [rows, n, 2]. */
export function fft(x: usize, out: usize, rows: i32, n: i32, inverse: i32, scale: f32, work: usize): void {
  const m = innerLength(n);
  const unit = m == n ? 1 : 2;
  const gap = gapOf(m);
  prepare(work, n, m, unit);
  // The inverse transform is the transform with real and imaginary parts exchanged before and after.
  const re: usize = inverse ? gap : 0;
  const im: usize = inverse ? 0 : gap;
  for (const row = <usize>n << 3; rows > 0; rows--, x += row, out += row) {
    split(x, work + re, work + im, n);
    const y = transformAny(work, n, m, unit);
    join(out, y + re, y + im, n, scale);
  }
}

/** Writes scale * re, a number without an imaginary part. */
@inline
function putReal(out: usize, re: f32, scale: f32): void {
  store<f32>(out, re * scale);
  store<f32>(out, 0, 4);
}

/** The four floats up to the one at x, the last one first. */
@inline
function backwards(x: usize): v128 {
  const v = v128.load(x - 12);
  return v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

/**
 * What relates a transform X of a real row of length 2h to that of the pairs of neighbours, Z, with w = e^(-pi i k / h):
 * X[k] = (E + O / i) / 2 with E = Z[k] + conj Z[h - k] and O = w (Z[k] - conj Z[h - k]), and, inverted,
 * Z[k] = (E + i O') / 2 with E = X[k] + conj X[h - k] and O' = (X[k] - conj X[h - k]) / w.
 * Writes twice that, for k from `k` to below h, and up to three numbers more, which are garbage. `turned` is 1 for X, -1 for Z.
 */
function combine(x: usize, gap: usize, outRe: usize, outIm: usize, k: i32, h: i32, roots: usize, turned: f32): void {
  const sign = f32x4.splat(turned);
  const turn = <usize>h << 3;
  for (; k < h; k += 4) {
    const at = <usize>k << 2;
    const back = <usize>(h - k) << 2;
    const re = v128.load(x + at);
    const im = v128.load(x + gap + at);
    const backRe = backwards(x + back);
    const backIm = backwards(x + gap + back);
    const overRe = f32x4.mul(f32x4.sub(re, backRe), sign);
    const overIm = f32x4.mul(f32x4.add(im, backIm), sign);
    const wRe = v128.load(roots + at);
    const wIm = f32x4.mul(v128.load(roots + turn + at), sign);
    // O / i = Im O - i Re O
    v128.store(outRe + at, f32x4.add(f32x4.add(re, backRe), f32x4.add(f32x4.mul(overRe, wIm), f32x4.mul(overIm, wRe))));
    v128.store(outIm + at, f32x4.sub(f32x4.sub(im, backIm), f32x4.sub(f32x4.mul(overRe, wRe), f32x4.mul(overIm, wIm))));
  }
}

/**
 * Transforms of real rows: x [rows, n], out [rows, n / 2 + 1, 2], the numbers for k from 0 to n / 2. Those that stand for two numbers of the
 * whole transform, all but k = 0 and k = n / 2, have another factor, `scale * inner`.
 */
export function rfft(x: usize, out: usize, rows: i32, n: i32, scale: f32, inner: f32, work: usize): void {
  const h = half(n);
  const m = innerLength(h);
  const gap = gapOf(m);
  prepare(work, h, m, 2);
  const last = n >> 1;
  const factor = scale * inner;
  for (; rows > 0; rows--, x += <usize>n << 2, out += <usize>(last + 1) << 3) {
    if (n & 1) {
      memory.copy(work, x, <usize>n << 2);
      memory.fill(work + gap, 0, <usize>n << 2);
      const y = transformAny(work, h, m, 2);
      putReal(out, load<f32>(y), scale);
      join(out + 8, y + 4, y + gap + 4, last, factor);
      continue;
    }
    split(x, work, work + gap, h);
    const z = transformAny(work, h, m, 2);
    putReal(out, load<f32>(z) + load<f32>(z + gap), scale);
    putReal(out + (<usize>h << 3), load<f32>(z) - load<f32>(z + gap), scale);
    const y = z == work ? work + 2 * gap : work;
    combine(z, gap, y, y + gap, 1, h, outerRoots(work, h, m), 1);
    join(out + 8, y + 4, y + gap + 4, h - 1, 0.5 * factor);
  }
}

/**
 * The inverse of `rfft`: x [rows, n / 2 + 1, 2], out [rows, n],
 * out[j] = scale * (Re x[0] + inner * 2 Re sum of x[k] e^(2 pi i j k / n) + (-1)^j Re x[n / 2]), the last one only if n is even.
 */
export function irfft(x: usize, out: usize, rows: i32, n: i32, scale: f32, inner: f32, work: usize): void {
  const h = half(n);
  const m = innerLength(h);
  const gap = gapOf(m);
  prepare(work, h, m, 2);
  const last = n >> 1;
  const factor = scale * inner;
  for (; rows > 0; rows--, x += <usize>(last + 1) << 3, out += <usize>n << 2) {
    const other = work + 2 * gap;
    const re = n & 1 ? work + gap : other;
    const im = n & 1 ? work : other + gap;
    split(x, re, im, last + 1);
    // All numbers get the factor `inner` in the end, also the first.
    store<f32>(re, load<f32>(re) / inner);
    store<f32>(im, 0);
    if (n & 1) {
      for (let k = 1; k <= last; k++) {
        store<f32>(re + (<usize>(n - k) << 2), load<f32>(re + (<usize>k << 2)));
        store<f32>(im + (<usize>(n - k) << 2), -load<f32>(im + (<usize>k << 2)));
      }
      const y = transformAny(work, h, m, 2) + gap;
      for (let j: usize = 0; j < <usize>n << 2; j += 4) store<f32>(out + j, factor * load<f32>(y + j));
      continue;
    }
    const end = <usize>h << 2;
    store<f32>(re + end, load<f32>(re + end) / inner);
    store<f32>(im + end, 0);
    combine(re, gap, work + gap, work, 0, h, outerRoots(work, h, m), -1);
    const y = transformAny(work, h, m, 2);
    join(out, y + gap, y, h, factor);
  }
}
