// Optimizers that have no reference case, against float64 twins written from the papers, and what they refuse.
import { ArgError, manualSeed, nn, optim, randn, StateError, scope, type Tensor, tensor } from "simdgrad";
import { describe, expect, it, test } from "vitest";
import { randomValues } from "../assembly/harness.js";
import { expectClose, live } from "../support.js";

const STEPS = 5;
const SIZE = 9; // two vectors and a rest
const start = Array.from(randomValues(SIZE, 1, -1, 1));
const gradients = Array.from({ length: STEPS }, (_, step) => Array.from(randomValues(SIZE, 10 + step, -1, 1)));
const leaf = (values: readonly number[]): Tensor => tensor([...values], { requiresGrad: true });

/** Steps along the gradients. */
function run(p: Tensor, optimizer: { step(): void }): void {
  for (const g of gradients) {
    p.grad = tensor(g)
      .reshape(...p.shape)
      .clone();
    optimizer.step();
  }
}

test.each([{}, { lr: 0.01, betas: [0.8, 0.9] as const, weightDecay: 0.3 }, { lr: 0.1, maximize: true }])("Lion %j", (options) => {
  const { lr = 1e-4, betas: [b1, b2] = [0.9, 0.99], weightDecay = 0, maximize = false } = options as Partial<optim.LionOptions>;
  const p = leaf(start);
  run(p, new optim.Lion([p], options));
  // Chen et al., 2023, algorithm 2
  const want = start.map((x, i) => {
    let m = 0;
    for (const row of gradients) {
      const g = (maximize ? -1 : 1) * (row[i] as number);
      x -= lr * (Math.sign(b1 * m + (1 - b1) * g) + weightDecay * x);
      m = b2 * m + (1 - b2) * g;
    }
    return x;
  });
  expectClose(p, want, 2e-6);
});

describe("ScheduleFreeAdamW", () => {
  test.each([{}, { lr: 0.1, betas: [0.8, 0.99] as const, weightDecay: 0.1, warmupSteps: 3, r: 1, weightLrPower: 1.5 }])("%j", (options) => {
    const o = { lr: 2.5e-3, betas: [0.9, 0.999] as const, weightDecay: 0, warmupSteps: 0, r: 0, weightLrPower: 2, ...options };
    const [b1, b2] = o.betas;
    const p = leaf(start);
    const optimizer = new optim.ScheduleFreeAdamW([p], options);
    run(p, optimizer);
    // Defazio et al., 2024, algorithm 1, with x, the average, written out
    const want = start.map((first, i) => {
      let [x, y, z, v, sum, most] = [first, first, first, 0, 0, 0];
      gradients.forEach((row, k) => {
        const g = row[i] as number;
        const lr = o.lr * (o.warmupSteps > 0 ? Math.min(1, (k + 1) / o.warmupSteps) : 1);
        most = Math.max(most, lr);
        v = b2 * v + (1 - b2) * g * g;
        const step = g / (Math.sqrt(v / (1 - b2 ** (k + 1))) + 1e-8) + o.weightDecay * y;
        const weight = (k + 1) ** o.r * most ** o.weightLrPower;
        sum += weight;
        z -= lr * step;
        x += (weight / sum) * (z - x);
        y = (1 - b1) * z + b1 * x;
      });
      return { x, y };
    });
    expectClose(
      p,
      want.map(({ y }) => y),
      4e-6,
    );
    optimizer.eval();
    optimizer.eval();
    expectClose(
      p,
      want.map(({ x }) => x),
      1e-5,
    );
    optimizer.train();
    expectClose(
      p,
      want.map(({ y }) => y),
      1e-5,
    );
  });

  it("refuses a step in evaluation mode, also after its state was loaded", () => {
    const [p, q] = [leaf(start), leaf(start)];
    const [optimizer, other] = [new optim.ScheduleFreeAdamW([p]), new optim.ScheduleFreeAdamW([q])];
    optimizer.eval();
    expect(() => optimizer.step()).toThrow(StateError);
    other.loadStateDict(optimizer.stateDict());
    expect(() => other.step()).toThrow("in evaluation mode");
    expect(() => new optim.ScheduleFreeAdamW([p], { betas: [0, 0.9] })).toThrow(ArgError);
  });
});

describe("Muon", () => {
  type Matrix = number[][];
  const times = (a: Matrix, b: Matrix): Matrix =>
    a.map((row) => (b[0] as number[]).map((_, j) => row.reduce((s, x, k) => s + x * ((b[k] as number[])[j] as number), 0)));
  const flip = (a: Matrix): Matrix => (a[0] as number[]).map((_, j) => a.map((row) => row[j] as number));
  const plus = (a: Matrix, x: number, b: Matrix, y: number): Matrix =>
    a.map((row, i) => row.map((v, j) => x * v + y * ((b[i] as number[])[j] as number)));

  /** Jordan et al., 2024: five steps of the iteration X <- a X + b (X X^T) X + c (X X^T)^2 X. */
  function orthogonal(g: Matrix): Matrix {
    const norm = Math.sqrt(g.flat().reduce((s, x) => s + x * x, 0));
    let x = plus(g, 1 / norm, g, 0);
    for (let step = 0; step < 5; step++) {
      const a = times(x, flip(x));
      x = plus(x, 3.4445, times(plus(a, -4.775, times(a, a), 2.0315), x), 1);
    }
    return x;
  }

  test.each([
    [3, 3, {}],
    [9, 1, { nesterov: false, momentum: 0.5 }],
    [1, 9, { adjustLrFn: "match_rms_adamw" as const, weightDecay: 0 }],
  ])("on %d x %d with %j", (rows, columns, given) => {
    const o = { momentum: 0.95, nesterov: true, weightDecay: 0.1, adjustLrFn: null, ...given };
    const lr = 0.02;
    const p = tensor(start).reshape(rows, columns).clone();
    p.requiresGrad = true;
    run(p, new optim.Muon([p], { lr, ...given }));
    const shaped = (flat: readonly number[]): Matrix => Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
    let [x, m] = [shaped(start), shaped(start.map(() => 0))];
    for (const g of gradients.map(shaped)) {
      m = plus(m, o.momentum, g, 1 - o.momentum);
      const update = orthogonal(o.nesterov ? plus(g, 1 - o.momentum, m, o.momentum) : m);
      const ratio = o.adjustLrFn ? 0.2 * Math.sqrt(Math.max(rows, columns)) : Math.sqrt(Math.max(1, rows / columns));
      x = plus(x, 1 - lr * o.weightDecay, update, -lr * ratio);
    }
    expectClose(p.reshape(SIZE), x.flat(), 1e-5);
  });

  it("takes matrices only", () => {
    expect(() => new optim.Muon([leaf(start)])).toThrow("Muon: takes matrices only, got float32[9]");
    const p = randn([2, 2], { requiresGrad: true });
    for (const options of [{ nsCoefficients: [1, 2] }, { nsSteps: 100 }, { adjustLrFn: "none" }, { momentum: Number.NaN }, { eps: 0 }]) {
      expect(() => new optim.Muon([p], options as never)).toThrow(ArgError);
    }
  });
});

describe("LBFGS", () => {
  const rosenbrock = (p: Tensor): Tensor => {
    const [x, y] = [p.select(0, 0), p.select(0, 1)];
    return y.sub(x.square()).square().mul(100).add(x.mul(-1).add(1).square());
  };
  const bowl = (p: Tensor): Tensor =>
    p
      .sub(tensor([1, -1, 2]))
      .square()
      .mul(tensor([1, 3, 0.5]))
      .sum()
      .add(p.select(0, 0).mul(p.select(0, 1)).square().mul(0.1));

  /** Loss, point and calls after each step. */
  function trace(
    f: (p: Tensor) => Tensor,
    from: readonly number[],
    options: object,
    steps: number,
  ): { optimizer: optim.LBFGS; p: Tensor; seen: number[][] } {
    const p = leaf(from);
    const optimizer = new optim.LBFGS([p], options);
    let calls = 0;
    const seen = Array.from({ length: steps }, () => {
      const loss = optimizer.step(() => {
        calls++;
        optimizer.zeroGrad();
        const loss = f(p);
        loss.backward();
        return loss;
      });
      return [loss.item(), ...p.toTypedArray(), calls];
    });
    return { optimizer, p, seen };
  }

  // Numbers of PyTorch 2.13 in float64.
  test.each([
    [
      "fixed steps",
      bowl,
      [0, 0, 0],
      { lr: 0.1, maxIter: 4, historySize: 2 },
      [
        [6, 0.24252041, -0.34610652, 0.29933749, 4],
        [3.30333641, 0.51733333, -0.57473923, 0.82429982, 8],
        [1.47548336, 0.66601535, -0.71455834, 1.22512797, 12],
      ],
    ],
    [
      "the line search",
      rosenbrock,
      [-1.2, 1],
      { lineSearchFn: "strong_wolfe", maxIter: 5, maxEval: 6, historySize: 3 },
      [
        [24.2, -1.02761777, 1.05841208, 6],
        [4.11181645, -0.68017533, 0.43533128, 12],
        [2.8975575, -0.35746141, 0.09673522, 18],
      ],
    ],
  ] as const)("goes the way of PyTorch with %s", (_, f, from, options, want) => {
    const { seen } = trace(f, from, options, want.length);
    for (const [i, row] of seen.entries()) expectClose(row, [...(want[i] as readonly number[])], 2e-4);
  });

  it("finds the minimum of Rosenbrock's function", () => {
    const { p, seen } = trace(rosenbrock, [-1.2, 1], { lineSearchFn: "strong_wolfe" }, 3);
    expectClose(p, [1, 1], 1e-3);
    expect(seen.at(-1)?.at(-1)).toBeLessThan(60);
  });

  it("ends where the gradient is 0, and where the closure throws, its parameters stay usable", () => {
    const before = live();
    scope(() => {
      const { optimizer, p, seen } = trace(bowl, [1, -1, 2], { toleranceGrad: 1 }, 1);
      expect(seen[0]?.slice(1)).toEqual([1, -1, 2, 1]);
      expect(() =>
        optimizer.step(() => {
          throw new RangeError("no");
        }),
      ).toThrow(RangeError);
      expect(() => optimizer.step()).toThrow("needs a closure");
      expect(() => optimizer.addParamGroup({ params: [leaf([1])] })).toThrow(ArgError);
      expect(() => new optim.LBFGS([{ params: [leaf([1])] }, { params: [leaf([1])] }])).toThrow("takes one group");
      expect(() => new optim.LBFGS([leaf([1])], { lineSearchFn: "wolfe" as never })).toThrow(ArgError);
      optimizer.dispose();
      p.dispose();
    });
    expect(live()).toEqual(before);
  });

  it("leaves nothing behind but its history", () => {
    const before = live();
    const { optimizer, p } = trace(rosenbrock, [-1.2, 1], { lineSearchFn: "strong_wolfe", maxIter: 4 }, 2);
    optimizer.step(() => 0); // lets go of the graphs of the step before
    optimizer.step(() => 0);
    const state = scope(() =>
      Object.entries(optimizer.stateDict().state[0] ?? {}).map(([key, x]) => [key, Array.isArray(x) ? x.length : 1]),
    );
    const history = Object.fromEntries(state)["ro"] as number;
    expect(live().liveTensors - before.liveTensors).toBeLessThanOrEqual(2 * history + 2 + 2 + 1);
    optimizer.dispose();
    p.dispose();
  });
});

describe("decayGroups", () => {
  const model = new nn.Sequential(new nn.Linear(2, 3), new nn.LayerNorm(3), new nn.Linear(3, 1));
  it("puts biases and norms into a group without decay", () => {
    const groups = optim.decayGroups(model, 0.1);
    expect(groups.map(({ params, weightDecay }) => [params.map(({ ndim }) => ndim).join(), weightDecay])).toEqual([
      ["2,2", 0.1],
      ["1,1,1,1", 0],
    ]);
    expect(new optim.AdamW(groups, { lr: 0.5 }).groups.map(({ options }) => [options.lr, options.weightDecay])).toEqual([
      [0.5, 0.1],
      [0.5, 0],
    ]);
  });
  it("takes another rule, leaves empty groups out, and refuses what is no model", () => {
    expect(optim.decayGroups(model, 0.1, () => true).length).toBe(1);
    expect(() => optim.decayGroups([] as never, 0.1)).toThrow(ArgError);
    expect(() => optim.decayGroups(model, -1)).toThrow(ArgError);
  });
});

it("one step does not depend on what else is in the group", () => {
  manualSeed(1);
  const shapes = [[7], [0], [3, 5], [1], [64]];
  const values = shapes.map((shape) => [randn(shape), randn(shape)] as const);
  const alone = values.map(([p, g]) => {
    const q = p.clone();
    q.requiresGrad = true;
    q.grad = g.clone();
    new optim.NAdam([q], { lr: 0.1, weightDecay: 0.1 }).step();
    return q.toArray();
  });
  const together = values.map(([p, g]) => {
    p.requiresGrad = true;
    p.grad = g;
    return p;
  });
  new optim.NAdam(together, { lr: 0.1, weightDecay: 0.1 }).step();
  expect(together.map((p) => p.toArray())).toEqual(alone);
});
