// Properties of indexing, for random shapes and indices: against the elements worked out one by one, and against nested arrays.
import * as fc from "fast-check";
import * as sg from "simdgrad";
import { arange, memory, noGrad, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, test } from "vitest";
import { sizeOf } from "./nd.js";
import { asIndex, type Part, selection } from "./selection.js";

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const i32 = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(Float64Array.from(values), { shape, dtype: "int32" });

/** A range that selects something from n elements. */
const ranges = (n: number): fc.Arbitrary<Part> =>
  fc
    .tuple(fc.integer({ min: -n - 1, max: n + 1 }), fc.integer({ min: -n - 1, max: n + 1 }), fc.constantFrom(1, 1, 2, 3, -1, -2))
    .map(([start, end, step]): Part => ({ range: [start, end, step] }))
    .filter((part) => (selection([n], [part]).shape[0] as number) > 0);

/** Parts that fit a shape; the index arrays have sizes that broadcast to `common`. */
function partsFor(shape: readonly number[], common: readonly number[]): fc.Arbitrary<Part[]> {
  const one = (n: number): fc.Arbitrary<Part> =>
    fc.oneof(
      fc.integer({ min: -n, max: n - 1 }),
      fc.constant<Part>({ range: [null, null, 1] }),
      ranges(n),
      fc
        .tuple(
          fc.array(fc.boolean(), { minLength: common.length, maxLength: common.length }),
          fc.infiniteStream(fc.integer({ min: -n, max: n - 1 })),
        )
        .map(([ones, stream]): Part => {
          const own = common.map((size, d) => (ones[d] ? 1 : size));
          return { index: { shape: own, values: Array.from({ length: sizeOf(own) }, () => stream.next().value as number) } };
        }),
    );
  return fc
    .tuple(fc.tuple(...shape.map(one)), fc.integer({ min: 0, max: shape.length }), fc.boolean(), fc.option(fc.nat(shape.length)))
    .map(([parts, named, dots, added]) => {
      const used: Part[] = parts.slice(0, named);
      if (dots) used.push("...");
      if (added !== null) used.splice(Math.min(added, used.length), 0, null);
      return used.length > 0 ? used : ["..."];
    });
}

/** A shape with parts that fit it. At most one mask, and then no index arrays, whose number of elements would have to fit it. */
const indexed = shapes.chain((shape) =>
  fc.oneof(
    fc
      .constantFrom([2], [3], [2, 2], [1, 3])
      .chain((common) => partsFor(shape, common))
      .map((parts) => ({ shape, parts })),
    fc.tuple(fc.nat(shape.length - 1), fc.nat(3)).chain(([at, more]) => {
      const own = shape.slice(at, at + 1 + more);
      return fc
        .tuple(fc.array(fc.boolean(), { minLength: sizeOf(own), maxLength: sizeOf(own) }), fc.tuple(...shape.slice(0, at).map(ranges)))
        .map(([values, before]) => ({ shape, parts: [...before, { mask: { shape: own, values: values.map(Number) } }] as Part[] }));
    }),
  ),
);

/** Runs a property in scopes, and expects that nothing stays. */
function always<T>(values: fc.Arbitrary<T>, property: (value: T) => void): void {
  const { liveTensors } = memory();
  fc.assert(
    fc.property(values, (value) => scope(() => property(value))),
    { numRuns: 300, seed: 7 },
  );
  expect(memory().liveTensors).toBe(liveTensors);
}

describe("against a selection worked out element by element", () => {
  test("get", () => {
    always(indexed, ({ shape, parts }) => {
      const { shape: want, from } = selection(shape, parts);
      const got = arange(sizeOf(shape))
        .reshape(shape)
        .get(...parts.map(asIndex));
      expect([got.shape, Array.from(got.toTypedArray())]).toEqual([want, from]);
    });
  });

  test("get with all texts joined", () => {
    always(indexed, ({ shape, parts }) => {
      const texts = parts.map(asIndex);
      if (texts.some((part) => part instanceof sg.Tensor)) return;
      const got = arange(sizeOf(shape))
        .reshape(shape)
        .get(texts.map((part) => part ?? "None").join(", "));
      expect(Array.from(got.toTypedArray())).toEqual(selection(shape, parts).from);
    });
  });

  test("set, in place and also through a view", () => {
    always(indexed, ({ shape, parts }) => {
      const { shape: selected, from } = selection(shape, parts);
      const values = Float32Array.from(from, (_, i) => 100 + i);
      const want = Float32Array.from({ length: sizeOf(shape) }, (_, i) => i);
      for (const [i, to] of from.entries()) want[to] = 100 + i;
      const base = arange(-3, sizeOf(shape) + 2);
      const view = base.narrow(0, 3, sizeOf(shape)).reshape(shape);
      expect(view.set(parts.map(asIndex), tensor(values, { shape: selected }))).toBe(view);
      expect(Array.from(base.toTypedArray())).toEqual([-3, -2, -1, ...want, sizeOf(shape), sizeOf(shape) + 1]);
    });
  });

  test("the gradient of get counts how often each element was selected", () => {
    always(indexed, ({ shape, parts }) => {
      const x = zeros(shape, { requiresGrad: true });
      x.get(...parts.map(asIndex))
        .sum()
        .backward();
      const counts = new Array<number>(sizeOf(shape)).fill(0);
      for (const i of selection(shape, parts).from) counts[i] = (counts[i] as number) + 1;
      expect(Array.from((x.grad as Tensor).toTypedArray())).toEqual(counts);
      x.grad?.dispose();
    });
  });

  test("indexPut with accumulate adds as often", () => {
    always(indexed, ({ shape, parts }) => {
      const counts = new Array<number>(sizeOf(shape)).fill(0);
      for (const i of selection(shape, parts).from) counts[i] = (counts[i] as number) + 1;
      const got = sg.indexPut(zeros(shape, { dtype: "int32" }), parts.map(asIndex), 1, { accumulate: true });
      expect(Array.from(got.toTypedArray())).toEqual(counts);
    });
  });
});

describe("against nested arrays", () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([r, c]) =>
      fc.tuple(
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: c, maxLength: c }), { minLength: r, maxLength: r }),
        fc.array(fc.tuple(fc.nat(r - 1), fc.nat(c - 1)), { maxLength: 9 }),
      ),
    );

  test("rows, columns and pairs", () => {
    always(matrices, ([rows, pairs]) => {
      const x = tensor(rows);
      const [r, c] = [i32(pairs.map(([i]) => i)), i32(pairs.map(([, j]) => j))];
      expect(x.get(r, c).toArray()).toEqual(pairs.map(([i, j]) => rows[i]?.[j]));
      expect(x.get(r).toTypedArray()).toEqual(Float32Array.from(pairs.flatMap(([i]) => rows[i] as number[])));
      expect(x.indexSelect(1, c).toTypedArray()).toEqual(Float32Array.from(rows.flatMap((row) => pairs.map(([, j]) => row[j] as number))));
      expect(x.get(x.gt(0)).toArray()).toEqual(rows.flat().filter((v) => v > 0));
      expect(x.nonzero().shape).toEqual([rows.flat().filter((v) => v !== 0).length, 2]);
      expect(x.get(...x.nonzero({ asTuple: true })).toArray()).toEqual(rows.flat().filter((v) => v !== 0));
    });
  });

  test("gather and scatter are loops", () => {
    always(matrices, ([rows, pairs]) => {
      if (pairs.length === 0) return;
      const width = (rows[0] as number[]).length;
      const index = pairs.map(([i, j]) => Array.from({ length: width }, (_, k) => (i + j + k) % rows.length));
      const x = tensor(rows);
      const by = tensor(index, { dtype: "int32" });
      const want = index.map((line) => line.map((i, k) => rows[i]?.[k]));
      expect(x.gather(0, by).toArray()).toEqual(want);
      const [over, sums] = [rows.map((row) => row.slice()), rows.map((row) => row.slice())];
      index.forEach((line, a) => {
        line.forEach((i, k) => {
          (over[i] as number[])[k] = 10 * a + k;
          (sums[i] as number[])[k] = (sums[i]?.[k] as number) + 10 * a + k;
        });
      });
      const source = tensor(index.map((line, a) => line.map((_, k) => 10 * a + k)));
      expect(x.scatter(0, by, source).toArray()).toEqual(over);
      expect(x.scatterAdd(0, by, source).toArray()).toEqual(sums);
      expect(x.clone().scatter_(0, by, source).toArray()).toEqual(over);
      expect(x.clone().scatterAdd_(0, by, source).toArray()).toEqual(sums);
    });
  });
});

test("where with a condition alone gives what nonzero gives", () => {
  const found = sg.where(
    tensor([
      [0, 2],
      [3, 0],
    ]),
  );
  expect(found.map((t) => t.toArray())).toEqual([
    [0, 1],
    [1, 0],
  ]);
  expect(sg.where(tensor(5)).map((t) => t.toArray())).toEqual([[0]]);
  expect(() => sg.where(5 as never)).toThrow(/where: expected a tensor/);
  expect(() => (sg.where as (...args: unknown[]) => unknown)(tensor([true]), 1)).toThrow(/where: /);
});

test("a gradient rule notices that a value it saved was edited", () => {
  const w = tensor([1, 2, 3], { requiresGrad: true });
  const y = w.mul(w);
  noGrad(() => w.set("0", 5));
  expect(() => y.sum().backward()).toThrow(/edited in place/);
});

test("nothing is written by a call that is refused", () => {
  const x = arange(6).reshape([2, 3]);
  const before = x.toArray();
  const calls: (() => unknown)[] = [
    () => x.set([i32([0, 2])], 1),
    () => x.set([":", i32([0, 3])], 1),
    () => x.set("0", tensor([1, 2])),
    () => x.scatter_(0, i32([0, 9], [2, 1]), 1),
    () => x.scatterAdd_(0, i32([0, 9], [2, 1]), tensor([[1], [1]])),
    () => x.indexAdd_(0, i32([0, 9]), zeros(2, 3)),
    () => x.indexCopy_(0, i32([0, -1]), zeros(2, 3)),
    () =>
      x.maskedScatter_(
        tensor([
          [true, true, true],
          [true, true, true],
        ]),
        zeros(2),
      ),
    () => x.put_(i32([0, 6]), zeros(2)),
  ];
  for (const call of calls) expect(call).toThrow(sg.SimdgradError);
  expect(x.toArray()).toEqual(before);
});

test("second derivatives", () => {
  const x = tensor([0.5, -1, 2], { requiresGrad: true });
  const s = tensor([1.5, 2, -0.5], { requiresGrad: true });
  const by = i32([0, 0, 2]);
  const cases: ((x: Tensor, s: Tensor) => Tensor)[] = [
    (a, b) => a.square().get(by).mul(b),
    (a, b) => a.square().scatter(0, i32([1, 0, 2]), b.pow(3)),
    (a, b) => a.square().scatterReduce(0, by, b, "prod"),
    (a, b) => a.square().scatterReduce(0, by, b.square(), "amax"),
    (a, b) => a.square().indexAdd(0, by, b.pow(3)),
    (a, b) => a.square().maskedScatter(tensor([true, false, true]), b.pow(3)),
    (a, b) => a.square().sliceScatter(b.pow(3).get("1:"), { start: 1 }),
    (a, b) => sg.indexPut(a.square(), by, b.pow(3), { accumulate: true }),
  ];
  for (const f of cases)
    expect(
      sg.gradcheck(
        (a, b) =>
          sg
            .grad((p: Tensor) => f(p, b).square().sum())(a)
            .mul(tensor([1, 2, 3]))
            .sum(),
        [x, s],
      ),
    ).toBe(true);
});
