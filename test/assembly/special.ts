// Special functions in float64, to about 1e-13, as truth for float32 kernels.

/** erf x = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!: all terms of one sign. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Laplace's continued fraction of erfc behind 2. */
function fraction(x: number): number {
  let f = x;
  for (let k = 120; k > 0; k--) f = x + k / 2 / f;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / f;
}

export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  return x < 2 ? 1 - series(x) : fraction(x);
}

export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x;
  const y = Math.abs(x) < 2 ? series(Math.abs(x)) : 1 - erfc(Math.abs(x));
  return Math.sign(x) * y;
}

/** By Newton's steps on erfc from a start on the right side, where they converge. */
export function erfinv(x: number): number {
  if (Number.isNaN(x) || x === 0 || Math.abs(x) > 1) return x === 0 ? x : Number.NaN;
  if (Math.abs(x) === 1) return x / 0;
  const p = 1 - Math.abs(x);
  let y = 0;
  for (let i = 0; i < 60; i++) {
    const error = y < 0.5 ? Math.abs(x) - erf(y) : erfc(y) - p;
    y += error / ((2 / Math.sqrt(Math.PI)) * Math.exp(-y * y));
  }
  return Math.sign(x) * y;
}

export const sigmoid = (x: number) => (x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** The normal distribution and its density. */
export const normalCdf = (x: number) => erfc(-x / Math.SQRT2) / 2;
export const normalPdf = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** To the nearest integer, halves to even. */
export function roundEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}
