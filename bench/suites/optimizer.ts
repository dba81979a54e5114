// Steps of optimizers: over many small parameters, and over as many weights in one parameter. The first should take at most 1.3 times as
// long as the second. With 64 weights each the rules that are quick for each weight take longer.
import { optim, randn, type Tensor } from "simdgrad";
import type { Suite, Task } from "../suite.js";

const MANY = 300;
const EACH = 1000;
const FEW = [64, 256];

// A very small learning rate, at which the weights stay as they are.
const LEARNING_RATE = 1e-9;

function parameters(count: number, size: number): Tensor[] {
  return Array.from({ length: count }, () => {
    const p = randn(size, { requiresGrad: true });
    p.grad = randn(size);
    return p;
  });
}

type Make = (params: Tensor[]) => { step(): void };

function step(name: string, make: Make, count: number, size: number): Task {
  return {
    name: `${name}, ${count} x ${size}`,
    work: { "results/ns": count * size },
    shape: [],
    setup: () => {
      const optimizer = make(parameters(count, size));
      return () => {
        optimizer.step();
        return randn([]);
      };
    },
  };
}

/** The same weights in many parameters and in one. */
const pair = ([name, make]: readonly [string, Make], size: number): Task[] => [
  step(name, make, MANY, size),
  step(name, make, 1, MANY * size),
];

const usual: Readonly<Record<string, Make>> = {
  SGD: (params) => new optim.SGD(params, { lr: LEARNING_RATE, momentum: 0.9 }),
  Adam: (params) => new optim.Adam(params, { lr: LEARNING_RATE }),
};

const optimizers: Readonly<Record<string, Make>> = {
  ...usual,
  RMSprop: (params) => new optim.RMSprop(params, { lr: LEARNING_RATE }),
  Lion: (params) => new optim.Lion(params, { lr: LEARNING_RATE }),
};

export const optimizer: Suite = {
  group: "optimizer step",
  time: "µs",
  rates: ["results/ns"],
  tasks: [
    ...Object.entries(optimizers).flatMap((row) => pair(row, EACH)),
    ...FEW.flatMap((size) => Object.entries(usual).flatMap((row) => pair(row, size))),
  ],
};
