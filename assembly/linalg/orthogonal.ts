// Decompositions by reflections and rotations, on columns that are rows of float64 in scratch.
import { addTimes, dot, identity, convert, rotate, widen } from "./wide";

/**
 * Householder's reflections: columns w [n][m], m >= n, become those of R above the diagonal and the vectors of the reflections from it on;
 * d [n][2] receives the diagonal of R and the factors of the reflections. q [columns][m] receives columns of Q. Signs are LAPACK's.
 */
function orthogonalize(w: usize, d: usize, q: usize, m: i32, n: i32, columns: i32): void {
  const size = m << 3;
  for (let k = 0; k < n; k++) {
    const v = w + k * (size + 8);
    const left = m - k;
    const first = load<f64>(v);
    let diagonal = first;
    let factor: f64 = 0;
    if (dot(v + 8, v + 8, left - 1) > 0) {
      diagonal = sqrt(dot(v, v, left));
      if (first > 0) diagonal = -diagonal;
      store<f64>(v, first - diagonal);
      factor = 1 / (diagonal * (diagonal - first));
    }
    store<f64>(d + (k << 4), diagonal);
    store<f64>(d + (k << 4), factor, 8);
    for (let j = 1, at = v + size; j < n - k; j++, at += size) addTimes(v, at, left, -factor * dot(v, at, left));
  }
  identity(q, columns, m);
  for (let k = n - 1; k >= 0; k--) {
    const v = w + k * (size + 8);
    const factor = load<f64>(d + (k << 4), 8);
    for (let j = k, at = q + k * (size + 8); j < columns; j++, at += size) addTimes(v, at, m - k, -factor * dot(v, at, m - k));
  }
}

/**
 * q [m, columns] and r [columns, n] with a = q r, for a [m, n] with m >= n; `columns` is n or m. `work` is scratch of `sizeBytes`:
 * 8 * (n * m + columns * m + 2 * n).
 */
export function qr(a: usize, q: usize, r: usize, batch: i32, m: i32, n: i32, columns: i32, sizeBytes: i32, work: usize): void {
  const size = m << 3;
  const basis = work + n * size;
  const d = basis + columns * size;
  for (; batch > 0; batch--) {
    widen(a, 4, n << 2, work, size, n, m);
    orthogonalize(work, d, basis, m, n, columns);
    convert(basis, size, q, 4, columns << 2, columns, m, 1);
    memory.fill(r, 0, (columns * n) << 2);
    for (let k = 0; k < n; k++) {
      convert(work + k * size, 0, r + (k << 2), 0, n << 2, 1, k, 1);
      store<f32>(r + ((k * n + k) << 2), <f32>load<f64>(d + (k << 4)));
    }
    a += (m * n) << 2;
    q += (m * columns) << 2;
    r += (columns * n) << 2;
  }
}

/** The length of a vector. Equal numbers give equal lengths, so columns that `jacobi` put in order have lengths in order. */
@inline
function lengthOf(x: usize, m: i32): f64 {
  return sqrt(dot(x, x, m));
}

/** Sweeps end when the cosine between two columns is below 1e-15; columns below 1e-20 of the whole are rounding errors. */
const COSINE_SQUARED: f64 = 1e-30;
const NOTHING: f64 = 1e-40;
/** Ten are usual. */
const MOST_SWEEPS: i32 = 60;

/**
 * Jacobi's rotations from one side: columns w [n][m] become orthogonal, the longest first, and v [n][n], the identity at first, takes part.
 * Returns whether it failed: there was a NaN or an infinity, or there are too many sweeps.
 */
function jacobi(w: usize, v: usize, m: i32, n: i32): bool {
  const size = m << 3;
  const vSize = n << 3;
  identity(v, n, n);
  const total = dot(w, w, n * m);
  let moved = total - total == 0;
  if (!moved) return true;
  for (let sweep = 0; moved; sweep++) {
    if (sweep == MOST_SWEEPS) return true;
    moved = false;
    for (let p = 0; p < n; p++) {
      const x = w + p * size;
      for (let q = p + 1; q < n; q++) {
        const y = w + q * size;
        const a = dot(x, x, m);
        const b = dot(y, y, m);
        const c = dot(x, y, m);
        let cosine: f64 = 0;
        let sine: f64 = 1;
        if (a >= b) {
          if (b <= NOTHING * total || c * c <= COSINE_SQUARED * a * b) continue;
          const z = (a - b) / (2 * c);
          const root = sqrt(1 + z * z);
          const tangent = 1 / (z > 0 ? z + root : z - root);
          cosine = 1 / sqrt(1 + tangent * tangent);
          sine = -cosine * tangent;
        }
        rotate(x, y, m, cosine, sine);
        rotate(v + p * vSize, v + q * vSize, n, cosine, sine);
        moved = true;
      }
    }
  }
  return false;
}

/** Reads a matrix as columns w [n][m]; with `symmetric` what is above its diagonal is taken from below. rs and cs as in `convert`. */
function readColumns(a: usize, rs: i32, cs: i32, w: usize, m: i32, n: i32, symmetric: i32): void {
  widen(a, cs, rs, w, m << 3, n, m);
  if (symmetric) for (let k = 1; k < n; k++) widen(a + k * rs, 0, cs, w + ((k * m) << 3), 0, 1, k);
}

/**
 * a [m, n] = u diag(s) v^T with m >= n: u [m, columns], s [n], v [n, n]; `columns` is n or m. With `symmetric`, a [n, n] = v diag(s) v^T for the
 * symmetric a whose lower triangle is read; then s ascends, and `columns` is 0. info [batch] receives 1 if it failed. `work` is scratch of
 * `sizeBytes`: 8 * (n * m + n * n + columns * m + 2 * n).
 */
export function svd(
  a: usize, u: usize, s: usize, v: usize, info: usize, batch: i32, m: i32, n: i32, columns: i32, symmetric: i32, sizeBytes: i32, work: usize,
): void {
  const size = m << 3;
  const right = work + n * size;
  const left = right + ((n * n) << 3);
  const d = left + columns * size;
  for (; batch > 0; batch--, info += 4) {
    readColumns(a, n << 2, 4, work, m, n, symmetric);
    let shift: f64 = 0;
    if (symmetric) {
      // The shift is larger than the eigenvalues, so the singular values of a - shift * 1, which descend, are what they lack of it.
      shift = 2 * sqrt(dot(work, work, n * n));
      for (let k = 0; k < n; k++) {
        const at = work + k * (size + 8);
        store<f64>(at, load<f64>(at) - shift);
      }
    }
    store<i32>(info, jacobi(work, right, m, n));
    for (let k = 0; k < n; k++, s += 4) {
      const value = lengthOf(work + k * size, m);
      store<f32>(s, <f32>(symmetric ? shift - value : value));
    }
    // R of orthogonal columns is diagonal. So Q has their directions, up to the sign, also where the rank is smaller than n, and more of them.
    if (columns) orthogonalize(work, d, left, m, n, columns);
    convert(right, n << 3, v, 4, n << 2, n, n, 1);
    for (let k = 0; k < columns; k++) {
      const turned = k < n && load<f64>(d + (k << 4)) < 0;
      convert(left + k * size, 0, u + (k << 2), 0, columns << 2, 1, m, turned ? -1 : 1);
    }
    a += (m * n) << 2;
    u += (m * columns) << 2;
    v += (n * n) << 2;
  }
}

/**
 * out [cols, r] = the product of the pseudo-inverse of a [rows, cols] and b [rows, r]: singular values of at most max(atol, rtol times the
 * largest) count as 0. s [min(rows, cols)] receives them. With `symmetric` only the lower triangle of a is read. info as in `svd`. `work` is
 * scratch of `sizeBytes`: 8 * (k * (rows + cols) + (rows + cols + 1) * r) with k = min(rows, cols).
 */
export function lstsq(
  a: usize, b: usize, out: usize, s: usize, info: usize, batch: i32, rows: i32, cols: i32, r: i32, atol: f64, rtol: f64, symmetric: i32,
  sizeBytes: i32, work: usize,
): void {
  const tall = rows >= cols;
  const m = tall ? rows : cols;
  const n = tall ? cols : rows;
  const width = r << 3;
  const other = work + ((m * n) << 3);
  // Columns of the factors on the side of the rows and of the columns, one of which has the length of the singular value.
  const left = tall ? work : other;
  const right = tall ? other : work;
  const wideB = other + ((n * n) << 3);
  const x = wideB + rows * width;
  const y = x + cols * width;
  for (; batch > 0; batch--, info += 4) {
    readColumns(a, tall ? cols << 2 : 4, tall ? 4 : cols << 2, work, m, n, symmetric);
    store<i32>(info, jacobi(work, other, m, n));
    widen(b, r << 2, 4, wideB, width, rows, r);
    memory.fill(x, 0, cols * width);
    let least: f64 = 0;
    for (let k = 0; k < n; k++) {
      const column = work + k * (m << 3);
      const value = lengthOf(column, m);
      if (k == 0) least = max(atol, rtol * value);
      store<f32>(s, <f32>value);
      s += 4;
      if (value <= least) continue;
      memory.fill(y, 0, width);
      for (let i = 0; i < rows; i++) addTimes(wideB + i * width, y, r, load<f64>(left + ((k * rows + i) << 3)));
      for (let i = 0; i < cols; i++) addTimes(y, x + i * width, r, load<f64>(right + ((k * cols + i) << 3)) / (value * value));
    }
    convert(x, width, out, width >> 1, 4, cols, r, 1);
    a += (rows * cols) << 2;
    b += (rows * r) << 2;
    out += (cols * r) << 2;
  }
}
