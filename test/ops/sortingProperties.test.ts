// Properties of sorting, selection, unique values, search and running results for any shape, any dimension and any float32, those that are
// not finite among them.
import * as fc from "fast-check";
import * as sg from "simdgrad";
import { scope, type Tensor, tensor } from "simdgrad";
import { expect, test } from "vitest";
import { ascending, fromStart, mapLanes, orderOf, sortedLane } from "./rows/lanes.js";

/** Any float32, often one of a few, so that there are ties. */
const number = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, -0, 1, -1, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** -149) },
  { weight: 2, arbitrary: fc.float({ noDefaultInfinity: true, noNaN: true }) },
);
const whole = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

interface Filled {
  readonly shape: readonly number[];
  readonly dim: number;
  readonly dtype: "float32" | "int32";
  readonly data: Float64Array;
}

/** An array of any shape with up to three dimensions, and one of them. */
const filled: fc.Arbitrary<Filled> = fc
  .tuple(fc.array(fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 5, max: 60 })), { minLength: 1, maxLength: 3 }), fc.boolean())
  .filter(([shape]) => shape.reduce((a, b) => a * b, 1) <= 1500)
  .chain(([shape, float]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.record({
      shape: fc.constant(shape),
      dim: fc.integer({ min: -shape.length, max: shape.length - 1 }),
      dtype: fc.constant(float ? ("float32" as const) : ("int32" as const)),
      data: fc.array(float ? number : whole, { minLength: size, maxLength: size }).map((values) => Float64Array.from(values)),
    });
  });

const made = ({ shape, dtype, data }: Filled): Tensor => tensor(data, { shape, dtype });
const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
/** Equal up to the sign of zero: of equal elements either may be taken for the value. */
const plain = (values: Iterable<number>): number[] => Array.from(values, (v) => v + 0);
const runs = { numRuns: 150 };

/** `rule` for each lane, as long as there are elements. */
const lanesOf = (x: Filled, rule: (lane: number[]) => number[]): number[] =>
  x.data.length === 0 ? [] : Array.from(mapLanes(x, x.dim, rule).data);
const lengthOf = ({ shape, dim }: Filled): number => shape[fromStart(dim, shape.length)] as number;

test("sort and argsort are JavaScript's stable sort with NaN as the largest", () => {
  fc.assert(
    fc.property(filled, fc.boolean(), (x, descending) =>
      scope(() => {
        const { values, indices } = made(x).sort(x.dim, { descending });
        expect(numbers(indices)).toEqual(lanesOf(x, (lane) => orderOf(lane, descending)));
        expect(numbers(values)).toEqual(lanesOf(x, (lane) => sortedLane(lane, descending)));
        expect(numbers(made(x).argsort({ dim: x.dim, descending }))).toEqual(numbers(indices));
      }),
    ),
    runs,
  );
});

test("topk is the beginning of sort, and kthvalue its element", () => {
  fc.assert(
    fc.property(filled, fc.boolean(), fc.nat(), (x, largest, any) =>
      scope(() => {
        const n = lengthOf(x);
        const k = any % (n + 1);
        const { values, indices } = made(x).topk(k, x.dim, { largest });
        const all = made(x).sort(x.dim, { descending: largest });
        expect(numbers(values)).toEqual(numbers(all.values.narrow(x.dim, 0, k)));
        expect(numbers(indices)).toEqual(numbers(all.indices.narrow(x.dim, 0, k)));
        if (largest || k === 0) return;
        expect(numbers(made(x).kthvalue(k, x.dim).indices)).toEqual(numbers(all.indices.select(x.dim, k - 1)));
      }),
    ),
    runs,
  );
});

test("unique gives the values of a Set in order, and the way back", () => {
  fc.assert(
    fc.property(filled, (x) =>
      scope(() => {
        const [values, inverse, counts] = made(x).unique({ returnInverse: true, returnCounts: true });
        const real = plain(x.data).filter((v) => !Number.isNaN(v));
        const holes = x.data.length - real.length;
        const want = [...[...new Set(real)].sort(ascending), ...new Array<number>(holes).fill(Number.NaN)];
        expect(plain(numbers(values))).toEqual(want);
        expect(plain(numbers(values.indexSelect(0, inverse.flatten())))).toEqual(plain(x.data));
        expect(numbers(counts)).toEqual(want.map((v) => (Number.isNaN(v) ? 1 : real.filter((w) => w === v).length)));
      }),
    ),
    runs,
  );
});

test("uniqueConsecutive is repeated by its counts to the original", () => {
  fc.assert(
    fc.property(filled, (x) =>
      scope(() => {
        const [values, inverse, counts] = made(x).uniqueConsecutive({ returnInverse: true, returnCounts: true });
        const repeated = numbers(values).flatMap((v, i) => new Array<number>(numbers(counts)[i] as number).fill(v));
        expect(plain(repeated)).toEqual(plain(x.data));
        expect(numbers(inverse)).toEqual(numbers(counts).flatMap((n, i) => new Array<number>(n).fill(i)));
        const kept = numbers(values);
        for (let i = 1; i < kept.length; i++) expect(kept[i] === kept[i - 1]).toBe(false);
      }),
    ),
    runs,
  );
});

test("searchsorted is a linear search", () => {
  const sorted = fc
    .array(
      number.filter((v) => !Number.isNaN(v)),
      { maxLength: 70 },
    )
    .map((values) => values.sort((a, b) => a - b));
  fc.assert(
    fc.property(sorted, fc.array(number, { maxLength: 20 }), fc.boolean(), (edges, wanted, right) =>
      scope(() => {
        const places = wanted.map((v) => {
          const found = edges.findIndex((edge) => (right ? edge > v : edge >= v));
          return found < 0 ? edges.length : found;
        });
        expect(numbers(sg.searchsorted(tensor(edges), tensor(wanted), { right }))).toEqual(places);
      }),
    ),
    runs,
  );
});

/** What a loop makes of a lane. */
const loop = (lane: number[], start: number, step: (before: number, v: number) => number): number[] => {
  let last = start;
  return lane.map((v) => {
    last = step(last, v);
    return last;
  });
};

/** Equal, or at most a rounding of float32 apart. */
function expectRounded(got: readonly number[], want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  want.forEach((w, i) => {
    const [y, rounded] = [got[i] as number, Math.fround(w)];
    const fits = Object.is(y, rounded) || y === rounded || Math.abs(y - w) <= 6.1e-8 * Math.abs(w) + 1e-44;
    if (!fits) expect.fail(`[${i}]: ${y} instead of ${w}`);
  });
}

test("running sums and products are loops in float64", () => {
  const small = fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround);
  const factor = fc.oneof(small, fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 30 }),
      fc.array(factor, { minLength: 150, maxLength: 150 }),
      fc.boolean(),
      (rows, n, values, across) =>
        scope(() => {
          const x: Filled = {
            shape: across ? [n, rows] : [rows, n],
            dim: across ? 0 : 1,
            dtype: "float32",
            data: Float64Array.from(values.slice(0, rows * n)),
          };
          expectRounded(
            numbers(made(x).cumprod(x.dim)),
            lanesOf(x, (lane) => loop(lane, 1, (a, v) => a * v)),
          );
          const whole = { ...x, data: x.data.map((v) => (Number.isFinite(v) ? Math.round(v * 8) : 0)) };
          expect(plain(numbers(made(whole).cumsum(x.dim)))).toEqual(lanesOf(whole, (lane) => loop(lane, 0, (a, v) => a + v)));
        }),
    ),
    runs,
  );
});

test("running extremes are loops, and their indices lead to them", () => {
  fc.assert(
    fc.property(filled, (x) =>
      scope(() => {
        const { values, indices } = made(x).cummax(x.dim);
        expect(plain(numbers(values))).toEqual(plain(lanesOf(x, (lane) => loop(lane, Number.NEGATIVE_INFINITY, Math.max))));
        expect(numbers(made(x).gather(x.dim, indices))).toEqual(numbers(values));
        expect(plain(numbers(made(x).cummin(x.dim).values))).toEqual(
          plain(lanesOf(x, (lane) => loop(lane, Number.POSITIVE_INFINITY, Math.min))),
        );
      }),
    ),
    runs,
  );
});

test("a median is the middle of the sorted numbers, and bincount counts", () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 90 }), fc.array(fc.nat(20), { maxLength: 60 }), (values, wholes) =>
      scope(() => {
        const real = values.filter((v) => !Number.isNaN(v)).sort((a, b) => a - b);
        const middle = real.length === 0 ? Number.NaN : (real[(real.length - 1) >> 1] as number);
        expect(plain([tensor(values).nanmedian().item()])).toEqual(plain([Math.fround(middle)]));
        expect(plain([tensor(values).median().item()])).toEqual(plain([real.length < values.length ? Number.NaN : Math.fround(middle)]));
        const counts = numbers(tensor(wholes, { dtype: "int32" }).bincount({ minlength: 21 }));
        expect(counts).toEqual(Array.from({ length: 21 }, (_, v) => wholes.filter((w) => w === v).length));
      }),
    ),
    runs,
  );
});
