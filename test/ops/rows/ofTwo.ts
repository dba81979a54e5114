// Functions of two and more numbers.
import * as sg from "simdgrad";
import { ArgError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { elementwise, type Nd, nd } from "../nd.js";
import { constant, named, noTensor, type Range, type Rule, SHAPES } from "../numbers.js";
import { float, given, type Refusal, type Row, type Sample } from "../row.js";

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

const byZero: Refusal = {
  call: () => sg.fmod(tensor([7, 8], { dtype: "int32" }), tensor([2, 0], { dtype: "int32" })),
  error: ArgError,
  says: /fmod: .*the divisor at position 1 is 0/,
};

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

export const ofTwoRows: readonly Row[] = [...ofTwo];
