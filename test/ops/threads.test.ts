// Every op on two threads, on views, and without memory: the same bytes as on one thread, or an error that leaves nothing behind.
import { MemoryError, manualSeed, memory, ones, randn, scope, setThreads, type Tensor, tensor, threads } from "simdgrad";
import { int8Matmul, quantize, quantizedLinear } from "simdgrad/quantize";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { int8Kernels } from "../../src/wasm/generated/groups/int8.js";
import * as allocator from "../../src/wasm/memory.js";
import { TICKET } from "../../src/wasm/threads/control.js";
import { Splitter } from "../../src/wasm/threads/splitter.js";
import { sampled } from "../sampled.js";
import { parametersOf } from "../wasm/workloads.js";
import { type Input, type Sample, valuesOf } from "./row.js";
import { rows } from "./rows/index.js";

const { leastNs, partNs } = Splitter;

/** From now on the smallest calls are split, too. */
function splitEverything(): void {
  Splitter.leastNs = 0;
  Splitter.partNs = 0;
}

beforeAll(splitEverything);
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await setThreads(1);
  Object.assign(Splitter, { leastNs, partNs });
});

interface Made {
  /** What owns the storage and gets the gradient. */
  readonly leaf: Tensor;
  /** What the op is given. */
  readonly x: Tensor;
}

type Make = (input: Input, values: Float64Array) => Made;

/** An input that owns its storage. */
const whole: Make = ({ shape, dtype = "float32", constant = dtype !== "float32" }, values) => {
  const leaf = tensor(values, { shape, dtype, requiresGrad: !constant });
  return { leaf, x: leaf };
};

/** Elements in front of a view and behind it: an odd number, so that no view starts at a vector's alignment. */
const [BEFORE, BEHIND] = [5, 11];

/** The same input as a view into the middle of a larger storage. */
const view: Make = ({ shape, dtype = "float32", constant = dtype !== "float32" }, values) => {
  const around = new Float64Array(BEFORE + values.length + BEHIND).fill(1);
  around.set(values, BEFORE);
  const leaf = tensor(around, { shape: [around.length], dtype, requiresGrad: !constant });
  return { leaf, x: leaf.narrow(0, BEFORE, values.length).reshape(shape) };
};

const hex = (x: Tensor): string => Buffer.from(x.toTypedArray().slice().buffer).toString("hex");

/** The bytes of an op's result and of the gradients of its inputs. */
function bytesOf({ call }: Sample, made: readonly Made[]): string[] {
  manualSeed(5);
  try {
    return scope(() => {
      const y = call(...made.map(({ x }) => x));
      const found = [hex(y)];
      if (y.requiresGrad) {
        y.backward({ gradient: ones(y.shape), retainGraph: true });
        for (const { leaf } of made) if (leaf.grad) found.push(hex(leaf.grad));
      }
      return found;
    });
  } finally {
    for (const { leaf } of made) {
      leaf.grad?.dispose(); // gradients of leaves belong to no scope
      leaf.grad = null;
    }
  }
}

const CASES = rows.flatMap(({ op, samples }) =>
  sampled(
    samples.map((sample, i) => ({ title: `${op}, sample ${i}`, sample })),
    ({ title }) => title,
  ),
);
const VALUES = new Map(CASES.map(({ sample }) => [sample, sample.inputs.map(valuesOf)]));

function run(sample: Sample, make: Make): string[] {
  const values = VALUES.get(sample) as Float64Array[];
  return scope(() =>
    bytesOf(
      sample,
      sample.inputs.map((input, i) => make(input, values[i] as Float64Array)),
    ),
  );
}

/** From now on requests for memory fail where `refuses` says so. */
function refuseBlocks(refuses: (bytes: number) => boolean): void {
  const { allocate, takeBlock, takeScratch } = allocator;
  const check = (bytes: number): void => {
    if (refuses(bytes)) throw new MemoryError("memory: no more, says the test");
  };
  vi.spyOn(allocator, "allocate").mockImplementation((bytes) => {
    check(bytes);
    return allocate(bytes);
  });
  vi.spyOn(allocator, "takeBlock").mockImplementation((bytes) => {
    check(bytes);
    return takeBlock(bytes);
  });
  vi.spyOn(allocator, "takeScratch").mockImplementation((bytes) => {
    check(bytes);
    return takeScratch(bytes);
  });
}

/** Pointers that lie in the scratch of their own call, which the calling thread overwrites: those of all calls from now on. */
function watchAliases(): string[] {
  const found: string[] = [];
  const { call } = Splitter.prototype;
  vi.spyOn(Splitter.prototype, "call").mockImplementation(function (this: Splitter, kernel, split, args, ns) {
    if (split.work >= 0) {
      const { all, pointers } = parametersOf(kernel);
      const start = args[split.work] as number;
      const end = start + split.scratch(args, this.plain);
      const isInside = (value = 0): boolean => value >= start && value < end;
      const inside = pointers.filter((name) => name !== "work" && isInside(args[all.indexOf(name)]));
      found.push(...inside.map((name) => `${name} of ${kernel}`));
    }
    call.call(this, kernel, split, args, ns);
  });
  return found;
}

describe("two threads give the bytes of one", () => {
  const one = new Map<Sample, { whole: string[]; view: string[] }>();
  let splits = 0;

  beforeAll(async () => {
    expect(threads()).toBe(1);
    for (const { sample } of CASES) one.set(sample, { whole: run(sample, whole), view: run(sample, view) });
    expect(await setThreads(2)).toBe(2);
  });

  test.each(CASES)("$title", ({ sample }) => {
    const aliases = watchAliases();
    const offers = vi.spyOn(Atomics, "store");
    const truth = one.get(sample);
    for (let repeat = 0; repeat < 3; repeat++) {
      expect(run(sample, whole)).toEqual(truth?.whole);
      expect(run(sample, view)).toEqual(truth?.view);
    }
    expect(aliases).toEqual([]);
    splits += offers.mock.calls.filter(([, word]) => word === TICKET).length;
    expect(threads()).toBe(2);
  });

  test("most calls were split", () => {
    expect(splits).toBeGreaterThan(6 * CASES.length);
  });

  test("a view gives the values that the whole gives", () => {
    const differ = CASES.filter(({ sample }) => one.get(sample)?.whole[0] !== one.get(sample)?.view[0]);
    expect(differ.map(({ title }) => title)).toEqual([]);
  });
});

describe("scratch of a call is its own: products of int8, large enough for a race", () => {
  const REPEATS = 20;

  /** The bytes of a result, again and again, on one thread and on two. */
  async function compare(product: () => Tensor): Promise<void> {
    const bytes = (): string => scope(() => hex(product()));
    await setThreads(1);
    const one = bytes();
    expect(await setThreads(2)).toBe(2);
    for (let i = 0; i < REPEATS; i++) expect(bytes() === one).toBe(true);
  }

  test.each([
    [96, 256, 128],
    [512, 1024, 512],
  ])("int8Matmul %i x %i x %i", async (m, depth, n) => {
    const [a, b] = [quantize(randn([m, depth])).values, quantize(randn([depth, n])).values];
    await compare(() => int8Matmul(a, b, { zeroPoint: 3 }));
  });

  test("quantizedLinear without memory for the packed weight", async () => {
    const [x, w] = [randn([96, 256]), quantize(randn([128, 256]), { axis: 0 })];
    const bytes = int8Kernels.packedInt8Bytes(128, 256);
    let refused = 0;
    refuseBlocks((size) => {
      if (size !== bytes) return false;
      refused++;
      return true;
    });
    await compare(() => quantizedLinear(x, w));
    expect(refused).toBeGreaterThan(REPEATS);
  });
});

describe.each([1, 2])("an allocation that fails, on %i threads", (count) => {
  beforeAll(async () => {
    expect(await setThreads(count)).toBe(count);
  });

  let failures = 0;

  /** Makes the allocation number `nth` from now on fail, and counts all of them. */
  function failAt(nth: number): { made: number } {
    const seen = { made: 0 };
    refuseBlocks(() => {
      if (++seen.made !== nth) return false;
      failures++;
      return true;
    });
    return seen;
  }

  test.each(CASES)("$title: MemoryError or the same bytes, and nothing is left behind", ({ sample }) => {
    scope(() => {
      const values = VALUES.get(sample) as Float64Array[];
      const made = sample.inputs.map((input, i) => whole(input, values[i] as Float64Array));
      const truth = bytesOf(sample, made);
      const { liveTensors, liveBytes } = memory();
      for (let nth = 1, reached = true; reached; nth++) {
        const seen = failAt(nth);
        let found: string[] | undefined;
        try {
          found = bytesOf(sample, made);
        } catch (error) {
          expect(error).toBeInstanceOf(MemoryError);
        }
        reached = seen.made >= nth;
        vi.restoreAllMocks();
        if (found) expect(found).toEqual(truth);
        expect(memory()).toMatchObject({ liveTensors, liveBytes });
        expect(bytesOf(sample, made)).toEqual(truth);
      }
    });
  });

  test("allocations did fail", () => {
    expect(failures).toBeGreaterThan(CASES.length);
  });
});
