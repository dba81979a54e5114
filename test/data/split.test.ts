import { describe, expect, it } from "vitest";
import { type Dataset, kFold, randomSplit, Subset, stratifiedSplit } from "../../src/data/index.js";
import { splitSizes } from "../../src/data/split.js";
import { ArgError, IndexError, ShapeError } from "../../src/errors.js";
import { tensor } from "../../src/tensor/create.js";
import { Generator, manualSeed } from "../../src/tensor/random.js";

const numbers = (length: number): Dataset<[number]> => ({ length, get: (i) => [i] });
const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const positions = (subset: Subset<unknown>): number[] => Array.from(subset.indices);
const sorted = (values: number[]): number[] => values.sort((a, b) => a - b);

describe("splitSizes", () => {
  it.each([
    [10, [7, 3], [7, 3]],
    [10, [10, 0], [10, 0]],
    [0, [0], [0]],
    [10, [0.8, 0.2], [8, 2]],
    // PyTorch: floors are 3, 3, 3 and the one left over goes to the first part.
    [10, [0.3, 0.3, 0.4], [3, 3, 4]],
    [11, [0.3, 0.3, 0.4], [4, 3, 4]],
    [7, [0.5, 0.5], [4, 3]],
    [11, [0.25, 0.25, 0.25, 0.25], [3, 3, 3, 2]],
    [10, [0.1, 0.2, 0.7], [1, 2, 7]],
    [1, [1], [1]],
    [5, [1, 0], [5, 0]],
  ])("%i into %j", (n, lengths, sizes) => {
    expect(splitSizes("op", n, lengths)).toEqual(sizes);
  });

  it.each([
    [10, [7, 2], "add up to 9; use lengths that add up to 10, the number of samples, or fractions that add up to 1"],
    [10, [0.5, 0.4], "add up to 0.9"],
    [10, [], "at least 0"],
    [10, [-1, 11], "at least 0"],
    [10, [Number.NaN, 10], "at least 0"],
    [4, [1.5, 2.5], "add up to 4"],
    [3, [0.9, 0.1], "fraction 0.1 of 3 samples is none"],
  ])("refuses %i into %j", (n, lengths, message) => {
    expect(() => splitSizes("op", n, lengths)).toThrow(ArgError);
    expect(() => splitSizes("op", n, lengths)).toThrow(message);
  });
});

describe("randomSplit", () => {
  it("is disjoint and complete, for many sizes", () => {
    for (let n = 4; n < 60; n += 5) {
      const parts = randomSplit(numbers(n), [0.5, 0.25, 0.25], { seed: n });
      expect(sorted(parts.flatMap(positions))).toEqual(all(n));
    }
  });

  it("repeats with the seed, and only then", () => {
    const split = (seed: number) => randomSplit(numbers(100), [60, 40], { seed }).map(positions);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
    expect(split(1)[0]).not.toEqual(all(60));
  });

  it("draws from a generator given, or from the default one", () => {
    const generator = new Generator(5);
    const draw = (): number[] => positions(randomSplit(numbers(20), [20], { generator })[0]);
    const first = draw();
    expect(draw()).not.toEqual(first);
    generator.manualSeed(5);
    expect(draw()).toEqual(first);
    const byDefault = (): number[] => {
      manualSeed(3);
      return positions(randomSplit(numbers(20), [20])[0]);
    };
    expect(byDefault()).toEqual(byDefault());
    expect(() => randomSplit(numbers(20), [20], { seed: 1, generator })).toThrow(ArgError);
  });

  it("gives samples of the data set, in a tuple of the lengths' type", () => {
    const [train, validation] = randomSplit(numbers(10), [0.8, 0.2], { seed: 1 });
    expect([train.length, validation.length]).toEqual([8, 2]);
    expect(train.get(3)).toEqual([train.indices[3]]);
  });
});

describe("stratifiedSplit", () => {
  it("keeps every class within one sample of its share, and the totals too", () => {
    for (let seed = 0; seed < 30; seed++) {
      const counts = [37 + seed, 11, 5, 1 + (seed % 4)];
      const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
      const n = labels.length;
      const fractions = [0.7, 0.2, 0.1] as const;
      const parts = stratifiedSplit(numbers(n), labels, fractions, { seed });
      expect(sorted(parts.flatMap(positions))).toEqual(all(n));
      parts.forEach((part, p) => {
        const share = fractions[p] as number;
        expect(Math.abs(part.length - share * n)).toBeLessThan(1 + 1e-9);
        counts.forEach((count, label) => {
          const has = positions(part).filter((i) => labels[i] === label).length;
          expect(Math.abs(has - share * count)).toBeLessThan(1 + 1e-9);
        });
      });
    }
  });

  it("shares many classes of one sample fairly", () => {
    const labels = all(100);
    const [a, b] = stratifiedSplit(numbers(100), labels, [0.75, 0.25], { seed: 1 });
    expect([a.length, b.length]).toEqual([75, 25]);
  });

  it("gives a part of fraction 0 nothing", () => {
    const labels = all(90).map((i) => i % 17);
    const [a, b, none] = stratifiedSplit(numbers(90), labels, [0.55, 0.45, 0], { seed: 1 });
    expect([a.length + b.length, none.length]).toEqual([90, 0]);
  });

  it("mixes the classes within a part, and takes names and tensors as labels", () => {
    const labels = [...new Array<string>(50).fill("cat"), ...new Array<string>(50).fill("dog")];
    const [half] = stratifiedSplit(numbers(100), labels, [0.5, 0.5], { seed: 4 });
    expect(positions(half).filter((i) => i < 50)).toHaveLength(25);
    expect(
      positions(half)
        .slice(0, 25)
        .filter((i) => i < 50).length,
    ).toBeLessThan(25);
    const asTensor = tensor(Int32Array.from(labels, (name) => Number(name === "dog")));
    expect(positions(stratifiedSplit(numbers(100), asTensor, [0.5, 0.5], { seed: 4 })[0])).toEqual(positions(half));
  });

  it("refuses what does not fit", () => {
    expect(() => stratifiedSplit(numbers(3), [0, 1], [0.5, 0.5])).toThrow(ShapeError);
    expect(() => stratifiedSplit(numbers(2), [0, 1], [0.5, 0.4])).toThrow(ArgError);
    expect(() => stratifiedSplit(numbers(2), [0, 1], [1.5, -0.5])).toThrow(ArgError);
    expect(() => stratifiedSplit(numbers(2), [0, 0], [0.99, 0.01])).toThrow("is none");
  });
});

describe("kFold", () => {
  it("puts every sample into exactly one validation part", () => {
    const folds = kFold(numbers(11), 3, { seed: 1 });
    expect(folds.map(([train, validation]) => [train.length, validation.length])).toEqual([
      [7, 4],
      [7, 4],
      [8, 3],
    ]);
    expect(sorted(folds.flatMap(([, validation]) => positions(validation)))).toEqual(all(11));
    for (const [train, validation] of folds) expect(sorted([...positions(train), ...positions(validation)])).toEqual(all(11));
  });

  it.each([1, 12, 2.5, Number.NaN])("refuses k = %d", (k) => {
    expect(() => kFold(numbers(11), k)).toThrow(ArgError);
  });
});

describe("Subset", () => {
  it("nests, and may repeat a sample", () => {
    const subset = new Subset(new Subset(numbers(10), [9, 8, 7, 7]), [3, 0]);
    expect([subset.get(0), subset.get(1)]).toEqual([[7], [9]]);
    expect(subset.getBatch).toBeUndefined();
  });

  it("checks positions", () => {
    expect(() => new Subset(numbers(3), [0, 3])).toThrow(IndexError);
    expect(() => new Subset(numbers(3), [-1])).toThrow(IndexError);
    expect(() => new Subset(numbers(3), [0.5])).toThrow(IndexError);
    expect(() => new Subset(numbers(3), [0]).get(1)).toThrow("there is no sample 1; positions are 0 to 0");
  });
});
