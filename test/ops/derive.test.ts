// What the library computes from tensors and keeps beside them, and slices that may be empty: both only for its own use.
import { conv2d, IndexError, linear, memory, meta, randn, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";
import { packedWeight } from "../../src/ops/gemm/packed.js";
import { derive } from "../../src/ops/move/derive.js";
import { sliceRanges } from "../../src/ops/move/slice.js";
import { live } from "../support.js";

/** A convolution's weight with batch normalisation folded into it. */
function folded(weight: Tensor, gamma: Tensor, variance: Tensor, count: { made: number }): Tensor {
  return derive("folded", [weight, gamma, variance], () => {
    count.made++;
    return weight.mul(gamma.div(variance.add(1e-5).sqrt()).reshape(-1, 1, 1, 1));
  });
}

const sources = (): [Tensor, Tensor, Tensor] => [randn([9, 8, 3, 3]), randn([9]), scope(() => randn([9]).square())];

describe("a derived tensor", () => {
  it("is computed once, and again when one of its sources has changed", () => {
    scope(() => {
      const [w, gamma, variance] = sources();
      const count = { made: 0 };
      const get = () => folded(w, gamma, variance, count);
      expect(get()).toBe(get());
      expect(count.made).toBe(1);
      for (const source of [w, gamma, variance]) {
        const before = count.made;
        source.copy_(source.add(0.5));
        expect(get().toArray()).toEqual(w.mul(gamma.div(variance.add(1e-5).sqrt()).reshape(-1, 1, 1, 1)).toArray());
        expect(get()).toBe(get());
        expect(count.made).toBe(before + 1);
      }
    });
  });

  it("is there for each key, each view and each list of sources", () => {
    scope(() => {
      const w = tensor([1, 2, 3, 4]);
      const other = tensor([1]);
      const twice = (x: Tensor, key = "twice", more: Tensor[] = []) => derive(key, [x, ...more], () => x.mul(2));
      const [head, tail] = [w.narrow(0, 0, 2), w.narrow(0, 2, 2)];
      const all = [twice(w), twice(head), twice(tail), twice(w, "2x"), twice(w, "twice", [other]), twice(w.reshape(2, 2))];
      expect(all.map((x) => x.toArray())).toEqual([
        [2, 4, 6, 8],
        [2, 4],
        [6, 8],
        [2, 4, 6, 8],
        [2, 4, 6, 8],
        [
          [2, 4],
          [6, 8],
        ],
      ]);
      expect(new Set(all).size).toBe(6);
      expect(twice(w.narrow(0, 2, 2))).toBe(all[2]);
    });
  });

  it("goes with any of its sources, and what is derived from it goes too", () => {
    for (const which of [0, 1, 2]) {
      const before = live();
      const made = sources();
      const empty = live();
      const count = { made: 0 };
      const weight = folded(...made, count);
      const x = zeros(1, 8, 7, 7);
      conv2d(x, weight, null, { packed: true }).dispose();
      x.dispose();
      expect(memory().liveBytes).toBeGreaterThan(empty.liveBytes + 4 * weight.size);
      const bytes = made.reduce((sum, source, i) => (i === which ? sum : sum + 4 * source.size), 0);
      made[which]?.dispose();
      expect(memory().liveBytes).toBe(before.liveBytes + bytes);
      expect(weight.disposed).toBe(true);
      for (const source of made) source.dispose();
      expect(live()).toEqual(before);
    }
  });

  it("outlives the scope of the call, is not recorded, and leaves nothing behind after an error", () => {
    const w = randn([3], { requiresGrad: true });
    const y = scope(() => derive("square", [w], () => w.square()));
    expect([y.disposed, y.requiresGrad, y.owner]).toEqual([false, false, undefined]);
    const before = live();
    expect(() =>
      derive("cube", [w], () => {
        w.square();
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(live()).toEqual(before);
    w.dispose();
    expect(y.disposed).toBe(true);
  });

  it("copies a view, which would keep its source from being freed", () => {
    const before = live();
    const w = zeros(4);
    expect(derive("reshaped", [w], () => w.reshape(2, 2)).shape).toEqual([2, 2]);
    w.dispose();
    expect(live()).toEqual(before);
  });

  it("has no values where a source has none, and keeps those of others out of meta", () => {
    scope(() => {
      const w = tensor([1, 2]);
      const twice = (x: Tensor) => derive("twice", [x], () => x.mul(2));
      const [of, from] = meta(() => [twice(zeros(2)), twice(w)] as const);
      expect([of.isMeta, from.isMeta]).toEqual([true, false]);
      expect(twice(w).toArray()).toEqual([2, 4]);
    });
  });
});

describe("packed weights", () => {
  it("keep several forms at a time, and drop them all when the weight changes", () => {
    const w = randn([8, 8, 3, 3]);
    const plain = memory().liveBytes;
    const forms = [10, 20, 30].map((bytes) => packedWeight(w, `form ${bytes}`, bytes, () => undefined));
    expect(new Set(forms).size).toBe(3);
    expect([10, 20, 30].map((bytes) => packedWeight(w, `form ${bytes}`, bytes, () => expect.fail("made again")))).toEqual(forms);
    expect(memory().liveBytes).toBeGreaterThan(plain);
    w.fill_(1);
    packedWeight(w, "form 10", 10, () => undefined);
    packedWeight(w, "form 10", 10, () => expect.fail("made again"));
    const one = memory().liveBytes;
    expect(one - plain).toBeLessThan(1000);
    w.dispose();
  });

  it("of views with one address and other sizes are not mixed up", () => {
    scope(() => {
      const w = randn([24]);
      const x = { 3: randn([4, 3]), 4: randn([4, 4]), 6: randn([4, 6]) };
      for (const [n, depth] of [
        [4, 6],
        [6, 4],
        [4, 3],
        [4, 4],
      ] as const) {
        const view = w.narrow(0, 0, n * depth);
        for (const transposedWeight of [false, true]) {
          const matrix = view.reshape(transposedWeight ? [depth, n] : [n, depth]);
          const run = (packed: boolean) => linear(x[depth as 3 | 4 | 6], matrix, null, { transposedWeight, packed }).toArray();
          expect(run(true)).toEqual(run(false));
        }
      }
    });
  });
});

describe("a slice that may be empty", () => {
  it("gives sizes of 0, with and without shared memory, and zeros as gradient", () => {
    const x = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { requiresGrad: true },
    );
    expect([...sliceRanges(x, [[2, 1]], true).shape]).toEqual([0, 3]);
    expect([...sliceRanges(x, [null as never, [5, 9]], true).shape]).toEqual([2, 0]);
    expect([
      ...sliceRanges(
        x,
        [
          [0, 2, -1],
          [1, 1],
        ],
        true,
      ).shape,
    ]).toEqual([0, 0]);
    expect(sliceRanges(x, [[1]], true).toArray()).toEqual([[4, 5, 6]]);
    for (const ranges of [
      [[2, 1]],
      [
        [0, 2],
        [3, 3],
      ],
    ] as const) {
      sliceRanges(x, ranges, true).sum().backward();
      expect(x.grad?.toArray()).toEqual([
        [0, 0, 0],
        [0, 0, 0],
      ]);
    }
  });

  it("is an error of the public one", () => {
    expect(() => zeros(2, 3).slice([2, 1])).toThrow(IndexError);
    expect(() => sliceRanges(zeros(2, 3), [[2, 1]])).toThrow(/selects nothing/);
  });
});
