// The loops everyone writes, without a scope: nothing is left of them, and nothing is let go that they still use.
import {
  crossEntropy,
  defineOp,
  keep,
  MemoryError,
  memory,
  nn,
  noGrad,
  optim,
  randn,
  StateError,
  type Tensor,
  tensor,
  zeros,
} from "simdgrad";
import { describe, expect, test } from "vitest";
import { live } from "../support.js";

const STEPS = 10_000;

/** Runs a loop long and shorter: it must leave the same. */
function expectNoGrowth(loop: (steps: number) => void, steps = 1000): void {
  loop(3);
  const before = live();
  loop(steps);
  expect(live()).toEqual(before);
}

const makeNet = (inputs: number, outputs: number): nn.Sequential =>
  new nn.Sequential(new nn.Linear(inputs, 4), new nn.Tanh(), new nn.Linear(4, outputs));

describe("a loop", () => {
  test(`of ten lines leaves nothing, for ${STEPS} steps`, () => {
    const [x, model] = [randn([8, 2]), makeNet(2, 2)];
    const labels = x.select(1, 0).gt(0).int();
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
    const loop = (steps: number): void => {
      for (let step = 1; step <= steps; step++) {
        const loss = crossEntropy(model.call(x), labels);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        if (step % 1000 === 0) expect(loss.item()).toBeGreaterThan(0);
      }
    };
    expectNoGrowth(loop, STEPS);
  });

  test("leaves no objects behind either while it runs, without a turn of the event loop", () => {
    const { gc } = globalThis as { gc?: () => void };
    if (!gc) throw new Error("this test needs node --expose-gc");
    const [x, w] = [randn([8, 2]), randn([2, 1], { requiresGrad: true })];
    const optimizer = new optim.SGD([w], { lr: 0.01 });
    const objectBytes = (steps: number): number => {
      for (let i = 0; i < steps; i++) {
        optimizer.zeroGrad();
        x.matmul(w).square().mean().backward();
        w.grad = w.grad?.mul(0.5) ?? null; // the one before is let go later
        optimizer.step();
      }
      gc();
      return process.memoryUsage().heapUsed;
    };
    const before = objectBytes(1000);
    expect(objectBytes(STEPS) - before).toBeLessThan(2e6); // 200 bytes per step
    optimizer.dispose();
  });

  test("whose results are not in modules leaves nothing", () => {
    const [x, w] = [randn([8, 2]), randn([2, 1], { requiresGrad: true })];
    const optimizer = new optim.SGD([w], { lr: 0.01, momentum: 0.9 });
    expectNoGrowth((steps) => {
      for (let i = 0; i < steps; i++) {
        const hidden = x.matmul(w).tanh();
        const loss = hidden.square().mean();
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
      }
    });
  });

  test("that accumulates gradients leaves nothing", () => {
    const [x, y, model] = [randn([8, 2]), randn([8, 1]), makeNet(2, 1)];
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
    expectNoGrowth((steps) => {
      for (let i = 0; i < steps; i++) {
        optimizer.zeroGrad();
        for (let part = 0; part < 4; part++) nn.functional.mseLoss(model.call(x), y).div(4).backward();
        optimizer.step();
      }
    });
  });

  test("that evaluates without gradients leaves nothing", () => {
    const [x, model] = [randn([8, 2]), makeNet(2, 2)];
    model.eval();
    expectNoGrowth((steps) => {
      for (let i = 0; i < steps; i++) expect(noGrad(() => model.call(x).softmax(1).argmax(1).float().mean().item())).toBeDefined();
    });
  });

  test("that carries a state leaves nothing but the state", () => {
    const [cell, x] = [new nn.Linear(3, 3), randn([1, 3])];
    expectNoGrowth((steps) => {
      let state = zeros([1, 3]);
      for (let i = 0; i < steps; i++) {
        state = noGrad(() => keep(cell.call(state).add(x).tanh(), state));
        expect(state.disposed).toBe(false);
      }
      state.dispose();
    });
  });

  test("of two networks leaves nothing: the generator first, both losses read at the end of the step", () => {
    const [generator, critic] = [makeNet(2, 2), makeNet(2, 1)];
    const [noise, real, yes, no] = [randn([4, 2]), randn([4, 2]), tensor([[1], [1], [1], [1]]), zeros([4, 1])];
    const first = new optim.Adam(generator.parameters());
    const second = new optim.Adam(critic.parameters());
    const bce = nn.functional.binaryCrossEntropyWithLogits;
    expectNoGrowth((steps) => {
      for (let i = 0; i < steps; i++) {
        const fake = generator.call(noise);
        const lossG = bce(critic.call(fake), yes);
        first.zeroGrad();
        lossG.backward();
        first.step();
        const lossD = bce(critic.call(real), yes).add(bce(critic.call(fake.detach()), no));
        second.zeroGrad();
        lossD.backward();
        second.step();
        expect(lossG.item() + lossD.item()).toBeGreaterThan(0);
      }
    });
  });

  test("that truncates backpropagation leaves nothing; zeroGrad() may come before detach()", () => {
    const [cell, x] = [new nn.Linear(3, 3), randn([1, 3])];
    const optimizer = new optim.SGD(cell.parameters(), { lr: 0.01 });
    const start = zeros([1, 3]);
    expectNoGrowth((steps) => {
      let state: Tensor = start;
      for (let i = 0; i < steps; i++) {
        state = cell.call(state).add(x).tanh();
        const loss = state.square().mean();
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        state = state.detach();
        expect(state.toArray()).toHaveLength(1);
      }
      state.dispose();
    });
    expect(start.disposed).toBe(false);
  });

  test("may read a loss one iteration later", () => {
    const [x, model] = [randn([8, 2]), makeNet(2, 1)];
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
    let before: Tensor | undefined;
    for (let i = 0; i < 5; i++) {
      const loss = model.call(x).square().mean();
      optimizer.zeroGrad();
      loss.backward();
      if (before) expect(before.item()).toBeGreaterThanOrEqual(0);
      optimizer.step();
      before = loss;
    }
  });

  test("that keeps its graph may go through it again", () => {
    const [x, w] = [tensor([1, 2], { requiresGrad: true }), tensor([0], { requiresGrad: true })];
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const y = x.square().sum();
    for (let i = 0; i < 5; i++) {
      y.backward({ retainGraph: true });
      w.sum().backward();
      optimizer.step();
    }
    expect([y.item(), x.grad?.toArray()]).toEqual([5, [10, 20]]);
  });

  test("whose backward fails, and is caught, leaves nothing", () => {
    const failing = defineOp<[x: Tensor]>({
      name: "failsInBackward",
      infer: ([x]) => x,
      forward: (out, [x]) => out.copy_(x),
      backward: [
        () => {
          throw new MemoryError("mine");
        },
      ],
    });
    const w = randn([4], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0.01 });
    expectNoGrowth((steps) => {
      for (let i = 0; i < steps; i++) {
        const loss = failing(w.exp().square()).sum();
        expect(() => loss.backward()).toThrow("mine");
        optimizer.step();
      }
    });
  });

  test("of two losses of one graph leaves nothing, and both may be read one iteration later", () => {
    const [x, model] = [randn([2, 3]), makeNet(3, 1)];
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
    expectNoGrowth((steps) => {
      let before: Tensor[] = [];
      for (let i = 0; i < steps; i++) {
        const out = model.call(x);
        const losses = [out.sum(), out.square().mean()] as const;
        optimizer.zeroGrad();
        losses[0].backward({ retainGraph: true });
        losses[1].backward();
        for (const loss of before) expect(loss.item()).toBeDefined();
        optimizer.step();
        before = [...losses];
      }
    });
  });

  test("of a penalty on gradients leaves nothing", () => {
    const [data, critic] = [randn([4, 2]), makeNet(2, 1)];
    const optimizer = new optim.Adam(critic.parameters());
    expectNoGrowth((steps) => {
      for (let i = 0; i < steps; i++) {
        using x = data.clone();
        x.requiresGrad = true;
        critic.call(x).sum().backward({ createGraph: true });
        const penalty = (x.grad as Tensor).square().sum().sub(1).square();
        optimizer.zeroGrad();
        penalty.backward();
        optimizer.step();
      }
    });
  });

  test("without an optimizer, noGrad or scope is left to the collector, and holds nothing back from it", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const { liveTensors } = memory();
    for (let i = 0; i < 10; i++) w.square().sum().backward();
    expect(memory().liveTensors).toBe(liveTensors + 1 + 2 * 10);
  });
});

describe("what a step lets go", () => {
  const step = (w: Tensor, optimizer: optim.SGD): Tensor => {
    const y = w.square().sum();
    optimizer.zeroGrad();
    y.backward();
    optimizer.step();
    return y;
  };

  test("is results of graphs that were walked before the step before; using one says what to do", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0 });
    const first = step(w, optimizer);
    expect(first.item()).toBe(5);
    step(w, optimizer);
    expect(() => first.item()).toThrow(StateError);
    expect(() => first.item()).toThrow(/keep\(/);
  });

  test("is not what keep(), detach() or clone() made its own", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0 });
    const kept = [keep(step(w, optimizer)), step(w, optimizer).detach(), step(w, optimizer).clone()];
    for (let i = 0; i < 3; i++) step(w, optimizer);
    expect(kept.map((x) => x.item())).toEqual([5, 5, 5]);
  });

  test("is not a result of a graph that nothing went through, nor data", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0 });
    const [aside, data] = [w.mul(3), tensor([4, 5])];
    for (let i = 0; i < 3; i++) {
      w.mul(data).sum().backward();
      step(w, optimizer);
    }
    expect([aside.toArray(), data.toArray()]).toEqual([
      [3, 6],
      [4, 5],
    ]);
  });

  test("is not features that were detached from a graph nobody walked, however often they are used", () => {
    const [backbone, head] = [randn([2, 2], { requiresGrad: true }), randn([2, 1], { requiresGrad: true })];
    const features = randn([3, 2]).matmul(backbone).detach();
    const optimizer = new optim.SGD([head], { lr: 0.1 });
    for (let i = 0; i < 4; i++) {
      optimizer.zeroGrad();
      features.matmul(head).square().mean().backward();
      optimizer.step();
    }
    expect(features.disposed).toBe(false);
  });

  test("is a gradient that another one took the place of, at the end of the step after", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const optimizer = new optim.SGD([w], { lr: 0 });
    w.sum().backward();
    const { grad } = w;
    w.grad = noGrad(() => (grad as Tensor).mul(0.5));
    expect(grad?.toArray()).toEqual([1, 1]);
    optimizer.step();
    expect(w.grad?.toArray()).toEqual([0.5, 0.5]);
    optimizer.step();
    expect(grad?.disposed).toBe(true);
  });
});
