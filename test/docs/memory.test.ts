// Rule 7 of docs/memory.md: what happens to a detached state that goes into the next graph.
import { cat, keep, memory, nn, optim, randn, type Tensor, zeros } from "simdgrad";
import { expect, test } from "vitest";

/** Mixes input and state, either directly by layers or after an operation that needs no gradient. */
class Cell extends nn.Module {
  readonly #joined: boolean;
  both = new nn.Linear(11, 8);
  left = new nn.Linear(3, 8);
  right = new nn.Linear(8, 8);

  constructor(joined: boolean) {
    super();
    this.#joined = joined;
  }

  forward(x: Tensor, state: Tensor): Tensor {
    return (this.#joined ? this.both.call(cat([x, state], 1)) : this.left.call(x).add(this.right.call(state))).tanh();
  }
}

/** How many tensors a step of truncated backpropagation leaves behind. */
function leftPerStep(joined: boolean, handOn: (next: Tensor, before: Tensor) => Tensor): number {
  const cell = new Cell(joined);
  const optimizer = new optim.SGD(cell.parameters(), { lr: 0.01 });
  const x = randn([4, 3]);
  let state = zeros([4, 8]);
  const live: number[] = [];
  for (let step = 0; step < 30; step++) {
    const next = cell.call(x, state);
    const loss = next.square().mean();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    state = handOn(next, state);
    live.push(memory().liveTensors);
  }
  return ((live[29] as number) - (live[9] as number)) / 20;
}

test("a detached state that an operation with a gradient took goes with its graph", () => {
  expect(leftPerStep(false, (next) => next.detach())).toBe(0);
});

test("one that first went through an operation without a gradient stays", () => {
  expect(leftPerStep(true, (next) => next.detach())).toBe(1);
});

test("keep(next.detach(), before) frees it in either case", () => {
  for (const joined of [false, true]) expect(leftPerStep(joined, (next, before) => keep(next.detach(), before))).toBe(0);
});
