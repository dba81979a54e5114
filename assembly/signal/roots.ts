// Roots of unity: w^j = e^(-2 pi i j / N), computed in float64 and rounded once to float32.

const TWO_PI: f64 = 6.283185307179586;
/** Powers that are computed from w one by one; all others are products of two powers. */
const BLOCK = 64;
/** Terms of the series of sine and cosine. For angles up to 2 pi, later ones are below the precision of float64. */
const TERMS = 48;

/**
 * Writes the real parts of w^0 to w^(N - 1) to `out`, and the imaginary parts behind them. A power is w^(64 a) w^b, and both factors are
 * products of at most a and b factors, so the error grows with N / 64, and is below 1e-11 for N = 2^24.
 */
export function roots(out: usize, N: i32): void {
  const angle = TWO_PI / <f64>N;
  // The series of e^(-i angle): even terms are real.
  let term: f64 = 1;
  let c: f64 = 1;
  let s: f64 = 0;
  for (let i = 1; i < TERMS; i++) {
    term *= angle / <f64>i;
    if (i & 1) s -= i & 2 ? -term : term;
    else c += i & 2 ? -term : term;
  }
  const imaginary = out + (<usize>N << 2);
  let blockRe: f64 = 1;
  let blockIm: f64 = 0;
  for (let from = 0; from < N; from += BLOCK) {
    const end = min(from + BLOCK, N);
    let re = blockRe;
    let im = blockIm;
    for (let j = from; j < end; j++) {
      store<f32>(out + (<usize>j << 2), <f32>re);
      store<f32>(imaginary + (<usize>j << 2), <f32>im);
      const next = re * c - im * s;
      im = re * s + im * c;
      re = next;
    }
    blockRe = re;
    blockIm = im;
  }
}
