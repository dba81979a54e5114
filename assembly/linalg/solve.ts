// Gaussian elimination on [A | B], n rows of float64: systems of equations, determinants, Cholesky factors of
// a [batch, n, n]. info [batch] receives 0, or the number of the pivot, from 1, that ends the elimination.
import { addTimes, convert, rotate, widen } from "./wide";

/** What `solve` computes: see there. */
const GENERAL: i32 = 0;
const UNIT: i32 = 2;
const COFACTORS: i32 = 3;

/** Stands for a pivot of 0 where cofactors are computed; float64 holds it times the product of all other pivots. */
const TINY: f64 = 1e-60;

/** The product of the pivots as a mantissa, below 2 in size, and an exponent: at the start of `work`. */
@unmanaged class Pivots {
  mantissa: f64;
  exponent: i32;
}
const HEAD: usize = 16;

/** Bits of the upper word of a float64. */
const EXPONENT: i32 = 0x7ff00000;
const BIAS: i32 = 1023;

/** Multiplies the product of the pivots, which neither overflows nor vanishes. */
function multiply(t: Pivots, by: f64): void {
  t.mantissa *= by;
  const high = load<i32>(changetype<usize>(t), 4);
  const bits = high & EXPONENT;
  if (bits == EXPONENT || bits == 0) return; // NaN, infinity, 0
  t.exponent += (bits >> 20) - BIAS;
  store<i32>(changetype<usize>(t), (high ^ bits) | (BIAS << 20), 4);
}

/** The product of the pivots as one number, infinite or 0 where float64 does not hold it. */
function product(t: Pivots): f64 {
  const scale = min(max(t.exponent, -BIAS + 1), BIAS);
  const mantissa = t.mantissa;
  store<i64>(changetype<usize>(t), <i64>(scale + BIAS) << 52);
  const result = mantissa * t.mantissa;
  t.mantissa = mantissa;
  return result;
}

/**
 * Makes the rows at w, `width` elements each, upper triangular. With `symmetric` only their upper triangle is read, the rows keep their
 * order, and pivots must be above 0.
 * Returns 0 or the number of the pivot at which it ends. A pivot of 0 becomes `instead`, unless that is 0 too.
 */
function eliminate(t: Pivots, w: usize, n: i32, width: i32, symmetric: bool, instead: f64): i32 {
  const stride = width << 3;
  t.mantissa = 1;
  t.exponent = 0;
  for (let k = 0; k < n; k++) {
    const row = w + k * (stride + 8);
    let pivot = load<f64>(row);
    if (symmetric) {
      if (!(pivot > 0)) return k + 1;
    } else {
      let best = row;
      for (let i = k + 1, at = row + stride; i < n; i++, at += stride) {
        const v = load<f64>(at);
        if (max(v, -v) > max(pivot, -pivot)) {
          pivot = v;
          best = at;
        }
      }
      // One of the rows that change places changes its sign, so the determinant stays.
      if (best != row) rotate(row, best, width - k, 0, 1);
      pivot = load<f64>(row);
      if (pivot == 0) {
        pivot = instead;
        store<f64>(row, pivot);
      }
      if (pivot == 0) return k + 1;
    }
    multiply(t, pivot);
    for (let i = k + 1, at = row + stride; i < n; i++, at += stride) {
      addTimes(row, at, width - k, -load<f64>(symmetric ? row + ((i - k) << 3) : at) / pivot);
    }
  }
  return 0;
}

/** Replaces B, the last r columns, by U^-1 B. With `unit` the diagonal of U counts as ones. */
function substitute(w: usize, n: i32, r: i32, unit: bool): void {
  const stride = (n + r) << 3;
  const b = w + (n << 3);
  for (let i = n - 1; i >= 0; i--) {
    const row = w + i * stride;
    const to = b + i * stride;
    for (let j = i + 1; j < n; j++) addTimes(b + j * stride, to, r, -load<f64>(row + (j << 3)));
    if (unit) continue;
    const pivot = load<f64>(row + (i << 3));
    for (let j = 0; j < r; j++) store<f64>(to + (j << 3), load<f64>(to + (j << 3)) / pivot);
  }
}

/**
 * out = A^-1 B for b [batch, n, r], where A is a or, if `transposed`, its transpose. `kind` 1: A is triangular and only its triangle is read,
 * the lower one if `lower`; 2: the same with ones on the diagonal; 3: out = det(A) A^-1 B, also for a singular A. `work` is scratch of
 * `sizeBytes`: 16 + 8 * n * (n + r).
 */
export function solve(
  a: usize, b: usize, out: usize, info: usize, batch: i32, n: i32, r: i32, transposed: i32, lower: i32, kind: i32, sizeBytes: i32, work: usize,
): void {
  const w = work + HEAD;
  const stride = (n + r) << 3;
  const t = changetype<Pivots>(work);
  let ars = transposed ? 4 : n << 2;
  let acs = transposed ? n << 2 : 4;
  let brs = r << 2;
  const size = n * brs;
  if (lower) {
    // From its last row and column on, a lower triangular matrix is an upper one.
    a += ((n * n) << 2) - 4;
    b += size - brs;
    out += size - brs;
    ars = -ars;
    acs = -acs;
    brs = -brs;
  }
  for (; batch > 0; batch--) {
    widen(a, ars, acs, w, stride, n, n);
    widen(b, brs, 4, w + (n << 3), stride, n, r);
    let ended = 0;
    if (kind == GENERAL || kind == COFACTORS) ended = eliminate(t, w, n, n + r, false, kind == GENERAL ? 0 : TINY);
    store<i32>(info, ended);
    substitute(w, n, r, kind == UNIT);
    convert(w + (n << 3), stride, out, brs, 4, n, r, kind == COFACTORS ? product(t) : 1);
    a += (n * n) << 2;
    b += size;
    out += size;
    info += 4;
  }
}

/** Terms of the series of the logarithm: the first one left out is below 1e-11 of the result. */
const TERMS: i32 = 21;

/**
 * out [batch] = the determinants; with `log`, out = their signs and log = the logarithms of their sizes. `work` is scratch of
 * `sizeBytes`: 16 + 8 * n * n.
 */
export function determinant(a: usize, out: usize, log: usize, batch: i32, n: i32, sizeBytes: i32, work: usize): void {
  const w = work + HEAD;
  const t = changetype<Pivots>(work);
  for (; batch > 0; batch--, a += (n * n) << 2, out += 4) {
    widen(a, n << 2, 4, w, n << 3, n, n);
    if (eliminate(t, w, n, n, false, 0)) t.mantissa = 0;
    if (!log) {
      store<f32>(out, <f32>product(t));
      continue;
    }
    const m = max(t.mantissa, -t.mantissa);
    store<f32>(out, m > 0 ? <f32>(t.mantissa / m) : <f32>m);
    // log(m) = 2 (s + s^3 / 3 + s^5 / 5 + ...) with s = (m - 1) / (m + 1), for m from 1 to 2
    const s = (m - 1) / (m + 1);
    let sum: f64 = 0;
    for (let i = TERMS; i > 0; i -= 2) sum = sum * s * s + 1 / <f64>i;
    store<f32>(log, m > 0 ? <f32>(<f64>t.exponent * 0.6931471805599453 + 2 * s * sum) : m == 0 ? -Infinity : <f32>m);
    log += 4;
  }
}

/** out = the lower triangular L with A = L L^T; only the lower triangle of A is read. `work` is scratch of `sizeBytes`: 16 + 8 * n * n. */
export function cholesky(a: usize, out: usize, info: usize, batch: i32, n: i32, sizeBytes: i32, work: usize): void {
  const w = work + HEAD;
  const size = n << 2;
  for (; batch > 0; batch--, a += n * size, out += n * size, info += 4) {
    // The upper triangle is the transpose of A's lower one; what is below it does not count.
    widen(a, 4, size, w, n << 3, n, n);
    store<i32>(info, eliminate(changetype<Pivots>(work), w, n, n, true, 0));
    memory.fill(out, 0, n * size);
    for (let k = 0; k < n; k++) {
      const row = w + k * ((n + 1) << 3);
      convert(row, 0, out + k * (size + 4), 0, size, 1, n - k, 1 / sqrt(load<f64>(row)));
    }
  }
}
