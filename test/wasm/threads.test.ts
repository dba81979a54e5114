// Threads: the same bytes as one thread, tensors that stay valid, and failures that end in one thread.
import { spawnSync } from "node:child_process";
import {
  ArgError,
  conv2d,
  full,
  manualSeed,
  memory,
  nn,
  ones,
  optim,
  randint,
  randn,
  runtime,
  StateError,
  scope,
  setThreads,
  type Tensor,
  tensor,
  threads,
  zeros,
} from "simdgrad";
import { afterEach, describe, expect, test, vi } from "vitest";
import { workerText } from "../../src/wasm/generated/workerText.js";
import { compileSharedKernels, instantiate, type Kernels, k } from "../../src/wasm/kernels.js";
import { usage } from "../../src/wasm/memory.js";
import { FINISHED, type Kernel, PARTS, STATE, STOP, TICKET } from "../../src/wasm/threads/control.js";
import { Desk, giveScratch, type Maker, SPLITS, WORKLOADS } from "./workloads.js";

afterEach(async () => {
  await setThreads(1);
  vi.restoreAllMocks();
});

describe("the number of threads", () => {
  test("is one, until it is set, and one again", async () => {
    expect(threads()).toBe(1);
    expect(await setThreads(1)).toBe(1);
    expect(await setThreads(2)).toBe(2);
    expect([threads(), runtime().threads]).toEqual([2, 2]);
    expect(await setThreads(3)).toBe(3);
    expect(await setThreads(1)).toBe(1);
    expect(threads()).toBe(1);
  });

  test("is what the last of several calls asked for", async () => {
    expect(await Promise.all([setThreads(2), setThreads(1), setThreads(3)])).toEqual([2, 1, 3]);
    expect(threads()).toBe(3);
  });

  test.each([0, -1, 1.5, 33, Number.NaN, "2" as unknown as number])("cannot be %s", async (n) => {
    await expect(setThreads(n)).rejects.toThrow(ArgError);
    await expect(setThreads(n)).rejects.toThrow("setThreads: the number of threads must be a whole number from 1 to 32");
  });
});

test("tensors made before the memory became shared stay as they are", async () => {
  // In a process of its own: here, the memory is shared already.
  const script = `
    import { memory, setThreads, tensor, zeros } from "./dist/index.js";
    const before = tensor([[1, 2], [3, 4]], { requiresGrad: true });
    const sum = before.mul(before).sum();
    console.log(await setThreads(2));
    sum.backward();
    const large = zeros([1000, 1000]).add(1);
    console.log(JSON.stringify([before.toArray(), before.grad.toArray(), large.sum().item(), before.toTypedArray().buffer instanceof ArrayBuffer]));
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    timeout: 30_000,
  });
  expect([stderr, status]).toEqual(["", 0]); // and the process ends although there is a worker
  expect(stdout.split("\n").slice(0, 2)).toEqual(["2", "[[[1,2],[3,4]],[[2,4],[6,8]],1000000,true]"]);
});

test("a network learns the same, byte for byte", async () => {
  const learn = (): Float32Array[] => {
    manualSeed(7);
    const net = new nn.Sequential(
      new nn.Conv2d(1, 8, 3, { padding: 1 }),
      new nn.BatchNorm2d(8),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 16, 3, { padding: 1 }),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Dropout(0.3),
      new nn.Linear(16 * 14 * 14, 10),
    );
    const optimizer = new optim.Adam(net.parameters(), { lr: 1e-3 });
    const loss = new nn.CrossEntropyLoss();
    for (let step = 0; step < 3; step++) {
      const images = randn([16, 1, 28, 28]);
      const labels = randint(0, 10, [16]);
      optimizer.zeroGrad();
      loss.call(net.call(images), labels).backward();
      optimizer.step();
    }
    return net.parameters().map((p) => p.toTypedArray() as Float32Array);
  };
  const one = learn();
  expect(await setThreads(2)).toBe(2);
  const two = learn();
  const { liveTensors } = memory();
  learn();
  expect(two.map((values) => Buffer.from(values.buffer).toString("hex"))).toEqual(
    one.map((values) => Buffer.from(values.buffer).toString("hex")),
  );
  expect(memory().liveTensors).toBeLessThanOrEqual(liveTensors * 2);
});

describe("random calls", () => {
  const names = [...SPLITS.keys()];
  const products = names.filter((name) => (SPLITS.get(name)?.work ?? -1) >= 0);

  test.each([2, 3])("give the same bytes on %i threads as on one", async (count) => {
    expect(await setThreads(count)).toBe(count);
    const offers = vi.spyOn(Atomics, "store");
    const plain = instantiate(compileSharedKernels() as object);
    const desk = new Desk(count, true);
    const wrong: string[] = [];
    const calls = Array.from({ length: 500 }, (_, i) => names[i] ?? (i % 2 ? desk.pick(...names) : desk.pick(...products)));
    for (const name of calls) {
      const args = (WORKLOADS[name] as Maker)(desk, plain);
      giveScratch(desk, plain, name, args);
      desk.take();
      (plain[name] as unknown as Kernel)(...args);
      const one = desk.take();
      ((k as Kernels)[name] as unknown as Kernel)(...args);
      const several = desk.take();
      desk.done();
      if (Buffer.compare(one, several) !== 0) wrong.push(`${name}(${args.join(", ")})`);
    }
    expect(wrong).toEqual([]);
    expect(threads()).toBe(count);
    expect(offers.mock.calls.filter(([, word]) => word === TICKET).length).toBeGreaterThan(0.6 * calls.length);
    offers.mockRestore();
  });
});

describe("a worker that fails", () => {
  /** A worker that takes parts and does not run them: `then` is what it does instead, with the words `w` and the part. */
  const worker = (then: string): URL =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from "node:worker_threads";
      parentPort.once("message", ({ control }) => {
        parentPort.postMessage("ready");
        const w = new Int32Array(control);
        while (Atomics.load(w, ${STOP}) === 0) {
          const ticket = Atomics.load(w, ${TICKET});
          if ((ticket & 0xffff) === 0 || Atomics.compareExchange(w, ${TICKET}, ticket, ticket - 1) !== ticket) continue;
          const part = w[${PARTS}] - (ticket & 0xffff);
          ${then}
        }
      });`)}`,
    );

  const throws = worker(`Atomics.store(w, ${STATE} + part, 2); Atomics.add(w, ${FINISHED}, 1);`);
  const dies = worker("process.exit();");

  /** Calls until the worker took a part. */
  function until(call: () => void): void {
    for (const end = performance.now() + 20_000; threads() > 1 && performance.now() < end; ) call();
    expect(threads()).toBe(1);
  }

  test.each([
    ["a part throws", throws, "a part of gemmBatch failed"],
    ["the worker dies in a part", dies, "a worker does not answer any more"],
  ])("%s: the caller repeats the part and goes on alone", async (_, workerUrl, why) => {
    const said = vi.spyOn(console, "warn").mockReturnValue();
    const [a, b] = [randn([200, 300]), randn([300, 200])];
    const truth = a.matmul(b).toTypedArray();
    expect(await setThreads(2, { workerUrl })).toBe(2);
    until(() => expect(a.matmul(b).toTypedArray()).toEqual(truth));
    expect(said.mock.calls).toEqual([[`simdgrad: goes on with one thread: ${why}`]]);
    expect(a.matmul(b).toTypedArray()).toEqual(truth);
    expect(await setThreads(2)).toBe(2);
    expect(a.matmul(b).toTypedArray()).toEqual(truth);
  });

  test.each([
    ["throws", throws],
    ["dies", dies],
  ])("%s in a stretch of a long row: the last step comes after the repeated part", async (_, workerUrl) => {
    vi.spyOn(console, "warn").mockReturnValue();
    const x = randn([300_000]);
    const results = (): number[] => scope(() => [x.sum(), x.amax(), x.argmin()].map((result) => result.item()));
    const truth = results();
    const { usedBytes } = usage();
    expect(await setThreads(2, { workerUrl })).toBe(2);
    until(() => expect(results()).toEqual(truth));
    expect(results()).toEqual(truth);
    expect(usage().usedBytes).toBeLessThanOrEqual(usedBytes);
  });

  test("two counts that are equal are no change in place", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const weight = randn([64, 1, 3, 3], { requiresGrad: true });
    const y = conv2d(randn([4, 64, 20, 20]), weight, null, { groups: 64 });
    const gradient = (): Float32Array => {
      weight.grad = null;
      y.backward({ gradient: ones(y.shape), retainGraph: true });
      return (weight.grad as unknown as Tensor).toTypedArray() as Float32Array;
    };
    const truth = gradient();
    expect(await setThreads(2, { workerUrl: throws })).toBe(2);
    until(() => expect(gradient()).toEqual(truth));
  });

  test.each([
    ["throws", throws],
    ["dies", dies],
  ])("%s in a fill: the copies of the first element are no change in place", async (_, workerUrl) => {
    vi.spyOn(console, "warn").mockReturnValue();
    expect(await setThreads(2, { workerUrl })).toBe(2);
    until(() => expect(scope(() => full([300_000], 3).toTypedArray()).every((value) => value === 3)).toBe(true));
    expect(scope(() => full([300_000], -1, { dtype: "int8" }).toTypedArray()).every((value) => value === -1)).toBe(true);
  });

  test("in the middle of a change in place: an error, since what was read is half overwritten", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const parameter = zeros([100_000], { requiresGrad: true });
    const optimizer = new optim.SGD([parameter], { lr: 0.1 });
    parameter.sum().backward();
    expect(await setThreads(2, { workerUrl: throws })).toBe(2);
    expect(() => until(() => optimizer.step())).toThrow(StateError);
    expect(threads()).toBe(1);
    expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
  });

  describe("is slow, and alive", () => {
    /** A worker that runs parts as the library's own does, each of them `ms` milliseconds after it took it. */
    const slow = (ms: number): URL =>
      new URL(
        `data:text/javascript,${encodeURIComponent(`
        const { compareExchange } = Atomics;
        Atomics.compareExchange = (words, at, from, to) => {
          const found = compareExchange(words, at, from, to);
          if (at === ${TICKET} && found === from) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms});
          return found;
        };
        ${workerText}`)}`,
      );

    /** Calls until the worker took a part of a call. */
    function untilHelped(call: () => void): void {
      const own = vi.spyOn(Atomics, "add");
      const offers = vi.spyOn(Atomics, "store");
      for (const end = performance.now() + 20_000; performance.now() < end; ) {
        own.mockClear();
        offers.mockClear();
        call();
        const parts = offers.mock.calls
          .filter(([, word]) => word === TICKET)
          .reduce((sum, [, , value]) => sum + (Number(value) & 0xffff), 0);
        if (parts > own.mock.calls.filter(([, word]) => word === FINISHED).length) return;
      }
      expect.fail("the worker took no part");
    }

    test("while the clock runs on without this thread: the computer sleeps, a debugger stops the process", async () => {
      const [a, b] = [randn([200, 300]), randn([300, 200])];
      const truth = a.matmul(b).toTypedArray();
      expect(await setThreads(2, { workerUrl: slow(300) })).toBe(2);
      const [{ now }, { wait }] = [performance, Atomics];
      let slept = 0;
      vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + slept);
      vi.spyOn(Atomics, "wait").mockImplementation((...args: unknown[]) => {
        slept += 60_000;
        return Reflect.apply(wait, Atomics, args);
      });
      untilHelped(() => expect(a.matmul(b).toTypedArray()).toEqual(truth));
      expect(slept).toBeGreaterThan(0);
      expect(threads()).toBe(2);
    });

    test("in the middle of a change in place: the caller waits as long as it takes", async () => {
      const parameter = zeros([100_000], { requiresGrad: true });
      const optimizer = new optim.SGD([parameter], { lr: 1 });
      parameter.sum().backward();
      expect(await setThreads(2, { workerUrl: slow(3500) })).toBe(2);
      let steps = 0;
      untilHelped(() => {
        optimizer.step();
        steps++;
      });
      expect(parameter.min().item()).toBe(-steps);
      expect(parameter.max().item()).toBe(-steps);
      expect(threads()).toBe(2);
    });
  });

  test("ends while it waits: nothing is lost", async () => {
    const said = vi.spyOn(console, "warn").mockReturnValue();
    const workerUrl = new URL(
      `data:text/javascript,import { parentPort } from "node:worker_threads"; parentPort.once("message", () => { parentPort.postMessage("ready"); setTimeout(() => process.exit(), 50); });`,
    );
    expect(await setThreads(2, { workerUrl })).toBe(2);
    await vi.waitFor(() => expect(threads()).toBe(1), { timeout: 10_000 });
    expect(said.mock.calls).toEqual([["simdgrad: goes on with one thread: a worker ended: it ended with code 0"]]);
    expect(randn([300, 300]).matmul(randn([300, 300])).shape).toEqual([300, 300]);
  });

  test("ends before the others are ready: one thread", async () => {
    const said = vi.spyOn(console, "warn").mockReturnValue();
    const workerUrl = new URL(
      `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from "node:worker_threads";
      parentPort.on("message", ({ thread }) => {
        setTimeout(() => parentPort.postMessage("ready"), thread === 1 ? 0 : 400);
        if (thread === 1) setTimeout(() => process.exit(), 20);
      });`)}`,
    );
    expect(await setThreads(3, { workerUrl })).toBe(1);
    expect(said.mock.calls).toEqual([["simdgrad: runs on one thread: a worker did not start: it ended with code 0"]]);
    expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
  });

  test.each([
    ["is not there", new URL("file:///nowhere/worker.js")],
    ["throws at once", new URL(`data:text/javascript,throw new Error("no")`)],
  ])("%s: one thread", async (_, workerUrl) => {
    const said = vi.spyOn(console, "warn").mockReturnValue();
    expect(await setThreads(2, { workerUrl })).toBe(1);
    expect(said).toHaveBeenCalledTimes(1);
    expect(said.mock.calls[0]?.[0]).toMatch(/^simdgrad: runs on one thread: a worker did not start: /);
    expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]);
  });
});
