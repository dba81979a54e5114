// Arithmetic, functions of one number, and comparisons.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { elementwise, nd } from "../nd.js";
import { float, given, type Refusal, type Row, type Sample } from "../row.js";

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

const WHOLE: [number[], number[]] = [
  [7, -7, 3, -128, 0, 90],
  [2, 3, -3, -5, 4, 7],
];

/** Every pair of dtypes, and numbers beside whole ones: all that is not float32 is computed as int32. */
function mixed(call: (x: Tensor, y: Tensor) => Tensor, rule: Rule, whole: string): Sample[] {
  const dtypes = ["float32", "int32", "int8", "uint8", "bool"] as const;
  const valuesOf = (values: readonly number[], dtype: string): number[] =>
    values.map((v) => (dtype === "bool" ? Math.abs(v) % 2 : dtype === "uint8" ? Math.abs(v) : v));
  return dtypes.flatMap((left) =>
    dtypes
      .filter((right) => right !== "bool" && (left !== "float32" || right !== "float32"))
      .map((right): Sample => {
        const [a, b] = [valuesOf(WHOLE[0], left), valuesOf(WHOLE[1], right)];
        return {
          inputs: [
            { shape: [6], values: a, dtype: left, constant: true },
            { shape: [6], values: b, dtype: right, constant: true },
          ],
          call,
          truth: elementwise(rule),
          differentiable: false,
          dtype: left === "float32" || right === "float32" ? "float32" : whole,
          note: `${left} and ${right}`,
        };
      }),
  );
}

function binary(op: string, rule: Rule, a: [number, number] = [-2, 2], b: [number, number] = a, options: Partial<Sample> = {}): Row {
  const call = (x: Tensor, y: Tensor): Tensor => (sg as unknown as Record<string, (x: Tensor, y: Tensor) => Tensor>)[op]?.(x, y) as Tensor;
  return {
    op,
    samples: [
      ...PAIRS.map(([left, right]) => ({ inputs: [float(left, a), float(right, b)], call, truth: elementwise(rule), ...options })),
      {
        inputs: [float([6], a), given([6], [2, 3, -3, -5, 4, 7], "int32")],
        call,
        truth: elementwise(rule),
        note: "the gradient beside int32",
        ...options,
      },
      ...(op === "pow" ? [] : mixed(call, rule, op === "div" ? "float32" : "int32")),
    ],
    refuses: [
      {
        call: () => call(zeros(2, 3), zeros(4)),
        error: ShapeError,
        says: new RegExp(`${op}: a is float32\\[2,3\\] and b is float32\\[4\\]`),
      },
      { call: () => call(zeros(2), "2" as unknown as Tensor), error: ArgError, says: /expected a tensor as [bx], got "2"/ },
      { call: () => call(zeros(2), undefined as unknown as Tensor), error: ArgError, says: /expected a tensor as b, got undefined/ },
      ...(op === "pow"
        ? [
            {
              call: () => call(zeros([2], { dtype: "int32" }), zeros([2], { dtype: "uint8" })),
              error: DTypeError,
              says: /pow: needs float32/,
            },
          ]
        : []),
    ],
  };
}

/** Numbers that int32 does not hold, at its ends and beyond, and whole ones that float32 does not. */
const BESIDE_INT32 = [
  2.5,
  -2.5,
  16777216.5,
  16777217,
  2 ** 31,
  2 ** 31 - 0.5,
  -(2 ** 31) - 1,
  1e10,
  -1e10,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const ENDS = given([10], [0, 2, 3, -2, -3, 16777216, 16777217, 2 ** 31 - 1, -(2 ** 31), 1500000000], "int32");

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
      ...mixed(call, (a, b) => Number(rule(a, b)), "bool").map((sample) => ({ ...sample, dtype: "bool" })),
      ...BESIDE_INT32.flatMap((bound): Sample[] => [
        {
          ...options,
          inputs: [ENDS],
          call: (x) => call(x, bound as unknown as Tensor),
          truth: elementwise((x) => Number(rule(x, bound))),
          note: `int32 and ${bound}`,
        },
        {
          ...options,
          inputs: [ENDS],
          call: (x) => call(bound as unknown as Tensor, x),
          truth: elementwise((x) => Number(rule(bound, x))),
          note: `${bound} and int32`,
        },
      ]),
    ],
    refuses: [{ call: () => call(zeros(2), zeros(3)), error: ShapeError, says: /float32\[2\] and b is float32\[3\]/ }],
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

const LEAST = -(2 ** 31);
const ints = (a: number[], b: number[]): Pick<Sample, "inputs" | "differentiable" | "dtype"> => ({
  inputs: [given([a.length], a, "int32"), given([b.length], b, "int32")],
  differentiable: false,
  dtype: "int32",
});

/** With a sample whose results wrap modulo 2^32. */
function wrapping({ op, samples, ...row }: Row): Row {
  const exact: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
  };
  const truth = (a: number, b: number): number => Number(BigInt.asIntN(32, exact[op]?.(BigInt(a), BigInt(b)) as bigint));
  const call = (a: Tensor, b: Tensor): Tensor => (sg as unknown as Record<string, (x: Tensor, y: Tensor) => Tensor>)[op]?.(a, b) as Tensor;
  const ends = ints([2 ** 31 - 1, LEAST, 123456789, LEAST], [1, -1, 987654321, LEAST]);
  return { op, samples: [...samples, { ...ends, call, truth: elementwise(truth), note: "modulo 2^32" }], ...row };
}

const byZero = (op: "floorDivide" | "remainder"): Refusal[] => [
  {
    call: () => zeros([2, 3], { dtype: "int32" })[op](tensor([1, 0, 2], { dtype: "int32" })),
    error: ArgError,
    says: new RegExp(`${op}: .* position 1 is 0`),
  },
  { call: () => zeros([2], { dtype: "uint8" })[op](0), error: ArgError, says: /position 0 is 0/ },
  { call: () => zeros(2, 3)[op](zeros(4)), error: ShapeError, says: new RegExp(`${op}: a is float32\\[2,3\\] and b is float32\\[4\\]`) },
];

/** Functions that take whole numbers as well. */
const wholeUnary = (op: "neg" | "abs", rule: (x: number) => number): Row => ({
  ...unary(op, rule),
  samples: [
    ...unary(op, rule).samples,
    ...(["int32", "int8", "uint8", "bool"] as const).map(
      (dtype): Sample => ({
        inputs: [given([3], dtype === "int32" ? [5, -7, LEAST + 1] : [1, 0, 1], dtype)],
        call: (x) => x[op](),
        truth: elementwise(rule),
        differentiable: false,
        dtype: "int32",
        note: dtype,
      }),
    ),
    {
      inputs: [given([1], [LEAST], "int32")],
      call: (x) => x[op](),
      truth: elementwise((x) => x),
      differentiable: false,
      dtype: "int32",
      note: "-2^31 wraps",
    },
  ],
  refuses: [{ call: () => sg[op]("2" as unknown as Tensor), error: ArgError, says: /expected a tensor as [bx], got "2"/ }],
});

export const elementwiseRows: readonly Row[] = [
  wrapping(binary("add", (a, b) => a + b)),
  wrapping(binary("sub", (a, b) => a - b)),
  wrapping(binary("mul", (a, b) => a * b)),
  binary("div", (a, b) => a / b, [-2, 2], [0.5, 2]),
  binary("maximum", (a, b) => Math.max(a, b)),
  binary("minimum", (a, b) => Math.min(a, b)),
  {
    ...binary("floorDivide", (a, b) => Math.floor(a / b), [-5, 5], [0.7, 2]),
    samples: [
      ...binary("floorDivide", (a, b) => Math.floor(a / b), [-5, 5], [0.7, 2]).samples,
      {
        ...ints([LEAST, LEAST, 7, -7], [-1, 1, -2, 2]),
        call: (a, b) => a.floorDivide(b),
        truth: elementwise((a, b) => Math.floor(a / b) | 0),
        note: "-2^31 / -1 wraps",
      },
      {
        inputs: [],
        call: () => zeros([0, 3], { dtype: "int32" }).floorDivide(zeros([3], { dtype: "int32" })),
        truth: () => nd([0, 3], () => 0),
        differentiable: false,
        dtype: "int32",
        note: "nothing by 0",
      },
    ],
    refuses: byZero("floorDivide"),
  },
  {
    ...binary("remainder", (a, b) => a - Math.floor(a / b) * b, [-5, 5], [0.7, 2]),
    samples: [
      ...binary("remainder", (a, b) => a - Math.floor(a / b) * b, [-5, 5], [0.7, 2]).samples,
      {
        ...ints([LEAST, LEAST, 7, -7], [-1, 3, -3, 3]),
        call: (a, b) => a.remainder(b),
        truth: elementwise((a, b) => a - Math.floor(a / b) * b),
        note: "the divisor's sign",
      },
      {
        inputs: [given([6], [7, -7, 5.5, -5.5, 1, -1])],
        call: (x) => x.remainder(-3),
        truth: elementwise((x) => x - Math.floor(x / -3) * -3),
        note: "a negative number",
      },
    ],
    refuses: byZero("remainder"),
  },
  binary("pow", (a, b) => a ** b, [0.5, 2], [-2, 2]),
  compare("eq", (a, b) => a === b),
  compare("ne", (a, b) => a !== b),
  compare("lt", (a, b) => a < b),
  compare("le", (a, b) => a <= b),
  compare("gt", (a, b) => a > b),
  compare("ge", (a, b) => a >= b),
  wholeUnary("neg", (x) => -x),
  wholeUnary("abs", (x) => Math.abs(x)),
  {
    op: "sign",
    samples: [
      ...unary("sign", (x) => Math.sign(x)).samples,
      ...(["int32", "int8", "uint8", "bool"] as const).map((dtype) => ({
        inputs: [given([4], dtype === "uint8" || dtype === "bool" ? [0, 1, 1, 0] : [-128, -1, 0, 127], dtype)],
        call: (x: Tensor) => x.sign(),
        truth: elementwise(Math.sign),
        differentiable: false,
        dtype: "int32",
        note: dtype,
      })),
    ],
  },
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
