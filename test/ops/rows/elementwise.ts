// Arithmetic, functions of one number, and comparisons.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, zeros } from "simdgrad";
import { elementwise } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

type Rule = (a: number, b: number) => number;

/** Shapes that reach every loop: sizes around the vector width, scalars, nothing. */
const SHAPES = [[7], [2, 3, 4], [33], [], [4, 17], [0, 3]];

function unary(op: string, rule: Rule, range: [number, number] = [-2, 2], options: Partial<Sample> = {}): Row {
  const call = (x: Tensor): Tensor => (sg as unknown as Record<string, (x: Tensor) => Tensor>)[op]?.(x) as Tensor;
  return {
    op,
    samples: SHAPES.map((shape) => ({ inputs: [float(shape, range)], call, truth: elementwise(rule), ...options })),
    refuses: [
      { call: () => call(zeros([2], { dtype: "int32" })), error: DTypeError, says: new RegExp(`${op}: needs float32, got int32\\[2\\]`) },
    ],
  };
}

/** Pairs of shapes that reach every broadcast: same, scalar, row, column, outer, inner ones, more dimensions. */
const PAIRS: [number[], number[]][] = [
  ...([
    [
      [3, 4],
      [3, 4],
    ],
    [
      [3, 1],
      [1, 4],
    ],
    [[], [2, 3]],
    [[17], [17]],
    [
      [0, 3],
      [1, 3],
    ],
    [
      [2, 3, 4],
      [2, 1, 1],
    ],
  ] as [number[], number[]][]),
  ...([
    [[5, 9], [9]],
    [
      [5, 9],
      [5, 1],
    ],
    [
      [2, 3, 4],
      [3, 1],
    ],
    [
      [2, 1, 4, 1],
      [3, 1, 5],
    ],
    [
      [2, 3, 2, 3],
      [1, 3, 1, 3],
    ],
    [[3, 33], []],
  ] as [number[], number[]][]),
];

function binary(op: string, rule: Rule, a: [number, number] = [-2, 2], b: [number, number] = a, options: Partial<Sample> = {}): Row {
  const call = (x: Tensor, y: Tensor): Tensor => (sg as unknown as Record<string, (x: Tensor, y: Tensor) => Tensor>)[op]?.(x, y) as Tensor;
  return {
    op,
    samples: PAIRS.map(([left, right]) => ({ inputs: [float(left, a), float(right, b)], call, truth: elementwise(rule), ...options })),
    refuses: [
      {
        call: () => call(zeros(2, 3), zeros(4)),
        error: ShapeError,
        says: new RegExp(`${op}: a is float32\\[2,3\\] and b is float32\\[4\\]`),
      },
      { call: () => call(zeros(2), zeros([2], { dtype: "bool" })), error: DTypeError, says: new RegExp(op) },
      { call: () => call(zeros(2), "2" as unknown as Tensor), error: ArgError, says: /expected a tensor, got "2"/ },
    ],
  };
}

const compare = (op: string, rule: (a: number, b: number) => boolean): Row => {
  const call = (x: Tensor, y: Tensor): Tensor => (sg as unknown as Record<string, (x: Tensor, y: Tensor) => Tensor>)[op]?.(x, y) as Tensor;
  const truth = elementwise((a: number, b: number) => Number(rule(a, b)));
  const values = [1, 2, 3, 3, 2, 1, -1, 0];
  const options = { call, truth, differentiable: false, dtype: "bool" };
  return {
    op,
    samples: [
      { inputs: [given([8], values), given([8], values.toReversed())], ...options },
      {
        inputs: [
          given([4], [Number.NaN, 1, Number.NaN, Number.POSITIVE_INFINITY]),
          given([4], [Number.NaN, Number.NaN, 1, Number.POSITIVE_INFINITY]),
        ],
        ...options,
        note: "NaN",
      },
      { inputs: [given([8], values, "int32"), given([], [2], "int32")], ...options, note: "int32" },
      { inputs: [given([2, 1, 4], values, "int32"), given([3, 1], [1, 2, 3], "int32")], ...options, note: "int32" },
    ],
    refuses: [{ call: () => call(zeros(2), zeros([2], { dtype: "int32" })), error: DTypeError, says: /float32\[2\] and int32\[2\]/ }],
  };
};

const roundEven = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

/** Error function by its series and continued fraction, good to 1e-15 here. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
}

export const elementwiseRows: readonly Row[] = [
  binary("add", (a, b) => a + b),
  binary("sub", (a, b) => a - b),
  binary("mul", (a, b) => a * b),
  binary("div", (a, b) => a / b, [-2, 2], [0.5, 2]),
  binary("maximum", (a, b) => Math.max(a, b)),
  binary("minimum", (a, b) => Math.min(a, b)),
  binary("pow", (a, b) => a ** b, [0.5, 2], [-2, 2]),
  compare("eq", (a, b) => a === b),
  compare("ne", (a, b) => a !== b),
  compare("lt", (a, b) => a < b),
  compare("le", (a, b) => a <= b),
  compare("gt", (a, b) => a > b),
  compare("ge", (a, b) => a >= b),
  unary("neg", (x) => -x),
  unary("abs", (x) => Math.abs(x)),
  unary("sign", (x) => Math.sign(x)),
  unary("floor", (x) => Math.floor(x)),
  unary("ceil", (x) => Math.ceil(x)),
  unary("round", (x) => roundEven(x)),
  unary("trunc", (x) => Math.trunc(x)),
  unary("square", (x) => x ** 2),
  unary("sqrt", (x) => Math.sqrt(x), [0.5, 4]),
  unary("rsqrt", (x) => 1 / Math.sqrt(x), [0.5, 4]),
  unary("reciprocal", (x) => 1 / x, [0.5, 4]),
  unary("exp", (x) => Math.exp(x)),
  unary("log", (x) => Math.log(x), [0.5, 4]),
  unary("sin", (x) => Math.sin(x), [-8, 8]),
  unary("cos", (x) => Math.cos(x), [-8, 8]),
  unary("tanh", (x) => Math.tanh(x), [-5, 5]),
  unary("erf", (x) => erf(x), [-3, 3]),
];
