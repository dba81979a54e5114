// Properties for shapes and expressions that nobody chose: einsum and matmul against loops in float64, solve against a product.
import * as fc from "fast-check";
import { einsum, eye, matmul, scope, solve, type Tensor, tensor } from "simdgrad";
import { expect, test } from "vitest";
import { randomValues } from "../assembly/harness.js";
import { einsumTruth } from "./einsumTruth.js";
import { broadcastShape, type Nd, sizeOf } from "./nd.js";

const pair = (shape: readonly number[], seed: number): { x: Tensor; truth: Nd } => {
  const values = randomValues(sizeOf(shape), seed, -1, 1);
  return { x: tensor(values, { shape, requiresGrad: true }), truth: { shape, data: Float64Array.from(values) } };
};

function expectSame(got: Tensor, truth: Nd): void {
  expect([...got.shape]).toEqual([...truth.shape]);
  const values = got.toTypedArray();
  truth.data.forEach((want, i) => {
    if (!(Math.abs((values[i] as number) - want) <= 2e-6 * Math.max(1, Math.abs(want))))
      expect.fail(`element ${i}: ${values[i]} instead of ${want}`);
  });
}

const LETTERS = ["a", "b", "c", "d", "Z"] as const;

/** One to four operands of up to three letters, with "..." in some, sizes of 1 in place of others, and a result of some of the letters. */
const expression = fc
  .record({
    sizes: fc.tuple(...LETTERS.map(() => fc.integer({ min: 0, max: 3 }))),
    dots: fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }),
    terms: fc.array(
      fc.record({
        letters: fc.array(fc.constantFrom(...LETTERS), { maxLength: 3 }),
        dots: fc.boolean(),
        at: fc.nat(3),
        ones: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 6, maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    order: fc.shuffledSubarray([...LETTERS]),
    seed: fc.nat(1000),
  })
  .map(({ sizes, dots, terms, order, seed }) => {
    const sizeFor = (letter: string): number => sizes[LETTERS.indexOf(letter as "a")] as number;
    const operands = terms.map(({ letters, dots: has, at, ones }) => {
      const place = Math.min(at, letters.length);
      const repeated = (letter: string): boolean => letters.filter((one) => one === letter).length > 1;
      const named = letters.map((letter, i) => (ones[i] === 0 && !repeated(letter) ? 1 : sizeFor(letter)));
      const shape = has ? [...named.slice(0, place), ...dots, ...named.slice(place)] : named;
      return { term: has ? `${letters.slice(0, place).join("")}...${letters.slice(place).join("")}` : letters.join(""), shape };
    });
    const there = order.filter((letter) => operands.some(({ term }) => term.includes(letter)));
    const equation = `${operands.map(({ term }) => term).join(",")}->${operands.some(({ term }) => term.includes(".")) ? "..." : ""}${there.join("")}`;
    return { equation, shapes: operands.map(({ shape }) => shape), seed };
  });

test("einsum of random expressions is the sum over all labels, and so are its gradients", () => {
  fc.assert(
    fc.property(expression, ({ equation, shapes, seed }) => {
      scope(() => {
        const made = shapes.map((shape, i) => pair(shape, seed + i));
        const truths = made.map(({ truth }) => truth);
        const y = einsum(equation, ...made.map(({ x }) => x));
        const truth = einsumTruth(equation, ...truths);
        expectSame(y, truth);
        if (truth.data.length === 0) return;
        // einsum is linear in each operand: <y, w> is <x, dx>.
        const w = randomValues(y.size, 5, -1, 1);
        y.backward({ gradient: tensor(w, { shape: y.shape }) });
        const wanted = truth.data.reduce((sum, v, i) => sum + v * (w[i] as number), 0);
        for (const { x } of made) {
          const g = x.grad?.toTypedArray() ?? [];
          const got = (x.toTypedArray() as Float32Array).reduce((sum: number, v: number, i: number) => sum + v * (g[i] as number), 0);
          expect(Math.abs(got - wanted)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)));
        }
        for (const { x } of made) x.grad = null;
      });
    }),
    { numRuns: 400, seed: 7 },
  );
});

const size = fc.integer({ min: 0, max: 4 });
/** Shapes of operands that fit: vectors, matrices, and batches that broadcast. */
const operands = fc
  .record({
    sizes: fc.tuple(size, size, size),
    batch: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    cuts: fc.tuple(fc.nat(3), fc.nat(3)),
    ones: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
    vectors: fc.tuple(fc.nat(4), fc.nat(4)),
    seed: fc.nat(1000),
  })
  .map(({ sizes: [m, k, n], batch, cuts, ones, vectors, seed }) => {
    const own = (which: 0 | 1): number[] =>
      batch.map((d, i) => (ones[2 * i + which] === 0 ? 1 : d)).slice(Math.min(cuts[which], batch.length));
    return { a: vectors[0] === 0 ? [k] : [...own(0), m, k], b: vectors[1] === 0 ? [k] : [...own(1), k, n], seed };
  });

test("matmul of all shapes is the sum of products", () => {
  fc.assert(
    fc.property(operands, ({ a, b, seed }) => {
      scope(() => {
        const [left, right] = [pair(a, seed), pair(b, seed + 1)];
        const [wideA, wideB] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b];
        const truth = einsumTruth("...ij,...jk->...ik", { ...left.truth, shape: wideA }, { ...right.truth, shape: wideB });
        const batch = broadcastShape(wideA.slice(0, -2), wideB.slice(0, -2));
        const shape = [...batch, ...(a.length === 1 ? [] : wideA.slice(-2, -1)), ...(b.length === 1 ? [] : wideB.slice(-1))];
        expectSame(matmul(left.x, right.x), { shape, data: truth.data });
      });
    }),
    { numRuns: 400, seed: 7 },
  );
});

test("solve(a, a x) is x, also from the right", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
      fc.nat(1000),
      (n, r, batch, seed) => {
        scope(() => {
          const a = pair([...batch, n, n], seed).x.add(eye(n).mul(n));
          const x = pair([...batch, n, r], seed + 1);
          expectSame(solve(a, a.matmul(x.x)), x.truth);
          const y = pair([r, n], seed + 2);
          expectSame(solve(a, y.x.matmul(a), { left: false }).add(0), {
            shape: [...batch, r, n],
            data: Float64Array.from({ length: sizeOf(batch) * r * n }, (_, i) => y.truth.data[i % (r * n)] as number),
          });
        });
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});
