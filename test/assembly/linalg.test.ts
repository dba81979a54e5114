// Decompositions by their defining properties, in float64: sizes with every tail, four alignments, guards around all arrays, scratch of
// exactly the size that is asked for, batches whose matrices give what each gives alone.
import { describe, expect, test } from "vitest";
import { identity, type Matrix, times, transposed } from "../ops/matrices.js";
import { Arena, builds, kernels, type Placed, randomValues } from "./harness.js";

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 33];
const SHIFTS = [0, 4, 8, 12];
const BATCH = 2;
/** Of the largest element, after one rounding to float32 of each factor. */
const NEAR = 1e-6;

const matrix = (values: ArrayLike<number>, from: number, m: number, n: number): Matrix =>
  Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_1, j) => values[from + i * n + j] as number));

/** Fails unless two matrices are equal up to `tolerance` of the largest element. */
function expectNear(what: string, got: Matrix, wanted: Matrix, tolerance = NEAR): void {
  const largest = Math.max(1, ...wanted.flat().map(Math.abs));
  expect(got.length).toBe(wanted.length);
  got.forEach((row, i) => {
    row.forEach((v, j) => {
      const w = wanted[i]?.[j] as number;
      if (!(Math.abs(v - w) <= tolerance * largest)) expect.fail(`${what}[${i}][${j}]: ${v} instead of ${w}`);
    });
  });
}

const diagonal = (values: readonly number[]): Matrix => values.map((v, i) => values.map((_, j) => (i === j ? v : 0)));

/** A desk for one call: inputs, results and scratch, each with guards. */
class Desk extends Arena {
  #count = 0;
  input(size: number, seed: number): Placed<Float32Array> {
    return this.place(randomValues(size, seed), SHIFTS[this.#count++ % 4]);
  }
  result(size: number): Placed<Float32Array> {
    return this.out(size, SHIFTS[this.#count++ % 4]);
  }
  codes(): Placed<Int32Array> {
    return this.place(new Int32Array(BATCH).fill(-7), SHIFTS[this.#count++ % 4]);
  }
  scratch(bytes: number): number {
    return this.place(new Uint8Array(bytes).fill(0xff)).ptr;
  }
  expectIntact(): void {
    expect(this.damaged()).toBeUndefined();
  }
}

/** Random values with the diagonal of each matrix [n, n] raised. */
function raise(values: Float32Array, n: number, by: number): void {
  for (let b = 0; b < BATCH; b++) for (let i = 0; i < n; i++) (values[(b * n + i) * n + i] as number) += by;
}

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  describe.each([0, 1, 3, 4, 5])("solve for %i right sides", (r) => {
    test.each(SIZES)("of size %i: general, transposed and with cofactors", (n) => {
      for (const [transpose, kind] of [
        [0, 0],
        [1, 0],
        [0, 3],
      ] as const) {
        const d = new Desk();
        const [a, b, out, info] = [d.input(BATCH * n * n, n), d.input(BATCH * n * r, 9), d.result(BATCH * n * r), d.codes()];
        const bytes = 16 + 8 * n * (n + r);
        k.solve(a.ptr, b.ptr, out.ptr, info.ptr, BATCH, n, r, transpose, 0, kind, bytes, d.scratch(bytes));
        d.expectIntact();
        expect(Array.from(info.values)).toEqual([0, 0]);
        if (kind === 3) continue; // its values are those of the gradient of det
        for (let t = 0; t < BATCH; t++) {
          const stored = matrix(a.values, t * n * n, n, n);
          const x = matrix(out.values, t * n * r, n, r);
          const residual = times(transpose ? transposed(stored, n) : stored, x);
          const largest = Math.max(1, ...x.flat().map(Math.abs));
          expectNear("a x", residual, matrix(b.values, t * n * r, n, r), NEAR * largest * Math.max(n, 1));
        }
      }
    });

    test.each(SIZES.slice(1))("of size %i: triangular, both triangles, with and without a diagonal", (n) => {
      for (const lower of [false, true]) {
        for (const kind of [1, 2]) {
          const d = new Desk();
          const [a, b, out, info] = [d.input(BATCH * n * n, n), d.input(BATCH * n * r, 9), d.result(BATCH * n * r), d.codes()];
          for (let i = 0; i < a.values.length; i++) (a.values[i] as number) /= n;
          raise(a.values, n, 3);
          const bytes = 16 + 8 * n * (n + r);
          k.solve(a.ptr, b.ptr, out.ptr, info.ptr, BATCH, n, r, 0, Number(lower), kind, bytes, d.scratch(bytes));
          d.expectIntact();
          for (let t = 0; t < BATCH; t++) {
            const part = matrix(a.values, t * n * n, n, n).map((row, i) =>
              row.map((v, j) => (i === j ? (kind === 2 ? 1 : v) : i > j === lower ? v : 0)),
            );
            expectNear("a x", times(part, matrix(out.values, t * n * r, n, r)), matrix(b.values, t * n * r, n, r));
          }
        }
      }
    });
  });

  test("solve names the pivot that is 0, and goes on with the next matrix", () => {
    const d = new Desk();
    const a = d.place(Float32Array.of(1, 2, 2, 4, 2, 0, 0, 4));
    const [b, out, info] = [d.place(Float32Array.of(1, 1, 1, 1)), d.result(4), d.codes()];
    k.solve(a.ptr, b.ptr, out.ptr, info.ptr, 2, 2, 1, 0, 0, 0, 64, d.scratch(64));
    expect(Array.from(info.values)).toEqual([2, 0]);
    expect(Array.from(out.values.slice(2))).toEqual([0.5, 0.25]);
  });

  test.each(SIZES)("determinant of L U, size %i", (n) => {
    const d = new Desk();
    // Triangular factors with known diagonals; the rows are turned round, which changes the sign.
    const a = d.input(BATCH * n * n, 3);
    const [out, sign, log] = [d.result(BATCH), d.result(BATCH), d.result(BATCH)];
    const wanted: number[] = [];
    for (let t = 0; t < BATCH; t++) {
      const random = matrix(a.values, t * n * n, n, n).map((row) => row.map((v) => v / (n + 1)));
      const lower = random.map((row, i) => row.map((v, j) => (i === j ? 1 : j < i ? v : 0)));
      const upper = random.map((row, i) => row.map((v, j) => (i === j ? ((i + t) % 2 ? 1.5 : -0.75) : j > i ? v : 0)));
      const product = times(lower, upper).reverse();
      product.flat().forEach((v, i) => {
        a.values[t * n * n + i] = v;
      });
      wanted.push(upper.reduce((p, row, i) => p * (row[i] as number), Math.floor(n / 2) % 2 ? -1 : 1));
    }
    const bytes = 16 + 8 * n * n;
    k.determinant(a.ptr, out.ptr, 0, BATCH, n, bytes, d.scratch(bytes));
    k.determinant(a.ptr, sign.ptr, log.ptr, BATCH, n, bytes, d.scratch(bytes));
    d.expectIntact();
    wanted.forEach((w, t) => {
      expect(Math.abs((out.values[t] as number) / w - 1)).toBeLessThan(3e-6);
      expect(sign.values[t]).toBe(Math.sign(w));
      expect(Math.abs((log.values[t] as number) - Math.log(Math.abs(w)))).toBeLessThan(3e-6);
    });
  });

  test("determinants that float32 or float64 does not hold keep their logarithms", () => {
    for (const [value, n] of [
      [1e30, 40],
      [1e-30, 40],
      [-2, 3],
      [0, 2],
      [Number.NaN, 2],
    ] as const) {
      const d = new Desk();
      const a = d.place(Float32Array.from(diagonal(new Array(n).fill(value)).flat()));
      const [out, sign, log] = [d.result(1), d.result(1), d.result(1)];
      const bytes = 16 + 8 * n * n;
      k.determinant(a.ptr, out.ptr, 0, 1, n, bytes, d.scratch(bytes));
      k.determinant(a.ptr, sign.ptr, log.ptr, 1, n, bytes, d.scratch(bytes));
      d.expectIntact();
      const wanted = n * Math.log(Math.abs(Math.fround(value)));
      const got = log.values[0] as number;
      expect(Object.is(got, wanted) || Math.abs(got / wanted - 1) < 1e-7).toBe(true);
      expect(sign.values[0]).toEqual(Number.isNaN(value) ? Number.NaN : Math.sign(value) ** n);
      expect(out.values[0]).toEqual(Math.fround(value ** n));
    }
  });

  test.each(SIZES)("cholesky of size %i reads the lower triangle only", (n) => {
    const d = new Desk();
    const [a, out, info] = [d.input(BATCH * n * n, 5), d.result(BATCH * n * n), d.codes()];
    raise(a.values, n, 2 * n + 2);
    const bytes = 16 + 8 * n * n;
    k.cholesky(a.ptr, out.ptr, info.ptr, BATCH, n, bytes, d.scratch(bytes));
    d.expectIntact();
    expect(Array.from(info.values)).toEqual([0, 0]);
    for (let t = 0; t < BATCH; t++) {
      const full = matrix(a.values, t * n * n, n, n);
      const l = matrix(out.values, t * n * n, n, n);
      const lower = (x: Matrix): Matrix => x.map((row, i) => row.map((v, j) => (j <= i ? v : 0)));
      expectNear("L L^T", lower(times(l, transposed(l, n))), lower(full));
      expect(l).toEqual(lower(l));
    }
  });

  test.each([
    ["not above 0", [1, 0, 2, 1], 2],
    ["NaN", [Number.NaN, 0, 0, 1], 1],
  ])("cholesky names the pivot that is %s", (_, values, pivot) => {
    const d = new Desk();
    const [a, out, info] = [d.place(Float32Array.from(values)), d.result(4), d.codes()];
    k.cholesky(a.ptr, out.ptr, info.ptr, 1, 2, 48, d.scratch(48));
    expect(info.values[0]).toBe(pivot);
  });

  const TALL = SIZES.flatMap((n) => [0, 1, 2, 5].map((more) => [n + more, n] as const));

  test.each(TALL)("qr and svd of %i x %i", (m, n) => {
    for (const columns of new Set([n, m])) {
      const d = new Desk();
      const [a, q, r] = [d.input(BATCH * m * n, m), d.result(BATCH * m * columns), d.result(BATCH * columns * n)];
      const [u, s, v, info] = [d.result(BATCH * m * columns), d.result(BATCH * n), d.result(BATCH * n * n), d.codes()];
      // The last column of the second matrix repeats the first one: an exact zero among the singular values.
      if (n > 1) for (let i = 0; i < m; i++) a.values[(m + i) * n + n - 1] = a.values[(m + i) * n] as number;
      const qrBytes = 8 * (n * m + columns * m + 2 * n);
      k.qr(a.ptr, q.ptr, r.ptr, BATCH, m, n, columns, qrBytes, d.scratch(qrBytes));
      const svdBytes = qrBytes + 8 * n * n;
      k.svd(a.ptr, u.ptr, s.ptr, v.ptr, info.ptr, BATCH, m, n, columns, 0, svdBytes, d.scratch(svdBytes));
      d.expectIntact();
      expect(Array.from(info.values)).toEqual([0, 0]);
      for (let t = 0; t < BATCH; t++) {
        const of = (x: Placed<Float32Array>, rows: number, cols: number): Matrix => matrix(x.values, t * rows * cols, rows, cols);
        const orthonormal = (what: string, x: Matrix, cols: number): void =>
          expectNear(what, times(transposed(x, cols), x), cols && x.length ? identity(cols) : identity(x.length ? cols : 0));
        const [A, Q, R, U, V] = [of(a, m, n), of(q, m, columns), of(r, columns, n), of(u, m, columns), of(v, n, n)];
        expectNear("Q R", times(Q, R), A);
        expect(R.every((row, i) => row.every((x, j) => j >= i || x === 0))).toBe(true);
        if (m > 0) orthonormal("Q", Q, columns);
        if (m > 0) orthonormal("U", U, columns);
        if (n > 0) orthonormal("V", V, n);
        const values = Array.from(s.values.slice(t * n, (t + 1) * n));
        expect(values.every((x, i) => x >= 0 && (i === 0 || x <= (values[i - 1] as number)))).toBe(true);
        if (t === 1 && n > 1) expect(values[n - 1]).toBeLessThan(1e-6);
        if (n > 0)
          expectNear(
            "U S V^T",
            times(
              times(
                U.map((row) => row.slice(0, n)),
                diagonal(values),
              ),
              transposed(V),
            ),
            A,
          );
      }
    }
  });

  test.each(SIZES)("svd of a symmetric matrix of size %i gives eigenvalues and reads the lower triangle only", (n) => {
    const d = new Desk();
    const [a, s, v, info] = [d.input(BATCH * n * n, 7), d.result(BATCH * n), d.result(BATCH * n * n), d.codes()];
    // The second matrix has one eigenvalue many times.
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a.values[(n + i) * n + j] = i === j ? (i === 1 ? -2 : 2) : j > i ? 77 : 0;
    const u = d.result(0);
    const bytes = 8 * (2 * n * n + 2 * n);
    k.svd(a.ptr, u.ptr, s.ptr, v.ptr, info.ptr, BATCH, n, n, 0, 1, bytes, d.scratch(bytes));
    d.expectIntact();
    expect(Array.from(info.values)).toEqual([0, 0]);
    for (let t = 0; t < BATCH; t++) {
      const stored = matrix(a.values, t * n * n, n, n);
      const symmetric = stored.map((row, i) => row.map((x, j) => (j <= i ? x : (stored[j]?.[i] as number))));
      const V = matrix(v.values, t * n * n, n, n);
      const values = Array.from(s.values.slice(t * n, (t + 1) * n));
      expect(values.every((x, i) => i === 0 || x >= (values[i - 1] as number))).toBe(true);
      expectNear("V^T V", times(transposed(V, n), V), identity(n));
      if (n > 0) expectNear("V S V^T", times(times(V, diagonal(values)), transposed(V)), symmetric);
    }
  });

  test.each(TALL)("lstsq of %i x %i and its transpose: the conditions of Moore and Penrose", (tall, n) => {
    for (const [m, c] of [
      [tall, n],
      [n, tall],
    ] as const) {
      const d = new Desk();
      const a = d.input(BATCH * m * c, m + 1);
      if (n > 1) for (let i = 0; i < m; i++) if (c <= m) a.values[(m + i) * c + c - 1] = a.values[(m + i) * c] as number;
      const b = d.place(Float32Array.from([identity(m), identity(m)].flat(2)), 4);
      const [x, s, info] = [d.result(BATCH * c * m), d.result(BATCH * n), d.codes()];
      const bytes = 8 * (n * (m + c) + (m + c + 1) * m);
      k.lstsq(a.ptr, b.ptr, x.ptr, s.ptr, info.ptr, BATCH, m, c, m, 0, 1e-6, 0, bytes, d.scratch(bytes));
      d.expectIntact();
      expect(Array.from(info.values)).toEqual([0, 0]);
      if (n === 0) {
        expect(x.values.every((v) => v === 0)).toBe(true);
        continue;
      }
      for (let t = 0; t < BATCH; t++) {
        const [A, P] = [matrix(a.values, t * m * c, m, c), matrix(x.values, t * c * m, c, m)];
        const [AP, PA] = [times(A, P), times(P, A)];
        const loose = NEAR * Math.max(1, ...P.flat().map(Math.abs)) * n * 4;
        expectNear("A P A", times(AP, A), A, loose);
        expectNear("P A P", times(PA, P), P, loose);
        expectNear("A P", AP, transposed(AP), loose);
        expectNear("P A", PA, transposed(PA), loose);
      }
    }
  });

  test("singular values and eigenvalues are in order where they differ by rounding errors only", () => {
    const n = 100;
    for (const rule of [() => 1, (i: number, j: number) => ((i * j) % 2 ? 1 : -1)]) {
      const d = new Desk();
      const a = d.place(Float32Array.from({ length: n * n }, (_, i) => rule(Math.floor(i / n), i % n)));
      const [u, s, v, info] = [d.result(n * n), d.result(n), d.result(n * n), d.codes()];
      const bytes = 8 * (3 * n * n + 2 * n);
      k.svd(a.ptr, u.ptr, s.ptr, v.ptr, info.ptr, 1, n, n, n, 0, bytes, d.scratch(bytes));
      expect(Array.from(s.values)).toEqual(Array.from(s.values).sort((x, y) => y - x));
      k.svd(a.ptr, u.ptr, s.ptr, v.ptr, info.ptr, 1, n, n, 0, 1, bytes, d.scratch(bytes));
      expect(Array.from(s.values)).toEqual(Array.from(s.values).sort((x, y) => x - y));
      d.expectIntact();
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("svd and lstsq report a matrix with %d", (value) => {
    const d = new Desk();
    const a = d.place(Float32Array.of(1, 0, 0, 1, 1, 0, value, 1));
    const [p, q, r, info] = [d.result(8), d.result(8), d.result(8), d.codes()];
    const calls = [
      () => k.svd(a.ptr, p.ptr, q.ptr, r.ptr, info.ptr, 2, 2, 2, 2, 0, 256, d.scratch(256)),
      () => k.svd(a.ptr, p.ptr, q.ptr, r.ptr, info.ptr, 2, 2, 2, 0, 1, 256, d.scratch(256)),
      () => k.lstsq(a.ptr, p.ptr, q.ptr, r.ptr, info.ptr, 2, 2, 2, 1, 0, 0, 0, 256, d.scratch(256)),
    ];
    for (const call of calls) {
      info.values.fill(-7);
      call();
      expect(Array.from(info.values)).toEqual([0, 1]);
    }
  });
});
