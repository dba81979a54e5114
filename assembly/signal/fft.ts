// The discrete Fourier transform of rows: complex numbers are pairs of floats. Sizes with no prime factor above 13 go through Stockham's
// algorithm, which sorts itself: a step with radix r reads r numbers that lie n / r apart and writes them next to each other, from one
// buffer to the other. All others are convolutions of a power of 2 (Bluestein, A linear filtering approach to the computation of discrete
// Fourier transform, 1970). The table holds e^(-2 pi i k / size) for k < size, rounded from float64.

/** The signs of (-1, 1, -1, 1) and of (1, -1, 1, -1). */
const SIGNS: usize = memory.data<u32>([0x80000000, 0, 0x80000000, 0, 0x80000000]);

/** Real and imaginary parts exchanged. */
@inline
function swapped(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 0, 3, 2);
}

/** v times the complex number at w. */
@inline
function times(v: v128, w: usize): v128 {
  const turned = v128.xor(f32x4.mul(swapped(v), v128.load32_splat(w, 4)), v128.load(SIGNS));
  return f32x4.add(f32x4.mul(v, v128.load32_splat(w)), turned);
}

/** One or two complex numbers. */
@inline
function loadUpTo2(x: usize, left: i32): v128 {
  return left > 1 ? v128.load(x) : v128.load64_zero(x);
}

@inline
function storeUpTo2(out: usize, v: v128, left: i32): void {
  if (left > 1) v128.store(out, v);
  else v128.store_lane<f64>(out, v, 0);
}

/** A step with radix 4: groups of s numbers, of which four make four. Distances are bytes. */
@inline
function stepBy4(x: usize, out: usize, w: usize, m: i32, s: i32): void {
  const width = <usize>s << 3;
  const far = <usize>m * width;
  for (let p = 0, w1: usize = 0; p < m; p++, w1 += width, x += width, out += width << 2) {
    for (let at: usize = 0, left = s; left > 0; left -= 2, at += 16) {
      const from = x + at;
      const to = out + at;
      const a = loadUpTo2(from, left);
      const b = loadUpTo2(from + far, left);
      const c = loadUpTo2(from + 2 * far, left);
      const d = loadUpTo2(from + 3 * far, left);
      const even = f32x4.add(a, c);
      const odd = f32x4.sub(a, c);
      const sum = f32x4.add(b, d);
      const turned = v128.xor(swapped(f32x4.sub(b, d)), v128.load(SIGNS + 4)); // -i (b - d)
      storeUpTo2(to, f32x4.add(even, sum), left);
      storeUpTo2(to + width, times(f32x4.add(odd, turned), w + w1), left);
      storeUpTo2(to + 2 * width, times(f32x4.sub(even, sum), w + 2 * w1), left);
      storeUpTo2(to + 3 * width, times(f32x4.sub(odd, turned), w + 3 * w1), left);
    }
  }
}

/** A step with any radix r by its definition. */
@inline
function stepBy(r: i32, x: usize, out: usize, w: usize, m: i32, s: i32, size: i32): void {
  const width = <usize>s << 3;
  const far = <usize>m * width;
  const unit = <usize>(size / r) << 3;
  for (let p = 0; p < m; p++, x += width) {
    for (let j = 0; j < r; j++, out += width) {
      for (let at: usize = 0, left = s; left > 0; left -= 2, at += 16) {
        let from = x + at;
        let y = loadUpTo2(from, left);
        for (let k = 1, turn = 0; k < r; k++) {
          turn += j;
          if (turn >= r) turn -= r;
          y = f32x4.add(y, times(loadUpTo2((from += far), left), w + <usize>turn * unit));
        }
        storeUpTo2(out + at, times(y, w + <usize>(p * j) * width), left);
      }
    }
  }
}

/** Transforms the numbers at x; returns the address of the result: x or the other buffer. */
function transform(x: usize, other: usize, w: usize, size: i32): usize {
  for (let n = size, s = 1; n > 1; ) {
    let r = 4;
    if (n & 3) for (r = 2; n % r; ) r++;
    n /= r;
    if (r == 4) stepBy4(x, other, w, n, s);
    else stepBy(r, x, other, w, n, s, size);
    s *= r;
    const result = other;
    other = x;
    x = result;
  }
  return x;
}

const enum Kind { COMPLEX, REAL, HALF }

/**
 * Numbers of a row that count. HALF stands for numbers 0 to n / 2 of a row whose others are their conjugates: they count twice, except the
 * first and the middle one.
 */
@inline
function countOf(kind: i32, given: i32, n: i32): i32 {
  return min(given, kind == Kind.HALF ? (n >> 1) + 1 : n);
}

@inline
function weightOf(kind: i32, k: i32, n: i32): f32 {
  return kind == Kind.HALF && k && 2 * k != n ? 2 : 1;
}

/**
 * Transforms rows of n numbers: x has nx of each row, of which those after n are left out and missing ones are 0, and out gets ny, 0 behind
 * the n-th. `direction` 1 is the transform with e^(-2 pi i jk / n), -1 the one with e^(2 pi i jk / n). Results are multiplied by `scale`. A
 * real out gets the real parts. padded is 0, or the power of 2 of at least 2n - 1 through which n is transformed; then the table, of that
 * size, is followed by the chirp e^(-pi i k^2 / n) for k < n and by the transform of its conjugate for |k| < n, divided by padded.
 * work has room for two rows of n or padded numbers.
 */
export function fft(
  x: usize, out: usize, work: usize, table: usize, rows: i32, nx: i32, n: i32, ny: i32, from: i32, to: i32, direction: f32, scale: f32,
  padded: i32,
): void {
  const size = padded ? padded : n;
  const buffers: usize = work + work + (<usize>size << 3); // the sum of the addresses of both buffers
  const chirp = table + (<usize>size << 3);
  const filter = chirp + (<usize>n << 3);
  const count = countOf(from, nx, n);
  const results = countOf(to, ny, n);
  for (; rows > 0; rows--) {
    memory.fill(work, 0, <usize>size << 3);
    for (let k = 0; k < count; k++) {
      const weight = weightOf(from, k, n);
      const at = work + (<usize>k << 3);
      const item = x + (<usize>k << (from == Kind.REAL ? 2 : 3));
      store<f32>(at, load<f32>(item) * weight);
      if (from != Kind.REAL) store<f32>(at, load<f32>(item, 4) * weight * direction, 4);
      if (padded) v128.store_lane<f64>(at, times(v128.load64_zero(at), chirp + (<usize>k << 3)), 0);
    }
    let y = transform(work, buffers - work, table, size);
    if (padded) {
      for (let at: usize = 0; at < <usize>size << 3; at += 8) {
        const v = times(v128.load64_zero(y + at), filter + at);
        v128.store_lane<f64>(y + at, v128.xor(v, v128.load(SIGNS + 4)), 0);
      }
      y = transform(y, buffers - y, table, size);
    }
    for (let k = 0; k < ny; k++) {
      const at = y + (<usize>k << 3);
      const item = out + (<usize>k << (to == Kind.REAL ? 2 : 3));
      let v = f32x4.splat(0);
      if (k < results) {
        v = v128.load64_zero(at);
        if (padded) v = times(v128.xor(v, v128.load(SIGNS + 4)), chirp + (<usize>k << 3));
        v = f32x4.mul(v, f32x4.splat(scale * weightOf(to, k, n)));
      }
      store<f32>(item, f32x4.extract_lane(v, 0));
      if (to != Kind.REAL) store<f32>(item, f32x4.extract_lane(v, 1) * direction, 4);
    }
    x += <usize>nx << (from == Kind.REAL ? 2 : 3);
    out += <usize>ny << (to == Kind.REAL ? 2 : 3);
  }
}
