// Recurrent layers as one operation against the same in plain operations: values, gradients and second derivatives, in both directions, with
// lengths that differ, with a projection, and at sizes that are no multiple of a vector, a tile or a panel.
import {
  DTypeError,
  MemoryError,
  manualSeed,
  memory,
  nn,
  noGrad,
  ones,
  optim,
  randn,
  ShapeError,
  scope,
  setThreads,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RecurrentLayer, RecurrentWeights } from "../../src/ops/rnn/layers.js";
import * as plain from "../../src/ops/rnn/layers.js";
import * as fused from "../../src/ops/rnn/recurrent.js";
import * as allocator from "../../src/wasm/memory.js";
import { TICKET } from "../../src/wasm/threads/control.js";
import { Splitter } from "../../src/wasm/threads/splitter.js";

const KINDS = ["tanhLayer", "reluLayer", "gruLayer", "lstmLayer"] as const;
type Kind = (typeof KINDS)[number];
const GATES = { tanhLayer: 1, reluLayer: 1, gruLayer: 3, lstmLayer: 4 };

interface Case {
  readonly sizes: readonly number[];
  readonly features: number;
  readonly units: number;
  readonly projection?: number;
  readonly bias?: boolean;
}

const steps = (count: number, batch: number): number[] => new Array<number>(count).fill(batch);
const CASES: readonly Case[] = [
  { sizes: steps(3, 2), features: 3, units: 5 },
  { sizes: steps(1, 1), features: 1, units: 1 },
  { sizes: steps(2, 1), features: 7, units: 12, bias: false },
  { sizes: steps(4, 13), features: 9, units: 34 },
  { sizes: [7, 7, 5, 3, 3, 1], features: 4, units: 11 },
  { sizes: [5, 1], features: 2, units: 6, bias: false },
  { sizes: steps(2, 0), features: 3, units: 4 },
  { sizes: steps(3, 4), features: 3, units: 101 },
];
const PROJECTED: readonly Case[] = [
  { sizes: steps(3, 5), features: 3, units: 7, projection: 3 },
  { sizes: [4, 3, 3, 1], features: 3, units: 10, projection: 1, bias: false },
];

/** Inputs of a layer in one list: x, the states, then the weights that there are. */
function inputsOf(kind: Kind, { sizes, features, units, projection, bias = true }: Case): { all: Tensor[]; weights: RecurrentWeights } {
  const [batch, size, columns] = [sizes[0] as number, projection ?? units, units * GATES[kind]];
  const leaf = (...shape: number[]): Tensor => {
    const x = randn(shape).mul(0.5).detach();
    x.requiresGrad = true;
    return x;
  };
  const n = sizes.reduce((a, b) => a + b, 0);
  const states = [leaf(batch, size), ...(kind === "lstmLayer" ? [leaf(batch, units)] : [])];
  const weights = [
    leaf(columns, features),
    leaf(columns, size),
    bias ? leaf(columns) : null,
    bias ? leaf(columns) : null,
    projection ? leaf(size, units) : null,
  ] as const;
  return { all: [leaf(n, features), ...states, ...weights.filter((w) => w !== null)], weights };
}

/** A number that depends on all results, each element with a factor of its own. */
function lossOf(results: readonly Tensor[]): Tensor {
  manualSeed(7);
  return results.map((x) => x.mul(randn(x.shape)).sum()).reduce((a, b) => a.add(b));
}

function resultsOf(
  layer: RecurrentLayer,
  { all, weights }: ReturnType<typeof inputsOf>,
  sizes: readonly number[],
  reverse: boolean,
): Tensor[] {
  const [x, ...rest] = all as [Tensor, ...Tensor[]];
  const states = rest.slice(0, rest.indexOf(weights[0]));
  const { y, last } = layer(x, sizes, states, weights, { reverse, packed: false });
  return [y, ...last];
}

function gradientsOf(loss: Tensor, all: readonly Tensor[]): Tensor[] {
  for (const x of all) x.grad = null;
  loss.backward();
  return all.map((x) => x.grad as Tensor);
}

function expectClose(got: Tensor, wanted: Tensor, bound: number): void {
  expect(got.shape).toEqual(wanted.shape);
  const [a, b] = [got.toTypedArray(), wanted.toTypedArray()] as [Float32Array, Float32Array];
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  for (let i = 0; i < a.length; i++)
    if (!(Math.abs((a[i] as number) - (b[i] as number)) <= bound * largest)) expect.fail(`element ${i}: ${a[i]} instead of ${b[i]}`);
}

const titleOf = ({ sizes, features, units, projection, bias = true }: Case): string =>
  `${sizes.join(",")} rows, ${features} -> ${units}${projection ? ` -> ${projection}` : ""}${bias ? "" : ", no bias"}`;

const ALL = KINDS.flatMap((kind) =>
  (kind === "lstmLayer" ? [...CASES, ...PROJECTED] : CASES).flatMap((given) =>
    [false, true].map((reverse) => ({ title: `${kind}, ${titleOf(given)}${reverse ? ", reverse" : ""}`, kind, given, reverse })),
  ),
);

describe.each(ALL)("$title", ({ kind, given, reverse }) => {
  test("has the values and gradients of the plain operations", () => {
    scope(() => {
      manualSeed(3);
      const inputs = inputsOf(kind, given);
      const wanted = resultsOf(plain[kind], inputs, given.sizes, reverse);
      const got = resultsOf(fused[kind], inputs, given.sizes, reverse);
      expect(got.length).toBe(wanted.length);
      got.forEach((x, i) => {
        expectClose(x, wanted[i] as Tensor, 2e-6);
      });
      const first = gradientsOf(lossOf(wanted), inputs.all);
      gradientsOf(lossOf(got), inputs.all).forEach((g, i) => {
        expectClose(g, first[i] as Tensor, 4e-6);
      });
      // Of each result alone: the others have no gradient then.
      wanted.forEach((_, part) => {
        const alone = [plain[kind], fused[kind]].map((layer) =>
          gradientsOf(lossOf([resultsOf(layer, inputs, given.sizes, reverse)[part] as Tensor]), inputs.all),
        ) as [Tensor[], Tensor[]];
        alone[1].forEach((g, i) => {
          expectClose(g, alone[0][i] as Tensor, 4e-6);
        });
      });
    });
  });

  test("has the same second derivatives", () => {
    scope(() => {
      manualSeed(4);
      const inputs = inputsOf(kind, given);
      const [wanted, got] = [plain[kind], fused[kind]].map((layer) => {
        for (const x of inputs.all) x.grad = null;
        lossOf(resultsOf(layer, inputs, given.sizes, reverse)).backward({ createGraph: true });
        const first = inputs.all.map((x) => x.grad as Tensor);
        return gradientsOf(lossOf(first), inputs.all);
      }) as [Tensor[], Tensor[]];
      got.forEach((g, i) => {
        expectClose(g, wanted[i] as Tensor, 8e-6);
      });
    });
  });

  test("gives the same bytes when nothing is recorded, also with weights kept in another form", () => {
    scope(() => {
      manualSeed(5);
      const { all, weights } = inputsOf(kind, given);
      const [x, ...rest] = all as [Tensor, ...Tensor[]];
      const states = rest.slice(0, rest.indexOf(weights[0]));
      const run = (packed: boolean): string[] => {
        const { y, last } = fused[kind](x, given.sizes, states, weights, { reverse, packed });
        return [y, ...last].map(hex);
      };
      const recorded = run(false);
      expect(run(true)).toEqual(recorded);
      noGrad(() => {
        expect(run(false)).toEqual(recorded);
        expect(run(true)).toEqual(recorded);
        expect(run(true)).toEqual(recorded);
      });
    });
  });
});

const hex = (x: Tensor): string => Buffer.from((x.toTypedArray() as Float32Array).slice().buffer).toString("hex");

describe.each(KINDS)("%s", (kind) => {
  const { leastNs, partNs } = Splitter;
  const bytesOf = (given: Case, reverse: boolean): string[] =>
    scope(() => {
      manualSeed(6);
      const inputs = inputsOf(kind, given);
      const results = resultsOf(fused[kind], inputs, given.sizes, reverse);
      return [...results, ...gradientsOf(lossOf(results), inputs.all)].map(hex);
    });

  afterEach(async () => {
    vi.restoreAllMocks();
    await setThreads(1);
    Object.assign(Splitter, { leastNs, partNs });
  });

  test("gives the same bytes on two threads", async () => {
    const many: Case[] = [
      { sizes: steps(4, 26), features: 5, units: 13 },
      { sizes: [23, 19, 9, 9, 8, 2], features: 5, units: 21 },
      ...(kind === "lstmLayer" ? [{ sizes: [23, 19, 9], features: 5, units: 21, projection: 6 }] : []),
    ];
    const all = many.flatMap((given) => [false, true].map((reverse) => [given, reverse] as const));
    const one = all.map((given) => bytesOf(...given));
    Splitter.leastNs = 0;
    Splitter.partNs = 0;
    expect(await setThreads(2)).toBe(2);
    const { call } = Splitter.prototype;
    const split = new Set<string>();
    vi.spyOn(Splitter.prototype, "call").mockImplementation(function (this: Splitter, kernel, ...rest) {
      const offers = vi.spyOn(Atomics, "store");
      call.call(this, kernel, ...rest);
      if (offers.mock.calls.some(([, word]) => word === TICKET)) split.add(kernel);
      offers.mockRestore();
    });
    for (let repeat = 0; repeat < 3; repeat++) expect(all.map((given) => bytesOf(...given))).toEqual(one);
    expect([...split]).toEqual(expect.arrayContaining(["recurrent", "recurrentGrad"]));
  });

  test("gives a sequence what it gives it alone", () => {
    scope(() => {
      manualSeed(8);
      const given = { sizes: steps(3, 9), features: 4, units: 10 };
      const { all, weights } = inputsOf(kind, given);
      const [x, ...rest] = all as [Tensor, ...Tensor[]];
      const states = rest.slice(0, rest.indexOf(weights[0]));
      const how = { reverse: false, packed: false };
      const { y } = fused[kind](x, given.sizes, states, weights, how);
      for (let b = 0; b < 9; b++) {
        const rows = x.reshape([3, 9, 4]).select(1, b);
        const alone = fused[kind](
          rows,
          steps(3, 1),
          states.map((s) => s.narrow(0, b, 1)),
          weights,
          how,
        );
        expect(hex(alone.y)).toBe(hex(y.reshape([3, 9, 10]).select(1, b)));
      }
    });
  });

  test("keeps its values for a second backward()", () => {
    scope(() => {
      manualSeed(9);
      const given = { sizes: steps(3, 2), features: 3, units: 5 };
      const inputs = inputsOf(kind, given);
      const loss = lossOf(resultsOf(fused[kind], inputs, given.sizes, false));
      const gradients = (): string[] => {
        for (const x of inputs.all) x.grad = null;
        loss.backward({ retainGraph: true });
        return inputs.all.map((x) => hex(x.grad as Tensor));
      };
      const first = gradients();
      expect(gradients()).toEqual(first);
    });
  });

  test("has no steps: the states come back", () => {
    scope(() => {
      const given = { sizes: steps(1, 2), features: 3, units: 5 };
      const { all, weights } = inputsOf(kind, given);
      const [, ...rest] = all as [Tensor, ...Tensor[]];
      const states = rest.slice(0, rest.indexOf(weights[0]));
      const { y, last } = fused[kind](zeros([0, 3]), [], states, weights, { reverse: false, packed: false });
      expect(y.shape).toEqual([0, 5]);
      expect(last.map(hex)).toEqual(states.map(hex));
      const total = [y, ...last].map((r) => r.sum()).reduce((a, b) => a.add(b));
      expect(gradientsOf(total, [...states, weights[1]]).map((g) => g.toArray())).toEqual(
        [...states.map((s) => ones(s.shape)), zeros(weights[1].shape)].map((g) => g.toArray()),
      );
    });
  });

  test("gives NaN to the sequence that has it, from that step on, and to no other", () => {
    scope(() => {
      manualSeed(10);
      const { all, weights } = inputsOf(kind, { sizes: steps(3, 4), features: 3, units: 6 });
      const [, ...rest] = all as [Tensor, ...Tensor[]];
      const states = rest.slice(0, rest.indexOf(weights[0]));
      const x = tensor(
        Array.from({ length: 36 }, (_, i) => (i === (1 * 4 + 2) * 3 + 1 ? Number.NaN : 0.1 * (i % 7))),
        { shape: [12, 3] },
      );
      for (const [layer, reverse] of [plain[kind], fused[kind]].flatMap((l) => [false, true].map((r) => [l, r] as const))) {
        const { y } = layer(x, steps(3, 4), states, weights, { reverse, packed: false });
        const rows = (y.toArray() as number[][]).map((row) => row.map(Number.isNaN));
        rows.forEach((row, i) => {
          const [t, b] = [Math.floor(i / 4), i % 4];
          const spoiled = b === 2 && (reverse ? t <= 1 : t >= 1);
          expect(row).toEqual(new Array(6).fill(spoiled));
        });
      }
    });
  });

  test("refuses what does not fit", () => {
    scope(() => {
      const given = { sizes: steps(2, 2), features: 3, units: 5 };
      const { all, weights } = inputsOf(kind, given);
      const [x, ...rest] = all as [Tensor, ...Tensor[]];
      const states = rest.slice(0, rest.indexOf(weights[0]));
      const [wih, whh, bih, bhh] = weights;
      const how = { reverse: false, packed: false };
      const { liveTensors } = memory();
      const refuses = (run: () => unknown, error: new (message: string) => Error, says: RegExp): void => {
        expect(() => scope(run)).toThrow(error);
        expect(() => scope(run)).toThrow(says);
      };
      const [small, whole] = [zeros([2, 2]), zeros([4, 3], { dtype: "int32" })];
      refuses(() => fused[kind](x, [2, 1], states, weights, how), ShapeError, /x must be \[3,3\], got float32\[4,3\]/);
      refuses(() => fused[kind](x, [2, 2], states, [small, whh, bih, bhh, null], how), ShapeError, /the weight of x must be/);
      refuses(() => fused[kind](x, [2, 2], states, [wih, small, bih, bhh, null], how), ShapeError, /the weight of h must be/);
      refuses(() => fused[kind](x, [2, 2], states, [wih, whh, small, bhh, null], how), ShapeError, /the bias of x must be/);
      refuses(() => fused[kind](x, [2, 2], states, [wih, whh, bih, small, null], how), ShapeError, /the bias of h must be/);
      refuses(() => fused[kind](x, [2, 2], [x, ...states.slice(1)], weights, how), ShapeError, /must be/);
      refuses(() => fused[kind](whole, [2, 2], states, weights, how), DTypeError, /float32/);
      expect(memory().liveTensors).toBe(liveTensors + 2);
    });
  });

  test("leaves nothing behind when memory is short", () => {
    scope(() => {
      const given = { sizes: steps(3, 4), features: 3, units: 6 };
      const truth = bytesOf(given, false);
      const { liveTensors, liveBytes } = memory();
      let failures = 0;
      for (let nth = 1, reached = true; reached; nth++) {
        let made = 0;
        const { takeBlock, takeScratch } = allocator;
        const check = (): void => {
          if (++made === nth) throw new MemoryError("memory: no more, says the test");
        };
        vi.spyOn(allocator, "takeBlock").mockImplementation((bytes) => {
          check();
          return takeBlock(bytes);
        });
        vi.spyOn(allocator, "takeScratch").mockImplementation((bytes) => {
          check();
          return takeScratch(bytes);
        });
        let found: string[] | undefined;
        try {
          found = bytesOf(given, false);
        } catch (error) {
          expect(error).toBeInstanceOf(MemoryError);
          failures++;
        }
        reached = made >= nth;
        vi.restoreAllMocks();
        if (found) expect(found).toEqual(truth);
        expect(memory()).toMatchObject({ liveTensors, liveBytes });
      }
      expect(failures).toBeGreaterThan(20);
    });
  });
});

/** npm names the script that it runs. */
const STEPS = process.env["npm_lifecycle_event"] === "test:full" ? 10_000 : 200;

test(`${STEPS} training steps leave the live bytes where they were`, { timeout: 600_000 }, () => {
  manualSeed(11);
  class Model extends nn.Module {
    readonly lstm = new nn.LSTM(5, 9, { numLayers: 2 });
    readonly gru = new nn.GRU(9, 6, { bidirectional: true });
    readonly head = new nn.Linear(12, 3);

    forward(x: Tensor): Tensor {
      return this.head.call(this.gru.call(this.lstm.call(x)[0])[0].at(-1));
    }
  }
  const model = new Model();
  const optimizer = new optim.Adam(model.parameters());
  const x = randn([4, 3, 5]);
  const step = (): void => {
    optimizer.zeroGrad();
    model.call(x).square().mean().backward();
    optimizer.step();
  };
  for (let i = 0; i < 10; i++) step();
  const { liveTensors, liveBytes } = memory();
  for (let i = 0; i < STEPS; i++) step();
  expect(memory()).toMatchObject({ liveTensors, liveBytes });
});
