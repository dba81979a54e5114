// checkpoint: the same values and gradients with less memory.
import {
  ArgError,
  checkpoint,
  dropout,
  Generator,
  GradError,
  getRngState,
  grad,
  gradcheck,
  gradgradcheck,
  hessian,
  keep,
  manualSeed,
  memory,
  nn,
  noGrad,
  optim,
  randn,
  scope,
  Tensor,
  tensor,
} from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { expectClose, live } from "../support.js";

const values = (...shape: number[]): Tensor => randn(shape, { generator: new Generator(shape.reduce((a, b) => 31 * a + b, 7)) });
const marked = (...shape: number[]): Tensor => {
  const x = values(...shape);
  x.requiresGrad = true;
  return x;
};

/** Values and gradients by every leaf, with and without the checkpoint. */
function compare(build: (through: typeof checkpoint) => { y: Tensor; leaves: Tensor[] }): void {
  const plain: typeof checkpoint = (fn, ...inputs) => fn(...inputs);
  const [a, b] = [build(plain), build(checkpoint)];
  expect(b.y.toArray()).toEqual(a.y.toArray());
  for (const { y } of [a, b]) y.square().sum().backward();
  for (const [i, x] of a.leaves.entries()) expect(b.leaves[i]?.grad?.toArray()).toEqual(x.grad?.toArray());
}

describe("gradients", () => {
  it("of inputs and of parameters used inside are those without it", () =>
    compare((through) => {
      const [x, w, b] = [marked(4, 3), marked(3, 3), marked(3)];
      return { y: through((t) => t.matmul(w).add(b).tanh().mul(b), x), leaves: [x, w, b] };
    }));

  it("of results used inside flow on to where they came from", () =>
    compare((through) => {
      const [x, w] = [marked(2, 3), marked(3, 3)];
      const h = x.matmul(w).tanh(); // w is used before, inside and after
      return { y: through((t) => t.add(h).matmul(w), x).matmul(w), leaves: [x, w] };
    }));

  it("of one of several results of an operation inside and outside", () =>
    compare((through) => {
      const x = marked(3, 4);
      const { values: largest } = x.max(1);
      return { y: through((a: Tensor) => a.mul(largest), x.sum(1)), leaves: [x] };
    }));

  it("nested, in a row, and with several inputs and results", () =>
    compare((through) => {
      const [x, z, w] = [marked(2, 3), marked(2, 3), marked(3, 3)];
      const inner = (t: Tensor): Tensor => through((u) => u.matmul(w).sigmoid(), t);
      const { sum, parts } = through(
        (a: Tensor, list: Tensor[], scale: number) => {
          const b = inner(inner(a));
          return { sum: b.add(list[0] as Tensor).mul(scale), parts: [b.exp(), a] };
        },
        x,
        [z],
        2,
      );
      return { y: sum.mul(parts[0] as Tensor).add(parts[1] as Tensor), leaves: [x, z, w] };
    }));

  it("only of parameters, where no input requires one", () =>
    compare((through) => {
      const w = marked(3, 2);
      return { y: through((t) => t.matmul(w), values(2, 3)), leaves: [w] };
    }));

  it("of an input that comes back as it is", () =>
    compare((through) => {
      const x = marked(3);
      return { y: through((t) => t, x).mul(2), leaves: [x] };
    }));

  it("of a function that asks for gradients itself", () =>
    compare((through) => {
      const [x, w] = [marked(3), marked(3)];
      return { y: through((t) => grad((u) => u.pow(3).mul(w).sum())(t), x), leaves: [x, w] };
    }));

  it("are zeros and not missing for an input that matters nowhere", () => {
    const [x, unused] = [marked(2), marked(2)];
    checkpoint((t, _) => t.mul(2), x, unused)
      .sum()
      .backward();
    expect([x.grad?.toArray(), unused.grad]).toEqual([[2, 2], null]);
  });

  test("second ones, and by differences", () => {
    const w = values(3, 3);
    const f = (x: Tensor, v: Tensor): Tensor =>
      checkpoint(
        (t) =>
          t
            .matmul(v)
            .tanh()
            .add(checkpoint((u) => u.exp(), t)),
        x,
      );
    expect(gradcheck(f, [values(2, 3), w])).toBe(true);
    expect(gradgradcheck(f, [values(2, 3).mul(0.5), w])).toBe(true);
    const g = (t: Tensor): Tensor => t.matmul(w).softmax(1).square().sum();
    expectClose(hessian((t) => checkpoint(g, t))(values(1, 3)), hessian(g)(values(1, 3)), 1e-6);
  });

  it("through a graph that is kept, twice", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = checkpoint((t) => t.pow(3), x).sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(x.grad?.toArray()).toEqual([6, 24]);
    expect(() => y.backward()).toThrow(GradError);
  });
});

describe("random numbers", () => {
  it("are the same in the second run, from the default generator and others, nested", () =>
    compare((through) => {
      manualSeed(5);
      const generator = new Generator(6);
      const x = marked(4, 8);
      const f = (t: Tensor): Tensor => dropout(dropout(t, { p: 0.5 }), { p: 0.3, generator }).mul(randn([8]));
      const y = through((t) => through(f, f(t)), x);
      return { y: y.add(randn(y.shape)), leaves: [x] };
    }));

  it("of the rest of the program are not disturbed by it", () => {
    manualSeed(1);
    const x = marked(4);
    const y = checkpoint((t) => dropout(t, { p: 0.5 }), x);
    const before = getRngState();
    expect(before.counter).toBe(1);
    y.sum().backward();
    expect(getRngState()).toEqual(before);
  });
});

describe("memory", () => {
  const LAYERS = 12;
  const peakOf = (through: typeof checkpoint): number => {
    const x = marked(64, 256);
    const w = marked(256, 256);
    const before = memory().liveBytes;
    let most = 0;
    // Each block keeps three results for its gradient.
    const block = (t: Tensor): Tensor => t.matmul(w).mul(0.05).tanh().exp().sigmoid();
    scope(() => {
      let y = x;
      for (let layer = 0; layer < LAYERS; layer++) {
        const next = scope(() => through(block, y));
        if (y !== x) y.dispose();
        y = next;
      }
      const loss = y.sum();
      most = memory().liveBytes - before;
      loss.backward();
    });
    for (const t of [x, w]) t.dispose();
    return most;
  };

  it("holds one result per checkpoint until backward()", () => {
    const bytes = 64 * 256 * 4;
    const [plain, less] = [peakOf((fn, ...inputs) => fn(...inputs)), peakOf(checkpoint)];
    expect(plain).toBeGreaterThan(2.9 * LAYERS * bytes);
    expect(less).toBeLessThan(1.2 * LAYERS * bytes);
  });

  it("is given back: after backward(), without it, after errors, in training", () => {
    const [x, w] = [marked(2, 3), marked(3, 3)];
    const f = (t: Tensor): Tensor => t.matmul(w).tanh();
    const before = live();
    const works: (() => void)[] = [
      () => checkpoint(f, checkpoint(f, x)).sum().backward(),
      () => void checkpoint(f, x),
      () => checkpoint(f, x).sum().backward({ createGraph: true }),
    ];
    for (const work of works) {
      scope(work);
      for (const leaf of [x, w]) {
        leaf.grad?.dispose();
        leaf.grad = null;
      }
      expect(live()).toEqual(before);
    }
    const fails = (): unknown =>
      scope(() =>
        checkpoint((t) => {
          f(t);
          throw new RangeError("mine");
        }, x),
      );
    expect(fails).toThrow(RangeError);
    expect(live()).toEqual(before);

    const model = new nn.Sequential(new nn.Linear(3, 3), new nn.Tanh());
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const counts: number[] = [];
    for (let step = 0; step < 6; step++) {
      const loss = checkpoint((t) => model.call(t), x)
        .square()
        .sum();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      counts.push(live().liveTensors);
    }
    expect(counts[5]).toBe(counts[3]);
  });
});

describe("what runs", () => {
  it("once under noGrad or where nothing requires a gradient, and else twice", () => {
    let runs = 0;
    const f = (t: Tensor): Tensor => {
      runs++;
      return t.mul(2);
    };
    const x = marked(2);
    expect(noGrad(() => checkpoint(f, x)).requiresGrad).toBe(false);
    expect(checkpoint(f, values(2)).requiresGrad).toBe(false);
    expect(runs).toBe(2);
    const y = checkpoint(f, x);
    expect([runs, y.requiresGrad, y.isLeaf]).toEqual([3, true, false]);
    y.sum().backward();
    expect(runs).toBe(4);
  });

  it("inputs that were disposed of, or whose list was changed, are still there for the second run", () => {
    const w = marked(2, 2);
    const list = [values(1, 2), values(1, 2)];
    const expected = list.map((x) => x.toArray());
    const seen: unknown[] = [];
    const y = checkpoint((xs: Tensor[]) => {
      seen.push(xs.map((x) => x.toArray()));
      return (xs[0] as Tensor).add(xs[1] as Tensor).matmul(w);
    }, list);
    for (const x of list.splice(0)) x.dispose();
    y.sum().backward();
    expect(seen).toEqual([expected, expected]);
  });

  it("results that are no tensors, or have no gradient, come as they are", () => {
    const x = marked(3);
    const { y, order, name, none } = checkpoint((t) => ({ y: t.exp(), order: t.argmax(), name: "result", none: null }), x);
    expect([y.requiresGrad, order.dtype, order.requiresGrad, name, none]).toEqual([true, "int32", false, "result", null]);
    expect(order).toBeInstanceOf(Tensor);
  });

  it("keep() works inside", () => {
    const x = marked(2);
    const kept: Tensor[] = [];
    scope(() => {
      const y = checkpoint((t) => keep(t.mul(2)), x);
      kept.push(y);
      y.sum().backward();
    });
    expect(x.grad?.toArray()).toEqual([2, 2]);
  });
});

describe("refusals", () => {
  it("an input or parameter that was edited since", () => {
    const [x, w] = [values(2), marked(2)];
    const again = (): Tensor => checkpoint((t) => t.mul(w), x).sum();
    for (const t of [x, w]) {
      const y = again();
      noGrad(() => t.fill_(3));
      expect(() => y.backward()).toThrow(/backward: a tensor that checkpoint reads again was edited in place/);
    }
    again().backward();
    expect(w.grad?.toArray()).toEqual([3, 3]);
  });

  it("a second run with other results", () => {
    const x = marked(2);
    let runs = 0;
    const y = checkpoint((t) => (runs++ === 0 ? t.mul(2) : t.mul(2).sum()), x);
    const before = live();
    expect(() => y.backward({ gradient: values(2) })).toThrow(GradError);
    expect(live().liveTensors).toBeLessThanOrEqual(before.liveTensors + 1);
    runs = 0;
    expect(() =>
      checkpoint((t) => (runs++ === 0 ? t.mul(2) : t.mul(2).sum()), x)
        .sum()
        .backward(),
    ).toThrow(/the function of checkpoint gave float32\[2\] with a gradient first, and float32\[\] when run again/);
    runs = 0;
    expect(() =>
      checkpoint((t) => (runs++ === 0 ? t.mul(2) : t.detach()), x)
        .sum()
        .backward(),
    ).toThrow(/and nothing when run again/);
  });

  it("what is no function, and promises", () => {
    expect(() => checkpoint(3 as never, values(2))).toThrow(ArgError);
    expect(() => checkpoint(async (t: Tensor) => t, marked(2))).toThrow(/checkpoint: the function returned a promise/);
  });
});
