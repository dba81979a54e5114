// What the tests of elementwise kernels share: where arrays are placed, which values go in, float64 truths, bounds in ulp.
import { Arena, type Build, kernels, ulps } from "./harness.js";

/** Every tail of every unrolled loop up to 4 vectors twice, each at the four alignments of a float. */
export const PLACES = Array.from({ length: 4 * 35 }, (_, i) => ({ n: i >> 2, shift: (i & 3) * 4 }));

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
export const SPECIALS = [nan, inf, -inf, 0, -0, 1e-45, -1e-45, 1.17549435e-38, -1e-39, 3.4e38, -3.4e38, 1, -1, 0.5, -0.5, 2.5, -2.5];

/** `n` float32 spread over all bit patterns: every exponent, both signs, infinities and NaN. The step is odd, so low bits vary. */
export function everyExponent(n = 32768): Float32Array {
  const step = Math.floor(2 ** 32 / n) | 1;
  return new Float32Array(Uint32Array.from({ length: n }, (_, i) => i * step).buffer);
}

/** Whether a result has the bits of the truth rounded to float32; any NaN equals any other. */
export const same = (got: number, truth: number) => Object.is(got, Math.fround(truth));

/** A kernel of one array and what it should do. Below `floor` a result may be flushed to zero. */
export interface Row {
  name: string;
  truth: (x: number) => number;
  ulp: number;
  args?: number[];
  floor?: number;
}

export function expectClose(row: Row, xs: Float32Array, got: Float32Array): void {
  const floor = row.floor ?? 0;
  xs.forEach((x, i) => {
    const y = got[i] as number;
    const truth = row.truth(x);
    if (Math.abs(truth) < floor ? Math.abs(y) <= floor : ulps(y, truth) <= row.ulp) return;
    throw new Error(`${row.name}(${x}) gives ${y}, not ${truth}: ${ulps(y, truth)} ulp`);
  });
}

/** Runs a kernel of one array over values wherever they fit. */
export function run(build: Build, name: string, xs: Float32Array, args: number[] = []): Float32Array {
  const arena = new Arena();
  const x = arena.place(xs, 4);
  const out = arena.out(xs.length, 8);
  kernels(build)[name]?.(x.ptr, out.ptr, xs.length, ...args);
  return out.values.slice();
}
