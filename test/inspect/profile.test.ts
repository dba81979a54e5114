// profile: every operation with calls, time, shapes and bytes, as rows, as a table and as a trace.
import { ArgError, cat, intercept, nn, optim, profile, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it, vi } from "vitest";
import { live } from "../support.js";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const w = tensor([[1], [2], [3]], { requiresGrad: true });
const training = (): void => scope(() => x.matmul(w).relu().sum().backward());

describe("events", () => {
  it("are all operations in their order, with shapes and bytes", () => {
    const { events, result, time } = profile(() => {
      training();
      return 7;
    });
    expect(result).toBe(7);
    const forward = events.filter(({ gradientOf }) => gradientOf === undefined).map(({ name, shapes, bytes }) => [name, shapes, bytes]);
    expect(forward.slice(0, 3)).toEqual([
      ["matmul", "float32[2,3] float32[3,1]", 8],
      ["relu", "float32[2,1]", 8],
      ["sum", "float32[2,1]", 4],
    ]);
    const backward = events.filter(({ gradientOf }) => gradientOf !== undefined);
    expect([...new Set(backward.map(({ gradientOf }) => gradientOf))]).toEqual(["sum", "relu", "matmul"]);
    let before = 0;
    for (const event of events) {
      expect(event.start).toBeGreaterThanOrEqual(before);
      before = event.start + event.time;
    }
    expect(before).toBeLessThanOrEqual(time);
  });

  it("of views and edits have no bytes, numbers and missing inputs are shown", () => {
    const { events } = profile(() => scope(() => void zeros(2, 2).reshape(4).fill_(3).mul(2)));
    expect(events.map(({ name, bytes, shapes }) => [name, bytes, shapes])).toEqual([
      ["full", 16, ""],
      ["reshape", 0, "float32[2,2]"],
      [expect.stringMatching(/fill/), 0, expect.stringMatching(/^float32\[4\]/)],
      ["mul", 16, "float32[4] 2"],
    ]);
  });

  it("are measured by the clock", () => {
    let now = 1000;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 2));
    try {
      const { events, time } = profile(() => scope(() => void x.exp().log()));
      // Began at 1002; each operation reads the clock before and after.
      expect(events.map(({ start, time: t }) => [start, t])).toEqual([
        [2, 2],
        [6, 2],
      ]);
      expect(time).toBe(10);
    } finally {
      clock.mockRestore();
    }
  });
});

describe("rows", () => {
  const repeated = (): void =>
    scope(() => {
      for (let i = 0; i < 3; i++) x.exp();
      tensor([1]).exp();
      x.matmul(x.t());
    });

  it("add up the calls of an operation, and sort", () => {
    const measured = profile(repeated);
    const rows = measured.rows({ sortBy: "calls" });
    expect(rows[0]).toMatchObject({ name: "exp", calls: 4, bytes: 3 * 24 + 4 });
    expect(rows[0]?.time).toBeCloseTo(measured.events.filter(({ name }) => name === "exp").reduce((sum, { time }) => sum + time, 0));
    const times = measured.rows().map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const bytes = measured.rows({ sortBy: "bytes" }).map((row) => row.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    expect(measured.rows({ rowLimit: 2 }).length).toBe(2);
  });

  it("by shapes keep calls with other shapes apart", () => {
    const rows = profile(repeated).rows({ sortBy: "calls", groupByInputShape: true });
    expect(rows.filter(({ name }) => name === "exp").map(({ calls, shapes }) => [calls, shapes])).toEqual([
      [3, "float32[2,3]"],
      [1, "float32[1]"],
    ]);
  });

  it("name the operation whose gradient they belong to", () => {
    const names = profile(training)
      .rows()
      .map(({ name }) => name);
    expect(names).toContain("reluGrad, gradient of relu");
    expect(names).toContain("matmul, gradient of matmul");
  });
});

describe("table", () => {
  it("has a line of headings, one per row in columns, and sums", () => {
    const measured = profile(training);
    const lines = measured.table().split("\n");
    expect(lines[0]).toMatch(/^operation +calls +total ms +share +mean us +MB made +inputs$/);
    expect(lines.length).toBe(measured.rows().length + 3);
    expect(lines.at(-1)).toMatch(new RegExp(`^\\(all\\) +${measured.events.length} +\\d+\\.\\d{3} +100\\.0% `));
    expect(lines.at(-2)).toMatch(/^\(outside of operations\) +\d+\.\d{3} +\d+\.\d%$/);
    const column = (lines[0] as string).indexOf("inputs");
    const matmul = lines.find((line) => line.startsWith("matmul  ")) as string;
    expect(matmul.slice(column)).toBe("float32[2,3] float32[3,1]");
  });

  it("of nothing has only sums", () => {
    const lines = profile(() => undefined)
      .table()
      .split("\n");
    expect(lines.length).toBe(3);
    expect(lines.join()).not.toContain("NaN");
  });

  it("shortens long lists of shapes", () => {
    const many = Array.from({ length: 20 }, () => tensor([[1, 2]]));
    const measured = profile(() => scope(() => void cat(many)));
    expect(measured.rows()[0]?.shapes.length).toBe(20 * "float32[1,2] ".length - 1);
    expect(measured.table().split("\n")[1]).toMatch(/ (float32\[1,2\] ){4}float\.\.\.$/);
  });
});

describe("chromeTrace", () => {
  it("is JSON of complete events in microseconds, inside the event of the whole", () => {
    const measured = profile(training);
    const { traceEvents, displayTimeUnit } = JSON.parse(measured.chromeTrace()) as {
      traceEvents: {
        name: string;
        cat: string;
        ph: string;
        ts: number;
        dur: number;
        pid: number;
        tid: number;
        args: { shapes?: string };
      }[];
      displayTimeUnit: string;
    };
    expect(displayTimeUnit).toBe("ms");
    const [whole, ...events] = traceEvents;
    expect(events.length).toBe(measured.events.length);
    for (const [i, event] of events.entries()) {
      const { start, time, shapes } = measured.events[i] as (typeof measured.events)[number];
      expect(event).toMatchObject({ ph: "X", ts: start * 1000, dur: time * 1000, args: { shapes } });
      expect(event.ts + event.dur).toBeLessThanOrEqual((whole?.dur ?? 0) + 1e-6);
    }
    expect(new Set(events.map(({ cat }) => cat))).toEqual(new Set(["forward", "backward"]));
  });
});

describe("work", () => {
  it("may wait; the profile ends with it", async () => {
    const measured = await profile(async () => {
      x.exp().dispose();
      await null;
      x.relu().dispose();
      return "done";
    });
    x.log().dispose();
    expect([measured.result, measured.events.map(({ name }) => name)]).toEqual(["done", ["exp", "relu"]]);
    await expect(profile(() => Promise.reject(new RangeError("mine")))).rejects.toThrow(RangeError);
    const seen: string[] = [];
    scope(() =>
      intercept(
        (call, next) => {
          seen.push(call.op.name);
          return next(call);
        },
        () => x.exp(),
      ),
    );
    expect(seen).toEqual(["exp"]);
  });

  it("may overlap with other profiles that end in any order", async () => {
    let finish: () => void = () => undefined;
    const first = profile(() => new Promise<void>((resolve) => (finish = resolve)));
    const second = profile(async () => {
      x.exp().dispose();
      await null;
      x.relu().dispose();
    });
    const inner = await second;
    x.log().dispose();
    finish();
    const outer = await first;
    x.sin().dispose();
    expect(inner.events.map(({ name }) => name)).toEqual(["exp", "relu"]);
    expect(outer.events.map(({ name }) => name)).toEqual(["exp", "relu", "log"]);
  });

  it("includes steps of optimizers, and nests", () => {
    const model = new nn.Linear(3, 1);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    let inner: readonly { name: string }[] = [];
    const { events } = profile(() => {
      model.call(x).sum().backward();
      inner = profile(() => optimizer.step()).events;
    });
    expect(inner.length).toBeGreaterThan(0);
    expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining(inner.map(({ name }) => name)));
  });

  it("that throws leaves nothing, and is not measured on", () => {
    const before = live();
    expect(() =>
      profile(() => {
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    expect(live()).toEqual(before);
  });

  it("and options are checked", () => {
    expect(() => profile(3 as never)).toThrow(ArgError);
    const measured = profile(() => undefined);
    expect(() => measured.table({ sortBy: "name" as never })).toThrow(/sortBy must be "time", "calls" or "bytes", got "name"/);
    expect(() => measured.rows({ rowLimit: 0 })).toThrow(/rowLimit must be a whole number of at least 1, got 0/);
    expect(() => measured.table({ groupByInputShape: 1 as never })).toThrow(/groupByInputShape must be true or false/);
    expect(() => measured.table({ limit: 3 } as never)).toThrow(/there is no option "limit"/);
  });
});

it("an input that requires a gradient stays as it is", () => {
  const y: Tensor = profile(() => w.mul(2)).result;
  expect([y.requiresGrad, y.toArray()]).toEqual([true, [[2], [4], [6]]]);
});
