// Activations outside the core.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, type Tensor, zeros } from "simdgrad";
import { sigmoid } from "../../assembly/special.js";
import { elementwise, type Nd, nd } from "../nd.js";
import { integers, named, one, type Rule, SHAPES } from "../numbers.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";

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
      { call: () => sg.hardtanh(zeros(2), { minVal: 2 }), error: ArgError, says: /hardtanh: minVal must be at most maxVal, got \[2,1\]/ },
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
      {
        call: () => sg.prelu(zeros(2, 8, 3), zeros(9)),
        error: ShapeError,
        says: /prelu: weight must be \[1\] or \[8\] for x float32\[2,8,3\], got float32\[9\]/,
      },
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
      { call: () => sg.glu(zeros(3)), error: ShapeError, says: /glu: x must be even in dim 0, got float32\[3\]/ },
      { call: () => sg.glu(zeros([])), error: ShapeError, says: /glu/ },
      { call: () => sg.glu(zeros(4), { dim: 2 }), error: IndexError, says: /glu/ },
      needsFloat("glu"),
    ],
  },
];

export const moreActivationsRows: readonly Row[] = [...activations];
