// Fourier transforms of rows on bare memory: every kind of row, every radix, sizes that are cut or filled up, four alignments.
import { expect, test } from "vitest";
import { Arena, builds, kernels, randomValues } from "./harness.js";

const [COMPLEX, REAL, HALF] = [0, 1, 2];
const floatsOf = (kind: number): number => (kind === REAL ? 1 : 2);

/** e^(-2 pi i k / n) */
const table = (n: number): Float32Array =>
  Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? Math.cos((Math.PI * i) / n) : -Math.sin((Math.PI * (i - 1)) / n)));

interface Case {
  from: number;
  to: number;
  n: number;
  nx: number;
  ny: number;
  direction: number;
}

/** The transform by its definition: numbers 0 to n / 2 of a HALF count twice, except the first and the middle one. */
function truth(x: Float32Array, { from, to, n, nx, ny, direction }: Case, scale: number): number[] {
  const weight = (kind: number, k: number): number => (kind === HALF && k > 0 && 2 * k !== n ? 2 : 1);
  const count = (kind: number, given: number): number => Math.min(given, kind === HALF ? (n >> 1) + 1 : n);
  return Array.from({ length: ny }, (_, j) => {
    let [re, im] = [0, 0];
    for (let k = 0; j < count(to, ny) && k < count(from, nx); k++) {
      const [a, b] = from === REAL ? [x[k] as number, 0] : [x[2 * k] as number, x[2 * k + 1] as number];
      const angle = (-2 * Math.PI * direction * ((j * k) % n)) / n;
      re += weight(from, k) * (a * Math.cos(angle) - b * Math.sin(angle));
      im += weight(from, k) * (a * Math.sin(angle) + b * Math.cos(angle));
    }
    return [re, im].slice(0, floatsOf(to)).map((v) => v * scale * weight(to, j));
  }).flat();
}

const CASES: Case[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 20, 32, 36, 60, 64, 91, 128].flatMap((n) =>
  [-1, 1].flatMap((direction) => [
    { from: COMPLEX, to: COMPLEX, n, nx: n, ny: n, direction },
    { from: COMPLEX, to: COMPLEX, n, nx: n + 2, ny: n + 3, direction },
    { from: REAL, to: COMPLEX, n, nx: Math.max(n - 1, 1), ny: (n >> 1) + 1, direction },
    { from: HALF, to: REAL, n, nx: (n >> 1) + 1, ny: n, direction },
    { from: REAL, to: HALF, n, nx: n, ny: (n >> 1) + 1, direction },
  ]),
);

test.each(builds)("%s", (build) => {
  CASES.forEach((at, i) => {
    const { from, to, n, nx, ny, direction } = at;
    const [rows, scale] = [3, 0.5];
    const arena = new Arena();
    const x = arena.place(randomValues(rows * nx * floatsOf(from), i), (i & 3) * 4);
    const out = arena.out(rows * ny * floatsOf(to), ((i >> 2) & 3) * 4);
    const work = arena.out(4 * n);
    kernels(build).fft(x.ptr, out.ptr, work.ptr, arena.place(table(n)).ptr, rows, nx, n, ny, from, to, direction, scale, 0);
    const width = nx * floatsOf(from);
    const want = [0, 1, 2].flatMap((r) => truth(x.values.slice(r * width, (r + 1) * width), at, scale));
    want.forEach((v, j) => {
      if (!(Math.abs((out.values[j] as number) - v) <= 2e-6 * Math.sqrt(n)))
        expect.fail(`${JSON.stringify(at)}: ${j}: ${out.values[j]}, not ${v}`);
    });
    expect(arena.damaged()).toBeUndefined();
  });
});
