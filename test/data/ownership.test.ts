// Who lets go of the tensors of samples and batches, in `for`, in `for await` and in `fit`.
import { manualSeed, nn, optim, rand, scope, type Tensor, tensor } from "simdgrad";
import { DataLoader, type Dataset, TensorDataset } from "simdgrad/data";
import { fit } from "simdgrad/train";
import { beforeEach, describe, expect, it } from "vitest";
import { collectLeftovers, live } from "../support.js";

beforeEach(collectLeftovers);

type Pair = [Tensor, Tensor];
type Pass = (loader: DataLoader<Pair>) => Promise<number[]>;

const total = ([x]: readonly Tensor[]): number => Array.from((x as Tensor).toTypedArray()).reduce((sum, value) => sum + value, 0);

/** Every way through a loader; gives the sum of each batch. */
const ways: [string, Pass][] = [
  ["for", async (loader) => Array.from(loader, total)],
  [
    "for await",
    async (loader) => {
      const sums: number[] = [];
      for await (const batch of loader) sums.push(total(batch));
      return sums;
    },
  ],
  [
    "fit",
    async (loader) => {
      const model = new nn.Linear(2, 1);
      const optimizer = new optim.SGD(model.parameters());
      const sums: number[] = [];
      const seen = { zeroGrad: () => optimizer.zeroGrad(), step: () => optimizer.step() };
      const watched: AsyncIterable<Pair> = {
        async *[Symbol.asyncIterator]() {
          for await (const batch of loader) {
            sums.push(total(batch));
            yield batch as Pair;
          }
        },
      };
      await fit(model, watched, { loss: new nn.MSELoss(), optimizer: seen });
      await fit(model, loader, { loss: new nn.MSELoss(), optimizer: seen });
      model.dispose();
      return sums;
    },
  ],
];

const sample = (i: number): Pair => [tensor([i, i + 1]), tensor([i])];
const N = 6;
const SUMS = [4, 12, 20];

describe.each(ways)("%s", (_, pass) => {
  const stocks: [string, () => Dataset<Pair>][] = [
    [
      "given from a stock made before",
      () => {
        const stock = Array.from({ length: N }, (_, i) => sample(i));
        return { length: N, get: (i) => stock[i] as Pair };
      },
    ],
    [
      "made on demand and kept",
      () => {
        const stock: Pair[] = [];
        return {
          length: N,
          get: (i) => {
            stock[i] ??= sample(i);
            return stock[i];
          },
        };
      },
    ],
    [
      "made of others that are made on demand and kept",
      () => {
        const stock: Tensor[] = [];
        return {
          length: N,
          get: (i) => {
            stock[i] ??= tensor([i, i + 1]);
            return [stock[i].reshape([2]), tensor([i])];
          },
        };
      },
    ],
    [
      "chosen from a stock",
      () => {
        const stock = Array.from({ length: 2 * N }, (_, i) => sample(i % N));
        const times = new Array<number>(N).fill(0);
        return { length: N, get: (i) => stock[i + N * ((times[i] as number)++ % 2)] as Pair };
      },
    ],
    [
      "views of one tensor",
      () => {
        const all = tensor(Array.from({ length: N }, (_, i) => [i, i + 1]));
        return { length: N, get: (i) => [all.at(i), tensor([i])] };
      },
    ],
  ];

  it.each(stocks)("samples %s are there again in every pass", async (_, make) => {
    const loader = new DataLoader(make(), { batchSize: 2 });
    for (let epoch = 0; epoch < 3; epoch++) expect(await pass(loader)).toEqual(SUMS);
  });

  const fresh: [string, (i: number) => Pair][] = [
    ["made anew", sample],
    ["made anew from others", (i) => [tensor([i - 1, i]).add(1), tensor([i])]],
    [
      "made anew beside others that nobody keeps",
      (i) => {
        tensor([1, 2, 3]);
        return sample(i);
      },
    ],
  ];
  const label = tensor([1]);
  let late: Tensor | undefined;
  const mixed: [string, (i: number) => Pair][] = [
    ["that was there before", (i) => [tensor([i, i + 1]), label]],
    [
      "that is made on demand and kept",
      (i) => {
        late ??= tensor([1]);
        return [tensor([i - 1, i]).add(1), late];
      },
    ],
  ];
  it.each(mixed)("samples made anew beside one %s leave nothing behind but that", async (_, get) => {
    const loader = new DataLoader<Pair>({ length: N, get }, { batchSize: 2 });
    const before = live();
    for (let epoch = 0; epoch < 3; epoch++) expect(await pass(loader)).toEqual(SUMS);
    expect([label.disposed, live().liveTensors - before.liveTensors]).toEqual([false, late ? 1 : 0]);
  });

  it.each(fresh)("samples %s leave nothing behind", async (_, get) => {
    const loader = new DataLoader<Pair>({ length: N, get }, { batchSize: 2 });
    const before = live();
    for (let epoch = 0; epoch < 3; epoch++) expect(await pass(loader)).toEqual(SUMS);
    expect(live()).toEqual(before);
  });

  it("a batch lasts until the next one is asked for", async () => {
    const batches: Tensor[][] = [];
    const loader = new DataLoader<Pair>(new TensorDataset(...(sample(0).map((t) => t.expand([N, t.size])) as Pair)), {
      batchSize: 2,
      transform: ([x, y]) => {
        for (const batch of batches) expect(batch.every((t) => t.disposed)).toBe(true);
        batches.push([x.mul(2).add(1), y]);
        return batches.at(-1) as Pair;
      },
    });
    const before = live();
    await pass(loader);
    expect(batches.length).toBeGreaterThanOrEqual(3);
    expect(live()).toEqual(before);
  });
});

describe("samples that come later", () => {
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

  it("leave nothing behind when they are made anew", async () => {
    const get = async (i: number): Promise<Pair> => {
      const x = tensor([i, i + 1]);
      await wait();
      return [x, tensor([i])];
    };
    const before = live();
    for await (const batch of new DataLoader<Pair>({ length: N, get }, { batchSize: 2 })) expect(batch[0].disposed).toBe(false);
    expect(live()).toEqual(before);
  });

  it("stay where they are kept", async () => {
    const stock: Promise<Pair>[] = [];
    const get = (i: number): Promise<Pair> => {
      stock[i] ??= wait().then(() => sample(i));
      return stock[i];
    };
    const loader = new DataLoader<Pair>({ length: N, get }, { batchSize: 2 });
    for (let epoch = 0; epoch < 2; epoch++) {
      const sums: number[] = [];
      for await (const batch of loader) sums.push(total(batch));
      expect(sums).toEqual(SUMS);
    }
  });

  it("leave nothing behind when one of a batch fails", async () => {
    const loader = new DataLoader<Pair>(
      {
        length: N,
        get: async (i) => {
          if (i === 3) throw new Error("disk on fire");
          await wait();
          return sample(i);
        },
      },
      { batchSize: 2 },
    );
    const before = live();
    const run = async (): Promise<void> => {
      for await (const _ of loader);
    };
    await expect(run()).rejects.toThrow("disk on fire");
    await wait();
    await wait();
    expect(live()).toEqual(before);
  });
});

describe("a batch", () => {
  const loader = (): DataLoader<Pair> => new DataLoader<Pair>({ length: N, get: sample }, { batchSize: 2 });

  it("is let go when the loop breaks off, throws, or ends", () => {
    const before = live();
    for (const _ of loader()) break;
    expect(live()).toEqual(before);
    expect(() => {
      for (const _ of loader()) throw new Error("mine");
    }).toThrow("mine");
    expect(live()).toEqual(before);
    for (const _ of loader());
    expect(live()).toEqual(before);
  });

  it("is let go by `for await` in the same way", async () => {
    const before = live();
    for await (const _ of loader()) break;
    expect(live()).toEqual(before);
  });

  it("belongs to no scope, so that the obvious loop leaks nothing", () => {
    const model = new nn.Linear(2, 1);
    const before = live();
    for (const [x] of loader()) {
      scope(() => model.call(x).sum().item());
      expect(x.disposed).toBe(false);
    }
    expect(live()).toEqual(before);
    scope(() => {
      for (const [x] of loader()) expect(x.disposed).toBe(false);
    });
    expect(live()).toEqual(before);
  });

  it("that collate takes out of a stock stays", () => {
    const stock = tensor([1]);
    for (const _ of new DataLoader<Pair, [Tensor]>({ length: 2, get: sample }, { collate: () => [stock] }));
    expect(stock.disposed).toBe(false);
  });

  it("that consists of samples goes with the samples", () => {
    const before = live();
    const first = new DataLoader<Pair, Pair>({ length: 3, get: sample }, { collate: ([one]) => one as Pair });
    expect(Array.from(first, total)).toEqual([1, 3, 5]);
    expect(live()).toEqual(before);
  });

  it("that cannot be made leaves nothing behind", () => {
    const ragged = new DataLoader<Pair>({ length: N, get: (i) => [rand([i + 1]), tensor([i])] }, { batchSize: 1 });
    for (const _ of ragged); // the loader knows the data set now
    const before = live();
    const pairs = new DataLoader<Pair>(ragged.dataset, { batchSize: 2, collate: () => [] as never });
    for (const _ of pairs);
    expect(live()).toEqual(before);
  });
});

it("random numbers go on as if each sample had been asked for once", () => {
  manualSeed(1);
  const drawn = Array.from({ length: N }, () => rand([2]).toArray());
  manualSeed(1);
  const loader = new DataLoader<[Tensor]>({ length: N, get: () => [rand([2])] });
  expect(Array.from(loader, ([x]) => (x.toArray() as number[][])[0])).toEqual(drawn);
});
