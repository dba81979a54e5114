// traceMemory: which tensors are alive, and which lines made them.
import { ArgError, memory, noGrad, ones, StateError, scope, type Tensor, tensor, traceMemory } from "simdgrad";
import { afterEach, describe, expect, it } from "vitest";
import { watchTensors } from "../../src/tensor/tensor.js";
import { collectLeftovers, collectUntil, live } from "../support.js";

afterEach(() => traceMemory(false));

const listed = (): { shape: readonly number[]; dtype: string; bytes: number; where: string }[] => memory({ live: true }).live;

describe("memory({ live: true })", () => {
  it("lists what was made since and is alive, the oldest first", () => {
    const before = ones(7);
    traceMemory(true);
    const x = tensor([[1, 2, 3]], { dtype: "int32" });
    ones(9).dispose();
    const y = before.mul(2);
    const view = y.reshape(7, 1);
    scope(() => void y.exp());
    expect(listed().map(({ shape, dtype, bytes }) => [shape, dtype, bytes])).toEqual([
      [[1, 3], "int32", 12],
      [[7], "float32", 28],
      [[7, 1], "float32", 28],
    ]);
    for (const t of [x, y, view, before]) t.dispose();
    expect(listed()).toEqual([]);
  });

  it("names the lines of the program", () => {
    traceMemory(true);
    const makes = (): Tensor => ones(3).neg();
    const kept = noGrad(makes);
    const lines = listed().map(({ where }) => where);
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/traceMemory\.test\.ts:\d+:\d+/);
    expect(lines[0]).toMatch(/makes/);
    kept.dispose();
  });

  it("counts as liveTensors does, gradients too and values that only the tape saved not", () => {
    const before = live().liveTensors;
    traceMemory(true);
    const w = ones([2], { requiresGrad: true });
    const loss = scope(() => w.exp().square().sum());
    expect(listed().length).toBe(live().liveTensors - before);
    loss.backward();
    const report = memory({ live: true });
    expect(report.live.length).toBe(report.liveTensors - before);
    for (const t of [w, loss]) t.dispose();
  });

  it("does not keep tensors alive", async () => {
    await collectLeftovers();
    const before = live().liveTensors;
    traceMemory(true);
    (() => void ones(5))();
    expect(listed().length).toBe(1);
    await collectUntil(() => live().liveTensors === before);
    expect(listed()).toEqual([]);
  });

  it("forgets what is gone while many are made", () => {
    traceMemory(true);
    const kept = ones(1);
    for (let i = 0; i < 3000; i++) ones(1).dispose();
    expect(listed().length).toBe(1);
    kept.dispose();
  });

  it("gives the other numbers as memory() does", () => {
    traceMemory(true);
    const { live: _, ...rest } = memory({ live: true });
    expect(rest).toEqual(memory());
    expect(memory({ live: false })).toEqual(memory());
  });
});

describe("traceMemory", () => {
  it("may be switched on twice, and off", () => {
    traceMemory(true);
    const x = ones(2);
    traceMemory(true);
    expect(listed().length).toBe(1);
    traceMemory(false);
    traceMemory(false);
    expect(() => memory({ live: true })).toThrow(StateError);
    expect(() => memory({ live: true })).toThrow(/memory: lists live tensors only if traceMemory\(true\) was called before/);
    traceMemory(true);
    expect(listed()).toEqual([]);
    x.dispose();
  });

  it("shares the tensors with others who watch", () => {
    const seen: number[] = [];
    const end = watchTensors(({ size }) => seen.push(size));
    traceMemory(true);
    const x = ones(2);
    end();
    const y = ones(3);
    expect([seen, listed().length]).toEqual([[2], 2]);
    for (const t of [x, y]) t.dispose();
  });

  it("refuses what is neither true nor false, and memory() unknown options", () => {
    expect(() => traceMemory("on" as never)).toThrow(ArgError);
    expect(() => memory({ live: 1 } as never)).toThrow(ArgError);
    expect(() => memory({ alive: true } as never)).toThrow(/memory: there is no option "alive"/);
  });
});
