// Functions of numbers outside the core, logic, tests of numbers.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { erfc, erfinv, sigmoid } from "../../assembly/special.js";
import { elementwise, type Nd, nd } from "../nd.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";

type Rule = (...numbers: number[]) => number;
type Range = [low: number, high: number];

const SHAPES = [[7], [2, 3, 4], [33], [], [0, 3]];
const PAIRS: [number[], number[]][] = [
  [
    [3, 5],
    [3, 5],
  ],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [2, 3]],
  [[5, 9], [9]],
  [
    [2, 1, 3, 1],
    [3, 1, 5],
  ],
  [
    [0, 3],
    [1, 3],
  ],
];

const named = (op: string) => (sg as unknown as Record<string, (...args: unknown[]) => Tensor>)[op] as (...args: unknown[]) => Tensor;
const integers = (size: number): Tensor => zeros([size], { dtype: "int32" });
const constant = { differentiable: false } as const;

/** A function of one number: values and gradients over the shapes, and no integers. */
function one(op: string, rule: Rule, range: Range = [-2, 2], options: object[] = [{}], ruleOf = (_: object): Rule => rule): Row {
  return {
    op,
    samples: options.flatMap((option) =>
      SHAPES.map((shape) => ({
        inputs: [float(shape, range)],
        call: (x: Tensor) => (Object.keys(option).length > 0 ? named(op)(x, option) : named(op)(x)),
        truth: elementwise(ruleOf(option)),
        note: JSON.stringify(option),
      })),
    ),
    refuses: [
      { call: () => named(op)(integers(2)), error: DTypeError, says: new RegExp(`${op}: needs float32, got int32\\[2\\]`) },
      { call: () => named(op)(undefined), error: ArgError, says: new RegExp(`${op}: expected a tensor`) },
    ],
  };
}

/** A function of two numbers over the broadcasts. */
function two(
  op: string,
  rule: Rule,
  a: Range = [-2, 2],
  b: Range = a,
  more: readonly Sample[] = [],
  refuses: readonly Refusal[] = [],
): Row {
  const call = (x: Tensor, y: Tensor): Tensor => named(op)(x, y);
  return {
    op,
    samples: [...PAIRS.map(([left, right]) => ({ inputs: [float(left, a), float(right, b)], call, truth: elementwise(rule) })), ...more],
    refuses: [
      { call: () => named(op)(zeros(2, 3), zeros(4)), error: ShapeError, says: new RegExp(`${op}|where|eq|ge|le`) },
      { call: () => named(op)(zeros(2), "2"), error: ArgError, says: /expected a tensor as b, got "2"/ },
      ...refuses,
    ],
  };
}

const functions: Row[] = [
  one("tan", Math.tan, [-1.2, 1.2]),
  one("asin", Math.asin, [-0.9, 0.9]),
  one("acos", Math.acos, [-0.9, 0.9]),
  one("atan", Math.atan, [-4, 4]),
  one("sinh", Math.sinh),
  one("cosh", Math.cosh),
  one("asinh", Math.asinh, [-4, 4]),
  one("acosh", Math.acosh, [1.2, 4]),
  one("atanh", Math.atanh, [-0.9, 0.9]),
  one("expm1", Math.expm1),
  one("exp2", (x) => 2 ** x),
  one("log1p", Math.log1p, [-0.7, 3]),
  one("log2", Math.log2, [0.3, 4]),
  one("log10", Math.log10, [0.3, 4]),
  one("erfc", erfc),
  one("erfinv", erfinv, [-0.9, 0.9]),
  one("frac", (x) => x % 1, [0.1, 0.9]),
  one("deg2rad", (x) => (x * Math.PI) / 180, [-9, 9]),
  one("rad2deg", (x) => (x * 180) / Math.PI, [-0.02, 0.02]),
  one("sinc", (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)), [0.1, 3]),
  one(
    "logit",
    (x) => Math.log(x / (1 - x)),
    [0.1, 0.9],
    [{}, { eps: 0.3 }],
    (option) => {
      const { eps = 0 } = option as { eps?: number };
      return (x: number) => {
        const p = Math.min(Math.max(x, eps), 1 - eps);
        return Math.log(p / (1 - p));
      };
    },
  ),
];

const mish = (x: number): number => x * Math.tanh(Math.log1p(Math.exp(x)));
const clamp = (x: number, lo: number, hi: number): number => Math.min(Math.max(x, lo), hi);
/** Values that keep away from the kinks of the functions below. */
const apart = (shape: readonly number[]): Input =>
  given(
    shape,
    Array.from({ length: shape.reduce((size, d) => size * d, 1) }, (_, i) => ((i * 37) % 101) / 6.3 - 8.03),
  );
const kinked = (op: string, rule: Rule, ...args: unknown[]): Sample[] =>
  SHAPES.map((shape) => ({
    inputs: [apart(shape)],
    call: (x: Tensor) => named(op)(x, ...args),
    truth: elementwise(rule),
    note: JSON.stringify(args),
  }));
const needsFloat = (op: string, ...args: unknown[]): Refusal => ({
  call: () => named(op)(integers(2), ...args),
  error: DTypeError,
  says: new RegExp(`${op}: needs float32`),
});

const activations: Row[] = [
  one(
    "celu",
    (x) => (x > 0 ? x : Math.expm1(x)),
    [-4, 4],
    [{}, { alpha: 2 }, { alpha: -0.5 }],
    (option) => {
      const { alpha = 1 } = option as { alpha?: number };
      return (x: number) => (x > 0 ? x : alpha * Math.expm1(x / alpha));
    },
  ),
  one("selu", (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)), [-4, 4]),
  one("mish", mish, [-5, 5]),
  one("logSigmoid", (x) => Math.log(sigmoid(x)), [-5, 5]),
  one("softsign", (x) => x / (1 + Math.abs(x)), [0.2, 4]),
  one("tanhshrink", (x) => x - Math.tanh(x), [-4, 4]),
  {
    op: "hardtanh",
    samples: [
      ...kinked("hardtanh", (x) => clamp(x, -1, 1)),
      ...kinked("hardtanh", (x) => clamp(x, -0.3, 2), { minVal: -0.3, maxVal: 2 }),
      ...kinked("hardtanh", (x) => Math.max(x, 0.5), { minVal: 0.5, maxVal: Number.POSITIVE_INFINITY }),
    ],
    refuses: [
      needsFloat("hardtanh"),
      { call: () => sg.hardtanh(zeros(2), { minVal: 2 }), error: ArgError, says: /hardtanh: minVal must be at most maxVal, got 2 and 1/ },
      { call: () => sg.hardtanh(zeros(2), { min: 2 } as never), error: ArgError, says: /hardtanh: there is no option "min"/ },
    ],
  },
  { op: "relu6", samples: kinked("relu6", (x) => clamp(x, 0, 6)), refuses: [needsFloat("relu6")] },
  { op: "hardsigmoid", samples: kinked("hardsigmoid", (x) => clamp(x + 3, 0, 6) / 6), refuses: [needsFloat("hardsigmoid")] },
  { op: "hardswish", samples: kinked("hardswish", (x) => (x * clamp(x + 3, 0, 6)) / 6), refuses: [needsFloat("hardswish")] },
  {
    op: "hardshrink",
    samples: [
      ...kinked("hardshrink", (x) => (Math.abs(x) > 0.5 ? x : 0)),
      ...kinked("hardshrink", (x) => (Math.abs(x) > 2 ? x : 0), { lambd: 2 }),
      ...kinked("hardshrink", (x) => x, { lambd: -1 }),
    ],
    refuses: [
      needsFloat("hardshrink"),
      { call: () => sg.hardshrink(zeros(2), { lambd: Number.NaN }), error: ArgError, says: /hardshrink: lambd must be a finite number/ },
    ],
  },
  {
    op: "softshrink",
    samples: [
      ...kinked("softshrink", (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0)),
      ...kinked("softshrink", (x) => Math.sign(x) * Math.max(Math.abs(x) - 2, 0), { lambd: 2 }),
    ],
    refuses: [
      needsFloat("softshrink"),
      {
        call: () => sg.softshrink(zeros(2), { lambd: -0.5 }),
        error: ArgError,
        says: /softshrink: lambd must be a finite number of at least 0/,
      },
    ],
  },
  {
    op: "threshold",
    samples: kinked("threshold", (x) => (x > 0.1 ? x : -2), 0.1, -2),
    refuses: [
      needsFloat("threshold", 0, 0),
      { call: () => sg.threshold(zeros(2), 1, undefined as never), error: ArgError, says: /threshold: value must be a finite number/ },
    ],
  },
  {
    op: "prelu",
    samples: [
      { inputs: [float([7]), float([1], [0.1, 0.5])], call: sg.prelu, truth: elementwise((x, w) => (x > 0 ? x : w * x)) },
      { inputs: [float([]), float([], [0.1, 0.5])], call: sg.prelu, truth: elementwise((x, w) => (x > 0 ? x : w * x)) },
      { inputs: [float([2, 3]), float([3], [0.1, 0.5])], call: sg.prelu, truth: elementwise((x, w) => (x > 0 ? x : w * x)) },
      { inputs: [float([0, 3]), float([3])], call: sg.prelu, truth: elementwise((x, w) => (x > 0 ? x : w * x)) },
      {
        inputs: [float([2, 3, 4, 2]), float([3], [0.1, 0.5])],
        call: sg.prelu,
        truth: (x: Nd, w: Nd) => {
          const each = { shape: [3, 1, 1], data: w.data };
          return elementwise((v, s) => (v > 0 ? v : s * v))(x, each);
        },
      },
    ],
    refuses: [
      { call: () => sg.prelu(zeros(2, 8, 3), zeros(9)), error: ShapeError, says: /prelu: x is float32\[2,8,3\] and weight float32\[9\]/ },
      { call: () => sg.prelu(zeros(2, 8, 3), zeros(2, 4)), error: ShapeError, says: /prelu/ },
      { call: () => sg.prelu(zeros([]), zeros(2)), error: ShapeError, says: /prelu/ },
      { call: () => sg.prelu(zeros(3), integers(1)), error: DTypeError, says: /prelu: needs float32/ },
    ],
  },
  {
    op: "glu",
    samples: [
      {
        inputs: [float([8])],
        call: (x) => sg.glu(x),
        truth: (x: Nd) => nd([4], (i) => (x.data[i] as number) * sigmoid(x.data[i + 4] as number)),
      },
      ...[
        [2, 3],
        [4, 1],
        [0, 5],
        [6, 7],
      ].map(
        ([half, n]): Sample => ({
          inputs: [float([2 * (half as number), n as number])],
          call: (x) => sg.glu(x, { dim: 0 }),
          truth: (x: Nd) => {
            const size = (half as number) * (n as number);
            return nd([half as number, n as number], (r, c) => {
              const i = r * (n as number) + c;
              return (x.data[i] as number) * sigmoid(x.data[i + size] as number);
            });
          },
        }),
      ),
    ],
    refuses: [
      { call: () => sg.glu(zeros(3)), error: ShapeError, says: /glu: dim 0 of float32\[3\] must have an even size/ },
      { call: () => sg.glu(zeros([])), error: ShapeError, says: /glu/ },
      { call: () => sg.glu(zeros(4), { dim: 2 }), error: IndexError, says: /glu/ },
      needsFloat("glu"),
    ],
  },
];

const byZero: Refusal = {
  call: () => sg.fmod(tensor([7, 8], { dtype: "int32" }), tensor([2, 0], { dtype: "int32" })),
  error: ArgError,
  says: /fmod: .*the divisor at position 1 is 0/,
};
const noTensor = (op: string): Refusal => ({ call: () => named(op)(2, 3), error: ArgError, says: new RegExp(`${op}: needs a tensor`) });
const ternary = (op: "addcmul" | "addcdiv", rule: (value: number) => Rule): Row => ({
  op,
  samples: [
    [
      [3, 4],
      [3, 4],
      [3, 4],
    ],
    [[4], [3, 1], []],
    [[0, 2], [1, 2], [2]],
    [[], [], []],
    [[2, 3], [3], [2, 1]],
  ].map((shapes, i) => ({
    inputs: shapes.map((shape) => float(shape, [0.5, 2])),
    call: (x: Tensor, a: Tensor, b: Tensor) => (i === 0 ? sg[op](x, a, b) : sg[op](x, a, b, { value: -0.7 })),
    truth: elementwise(rule(i === 0 ? 1 : -0.7)),
  })),
  refuses: [
    { call: () => sg[op](zeros(2), zeros(2), zeros(2), 0.5 as never), error: ArgError, says: /options go into one object/ },
    { call: () => sg[op](zeros(2), zeros(2), zeros(3)), error: ShapeError, says: /sizes must match/ },
    { call: () => sg[op](zeros(2), zeros(2), undefined as never), error: ArgError, says: new RegExp(`${op}: expected a tensor as b`) },
  ],
});
/** The rule of lerp for weights on either side of a half. */
const lerp = (a: number, b: number, w: number): number => a + w * (b - a);

const ofTwo: Row[] = [
  two(
    "atan2",
    Math.atan2,
    [0.3, 2],
    [-2, -0.3],
    [
      {
        inputs: [given([3], [1, -2, 0], "int32"), given([3], [-1, 3, -4], "int8")],
        call: sg.atan2,
        truth: elementwise(Math.atan2),
        ...constant,
      },
    ],
  ),
  two("hypot", Math.hypot, [0.3, 2], [-2, -0.3]),
  two("logaddexp", (a, b) => Math.log(Math.exp(a) + Math.exp(b)), [-4, 4]),
  two("logaddexp2", (a, b) => Math.log2(2 ** a + 2 ** b), [-4, 4]),
  two("copysign", (a, b) => Math.abs(a) * (b < 0 ? -1 : 1), [0.3, 2], [-2, 2]),
  two(
    "fmod",
    (a, b) => a % b,
    [3.1, 3.4],
    [1.2, 1.5],
    [
      {
        inputs: [given([4], [7, -7, -(2 ** 31), 9], "int32"), given([4], [3, 3, -1, -4], "int32")],
        call: sg.fmod,
        truth: elementwise((a, b) => (a % b) + 0),
        ...constant,
        dtype: "int32",
      },
    ],
    [byZero],
  ),
  two(
    "fmax",
    Math.max,
    [-2, 2],
    [-2, 2],
    [
      {
        inputs: [given([3], [Number.NaN, 1, 2]), given([3], [1, Number.NaN, 3])],
        call: sg.fmax,
        truth: (a: Nd) => nd(a.shape, (i) => [1, 1, 3][i] as number),
        ...{ note: "NaN" },
      },
    ].map((sample) => ({ ...sample, inputs: sample.inputs.map((x) => ({ ...x, constant: true })), ...constant })),
    [noTensor("fmax")],
  ),
  two(
    "fmin",
    Math.min,
    [-2, 2],
    [-2, 2],
    [
      {
        inputs: [given([3], [Number.NaN, 1, 2]), given([3], [1, Number.NaN, 3])],
        call: sg.fmin,
        truth: (a: Nd) => nd(a.shape, (i) => [1, 1, 2][i] as number),
        ...{ note: "NaN" },
      },
    ].map((sample) => ({ ...sample, inputs: sample.inputs.map((x) => ({ ...x, constant: true })), ...constant })),
    [noTensor("fmin")],
  ),
  two(
    "xlogy",
    (a, b) => a * Math.log(b),
    [-2, 2],
    [0.3, 2],
    [
      {
        inputs: [
          { shape: [5], values: [0, 0, 0, 2, 0], constant: true },
          { shape: [5], values: [0, -1, Number.POSITIVE_INFINITY, 1, 3], constant: true },
        ],
        call: sg.xlogy,
        truth: (a: Nd) => nd(a.shape, () => 0),
        ...constant,
        note: "zeros",
      },
      { inputs: [float([3])], call: (x) => sg.xlogy(x, 2), truth: elementwise((a) => a * Math.LN2) },
      { inputs: [float([3], [0.5, 2])], call: (x) => sg.xlogy(2, x), truth: elementwise((b) => 2 * Math.log(b)) },
    ],
    [noTensor("xlogy")],
  ),
  {
    op: "lerp",
    samples: [
      ...PAIRS.map(([a, b], i): Sample => {
        const w = [0.3, 0.5, 0.8, 1, -2, 0][i] as number;
        return {
          inputs: [float(a), float(b)],
          call: (x, y) => sg.lerp(x, y, w),
          truth: elementwise((x, y) => lerp(x, y, w)),
          note: String(w),
        };
      }),
      { inputs: [float([4]), float([3, 1]), float([3, 4], [-1, 1])], call: sg.lerp, truth: elementwise(lerp), note: "weights" },
    ],
    refuses: [
      { call: () => sg.lerp(zeros(2), zeros(2), undefined as never), error: ArgError, says: /lerp: expected a tensor as weight/ },
      { call: () => sg.lerp(zeros(2), zeros(3), 0.5), error: ShapeError, says: /sizes must match/ },
    ],
  },
  ternary("addcmul", (value) => (x, a, b) => (x as number) + value * (a as number) * (b as number)),
  ternary("addcdiv", (value) => (x, a, b) => (x as number) + (value * (a as number)) / (b as number)),
  {
    op: "nanToNum",
    samples: [
      ...SHAPES.map((shape): Sample => ({ inputs: [float(shape)], call: (x) => sg.nanToNum(x), truth: (x) => x })),
      {
        inputs: [{ shape: [4], values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2], constant: true }],
        call: (x) => sg.nanToNum(x, { nan: 7, posinf: 8, neginf: -9 }),
        truth: (x: Nd) => nd(x.shape, (i) => [7, 8, -9, 2][i] as number),
        ...constant,
      },
      {
        inputs: [{ shape: [3], values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], constant: true }],
        call: (x) => sg.nanToNum(x, { posinf: null }),
        truth: (x: Nd) => nd(x.shape, (i) => [0, Math.fround(3.4028234663852886e38), Math.fround(-3.4028234663852886e38)][i] as number),
        ...constant,
      },
      { inputs: [given([2], [3, -4], "int8")], call: (x) => sg.nanToNum(x), truth: (x) => x, ...constant, dtype: "int8" },
    ],
    refuses: [{ call: () => sg.nanToNum(zeros(2), { nan: "0" as never }), error: ArgError, says: /nanToNum: nan must be a number/ }],
  },
  {
    op: "signbit",
    samples: [
      {
        inputs: [given([5], [-1, -0, 0, 2, Number.NEGATIVE_INFINITY])],
        call: (x) => sg.signbit(x),
        truth: (x: Nd) => nd(x.shape, (i) => [1, 1, 0, 0, 1][i] as number),
        ...constant,
        dtype: "bool",
      },
      {
        inputs: [given([3], [-1, 0, 5], "int32")],
        call: (x) => sg.signbit(x),
        truth: elementwise((x) => Number(x < 0)),
        ...constant,
        dtype: "bool",
      },
    ],
  },
];

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const ODD = [nan, inf, -inf, 0, 1.5, -2];
const test = (op: "isnan" | "isinf" | "isfinite" | "isposinf" | "isneginf", rule: (x: number) => boolean): Row => ({
  op,
  samples: [
    ...[[6], [2, 3], [6, 1]].map((shape) => ({
      inputs: [given(shape, ODD)],
      call: sg[op],
      truth: elementwise((x) => Number(rule(x))),
      ...constant,
      dtype: "bool",
    })),
    { inputs: [given([2], [3, 0], "uint8")], call: sg[op], truth: elementwise((x) => Number(rule(x))), ...constant, dtype: "bool" },
    { inputs: [float([0, 2])], call: sg[op], truth: (x) => x, ...constant, dtype: "bool" },
  ],
  refuses: [{ call: () => named(op)(3), error: ArgError, says: new RegExp(`${op}: expected a tensor`) }],
});

const close = (a: number, b: number): boolean => a === b || (Math.abs(a - b) < inf && Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b));
/** What returns true or false, as a tensor, so that it fits into a row. */
const asTensor = (value: boolean): Tensor => tensor(Number(value));
const closeTo = (rule: (a: number, b: number) => boolean) => elementwise((a: number, b: number) => Number(rule(a, b)));
const NEAR: Input[] = [given([6], [1, 1, inf, inf, nan, 0]), given([6], [1.000001, 1.1, inf, -inf, nan, 1e-9])];

const closenesses: Row[] = [
  test("isnan", Number.isNaN),
  test("isinf", (x) => Math.abs(x) === inf),
  test("isfinite", Number.isFinite),
  test("isposinf", (x) => x === inf),
  test("isneginf", (x) => x === -inf),
  {
    op: "isclose",
    samples: [
      { inputs: NEAR, call: (a, b) => sg.isclose(a, b), truth: closeTo(close), ...constant, dtype: "bool" },
      {
        inputs: NEAR,
        call: (a, b) => sg.isclose(a, b, { rtol: 0.5, atol: 0, equalNan: true }),
        truth: closeTo((a, b) =>
          Number.isNaN(a) ? Number.isNaN(b) : a === b || (Math.abs(a - b) < inf && Math.abs(a - b) <= 0.5 * Math.abs(b)),
        ),
        ...constant,
        dtype: "bool",
      },
      {
        inputs: [given([3, 1], [1, 2, 3], "int32"), given([2], [1, 3], "int32")],
        call: (a, b) => sg.isclose(a, b),
        truth: closeTo(close),
        ...constant,
        dtype: "bool",
      },
      { inputs: [float([0]), float([0])], call: (a, b) => sg.isclose(a, b), truth: (a) => a, ...constant, dtype: "bool" },
    ],
    refuses: [
      {
        call: () => sg.isclose(zeros([]), zeros([]), { rtol: -0.4 }),
        error: ArgError,
        says: /isclose: rtol must be a finite number of at least 0/,
      },
      { call: () => sg.isclose(zeros([]), zeros([]), { atol: -0.4 }), error: ArgError, says: /isclose: atol/ },
      { call: () => sg.isclose(zeros(2), integers(2)), error: DTypeError, says: /isclose: a is float32\[2\] and b is int32\[2\]/ },
      { call: () => named("isclose")(integers(3), 2), error: ArgError, says: /isclose: expected a tensor as b/ },
    ],
  },
  {
    op: "allclose",
    samples: [
      {
        inputs: [given([2], [1, 2]), given([2], [1.000001, 2])],
        call: (a, b) => asTensor(sg.allclose(a, b)),
        truth: () => nd([], () => 1),
        ...constant,
      },
      {
        inputs: [given([2], [1, 2]), given([2], [1.1, 2])],
        call: (a, b) => asTensor(sg.allclose(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
      {
        inputs: [given([2], [nan, 2]), given([1], [nan])],
        call: (a, b) => asTensor(sg.allclose(a, b, { equalNan: true })),
        truth: () => nd([], () => 0),
        ...constant,
      },
      { inputs: [float([0]), float([0])], call: (a, b) => asTensor(sg.allclose(a, b)), truth: () => nd([], () => 1), ...constant },
    ],
    refuses: [{ call: () => sg.allclose(zeros(2), zeros(3)), error: ShapeError, says: /sizes must match/ }],
  },
  {
    op: "equal",
    samples: [
      {
        inputs: [given([2], [1, 2]), given([2], [1, 2])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 1),
        ...constant,
      },
      {
        inputs: [given([2], [1, 2]), given([2], [1, 3])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
      {
        inputs: [given([2], [1, 1]), given([1, 2], [1, 1])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
      {
        inputs: [given([1], [nan]), given([1], [nan])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
    ],
    refuses: [{ call: () => named("equal")(zeros(2), 1), error: ArgError, says: /equal: expected a tensor as b/ }],
  },
];

const LEFT = [5, -7, 0, 127, -128, 1];
const RIGHT = [3, 2, 6, 1, 4, 33];
/** The value of a bit pattern in a dtype. */
const wrap = (dtype: string, v: number): number =>
  dtype === "uint8" ? v & 255 : dtype === "int8" ? (v << 24) >> 24 : dtype === "bool" ? Number(v !== 0) : v | 0;
function bits(op: string, rule: (a: number, b: number) => number, ofBool = true): Row {
  const dtypes = ["int32", "int8", "uint8", ...(ofBool ? (["bool"] as const) : [])] as const;
  const call = (a: Tensor, b: Tensor): Tensor => named(op)(a, b);
  return {
    op,
    samples: [
      ...dtypes.map(
        (dtype): Sample => ({
          inputs: [
            given(
              [6],
              LEFT.map((v) => wrap(dtype, v)),
              dtype,
            ),
            given(
              [6],
              RIGHT.map((v) => wrap(dtype, v)),
              dtype,
            ),
          ],
          call,
          truth: elementwise((a, b) => wrap(dtype, rule(a, b))),
          ...constant,
          dtype,
          note: dtype,
        }),
      ),
      {
        inputs: [given([2, 3], LEFT, "int32"), given([2, 1], [1, 2], "int32")],
        call,
        truth: elementwise(rule),
        ...constant,
        dtype: "int32",
      },
      {
        inputs: [given([6], LEFT, "int32")],
        call: (a) => named(op)(a, 3),
        truth: elementwise((a) => rule(a, 3)),
        ...constant,
        dtype: "int32",
      },
      {
        inputs: [given([6], RIGHT, "int32")],
        call: (b) => named(op)(-9, b),
        truth: elementwise((b) => rule(-9, b)),
        ...constant,
        dtype: "int32",
      },
    ],
    refuses: [
      { call: () => named(op)(zeros(2), integers(2)), error: DTypeError, says: new RegExp(`${op}: needs whole numbers`) },
      { call: () => named(op)(integers(2), 0.5), error: DTypeError, says: new RegExp(`${op}: needs whole numbers`) },
      { call: () => named(op)(integers(2), integers(3)), error: ShapeError, says: new RegExp(`${op}: a is int32`) },
      noTensor(op),
    ],
  };
}

const shiftLeft = (a: number, b: number): number => (b >= 0 && b < 32 ? a << b : 0);
const shiftRight = (a: number, b: number): number => a >> (b >= 0 && b < 32 ? b : 31);

const logic: Row[] = [
  bits("bitwiseAnd", (a, b) => a & b),
  bits("bitwiseOr", (a, b) => a | b),
  bits("bitwiseXor", (a, b) => a ^ b),
  bits("bitwiseLeftShift", shiftLeft, false),
  bits("bitwiseRightShift", shiftRight, false),
  {
    op: "bitwiseNot",
    samples: (["int32", "int8", "uint8", "bool"] as const).map((dtype) => ({
      inputs: [
        given(
          [6],
          LEFT.map((v) => wrap(dtype, v)),
          dtype,
        ),
      ],
      call: sg.bitwiseNot,
      truth: elementwise((v) => (dtype === "bool" ? 1 - v : wrap(dtype, ~v))),
      ...constant,
      dtype,
    })),
    refuses: [{ call: () => sg.bitwiseNot(zeros(2)), error: DTypeError, says: /bitwiseNot: needs whole numbers or bool/ }],
  },
  {
    op: "logicalXor",
    samples: [
      {
        inputs: [given([4], [0, 1, 1, 0], "bool"), given([4], [0, 1, 0, 1], "bool")],
        call: sg.logicalXor,
        truth: elementwise((a, b) => a ^ b),
        ...constant,
        dtype: "bool",
      },
      {
        inputs: [given([2, 1], [0, -2.5]), given([3], [0, 7, 1], "int32")],
        call: sg.logicalXor,
        truth: elementwise((a, b) => Number((a !== 0) !== (b !== 0))),
        ...constant,
        dtype: "bool",
      },
    ],
    refuses: [{ call: () => named("logicalXor")(integers(3), 2), error: ArgError, says: /logicalXor: expected a tensor as b/ }],
  },
];

export const mathRows: readonly Row[] = [...functions, ...activations, ...ofTwo, ...closenesses, ...logic];
