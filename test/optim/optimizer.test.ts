// What all optimizers share: groups, learning rates, gradients that are missing or wrong, and memory.
import { ArgError, nn, noGrad, optim, ShapeError, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";
import { expectClose, live } from "../support.js";

const weight = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });
const step = (optimizer: { step(): void }, ...pairs: [Tensor, number[]][]): void => {
  for (const [p, g] of pairs) p.grad = tensor(g);
  optimizer.step();
};

describe("parameter groups", () => {
  it("have options of their own, and the optimizer's for the rest", () => {
    const [a, b] = [weight(1), weight(1)];
    const optimizer = new optim.SGD([{ params: [a], lr: 0.5 }, { params: [b] }], { lr: 0.1, weightDecay: 1 });
    step(optimizer, [a, [1]], [b, [1]]);
    expectClose(a, [1 - 0.5 * 2]);
    expectClose(b, [1 - 0.1 * 2]);
    expect(optimizer.groups.map(({ options }) => options.lr)).toEqual([0.5, 0.1]);
  });

  it("may come from modules, in any iterable", () => {
    const [body, head] = [new nn.Linear(2, 2), new nn.Linear(2, 1)];
    const optimizer = new optim.Adam([{ params: new Set(body.parameters()) }, { params: head.parameters(), lr: 1 }]);
    expect(optimizer.groups.map(({ params }) => params.length)).toEqual([2, 2]);
  });

  it("check their options", () => {
    expect(() => new optim.SGD([{ params: [weight(1)], lr: -1 }])).toThrow(ArgError);
  });

  it("take each parameter once", () => {
    const p = weight(1);
    expect(() => new optim.SGD([{ params: [p] }, { params: [p] }])).toThrow(/parameter 0 appears twice/);
  });

  it("refuse results and constants", () => {
    expect(() => new optim.SGD([weight(1).mul(2)])).toThrow(/parameter 0 is not a leaf that requires a gradient/);
    expect(() => new optim.SGD([weight(1), 5 as never])).toThrow(/parameter 1 is not a tensor/);
  });
});

describe("the learning rate", () => {
  it("can be read and set for all groups at once", () => {
    const [a, b] = [weight(1), weight(1)];
    const optimizer = new optim.SGD([
      { params: [a], lr: 0.5 },
      { params: [b], lr: 0.25 },
    ]);
    expect(optimizer.lr).toBe(0.5);
    optimizer.lr = 0.125;
    step(optimizer, [a, [1]], [b, [2]]);
    expect([a.toArray(), b.toArray()]).toEqual([[0.875], [0.75]]);
  });

  it.each([-1, Number.NaN])("refuses %d", (lr) => {
    const optimizer = new optim.SGD([weight(1)], { lr: 0.5 });
    expect(() => {
      optimizer.lr = lr;
    }).toThrow(ArgError);
    expect(optimizer.lr).toBe(0.5);
  });

  it("and other options may change between steps", () => {
    const p = weight(1);
    const optimizer = new optim.SGD([p], { lr: 1 });
    step(optimizer, [p, [0.25]]);
    const options = (optimizer.groups[0] as (typeof optimizer.groups)[number]).options;
    options.momentum = 0.5;
    step(optimizer, [p, [0.25]]); // the buffer starts with the gradient
    step(optimizer, [p, [0.25]]);
    expect(p.toArray()).toEqual([1 - 0.25 - 0.25 - (0.125 + 0.25)]);
    options.momentum = 0;
    step(optimizer, [p, [0.125]]);
    expect(p.toArray()).toEqual([0]);
  });
});

describe("gradients", () => {
  it("zeroGrad forgets them and gives their memory back", () => {
    const p = weight(1, 2);
    const optimizer = new optim.SGD([p]);
    const before = live();
    scope(() => p.mul(3).sum().backward());
    const { grad } = p;
    optimizer.zeroGrad();
    expect([p.grad, grad?.disposed, live()]).toEqual([null, true, before]);
    optimizer.zeroGrad();
  });

  it("that are missing leave the parameter as it is, and do not age its state", () => {
    const [a, b] = [weight(1), weight(1)];
    const optimizer = new optim.Adam([a, b], { lr: 0.1 });
    step(optimizer, [a, [1]]);
    expect(b.toArray()).toEqual([1]);
    step(optimizer, [b, [1]]);
    // the first step of Adam is lr long, whenever it comes
    expectClose(b, [0.9], 1e-6);
  });

  const wrong: [string, (p: Tensor) => void, new (message: string) => Error, RegExp][] = [
    [
      "of another shape",
      (p) => void Object.assign(p, { grad: tensor([1]) }),
      ShapeError,
      /^step: \.grad of float32\[2\] is float32\[1\]; shapes must be equal/,
    ],
    [
      "of whole numbers",
      (p) => void Object.assign(p, { grad: tensor([1, 2], { dtype: "int32" }) }),
      Error,
      /^step: needs float32, got int32\[2\]/,
    ],
    [
      "that were disposed",
      (p) => {
        scope(() => p.sum().backward());
        p.grad?.dispose();
      },
      StateError,
      /^step: float32\[2\] was disposed/,
    ],
    ["of a disposed parameter", (p) => p.dispose(), StateError, /^step: float32\[2\] was disposed/],
  ];

  it.each(wrong)("%s are refused, and nothing changes", (_, spoil, error, says) => {
    const p = weight(1, 2);
    const optimizer = new optim.SGD([p]);
    spoil(p);
    expect(() => optimizer.step()).toThrow(error);
    expect(() => optimizer.step()).toThrow(says);
    if (!p.disposed) expect(p.toArray()).toEqual([1, 2]);
  });
});

describe("a step", () => {
  it("is noticed by a graph that saved the weight", () => {
    const p = weight(1, 2);
    const optimizer = new optim.SGD([p]);
    const loss = scope(() => p.square().sum());
    loss.backward({ retainGraph: true });
    optimizer.step();
    expect(() => loss.backward()).toThrow(/edited in place/);
  });

  it("finds the minimum of a parabola", () => {
    for (const make of [
      (p: Tensor) => new optim.SGD([p], { lr: 0.1, momentum: 0.5 }),
      (p: Tensor) => new optim.Adam([p], { lr: 0.1 }),
      (p: Tensor) => new optim.AdamW([p], { lr: 0.1, weightDecay: 0 }),
    ]) {
      const p = weight(-3, 4);
      const optimizer = make(p);
      for (let i = 0; i < 400; i++) {
        optimizer.zeroGrad();
        scope(() => p.sub(1).square().sum().backward());
        optimizer.step();
      }
      expectClose(p, [1, 1], 1e-3);
    }
  });
});

describe("memory", () => {
  it("of the state lasts beyond scopes and is given back by dispose", () => {
    const before = live();
    const p = weight(1, 2);
    const optimizer = new optim.Adam([p], { amsgrad: true });
    scope(() => {
      p.sum().backward();
      optimizer.step();
    });
    expect(live().liveTensors).toBe(before.liveTensors + 5); // weight, gradient, mean, square, largest
    scope(() => noGrad(() => optimizer.step()));
    optimizer.dispose();
    p.dispose();
    expect(live()).toEqual(before);
  });

  it("of SGD without momentum is none", () => {
    const p = weight(1);
    const optimizer = new optim.SGD([p]);
    p.grad = zeros(1);
    const before = live();
    optimizer.step();
    expect(live()).toEqual(before);
  });
});
