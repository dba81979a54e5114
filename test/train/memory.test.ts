// Ten thousand training steps leave memory where it was: with scopes, through fit, and in a plain loop as far as it can be.
import { nn, optim, randn, scope, type Tensor, tensor } from "simdgrad";
import { evaluate, fit, type LabelledBatch } from "simdgrad/train";
import { beforeEach, describe, expect, it } from "vitest";
import { usage } from "../../src/wasm/memory.js";
import { collectUntil, live } from "../support.js";

const STEPS = 10_000;
const SIZE = 8;
const CLASSES = 3;

/** A model with everything that could hold on to memory: running statistics, masks, several layers. */
function makeModel(): nn.Sequential {
  return new nn.Sequential(
    ...[new nn.Linear(4, 8), new nn.BatchNorm1d(8), new nn.GELU({ approximate: "tanh" }), new nn.Dropout(0.2)],
    new nn.Linear(8, CLASSES),
  );
}

function batch(): [Tensor, Tensor] {
  return [randn(SIZE, 4), tensor(Int32Array.from({ length: SIZE }, (_, i) => i % CLASSES))];
}

const { crossEntropy } = nn.functional;

/** One step as users write it. Gives what it leaves in their hands. */
function step(model: nn.Module, optimizer: optim.Adam, [x, y]: LabelledBatch): { output: Tensor; loss: Tensor } {
  const output = model.call(x) as Tensor;
  const loss = crossEntropy(output, y, { labelSmoothing: 0.1 });
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return { output, loss };
}

/** What tensors use, what the pool has handed out, and how far the memory has grown. */
const used = (): object => ({ ...live(), poolBytes: usage().usedBytes, heapBytes: usage().heapBytes });

beforeEach(() => collectUntil(() => live().liveTensors === 0));

describe(`${STEPS} steps`, () => {
  it("in a loop with scopes", () => {
    const model = makeModel();
    const optimizer = new optim.Adam(model.parameters());
    const run = (steps: number): void => {
      for (let i = 0; i < steps; i++) scope(() => void step(model, optimizer, batch()));
    };
    run(2);
    const before = used();
    run(STEPS);
    expect(used()).toEqual(before);
  });

  it("through fit, with validation", async () => {
    const model = makeModel();
    const optimizer = new optim.Adam(model.parameters());
    function* batches(): Generator<LabelledBatch> {
      for (let i = 0; i < 100; i++) {
        const tensors = batch();
        yield tensors;
        for (const t of tensors) t.dispose();
      }
    }
    const data = { [Symbol.iterator]: batches, length: 100 };
    const validation = [batch()];
    const options = { loss: new nn.CrossEntropyLoss(), optimizer, validation, metrics: { mean: (output: Tensor) => output.mean().item() } };
    await fit(model, data, options);
    const before = used();
    await fit(model, data, { ...options, epochs: STEPS / 100 });
    expect(used()).toEqual(before);
  });
});

describe("a plain loop that never heard of scopes", () => {
  const STEPS_BETWEEN = 200;

  it("keeps the batches it makes, until the collector comes, and no results", async () => {
    const model = makeModel();
    const optimizer = new optim.Adam(model.parameters());
    const run = (steps: number): void => {
      for (let i = 0; i < steps; i++) step(model, optimizer, batch());
    };
    run(2);
    await collectUntil(() => false);
    const before = live();
    run(STEPS_BETWEEN);
    const bytesOfABatch = 4 * (SIZE * 4 + SIZE);
    expect(live()).toEqual({
      // Output and loss of the last step stay until the end of a next one.
      liveTensors: before.liveTensors + 2 * STEPS_BETWEEN + 2,
      liveBytes: before.liveBytes + bytesOfABatch * STEPS_BETWEEN + 4 * (SIZE * CLASSES + 1),
    });
    await collectUntil(() => live().liveTensors === before.liveTensors);
    expect(live()).toEqual(before);
  });

  it("keeps nothing when it disposes of those", () => {
    const model = makeModel();
    const optimizer = new optim.Adam(model.parameters());
    const run = (): void => {
      const [x, y] = batch();
      step(model, optimizer, [x, y]);
      for (const t of [x, y]) t.dispose();
    };
    run();
    const before = used();
    for (let i = 0; i < STEPS_BETWEEN; i++) run();
    expect(used()).toEqual(before);
  });
});

describe("evaluation", () => {
  it("in a scope without noGrad leaks nothing", () => {
    const model = makeModel().eval();
    const data = batch();
    const before = live();
    for (let i = 0; i < 100; i++) scope(() => crossEntropy(model.call(data[0]), data[1]).item());
    expect(live()).toEqual(before);
  });

  it("without a scope or noGrad keeps the graph only as long as its results", () => {
    const model = makeModel();
    const [x, y] = batch();
    const before = live();
    const output = model.call(x);
    const loss = crossEntropy(output, y);
    expect(live().liveTensors).toBeGreaterThan(before.liveTensors + 2);
    loss.dispose();
    output.dispose();
    expect(live()).toEqual(before);
  });

  it("through evaluate leaks nothing", async () => {
    const model = makeModel();
    const data = [batch(), batch()];
    const before = live();
    await evaluate(model, data, { loss: new nn.CrossEntropyLoss(), metrics: { largest: (output) => output.amax(1).mean().item() } });
    expect(live()).toEqual(before);
  });
});

describe("everything a training made", () => {
  it("can be given back", () => {
    const before = live();
    const model = makeModel();
    const optimizer = new optim.Adam(model.parameters(), { amsgrad: true });
    scope(() => void step(model, optimizer, batch()));
    model.dispose();
    optimizer.dispose();
    expect(live()).toEqual(before);
  });
});
