// Functions of one million values.
import { goals } from "../goals.mjs";
import { copyOf, row } from "./row.mjs";

const N = 1_000_000;
const FLOAT = 4;

const unary = (op, goal) =>
  row({
    group: "elementwise, 1M",
    name: op,
    work: { kind: "unary", op, n: N },
    amount: 2 * FLOAT * N,
    references: { copy: copyOf(2 * FLOAT * N) },
    goal,
  });

const square = 2 * FLOAT * 1024 * 1024;

export const elementwise = [
  unary("relu", goals.elementwise),
  unary("exp", goals.elementwiseNearNative),
  unary("sigmoid", goals.elementwiseNearNative),
  unary("tanh", goals.accurateTanh),
  unary("erf", goals.elementwise),
  row({
    group: "elementwise, 1M",
    name: "softmax 1024 x 1024",
    work: { kind: "softmax", shape: [1024, 1024], dim: 1 },
    amount: square,
    references: { copy: copyOf(square) },
    goal: goals.elementwise,
  }),
];
