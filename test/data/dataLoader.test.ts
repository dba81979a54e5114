import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import {
  DataLoader,
  type Dataset,
  defaultCollate,
  kFold,
  randomSplit,
  Subset,
  stratifiedSplit,
  TensorDataset,
} from "../../src/data/index.js";
import { ArgError, IndexError, ShapeError, StateError } from "../../src/errors.js";
import { mul } from "../../src/ops/index.js";
import { tensor } from "../../src/tensor/create.js";
import { Generator } from "../../src/tensor/random.js";
import { memory } from "../../src/tensor/storage.js";
import type { Tensor } from "../../src/tensor/tensor.js";

/** Row i of x is [2i, 2i + 1], label i is i. */
function rows(n: number): TensorDataset<[Tensor, Tensor]> {
  const x = tensor(
    Float32Array.from({ length: 2 * n }, (_, i) => i),
    { shape: [n, 2] },
  );
  return new TensorDataset(x, tensor(Int32Array.from({ length: n }, (_, i) => i)));
}

const labelsOf = (loader: Iterable<[Tensor, Tensor]>): number[][] => Array.from(loader, ([, y]) => y.toArray() as number[]);

describe("TensorDataset", () => {
  it("gives rows one by one and together", () => {
    const data = rows(4);
    expect(data.length).toBe(4);
    expect(data.get(2).map((t) => t.toArray())).toEqual([[4, 5], 2]);
    expect(data.getBatch(Int32Array.of(3, 0, 3)).map((t) => t.toArray())).toEqual([
      [
        [6, 7],
        [0, 1],
        [6, 7],
      ],
      [3, 0, 3],
    ]);
  });

  it("keeps the dtype of every field, and any rank", () => {
    const images = tensor(
      Uint8Array.from({ length: 24 }, (_, i) => i),
      { shape: [3, 2, 2, 2] },
    );
    const mask = tensor([true, false, true]);
    const [x, m] = new TensorDataset(images, mask).getBatch(Int32Array.of(2, 1));
    expect([x.dtype, x.shape, m.dtype]).toEqual(["uint8", [2, 2, 2, 2], "bool"]);
    expect(Array.from(x.toTypedArray())).toEqual([...Array(8).keys()].map((i) => i + 16).concat([...Array(8).keys()].map((i) => i + 8)));
    expect(m.toArray()).toEqual([true, false]);
  });

  it("checks", () => {
    expect(() => new TensorDataset(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(ShapeError);
    expect(() => new TensorDataset(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(
      "got float32[2], float32[3]; all need the same number of rows",
    );
    expect(() => new TensorDataset(tensor(1))).toThrow(ShapeError);
    expect(() => new TensorDataset()).toThrow(ArgError);
    expect(() => rows(3).get(3)).toThrow(IndexError);
    expect(() => rows(3).get(-1)).toThrow(IndexError);
    expect(() => rows(3).getBatch(Int32Array.of(3))).toThrow(IndexError);
  });
});

describe("DataLoader", () => {
  it.each([
    [{}, [[0], [1], [2], [3], [4]]],
    [{ batchSize: 2 }, [[0, 1], [2, 3], [4]]],
    [
      { batchSize: 2, dropLast: true },
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [{ batchSize: 5 }, [[0, 1, 2, 3, 4]]],
    [{ batchSize: 9 }, [[0, 1, 2, 3, 4]]],
    [{ batchSize: 9, dropLast: true }, []],
  ])("%j", (options, labels) => {
    const loader = new DataLoader(rows(5), options);
    expect(labelsOf(loader)).toEqual(labels);
    expect(loader.length).toBe(labels.length);
  });

  it("keeps the fields of a sample together", () => {
    for (const [x, y] of new DataLoader(rows(20), { batchSize: 3, shuffle: true, seed: 1 })) {
      expect(x.toArray()).toEqual((y.toArray() as number[]).map((i) => [2 * i, 2 * i + 1]));
    }
  });

  it("shuffles each pass anew, the same way for the same seed", () => {
    const make = (seed: number) => new DataLoader(rows(30), { batchSize: 30, shuffle: true, seed });
    const [loader, same] = [make(7), make(7)];
    const [first, second] = [labelsOf(loader)[0] as number[], labelsOf(loader)[0]];
    expect(first).not.toEqual(second);
    expect([...first].sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
    expect([labelsOf(same)[0], labelsOf(same)[0]]).toEqual([first, second]);
    expect(labelsOf(make(8))[0]).not.toEqual(first);
  });

  it("the order of seed 1 is the same on every runtime", () => {
    expect(labelsOf(new DataLoader(rows(8), { batchSize: 8, shuffle: true, seed: 1 }))).toEqual([[0, 4, 1, 2, 6, 7, 3, 5]]);
  });

  it("continues an order from a generator's state", () => {
    const generator = new Generator(1);
    const loader = new DataLoader(rows(30), { batchSize: 30, shuffle: true, generator });
    labelsOf(loader);
    const state = generator.getState();
    const next = labelsOf(loader);
    generator.setState(state);
    expect(labelsOf(loader)).toEqual(next);
  });

  it("two passes at once do not disturb each other", () => {
    const loader = new DataLoader(rows(4), { batchSize: 2 });
    const [a, b] = [loader[Symbol.iterator](), loader[Symbol.iterator]()];
    a.next();
    expect((b.next().value as [Tensor, Tensor])[1].toArray()).toEqual([0, 1]);
    expect((a.next().value as [Tensor, Tensor])[1].toArray()).toEqual([2, 3]);
  });

  it("loads subsets of subsets, and splits, by the batch", () => {
    const inner = new Subset(rows(10), [9, 7, 5, 3]);
    expect(labelsOf(new DataLoader(new Subset(inner, [0, 3]), { batchSize: 2 }))).toEqual([[9, 3]]);
    const [train, rest] = randomSplit(rows(10), [0.7, 0.3], { seed: 1 });
    const seen = [train, rest].flatMap((part) => labelsOf(new DataLoader(part, { batchSize: 4 })).flat());
    expect(seen.sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
  });

  it("leaves no memory behind when its batches are disposed", () => {
    const loader = new DataLoader(rows(64), { batchSize: 8, shuffle: true, seed: 1, transform: ([x, y]) => [mul(x, 2), y] });
    const pass = (): void => {
      for (const batch of loader) for (const t of batch) t.dispose();
    };
    pass();
    const before = memory().liveBytes;
    for (let i = 0; i < 20; i++) pass();
    expect(memory().liveBytes).toBe(before);
  });

  it("transforms batches", () => {
    const loader = new DataLoader(rows(2), { batchSize: 2, transform: ([x, y]) => [mul(x, 10), y] });
    expect(Array.from(loader, ([x]) => x.toArray())).toEqual([
      [
        [0, 10],
        [20, 30],
      ],
    ]);
    const pairs: Iterable<[Tensor, Tensor]> = new DataLoader(rows(2), { batchSize: 2, transform: ([x]) => [x, mul(x, 1)] });
    expect(Array.from(pairs, ([input, target]) => [input.toArray(), target.toArray()])).toEqual([
      [
        [
          [0, 1],
          [2, 3],
        ],
        [
          [0, 1],
          [2, 3],
        ],
      ],
    ]);
  });

  it("collates as told", () => {
    const texts: Dataset<string> = { length: 3, get: (i) => "abc".slice(i) };
    const loader = new DataLoader(texts, { batchSize: 2, collate: (samples) => ({ text: samples.join("+") }) });
    expect(Array.from(loader, ({ text }) => text)).toEqual(["abc+bc", "c"]);
    const doubled = new DataLoader(rows(3), { batchSize: 3, collate: (samples) => samples.map(([, y]) => y.item()) });
    expect([...doubled]).toEqual([[0, 1, 2]]);
  });

  it("takes any data set of plain fields", () => {
    const squares: Dataset<[number, boolean, Float32Array]> = { length: 3, get: (i) => [i * i, i > 0, Float32Array.of(i, -i)] };
    const [batch] = Array.from(new DataLoader(squares, { batchSize: 3 }), (fields) => fields.map((t) => [t.dtype, t.toArray()]));
    expect(batch).toEqual([
      ["float32", [0, 1, 4]],
      ["bool", [false, true, true]],
      [
        "float32",
        [
          [0, -0],
          [1, -1],
          [2, -2],
        ],
      ],
    ]);
  });

  it("an empty data set has no batches", () => {
    const empty = new DataLoader(new TensorDataset(tensor([], { shape: [0, 2] })), { batchSize: 4, shuffle: true });
    expect([empty.length, [...empty].length]).toEqual([0, 0]);
  });

  it("refuses collate beside transform", () => {
    expect(() => new DataLoader(rows(2), { collate: () => [], transform: () => [] })).toThrow(ArgError);
  });

  it.each<[string, unknown, string]>([
    ["a number in place of options", 2, "DataLoader: options go into one object"],
    ["an option of another name", { batch_size: 2 }, 'DataLoader: there is no option "batch_size", only batchSize, shuffle'],
    ["a shuffle that is no boolean", { shuffle: "no" }, 'DataLoader: shuffle must be true or false, got "no"'],
    ["a collate that is no function", { collate: 3 }, "DataLoader: collate must be a function, got 3"],
    ["a number as generator", { generator: 3 }, "DataLoader: generator must be a Generator, got 3; write { seed } for a number"],
  ])("refuses %s", (_, options, message) => {
    expect(() => new DataLoader(rows(2), options as never)).toThrow(ArgError);
    expect(() => new DataLoader(rows(2), options as never)).toThrow(message);
  });

  it("takes undefined as not given", () => {
    const loader = new DataLoader(rows(2), { batchSize: undefined, shuffle: undefined, seed: undefined } as never);
    expect([loader.batchSize, loader.shuffle]).toEqual([1, false]);
  });

  const noDatasets: [unknown, string][] = [
    [[[1, 2]], "write { length: samples.length, get: (i) => samples[i] }"],
    [{ get: (i: number) => [i] }, "DataLoader: the length of a data set must be a whole number of at least 0, got undefined"],
    [undefined, "a data set has a length and a function get(index), got undefined; pass tensors as new TensorDataset(x, y)"],
    [tensor([1]), "pass tensors as new TensorDataset(x, y)"],
  ];
  it.each(noDatasets)("refuses what is no data set: %s", (dataset, message) => {
    for (const make of [
      () => new DataLoader(dataset as never),
      () => new Subset(dataset as never, [0]),
      () => randomSplit(dataset as never, [1]),
      () => kFold(dataset as never, 2),
      () => stratifiedSplit(dataset as never, [0], [1]),
    ]) {
      expect(make).toThrow(ArgError);
      expect(make).toThrow(message.replace("DataLoader: ", ""));
    }
  });

  it("refuses a collate that returns a promise", () => {
    const loader = new DataLoader(rows(2), { collate: async () => [tensor(1)] });
    expect(() => [...loader]).toThrow("DataLoader: collate, transform and getBatch must not return a promise");
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses batchSize %d", (batchSize) => {
    expect(() => new DataLoader(rows(2), { batchSize })).toThrow(ArgError);
  });
});

describe("async iteration", () => {
  const later: Dataset<[number]> = {
    length: 5,
    get: (i) => new Promise((resolve) => setTimeout(() => resolve([i]), 5 - i)),
  };

  it("waits for samples and keeps their order", async () => {
    const seen: unknown[] = [];
    for await (const [x] of new DataLoader(later, { batchSize: 2 })) seen.push(x.toArray());
    expect(seen).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("works for data sets that need no waiting", async () => {
    const seen: unknown[] = [];
    for await (const [, y] of new DataLoader(rows(3), { batchSize: 2 })) seen.push(y.toArray());
    expect(seen).toEqual([[0, 1], [2]]);
  });

  it("is asked for when `for` meets promises", () => {
    expect(() => [...new DataLoader(later)]).toThrow(StateError);
    expect(() => [...new DataLoader(later)]).toThrow("for await");
  });

  it("passes on what goes wrong", async () => {
    const broken: Dataset<[number]> = { length: 1, get: () => Promise.reject(new Error("disk on fire")) };
    await expect(new DataLoader(broken)[Symbol.asyncIterator]().next()).rejects.toThrow("disk on fire");
    expect(() => [...new DataLoader(broken)]).toThrow(StateError);
  });
});

describe("defaultCollate", () => {
  it("takes samples that are one field", () => {
    expect(defaultCollate([1, 2]).map((t) => t.toArray())).toEqual([[1, 2]]);
    expect(defaultCollate([tensor([1, 2]), tensor([3, 4])]).map((t) => t.toArray())).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  it.each<[string, readonly unknown[], new () => Error, string]>([
    ["no samples", [], ArgError, "at least one sample"],
    ["texts", [["a"]], ArgError, "field 0 holds string"],
    [
      "mixed fields",
      [
        [1, 2],
        [1, true],
      ],
      ArgError,
      "field 1 holds number and boolean",
    ],
    ["missing fields", [[1, 2], [1]], ShapeError, "sample 1 of the batch has 1 fields and sample 0 has 2"],
    [
      "typed arrays of different length",
      [[new Float32Array(2)], [new Float32Array(3)]],
      ShapeError,
      "Float32Array[2] in one sample of the batch and Float32Array[3] in another",
    ],
    ["typed arrays of different type", [[new Float32Array(2)], [new Int32Array(2)]], ShapeError, "Int32Array[2]"],
    ["null", [[null]], ArgError, "field 0 holds null"],
  ])("refuses %s", (_, samples, kind, message) => {
    expect(() => defaultCollate(samples)).toThrow(kind);
    expect(() => defaultCollate(samples)).toThrow(message);
  });

  it("takes typed arrays of another realm", () => {
    const [x] = defaultCollate<[Int32Array]>([[runInNewContext("Int32Array.of(1, 2)")], [Int32Array.of(3, 4)]]);
    expect([x.dtype, x.toArray()]).toEqual([
      "int32",
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  it("refuses tensors of another copy of the library by that name", async () => {
    vi.resetModules();
    const other = (await import("../../src/index.js")).tensor([1]);
    expect(() => defaultCollate([[other]])).toThrow(StateError);
    expect(() => defaultCollate([[other]])).toThrow("another copy of simdgrad");
  });

  it("refuses tensors of different shape", () => {
    expect(() => defaultCollate([[tensor([1])], [tensor([1, 2])]])).toThrow(ShapeError);
  });
});
