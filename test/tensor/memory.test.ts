// The memory underneath: size classes, reuse, running out, and the net of last resort.
import { full, MemoryError, memory, scope, type Tensor, tensor, trim, zeros } from "simdgrad";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { packedWeight } from "../../src/ops/gemm/packed.js";
import { allocate, blockBytes, floats, release, setLimit, usage } from "../../src/wasm/memory.js";
import { collectUntil, live } from "../support.js";
import { run } from "../wasm/process.js";

const MB = 2 ** 20;
const unlimited = memory().limitBytes;
// What other tests dropped is gone before the next one counts.
beforeEach(() => collectUntil(() => live().liveTensors === 0));
afterEach(() => setLimit(unlimited));

/** Numbers from 0 to 1, always the same. */
function numbers(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
}

/** Makes tensors of `bytes` until memory runs out. */
function fill(bytes: number): { made: Tensor[]; error: Error } {
  const made: Tensor[] = [];
  for (;;) {
    try {
      made.push(zeros(bytes / 4));
    } catch (error) {
      return { made, error: error as Error };
    }
  }
}

describe("blocks", () => {
  test.each([
    [0, 64],
    [1, 64],
    [64, 64],
    [65, 128],
    [257, 320],
    [512, 512],
    [513, 640],
    [1000, 1024],
    [1025, 1280],
  ])("%d bytes take a block of %d", (bytes, block) => expect(blockBytes(bytes)).toBe(block));

  it("waste at most a quarter, at every size", () => {
    for (let bytes = 256; bytes < 4 * 1024 * MB; bytes = Math.ceil(bytes * 1.037)) {
      const block = blockBytes(bytes);
      expect(block).toBeGreaterThanOrEqual(bytes);
      expect(block - bytes).toBeLessThan(bytes / 4 + 64);
      expect(blockBytes(block)).toBe(block);
      expect(blockBytes(block + 1)).toBeGreaterThan(block);
    }
  });

  it("start at multiples of 64, beyond the page of the kernels", () => {
    const ptrs = [1, 100, 5000].map(allocate);
    for (const ptr of ptrs) expect([ptr % 64, ptr >= 65536]).toEqual([0, true]);
    for (const [i, bytes] of [1, 100, 5000].entries()) release(ptrs[i] as number, bytes);
  });

  it("are handed out again, the last one freed first", () => {
    const [a, b] = [zeros(1000), zeros(1000)];
    const [first, second] = [a.ptr, b.ptr];
    a.dispose();
    b.dispose();
    const { heapBytes } = memory();
    const again = [zeros(999), zeros(1001 - 2)];
    expect(again.map(({ ptr }) => ptr)).toEqual([second, first]);
    expect(memory().heapBytes).toBe(heapBytes);
    for (const x of again) x.dispose();
  });
});

describe("memory()", () => {
  it("counts tensors and the bytes of their elements, which views share", () => {
    const before = live();
    const x = zeros(10);
    const view = x.reshape(2, 5);
    expect(live()).toEqual({ liveTensors: before.liveTensors + 2, liveBytes: before.liveBytes + 40 });
    x.dispose();
    view.dispose();
    expect(live()).toEqual(before);
  });

  it("remembers the peak", () => {
    zeros(3 * MB).dispose();
    const { peakBytes, liveBytes } = memory();
    expect(peakBytes).toBeGreaterThanOrEqual(liveBytes + 12 * MB);
    expect(memory().peakBytes).toBe(peakBytes);
  });

  it("grows without losing what is in it", () => {
    const x = tensor([1, 2, 3]);
    const { heapBytes } = memory();
    const stale = floats();
    const large = zeros((heapBytes + 32 * MB) / 4);
    expect(memory().heapBytes).toBeGreaterThan(heapBytes + 32 * MB);
    expect(stale.length).toBe(0);
    expect([x.toArray(), x.add(1).toArray(), large.at(-1).item()]).toEqual([[1, 2, 3], [2, 3, 4], 0]);
    large.dispose();
  });
});

describe("running out", () => {
  it("names what was asked for and what there is, and allocates nothing", () => {
    const before = live();
    setLimit(usage().usedBytes + 8 * MB);
    const { limitBytes } = memory();
    expect(() => zeros(4 * MB)).toThrow(MemoryError);
    expect(() => zeros(4 * MB)).toThrow(new RegExp(`${16 * MB} bytes requested, at most ${8 * MB} of ${limitBytes} available`));
    expect(live()).toEqual(before);
    scope(() => expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]));
  });

  it("is over as soon as something is let go", () => {
    const before = live();
    setLimit(memory().heapBytes + 4 * MB);
    const { made, error } = fill(MB / 4);
    expect(error).toBeInstanceOf(MemoryError);
    expect(made.length).toBeGreaterThan(4);
    for (const x of made) expect(scope(() => x.at(-1).item())).toBe(0);
    (made.pop() as Tensor).dispose();
    made.push(zeros(MB / 16));
    expect(() => zeros(MB / 16)).toThrow(MemoryError);
    for (const x of made) x.dispose();
    expect(live().liveBytes).toBe(before.liveBytes);
  });

  it("takes blocks of larger classes apart", () => {
    setLimit(memory().heapBytes + 4 * MB);
    const { made: large } = fill(MB);
    for (const x of large) x.dispose();
    const { made: small } = fill(MB / 64);
    expect(small.length).toBeGreaterThanOrEqual(64 * large.length);
    const ranges = small.map(({ ptr }) => ptr).sort((a, b) => a - b);
    for (let i = 1; i < ranges.length; i++) expect((ranges[i] as number) - (ranges[i - 1] as number)).toBeGreaterThanOrEqual(MB / 64);
    for (const x of small) x.dispose();
  });

  it("leaves the room of a large one for another, though something small came meanwhile", () => {
    trim();
    setLimit(usage().usedBytes + 50 * MB);
    const kept = zeros(4).add(1);
    zeros(4 * MB).dispose();
    const small = zeros(4);
    scope(() => expect(zeros(10 * MB).size).toBe(10 * MB));
    for (const x of [kept, small]) x.dispose();
  });

  it("says so when what is free lies in pieces", () => {
    trim();
    setLimit(memory().heapBytes + 4 * MB);
    const { made } = fill(MB / 4);
    const kept = made.filter((_, i) => i % 2 > 0);
    for (const x of made) if (!kept.includes(x)) x.dispose();
    expect(() => zeros(MB / 4)).toThrow(/ available, but not in one piece; dispose/);
    for (const x of kept) x.dispose();
  });

  it("in the middle of an operation leaks nothing", () => {
    const x = tensor(new Float32Array(MB / 4).fill(2), { requiresGrad: true });
    setLimit(memory().heapBytes + 4 * MB);
    const { made } = fill(MB);
    const before = live();
    expect(() => x.mul(x)).toThrow(MemoryError);
    expect(() => x.variance()).toThrow(MemoryError);
    expect(live()).toEqual(before);
    for (const t of made) t.dispose();
    const y = scope(() => x.mul(x).mean());
    y.backward();
    expect(y.item()).toBe(4);
    expect(x.grad?.at(0).item()).toBe(2 ** -16);
  });

  it("in a backward pass leaks nothing and leaves gradients alone", () => {
    const x = tensor(new Float32Array(MB / 4).fill(2), { requiresGrad: true });
    const y = scope(() => x.mul(x).sum());
    setLimit(memory().heapBytes + 4 * MB);
    const { made } = fill(MB);
    const before = live();
    expect(() => y.backward({ retainGraph: true })).toThrow(MemoryError);
    expect(live()).toEqual(before);
    for (const t of made) t.dispose();
    y.backward();
    expect(x.grad?.at(-1).item()).toBe(4);
  });
});

describe("the heap", () => {
  it("stays near the peak when each tensor is larger than the one before", () => {
    const { liveBytes } = memory();
    for (let n = 1000; n < 10 * MB; n = Math.ceil(n * 1.1)) zeros(n).dispose();
    const { peakBytes, heapBytes } = memory();
    expect(heapBytes).toBeLessThan(2.5 * peakBytes);
    expect(memory().liveBytes).toBe(liveBytes);
  });

  it("stays near the peak under requests of all sizes, however many", () => {
    trim();
    const { heapBytes, liveBytes } = memory();
    const random = numbers();
    let peakBytes = 0;
    const request = (batch: number): void => {
      const made: Tensor[] = [];
      for (const width of [64, 512, 1024, 128, 1024, 32, 10]) {
        made.push(zeros(batch * width), zeros(width));
        if (width === 128) for (const x of made.splice(2, 3)) x.dispose();
      }
      peakBytes = Math.max(peakBytes, memory().liveBytes - liveBytes);
      for (const x of made) x.dispose();
    };
    for (let i = 0; i < 4000; i++) request(1 + Math.floor(random() * (i % 10 === 9 ? 1000 : 8)));
    expect(memory().heapBytes - heapBytes).toBeLessThan(4 * peakBytes);
  });

  it("hands out the parts of what was free, and never what is in use", () => {
    const kept: { x: Tensor; value: number }[] = [];
    const random = numbers();
    for (let i = 0; i < 3000; i++) {
      if (kept.length > 30 || (kept.length > 0 && random() < 0.5)) {
        const [one] = kept.splice(Math.floor(random() * kept.length), 1);
        expect(one?.x.toTypedArray().every((v) => v === one.value)).toBe(true);
        one?.x.dispose();
      } else kept.push({ x: full([Math.floor(2 ** (random() * 16))], i), value: i });
    }
    for (const { x, value } of kept) {
      expect(x.toTypedArray().every((v) => v === value)).toBe(true);
      x.dispose();
    }
  });

  it("is given back by trim(), and tensors stay as they are", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    zeros(20 * MB).dispose();
    const before = memory();
    trim();
    expect(memory().heapBytes).toBeLessThan(before.heapBytes - 60 * MB);
    expect(memory()).toMatchObject({ liveTensors: before.liveTensors, liveBytes: before.liveBytes });
    x.square().sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 4, 6]);
    trim();
    expect(x.toArray()).toEqual([1, 2, 3]);
  });

  it("stays as it is where the host has no room for the smaller one beside it", () => {
    const x = full([4], 3);
    zeros(20 * MB).dispose();
    const { heapBytes } = memory();
    vi.stubGlobal("WebAssembly", {
      ...WebAssembly,
      Memory: class {
        constructor() {
          throw new RangeError("no room");
        }
      },
    });
    trim();
    vi.unstubAllGlobals();
    expect([memory().heapBytes, x.add(1).toArray()]).toEqual([heapBytes, [4, 4, 4, 4]]);
    trim();
    expect(memory().heapBytes).toBeLessThan(heapBytes);
  });

  it("has a limit that holds for blocks that were free, too", () => {
    zeros(10 * MB).dispose();
    const { limitBytes } = memory();
    setLimit(usage().usedBytes + 20 * MB);
    try {
      expect(() => zeros(10 * MB)).toThrow(MemoryError);
      expect(
        scope(() =>
          zeros(2 * MB)
            .add(1)
            .at(0)
            .item(),
        ),
      ).toBe(1);
    } finally {
      setLimit(limitBytes);
    }
  });
});

describe("what is kept beside a tensor's elements", () => {
  it("is made again after it could not be made, and nothing is left of the attempt", () => {
    const x = zeros(16);
    const before = live();
    expect(
      packedWeight(x, "packed", 64, () => {
        throw new MemoryError("mine");
      }),
    ).toBe(0);
    expect(live()).toEqual(before);
    let fills = 0;
    const ptrs = [1, 2].map(() => packedWeight(x, "packed", 64, () => fills++));
    expect([fills, ptrs[0] === ptrs[1]]).toEqual([1, true]);
    x.dispose();
  });
});

describe("the collector's net", () => {
  it("frees tensors nobody holds, after a turn of the event loop", async () => {
    const before = live();
    const drop = (): void => {
      for (let i = 0; i < 20; i++) zeros(1000).add(1).reshape(10, 100);
    };
    drop();
    expect(live().liveTensors).toBe(before.liveTensors + 60);
    await collectUntil(() => live().liveTensors === before.liveTensors);
    expect(live()).toEqual(before);
  });

  it("frees graphs nobody holds, and what they saved", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const before = live();
    const drop = (): void => {
      for (let i = 0; i < 10; i++) w.mul(w).exp().sum();
    };
    drop();
    expect(live().liveTensors).toBe(before.liveTensors + 30);
    await collectUntil(() => live().liveTensors === before.liveTensors);
    expect(live()).toEqual(before);
    expect(w.toArray()).toEqual([1, 2]);
  });

  it("comes in time for large tensors that are dropped one after the other", () => {
    // In a process of its own, whose collector has not yet seen anything else.
    const { stdout, stderr } = run(`
      await init({ limitBytes: ${256 * MB} });
      for (let i = 0; i < 60; i++) {
        ones([${5 * MB}]);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      console.log("done");
    `);
    expect([stdout, stderr]).toEqual(["done", ""]);
  });

  it("leaves alone what is held where an operation had its scratch", async () => {
    const sizes: number[] = [];
    for (let size = 16; size < 500_000; size = Math.ceil(size * 1.18)) sizes.push(size, size);
    const [a, b] = [zeros([64, 64]), zeros([64, 64])];
    const fill = (value: number): Tensor[] => sizes.map((size) => full([size], value));
    for (let round = 0; round < 2; round++) {
      for (const dropped of fill(0)) dropped.dispose();
      a.matmul(b).dispose(); // takes one of these blocks as scratch
      const held = fill(1);
      await collectUntil(() => false);
      const others = fill(2);
      for (const x of held) expect(x.toTypedArray().every((value) => value === 1)).toBe(true);
      for (const x of [...held, ...others]) x.dispose();
    }
    for (const x of [a, b]) x.dispose();
  });

  it("does not free twice what was disposed", async () => {
    const before = live();
    const drop = (): void => {
      for (let i = 0; i < 10; i++) zeros(100).dispose();
    };
    drop();
    const kept = zeros(100);
    await collectUntil(() => false);
    expect(live().liveTensors).toBe(before.liveTensors + 1);
    expect(kept.toTypedArray()).toEqual(new Float32Array(100));
    kept.dispose();
  });
});
