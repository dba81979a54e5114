// What all optimizers share: groups, learning rates, gradients that are missing or wrong, and memory.
import { ArgError, nn, noGrad, optim, ShapeError, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it, vi } from "vitest";
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

describe("options", () => {
  const classes = [optim.SGD, optim.Adam, optim.AdamW] as const;

  it.each(classes)("that are undefined are not given: %s", (Class) => {
    const optimizer = new Class([weight(1)], { lr: undefined, weightDecay: undefined });
    expect(optimizer.groups[0]?.options).toEqual(new Class([weight(1)]).groups[0]?.options);
    expect(new optim.Adam([{ params: [weight(1)], lr: undefined, betas: undefined }], { lr: 0.5 }).lr).toBe(0.5);
  });

  it.each<[object, string]>([
    [{ lr: "0.1" }, 'lr must be a finite number of at least 0, got "0.1"'],
    [{ lr: Number.POSITIVE_INFINITY }, "lr must be a finite number of at least 0, got Infinity"],
    [{ lr: Number.NaN }, "lr must be a finite number of at least 0, got NaN"],
    [{ lr: null }, "lr must be a finite number of at least 0, got null"],
    [{ weightDecay: -1 }, "weightDecay must be a finite number of at least 0, got -1"],
    [{ maximize: "no" }, 'maximize must be true or false, got "no"'],
    [{ learningRate: 1 }, 'there is no option "learningRate", only lr'],
  ])("%j are refused, in groups as well", (options, message) => {
    for (const Class of classes) {
      for (const make of [() => new Class([weight(1)], options), () => new Class([{ params: [weight(1)], ...options }])]) {
        expect(make).toThrow(ArgError);
        expect(make).toThrow(message);
      }
    }
  });

  it.each([0.9, [0.9], [0.9, 1], [0.9, "0.9"], null])("betas %j are refused", (betas) => {
    expect(() => new optim.Adam([weight(1)], { betas: betas as never })).toThrow(ArgError);
    expect(() => new optim.Adam([weight(1)], { betas: betas as never })).toThrow("Adam: betas must be two numbers within [0, 1)");
  });

  it("by position are refused", () => {
    expect(() => new optim.SGD([weight(1)], 0.1 as never)).toThrow("SGD: options go into one object");
  });

  it("of one group do not change with another", () => {
    const optimizer = new optim.SGD([{ params: [weight(1)] }, { params: [weight(1)] }], { lr: 1 });
    (optimizer.groups[0] as (typeof optimizer.groups)[number]).options.lr = 2;
    expect(optimizer.groups.map(({ options }) => options.lr)).toEqual([2, 1]);
    expect(new optim.SGD([weight(1)]).lr).toBe(1e-3);
  });

  it("of a rate set later are checked too", () => {
    const optimizer = new optim.SGD([weight(1)]);
    for (const lr of ["0.1", Number.POSITIVE_INFINITY, undefined]) {
      expect(() => {
        optimizer.lr = lr as never;
      }).toThrow(ArgError);
    }
  });
});

describe("what is no list of parameters", () => {
  const layer = new nn.Linear(1, 1);
  it.each<[string, unknown, string]>([
    ["a module", layer, "SGD: takes a list of parameters, such as model.parameters(), or of groups { params }, got a Linear"],
    ["a list of modules", [layer], "SGD: parameter 0 is not a float32 leaf, but a Linear; pass model.parameters()"],
    ["a tensor", weight(1), "got a tensor float32[1]"],
    ["a group of one tensor", [{ params: weight(1) }], "got a tensor float32[1]"],
    ["a group of a module", [{ params: layer }], "such as model.parameters(), or of groups { params }, got a Linear"],
    ["a lone group", { params: [weight(1)] }, "or of groups { params }, got an object with params"],
    ["groups beside parameters", [{ params: [weight(1)] }, weight(1)], "SGD: item 1 is no group { params } as the others are"],
    ["nothing", undefined, "or of groups { params }, got undefined"],
    ["numbers", [1, 2], "SGD: parameter 0 is not a float32 leaf, but 1; pass model.parameters()"],
    ["results", [weight(1).mul(2)], "SGD: parameter 0 is not a float32 leaf"],
    ["whole numbers", [tensor([1], { dtype: "int32" })], "SGD: parameter 0 is not a float32 leaf, but a tensor int32[1]"],
  ])("%s is refused", (_, parameters, message) => {
    expect(() => new optim.SGD(parameters as never)).toThrow(ArgError);
    expect(() => new optim.SGD(parameters as never)).toThrow(message);
  });

  it("is told apart where it comes from another copy of the library", async () => {
    vi.resetModules();
    const other = new (await import("../../src/index.js")).nn.Linear(1, 1).parameters();
    expect(() => new optim.SGD(other as never)).toThrow(StateError);
    expect(() => new optim.SGD(other as never)).toThrow("another copy of simdgrad");
  });
});

describe("frozen parameters", () => {
  it("are taken, stay as they are, and go on when they thaw", () => {
    const model = new nn.Sequential(new nn.Linear(1, 1), new nn.Linear(1, 1));
    const first = model.at(0) as nn.Linear;
    first.requiresGrad(false);
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    const train = (): void => {
      optimizer.zeroGrad();
      scope(() =>
        model
          .call(tensor([[1]]))
          .sum()
          .backward(),
      );
      optimizer.step();
    };
    const before = first.weight.toArray();
    train();
    expect([first.weight.grad, first.weight.toArray()]).toEqual([null, before]);
    first.requiresGrad(true);
    train();
    expect(first.weight.toArray()).not.toEqual(before);
  });

  it("stay as they are, whatever gradient they had before", () => {
    const p = weight(1);
    const optimizer = new optim.SGD([p], { lr: 1 });
    scope(() => p.mul(3).sum().backward());
    p.requiresGrad = false;
    optimizer.step();
    expect(p.toArray()).toEqual([1]);
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
      /^step: the gradient of float32\[2\] is float32\[1\]; shapes must be equal/,
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
