// Hooks: what they see, in which order, what they may change, and how they end. Semantics as in PyTorch.
import {
  ArgError,
  DTypeError,
  GradError,
  grad,
  keep,
  nn,
  optim,
  randn,
  ShapeError,
  StateError,
  scope,
  type Tensor,
  tensor,
} from "simdgrad";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";

const leaf = (values: number[]): Tensor => tensor(values, { requiresGrad: true });

describe("what a hook sees", () => {
  it("is the gradient of a leaf, once, as the sum of all its parts and without what .grad holds", () => {
    const x = leaf([1, 2]);
    const seen: unknown[] = [];
    x.registerHook((g) => void seen.push(g.toArray()));
    const loss = (): Tensor => x.mul(3).add(x.mul(x)).sum();
    loss().backward();
    loss().backward();
    expect(seen).toEqual([
      [5, 7],
      [5, 7],
    ]);
    expect(x.grad?.toArray()).toEqual([10, 14]);
  });

  it("is the gradient of a result, before it goes on to the inputs", () => {
    const x = leaf([1, 2]);
    const order: string[] = [];
    const y = x.mul(3);
    const z = y.square();
    for (const [name, t] of Object.entries({ x, y, z })) t.registerHook((g) => void order.push(`${name} ${g.toArray()}`));
    z.sum().backward();
    expect(order).toEqual(["z 1,1", "y 6,12", "x 18,36"]);
  });

  it("is that of the one result it was registered on", () => {
    const x = leaf([3, 1, 2]);
    const [first, rest] = x.split([1, 2]) as [Tensor, Tensor];
    const seen: unknown[] = [];
    rest.registerHook((g) => void seen.push(g.toArray()));
    first.mul(5).sum().backward({ retainGraph: true });
    expect(seen).toEqual([]);
    first.sum().add(rest.mul(2).sum()).backward();
    expect(seen).toEqual([[2, 2]]);

    const { values } = x.max(0, { keepdim: true });
    values.registerHook((g) => void seen.push(g.toArray()));
    values.mul(7).sum().backward();
    expect(seen.at(-1)).toEqual([7]);
  });

  it("is the given gradient of the root itself", () => {
    const y = leaf([1, 2]).mul(2);
    let seen: unknown;
    y.registerHook((g) => {
      seen = g.toArray();
    });
    y.backward({ gradient: tensor([5, 6]) });
    expect(seen).toEqual([5, 6]);
  });

  it("is nothing where no gradient is wanted", () => {
    const x = leaf([1]);
    const y = x.mul(2);
    let calls = 0;
    x.registerHook(() => void calls++);
    grad((t) => t.mul(y).sum())(tensor([3])).dispose();
    expect(calls).toBe(0);
  });
});

describe("what a hook returns", () => {
  it("takes the place of the gradient, for the next hook too", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    y.registerHook((g) => g.mul(10));
    y.registerHook((g) => g.add(1));
    y.registerHook(() => null);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([33, 33]);
  });

  it("may be a tensor of the program, which stays as it is", () => {
    const x = leaf([1, 2]);
    const fixed = tensor([7, 8]);
    x.registerHook(() => fixed);
    x.sum().backward();
    x.sum().backward();
    expect([x.grad?.toArray(), fixed.toArray()]).toEqual([
      [14, 16],
      [7, 8],
    ]);
  });

  it("changes the gradient of one of two that shared it, and not the other", () => {
    const [a, b] = [leaf([1]), leaf([2])];
    a.registerHook((g) => g.mul(-1));
    a.add(b).sum().backward();
    expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([[-1], [1]]);
  });

  const disposed = (g: Tensor): Tensor => {
    g.dispose();
    return g;
  };
  const refused: [string, (g: Tensor) => unknown, new (message: string) => Error, RegExp][] = [
    ["another shape", () => tensor([1]), ShapeError, /registerHook: the gradient of float32\[2\] is float32\[1\]/],
    ["whole numbers", (g) => g.int(), DTypeError, /registerHook: needs float32, got int32\[2\]/],
    ["no tensor", () => 3, ArgError, /registerHook: expected a tensor, got 3/],
    ["a promise", async (g) => g, ArgError, /registerHook: expected a tensor, got a Promise/],
    ["a disposed tensor", disposed, StateError, /registerHook: float32\[2\] was disposed/],
  ];
  it.each(refused)("%s is refused, and nothing leaks", (_, hook, error, says) => {
    const x = leaf([1, 2]);
    x.registerHook(hook as never);
    const before = live();
    const run = (): unknown => scope(() => x.mul(2).sum().backward());
    expect(run).toThrow(error);
    expect(run).toThrow(says);
    expect(live()).toEqual(before);
    expect(x.grad).toBe(null);
  });

  it("an error of the hook ends backward(), and the next one works", () => {
    const x = leaf([1, 2]);
    const handle = x.registerHook(() => {
      throw new RangeError("mine");
    });
    const before = live();
    expect(() => scope(() => x.mul(2).sum().backward())).toThrow(RangeError);
    expect(live()).toEqual(before);
    handle.remove();
    x.mul(2).sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 2]);
  });
});

describe("how long it lasts", () => {
  it("until remove(), which may be called by the hook itself and twice", () => {
    const x = leaf([1]);
    const seen: string[] = [];
    const first = x.registerHook(() => {
      seen.push("first");
      first.remove();
    });
    x.registerHook(() => void seen.push("second"));
    x.sum().backward();
    x.sum().backward();
    first.remove();
    expect(seen).toEqual(["first", "second", "second"]);
  });

  it("hooks run in the order of their registration", () => {
    const x = leaf([1]);
    const seen: number[] = [];
    for (const n of [1, 2, 3]) x.registerHook(() => void seen.push(n));
    x.sum().backward();
    expect(seen).toEqual([1, 2, 3]);
  });

  it("what a hook makes is freed, and keep() keeps it; nothing leaks", () => {
    const x = leaf([1, 2]);
    let kept: Tensor | undefined;
    x.registerHook((g) => {
      g.mul(3).exp();
      kept = keep(g);
      return g.mul(2).clone();
    });
    x.square().sum().backward();
    const taken = (): Tensor => kept as unknown as Tensor;
    expect([taken().toArray(), x.grad?.toArray()]).toEqual([
      [2, 4],
      [4, 8],
    ]);
    taken().dispose();
    x.grad?.dispose();
    x.grad = null;
    const before = live();
    scope(() => x.square().sum().backward());
    taken().dispose();
    expect(live().liveTensors).toBe(before.liveTensors + 1); // the gradient
  });
});

describe("with other ways to ask for gradients", () => {
  it("is recorded with createGraph", () => {
    const x = leaf([3]);
    x.registerHook((g) => g.square());
    x.square().sum().backward({ createGraph: true }); // (2x)^2
    const g = x.grad as Tensor;
    expect(g.requiresGrad).toBe(true);
    x.grad = null;
    g.sum().backward(); // d/dx 4x^2 = 8x = 24, and the hook squares it
    expect((x as Tensor).grad?.toArray()).toEqual([576]);
  });

  it("runs on results inside grad()", () => {
    const seen: unknown[] = [];
    const f = (t: Tensor): Tensor => {
      const y = t.mul(2);
      y.registerHook((g) => {
        seen.push(g.toArray());
        return g.mul(10);
      });
      return y.square().sum();
    };
    expect(grad(f)(tensor([1, 2])).toArray()).toEqual([80, 160]);
    expect(seen).toEqual([[4, 8]]);
  });

  it("clips gradients of a model in training, which leaves nothing behind", () => {
    const [model, x] = [new nn.Linear(3, 2), randn([4, 3])];
    for (const parameter of model.parameters()) parameter.registerHook((g) => g.clamp({ min: -0.01, max: 0.01 }));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const counts: number[] = [];
    for (let step = 0; step < 10; step++) {
      const loss = model.call(x).square().sum();
      optimizer.zeroGrad();
      loss.backward();
      for (const { grad: g } of model.parameters()) expect(g?.abs().max().item()).toBeLessThanOrEqual(0.0101);
      optimizer.step();
      counts.push(live().liveTensors - 4 * step); // abs and max of two parameters belong to this test
    }
    expect(counts[9]).toBe(counts[3]);
  });
});

describe("refusals", () => {
  it("of a tensor without a gradient, and of what is no function", () => {
    expect(() => tensor([1]).registerHook(() => undefined)).toThrow(GradError);
    expect(() => tensor([1]).registerHook(() => undefined)).toThrow(/registerHook: float32\[1\] has no gradient/);
    expect(() => leaf([1]).registerHook(3 as never)).toThrow(ArgError);
    const gone = leaf([1]);
    gone.dispose();
    expect(() => gone.registerHook(() => undefined)).toThrow(StateError);
  });
});
