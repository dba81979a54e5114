// Giving memory back by hand: what it does to views, to the tape, and to those who still hold the tensor.
import { cat, SimdgradError, StateError, scope, type Tensor, tensor, where, zeros } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { live } from "../support.js";

describe("dispose", () => {
  it("gives the memory back once; a second time is nothing", () => {
    const before = live();
    const x = zeros(8);
    expect(live()).toEqual({ liveTensors: before.liveTensors + 1, liveBytes: before.liveBytes + 32 });
    x.dispose();
    expect([x.disposed, live()]).toEqual([true, before]);
    x.dispose();
    expect(live()).toEqual(before);
  });

  it("works with using", () => {
    const before = live();
    {
      using x = zeros(3);
      expect(x.size).toBe(3);
    }
    expect(live()).toEqual(before);
  });

  it("leaves views and clones alive", () => {
    const before = live();
    const x = tensor([1, 2, 3, 4]);
    const view = x.reshape(2, 2);
    const copy = x.clone();
    x.dispose();
    expect([view.toArray(), copy.toArray()]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
    ]);
    expect(live().liveTensors).toBe(before.liveTensors + 2);
    view.dispose();
    copy.dispose();
    expect(live()).toEqual(before);
  });

  it("takes the gradient along", () => {
    const before = live();
    const x = tensor([1], { requiresGrad: true });
    scope(() => x.mul(2).backward());
    expect(live().liveTensors).toBe(before.liveTensors + 2);
    x.dispose();
    expect([x.grad, live()]).toEqual([null, before]);
  });

  it("does not take values from the tape", () => {
    const x = tensor([3], { requiresGrad: true });
    const doubled = x.mul(2);
    const y = doubled.mul(doubled);
    doubled.dispose();
    y.backward();
    expect(x.grad?.toArray()).toEqual([24]);
  });

  it("of a leaf does not stop a gradient from flowing elsewhere", () => {
    const [a, b] = [tensor([2], { requiresGrad: true }), tensor([5], { requiresGrad: true })];
    const y = a.mul(b);
    a.dispose();
    y.backward();
    expect([a.grad, b.grad?.toArray()]).toEqual([null, [2]]);
  });
});

const dead = (): Tensor => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  x.dispose();
  return x;
};

const uses: [call: string, use: (x: Tensor) => unknown][] = [
  ["toArray", (x) => x.toArray()],
  ["toTypedArray", (x) => x.toTypedArray()],
  ["item", (x) => x.item()],
  ["add on the left", (x) => x.add(1)],
  ["add on the right", (x) => tensor([1]).add(x)],
  ["a number and it", (x) => where(tensor([true]), 1, x)],
  ["matmul", (x) => x.matmul(x)],
  ["reshape", (x) => x.reshape(4)],
  ["expand to the same shape", (x) => x.expand(2, 2)],
  ["detach", (x) => x.detach()],
  ["clone", (x) => x.clone()],
  ["at", (x) => x.at(0)],
  ["slice", (x) => x.slice([1])],
  ["sum", (x) => x.sum()],
  ["max along a dimension", (x) => x.max(1)],
  ["softmax", (x) => x.softmax(0)],
  ["cat", (x) => cat([tensor([[1, 2]]), x])],
  ["to the same dtype", (x) => x.to("float32")],
  ["fill_", (x) => x.fill_(1)],
  ["copy_ from", (x) => zeros(2, 2).copy_(x)],
  ["copy_ into", (x) => x.copy_(zeros(2, 2))],
  ["backward", (x) => x.backward()],
  ["dropout of nothing", (x) => x.dropout({ p: 0 })],
];

test.each(uses)("a disposed tensor refuses %s", (_, use) => {
  const x = dead();
  const before = live();
  expect(() => scope(() => use(x))).toThrow(StateError);
  expect(() => scope(() => use(x))).toThrow(/float32\[2,2\] was disposed; return it from its scope/);
  expect(live()).toEqual(before);
});

test("errors of the library tell their class and have one base", () => {
  const error = (() => {
    try {
      return dead().sum();
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(SimdgradError);
  expect((error as Error).name).toBe("StateError");
});
