// The walk back over the tape: sums where paths meet, what is freed, and what a second walk may do.
import { ArgError, cat, enableGrad, GradError, grad, memory, noGrad, ones, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { live } from "../support.js";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { requiresGrad: true });
const clear = (x: Tensor): void => {
  x.grad = null;
};

describe("paths that meet", () => {
  type Case = [formula: string, f: (x: Tensor) => Tensor, at: number, derivative: number];
  const cases: Case[] = [
    ["x + x", (x) => x.add(x), 3, 2],
    ["x * x", (x) => x.mul(x), 3, 6],
    ["x + x * x", (x) => x.add(x.mul(x)), 3, 7],
    ["(x + x) * x, a shared subexpression", (x) => x.add(x).mul(x), 3, 12],
    ["x * x / x", (x) => x.mul(x).div(x), 4, 1],
    ["three uses of one value", (x) => ((y) => y.add(y).add(y))(x.mul(2)), 1, 6],
    ["a diamond: (2x) * (3x)", (x) => x.mul(2).mul(x.mul(3)), 2, 24],
    ["a diamond below a diamond", (x) => ((y) => y.mul(2).add(y.mul(3)))(x.mul(5).add(x.mul(7))), 1, 60],
    ["a long way and a short one", (x) => x.mul(2).mul(3).mul(4).add(x), 1, 25],
  ];

  it.each(cases)("%s", (_, f, at, derivative) => {
    const x = leaf(at);
    scope(() => f(x).backward());
    expect(x.grad?.item()).toBe(derivative);
  });

  it("doubling n times gives 2^n without walking 2^n paths", () => {
    const x = leaf(1);
    scope(() => {
      let y: Tensor = x;
      for (let i = 0; i < 60; i++) y = y.add(y);
      y.backward();
    });
    expect(x.grad?.item()).toBe(2 ** 60);
  });
});

describe("gradients of leaves", () => {
  it("add up over backward calls, until cleared", () => {
    const x = leaf([1, 2]);
    scope(() => x.mul(3).sum().backward());
    scope(() => x.square().sum().backward());
    expect(x.grad?.toArray()).toEqual([5, 7]);
    clear(x);
    scope(() => x.sum().backward());
    expect(x.grad?.toArray()).toEqual([1, 1]);
  });

  it.each([false, true])("are never shared by two leaves (createGraph: %s)", (createGraph) => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    a.add(b).sum().backward({ createGraph });
    const [da, db] = [a.grad as Tensor, b.grad as Tensor];
    noGrad(() => da.fill_(9));
    expect(db.toArray()).toEqual([1, 1]);
    scope(() => b.sum().backward());
    expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([
      [9, 9],
      [2, 2],
    ]);
  });

  it("are not shared with the gradient that was passed in", () => {
    const x = leaf([1, 2]);
    const gradient = tensor([5, 6]);
    x.reshape(2).backward({ gradient });
    gradient.fill_(0);
    expect(x.grad?.toArray()).toEqual([5, 6]);
  });

  it("take the weights of a result that is no scalar", () => {
    const x = leaf([1, 2, 3]);
    x.square().backward({ gradient: tensor([1, 0, -1]) });
    expect(x.grad?.toArray()).toEqual([2, 0, -6]);
  });

  it("are there for a leaf that is the result itself", () => {
    const x = leaf(2);
    x.backward();
    x.backward();
    expect(x.grad?.item()).toBe(2);
  });

  it("have the shape of the leaf: broadcasting is undone", () => {
    const [a, b, c] = [leaf([[1], [2]]), leaf([1, 2, 3]), leaf(5)];
    scope(() => a.mul(b).add(c).sum().backward());
    expect([a.grad?.toArray(), b.grad?.toArray(), c.grad?.toArray()]).toEqual([[[6], [6]], [3, 3, 3], 6]);
  });

  it("of leaves that were not used stay null, as do those of constants and of results on the way", () => {
    const [x, unused, constant] = [leaf(1), leaf(1), tensor(1)];
    const middle = x.mul(constant);
    middle.add(1).backward();
    expect([unused.grad, constant.grad, middle.grad]).toEqual([null, null, null]);
  });
});

describe("the graph", () => {
  it("is freed by backward, together with what it saved", () => {
    const x = leaf([1, 2]);
    const before = live();
    const y = scope(() => x.exp().mul(x).sum());
    y.backward();
    y.dispose();
    x.grad?.dispose();
    expect(live()).toEqual(before);
  });

  it("is kept by retainGraph", () => {
    const x = leaf(3);
    const y = x.mul(x);
    y.backward({ retainGraph: true });
    y.backward({ retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(18);
    expect(() => y.backward()).toThrow(/the graph through mul was freed by an earlier backward\(\), which needs \{ retainGraph: true \}/);
  });

  it("that was freed refuses those who share a part of it, and adds nothing", () => {
    const x = leaf(3);
    const shared = x.mul(x);
    const [a, b] = [shared.add(1), shared.mul(2)];
    a.backward();
    expect(() => b.backward()).toThrow(GradError);
    expect(x.grad?.item()).toBe(6);
  });

  it("lives on in results whose inputs were let go", () => {
    const x = leaf(2);
    const y = scope(() => x.mul(3).square());
    y.backward();
    expect(x.grad?.item()).toBe(36);
  });

  it("of 50,000 operations is walked, and let go, without recursion", () => {
    const x = leaf(1);
    const before = live();
    const deep = (): Tensor =>
      scope(() => {
        let y: Tensor = x;
        for (let i = 0; i < 50_000; i++) y = y.mul(1);
        return y;
      });
    const y = deep();
    y.backward();
    expect(x.grad?.item()).toBe(1);
    y.dispose();
    deep().dispose();
    x.grad?.dispose();
    expect(live()).toEqual(before);
  });

  it("with createGraph makes gradients that have a history of their own", () => {
    const x = leaf(3);
    x.pow(3).backward({ createGraph: true });
    const first = x.grad as Tensor;
    expect([first.item(), first.requiresGrad]).toEqual([27, true]);
    clear(x);
    first.backward();
    expect(x.grad?.item()).toBe(18);
  });

  it("without createGraph makes gradients without history", () => {
    const x = leaf(3);
    x.pow(3).backward();
    expect(x.grad?.requiresGrad).toBe(false);
  });
});

describe("recording", () => {
  it("is off under noGrad and on again under enableGrad", () => {
    const x = leaf(1);
    const [off, on] = noGrad(() => [x.mul(2), enableGrad(() => x.mul(2))]);
    expect([off.requiresGrad, on.requiresGrad, x.mul(2).requiresGrad]).toEqual([false, true, true]);
  });

  it("keeps nothing alive that no gradient needs", () => {
    const x = tensor([1, 2]);
    const before = live();
    const y = scope(() => x.exp().mul(x).sum());
    expect(live().liveTensors).toBe(before.liveTensors + 1);
    y.dispose();
  });

  it("stops at detach", () => {
    const x = leaf(3);
    x.mul(x.detach()).backward();
    expect(x.grad?.item()).toBe(3);
    expect(x.mul(2).detach().requiresGrad).toBe(false);
  });

  it("goes through views and copies", () => {
    const x = leaf([
      [1, 2],
      [3, 4],
    ]);
    scope(() =>
      x
        .at(1)
        .mul(x.transpose(0, 1).slice([0, 1]).reshape(2))
        .sum()
        .backward(),
    );
    expect(x.grad?.toArray()).toEqual([
      [3, 0],
      [1 + 4, 3],
    ]);
  });

  it("ignores indices and masks", () => {
    const x = leaf([1, 2]);
    const largest = x.argmax();
    expect([largest.requiresGrad, x.gt(1).requiresGrad]).toEqual([false, false]);
  });
});

describe("edits in place", () => {
  it("of a saved value are noticed", () => {
    const x = leaf([1, 2]);
    const saved = x.mul(1).detach();
    const y = x.mul(saved).sum();
    saved.fill_(0);
    expect(() => y.backward()).toThrow(/a value that mul saved for its gradient was edited in place since; edit a clone\(\)/);
  });

  it("of a view of a saved value are noticed too", () => {
    const x = leaf([1, 2]);
    const saved = tensor([3, 4]);
    const y = x.mul(saved).sum();
    saved.at(0).fill_(0);
    expect(() => y.backward()).toThrow(GradError);
  });

  it("of a value that no rule reads are fine", () => {
    const x = leaf([1, 2]);
    const other = tensor([3, 4]);
    const y = x.add(other).sum();
    other.fill_(0);
    y.backward();
    expect(x.grad?.toArray()).toEqual([1, 1]);
  });

  it("of weights under noGrad are fine between steps", () => {
    const x = leaf([1, 2]);
    scope(() => x.square().sum().backward());
    noGrad(() => x.copy_(tensor([5, 6])));
    clear(x);
    scope(() => x.square().sum().backward());
    expect(x.grad?.toArray()).toEqual([10, 12]);
  });
});

it("a gradient holds no more memory than its leaf, however large what it was cut from", () => {
  const x = leaf([1]);
  const { liveBytes } = memory();
  scope(() =>
    cat([x, ones([100_000])])
      .sum()
      .backward(),
  );
  expect(memory().liveBytes - liveBytes).toBe(4);
});

describe("gradients that users put there", () => {
  it("count", () => {
    const x = leaf([1, 2]);
    x.grad = tensor([10, 20]);
    scope(() => x.sum().backward());
    expect(x.grad.toArray()).toEqual([11, 21]);
  });

  test.each([
    ["of another shape", () => tensor([1]), /backward: the gradient of float32\[2\] is float32\[1\]/],
    ["of whole numbers", () => tensor([1, 2], { dtype: "int32" }), /backward: needs float32, got int32\[2\]/],
  ])("are refused when %s", (_, make, says) => {
    const x = leaf([1, 2]);
    x.grad = make();
    expect(() => scope(() => x.sum().backward())).toThrow(says);
  });

  test("are refused at once when they were disposed or are no tensors", () => {
    const [x, g] = [leaf([1, 2]), tensor([1, 2])];
    g.dispose();
    expect(() => {
      x.grad = g;
    }).toThrow(/grad: float32\[2\] was disposed/);
    expect(() => {
      x.grad = 1 as unknown as Tensor;
    }).toThrow(ArgError);
    expect(() => {
      x.grad = x;
    }).toThrow(/grad: float32\[2\] cannot be its own gradient/);
    expect(x.grad).toBeNull();
  });

  test("belong to the leaf: no scope disposes of them", () => {
    const x = leaf([1, 2]);
    scope(() => {
      x.grad = tensor([1, 1]);
    });
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 2]);
  });
});

test("an error in a rule leaves the library usable and leaks nothing", () => {
  const x = leaf([1, 2]);
  const saved = tensor([3, 4]);
  const y = scope(() => x.mul(saved).exp().sum());
  saved.fill_(0);
  const before = live();
  expect(() => y.backward({ retainGraph: true })).toThrow(GradError);
  expect(live()).toEqual(before);
  expect(x.grad).toBeNull();
  expect(grad((t) => t.square().sum())(tensor([3])).toArray()).toEqual([6]);
});
