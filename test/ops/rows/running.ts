// Running products and extremes, products, norms, and reductions that consist of others.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, type ReduceOptions, type Tensor, zeros } from "simdgrad";
import { type Nd, nd, reduce } from "../nd.js";
import { float, given, type Input, type Row, type Sample, spaced } from "../row.js";
import { mapLanes } from "./lanes.js";

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
type Rule = (values: number[]) => number;

const ALONG: [shape: number[], dim: number][] = [
  [[7], 0],
  [[3, 4, 5], 1],
  [[3, 4], -1],
  [[3, 1, 6], 0],
  [[12, 3], 0],
  [[2, 0, 3], 1],
  [[], -1],
];

/** Each element from all elements up to it. */
const upTo =
  (rule: Rule) =>
  (lane: number[]): number[] =>
    lane.map((_, i) => rule(lane.slice(0, i + 1)));

const product: Rule = (values) => values.reduce((a, b) => a * b, 1);
const total: Rule = (values) => values.reduce((a, b) => a + b, 0);
const wrapped: Rule = (values) => values.reduce((a, b) => Math.imul(a, b), 1);
const logsumexp: Rule = (values) => {
  const largest = Math.max(...values);
  return largest + Math.log(total(values.map((v) => Math.exp(v - largest))));
};
const lastOf =
  (pick: (...v: number[]) => number) =>
  (values: number[]): number =>
    values.some(Number.isNaN) ? values.findLastIndex(Number.isNaN) : values.lastIndexOf(pick(...values));

/** Factors that keep a product near 1, with a zero in the middle or two of them. */
const factors = (shape: readonly number[], zeros_: number): Input => {
  const size = shape.reduce((a, b) => a * b, 1);
  return given(
    shape,
    Array.from({ length: size }, (_, i) =>
      zeros_ > 0 && i % Math.ceil(size / zeros_) === 2 ? 0 : (i % 3 === 0 ? -1 : 1) * (0.6 + ((i * 37) % 90) / 100),
    ),
  );
};

const running = (op: "cumprod" | "logcumsumexp", rule: Rule): Sample[] =>
  ALONG.map(([shape, dim]) => ({
    inputs: [float(shape, op === "cumprod" ? [0.5, 1.5] : [-3, 3])],
    call: (x: Tensor) => x[op](dim),
    truth: (x: Nd) => mapLanes(x, dim, upTo(rule)),
    note: `dim ${dim}`,
  }));

const badDim = (op: "cumprod" | "logcumsumexp" | "cummax" | "cummin"): NonNullable<Row["refuses"]> => [
  { call: () => zeros(2, 3)[op](2), error: IndexError, says: new RegExp(`${op}: dim 2 is outside \\[-2, 1\\]`) },
  { call: () => zeros(2)[op](undefined as unknown as number), error: ArgError, says: new RegExp(`${op}: dim must be a whole number`) },
];

const extreme = (op: "cummax" | "cummin", pick: (...v: number[]) => number): Row => ({
  op,
  samples: [
    ...ALONG.map(
      ([shape, dim]): Sample => ({
        inputs: [spaced(shape)],
        call: (x: Tensor) => x[op](dim).values,
        truth: (x: Nd) =>
          mapLanes(
            x,
            dim,
            upTo((v) => pick(...v)),
          ),
        note: `dim ${dim}`,
      }),
    ),
    ...[
      [1, 1, 0, 3, 3, -2, -2, 3, -2],
      [0, -0, 0, inf, inf, minusInf, 1, minusInf, 1],
      [1, nan, 5, nan, 9, -9, 0, 0, 0],
    ].map(
      (values): Sample => ({
        inputs: [{ ...given([9], values), constant: true }],
        call: (x: Tensor) => x[op](0).indices,
        truth: (x: Nd) => mapLanes(x, 0, upTo(lastOf(pick))),
        note: `indices of ${values}`,
        ...{ differentiable: false, dtype: "int32" },
      }),
    ),
    {
      inputs: [given([2, 4], [5, -(2 ** 31), 2 ** 31 - 1, 7, 2, 2, -1, 9], "int32")],
      call: (x) => sg[op](x, 1).values,
      truth: (x) =>
        mapLanes(
          x,
          1,
          upTo((v) => pick(...v)),
        ),
      note: "int32",
      ...{ differentiable: false, dtype: "int32" },
    },
  ],
  refuses: badDim(op),
});

const CASES: [shape: number[], options: ReduceOptions][] = [
  [[3, 4, 2], {}],
  [[3, 4, 5], { dim: 1 }],
  [[4, 3, 2], { dim: -1, keepdim: true }],
  [[2, 5, 3], { dim: [0, 2] }],
  [[3, 2, 3], { dim: [-1, -2], keepdim: true }],
  [[17, 3], { dim: 0 }],
  [[], {}],
];

const dimsOf = (shape: readonly number[], dim: ReduceOptions["dim"]): number[] =>
  dim === undefined ? shape.map((_, i) => i) : [dim].flat().map((d) => ((d as number) + shape.length) % Math.max(shape.length, 1));

const over =
  (options: ReduceOptions, rule: Rule) =>
  (x: Nd): Nd =>
    reduce(x, dimsOf(x.shape, options.dim), options.keepdim ?? false, rule);

const cases = (
  input: (shape: readonly number[]) => Input,
  call: (x: Tensor, options: ReduceOptions) => Tensor,
  rule: Rule,
  extra: Partial<Sample> = {},
): Sample[] =>
  CASES.map(([shape, options]) => ({
    inputs: [input(shape)],
    call: (x: Tensor) => call(x, options),
    truth: over(options, rule),
    ...extra,
    note: `${extra.note ?? ""} ${JSON.stringify(options)}`,
  }));

const badDims = (op: string, call: (x: Tensor, options: ReduceOptions) => unknown): NonNullable<Row["refuses"]> => [
  { call: () => call(zeros(2, 3), { dim: 2 }), error: IndexError, says: new RegExp(`${op}: dim 2 is outside \\[-2, 1\\]`) },
  { call: () => call(zeros(2, 3), { dim: [0, 0] }), error: ArgError, says: new RegExp(`${op}: dim 0 appears twice`) },
  {
    call: () => call(zeros(2, 3), { axis: 0 } as never),
    error: ArgError,
    says: new RegExp(`${op}: there is no option "axis".*did you mean "dim"`),
  },
];

const ORDERS = [1, 2, 3, 1.5, 0.5, inf, minusInf, -1];
const normRule =
  (p: number): Rule =>
  (values) => {
    const sizes = values.map(Math.abs);
    if (p === inf) return Math.max(...sizes);
    if (p === minusInf) return Math.min(...sizes);
    return total(sizes.map((v) => v ** p)) ** (1 / p);
  };
const norms = (call: (x: Tensor, p: number, options: ReduceOptions) => Tensor): Sample[] => [
  ...ORDERS.flatMap((p) => cases(spaced, (x, options) => call(x, p, options), normRule(p), { note: `order ${p}` })),
  {
    inputs: [given([2, 3], [0, 0, 3, 0, -0, 0])],
    call: (x) => call(x, 0, { dim: 1 }),
    truth: () => nd([2], (i) => 1 - i),
    note: "order 0",
  },
];

const logic = (op: "any" | "all", rule: Rule): Row => ({
  op,
  samples: [
    ...cases(
      (shape) =>
        given(
          shape,
          Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (op === "any" ? (i % 7 === 2 ? 1 : 0) : i % 7 === 2 ? 0 : 1)),
          "bool",
        ),
      (x, options) => x[op](options),
      rule,
      {
        ...{ differentiable: false, dtype: "bool" },
      },
    ),
    {
      inputs: [{ ...given([4, 2], [0, 0, nan, 0, -0, 1e-40, nan, inf]), constant: true }],
      call: (x) => x[op](1),
      truth: (x) => over({ dim: 1 }, rule)(x),
      note: "float32",
      ...{ differentiable: false, dtype: "bool" },
    },
    {
      inputs: [given([2, 2], [0, 3, 2, 1], "uint8")],
      call: (x) => x[op](1),
      truth: (x) => over({ dim: 1 }, rule)(x),
      note: "uint8",
      ...{ differentiable: false, dtype: "uint8" },
    },
    {
      inputs: [given([2, 0], [])],
      call: (x) => x[op](1),
      truth: () => nd([2], () => (op === "any" ? 0 : 1)),
      note: "no elements",
      ...{ differentiable: false, dtype: "bool" },
    },
  ],
  refuses: badDims(op, sg[op]),
});

/** Values of which every fourth is NaN: a constant for gradients of the truth, which would be NaN. */
const holes = (shape: readonly number[]): Input => {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    ...given(
      shape,
      Array.from({ length: size }, (_, i) => (i % 4 === 1 ? nan : ((i * 31) % 17) / 4 - 2)),
    ),
    constant: true,
  };
};
const numbers = (values: number[]): number[] => values.filter((v) => !Number.isNaN(v));
const mean: Rule = (values) => total(values) / values.length;
const spread = (values: number[]): number => total(values.map((v) => (v - mean(values)) ** 2)) / Math.max(0, values.length - 1);

const pairs = (op: "varMean" | "stdMean", rule: Rule): Row => ({
  op,
  samples: [
    ...cases(spaced, (x, options) => sg[op](x, options)[1], mean, { note: "mean" }),
    ...cases(spaced, (x, options) => sg[op](x, options)[0], rule).filter(({ inputs: [input] }) => input?.shape.length),
    {
      inputs: [spaced([2, 5])],
      call: (x) => sg[op](x, 1, { correction: 0, keepdim: true })[0],
      truth: (x) => over({ dim: 1, keepdim: true }, (v) => rule(v.concat(mean(v))))(x),
      note: "without correction",
    },
  ],
  refuses: [
    ...badDims(op === "varMean" ? "variance" : "std", sg[op]),
    { call: () => sg[op](zeros([2], { dtype: "int32" })), error: DTypeError, says: /needs float32, got int32\[2\]/ },
  ],
});

export const runningRows: readonly Row[] = [
  {
    op: "cumprod",
    samples: [
      ...running("cumprod", product),
      ...[1, 2].map(
        (count): Sample => ({
          inputs: [factors([3, 4], count)],
          call: (x: Tensor) => x.cumprod(0),
          truth: (x: Nd) => mapLanes(x, 0, upTo(product)),
          note: `${count} zeros`,
        }),
      ),
      {
        inputs: [given([5], [2, 0, 3, 0, 5])],
        call: (x) => sg.cumprod(x, -1),
        truth: (x) => mapLanes(x, 0, upTo(product)),
        note: "zeros in a row",
      },
      {
        inputs: [given([2, 4], [3, 2 ** 30, 5, 7, -1, 0, 1, 2], "int32")],
        call: (x) => x.cumprod(1),
        truth: (x) => mapLanes(x, 1, upTo(wrapped)),
        note: "int32 wraps",
        ...{ differentiable: false, dtype: "int32" },
      },
    ],
    refuses: badDim("cumprod"),
  },
  {
    op: "logcumsumexp",
    samples: [
      ...running("logcumsumexp", logsumexp),
      {
        inputs: [given([6], [-500, 300, -1000, 300, 0, 301])],
        call: (x) => x.logcumsumexp(0),
        truth: (x) => mapLanes(x, 0, upTo(logsumexp)),
        note: "far apart",
      },
      {
        inputs: [{ ...given([6], [minusInf, minusInf, 1, inf, 2, nan]), constant: true }],
        call: (x) => x.logcumsumexp(0),
        truth: () => nd([6], (i) => [minusInf, minusInf, 1, inf, inf, nan][i] as number),
        differentiable: false,
        note: "infinities",
      },
    ],
    refuses: [
      ...badDim("logcumsumexp"),
      {
        call: () => zeros([2], { dtype: "int32" }).logcumsumexp(0),
        error: DTypeError,
        says: /logcumsumexp: needs float32, got int32\[2\]/,
      },
    ],
  },
  extreme("cummax", Math.max),
  extreme("cummin", Math.min),
  {
    op: "prod",
    samples: [
      ...[0, 1, 2].flatMap((count) =>
        cases(
          (shape) => factors(shape, count),
          (x, options) => x.prod(options),
          product,
          { note: `${count} zeros` },
        ),
      ),
      {
        inputs: [given([3, 0], [])],
        call: (x) => x.prod(1),
        truth: () => nd([3], () => 1),
        note: "no elements",
      },
      {
        inputs: [given([2, 3], [2 ** 30, 3, 5, -7, 2, 1], "int32")],
        call: (x) => x.prod(1),
        truth: (x) => over({ dim: 1 }, wrapped)(x),
        note: "int32 wraps",
        ...{ differentiable: false, dtype: "int32" },
      },
      {
        inputs: [given([2, 3], [1, 1, 0, 1, 1, 1], "bool")],
        call: (x) => x.prod({ dim: 1, keepdim: true }),
        truth: () => nd([2, 1], (i) => i),
        note: "bool",
        ...{ differentiable: false, dtype: "int32" },
      },
      {
        inputs: [{ ...given([4], [1e30, 1e30, 1e-30, 1e-30]), constant: true }],
        call: (x) => x.prod(),
        truth: () => nd([], () => (Math.fround(1e30) * Math.fround(1e-30)) ** 2),
        differentiable: false,
        note: "no overflow on the way",
      },
    ],
    refuses: badDims("prod", sg.prod),
  },
  {
    op: "norm",
    samples: [
      ...norms((x, p, options) => x.norm({ p, ...options })),
      ...cases(spaced, (x, options) => x.norm("fro", options), normRule(2), { note: "fro" }),
      { inputs: [spaced([2, 3])], call: (x) => x.norm(1, 1), truth: over({ dim: 1 }, normRule(1)), note: "by position" },
    ],
    refuses: [
      ...badDims("norm", (x, options) => x.norm(2, options)),
      { call: () => zeros(2).norm("nuc" as never), error: ArgError, says: /norm: the order must be a number, got "nuc"/ },
      { call: () => zeros(2).norm(nan), error: ArgError, says: /norm: the order must be a number, got NaN/ },
      { call: () => zeros(2).norm({ ord: 1 } as never), error: ArgError, says: /norm: there is no option "ord", only dim, keepdim, p/ },
      { call: () => zeros(2, 0).norm(inf, 1), error: ArgError, says: /norm: nothing to choose from in float32\[2,0\]/ },
      { call: () => zeros([2], { dtype: "int32" }).norm(), error: DTypeError, says: /norm: needs float32/ },
    ],
  },
  {
    op: "vectorNorm",
    samples: norms((x, p, options) => sg.vectorNorm(x, p, options)),
    refuses: badDims("vectorNorm", (x, options) => sg.vectorNorm(x, 2, options)),
  },
  logic("any", (values) => Number(values.some((v) => v !== 0))),
  logic("all", (values) => Number(values.every((v) => v !== 0))),
  {
    op: "countNonzero",
    samples: [
      ...cases(
        holes,
        (x, options) => x.countNonzero(options),
        (values) => values.filter((v) => v !== 0).length,
        {
          ...{ differentiable: false, dtype: "int32" },
        },
      ),
    ],
    refuses: badDims("countNonzero", sg.countNonzero),
  },
  {
    op: "nansum",
    samples: [
      ...cases(
        holes,
        (x, options) => x.nansum(options),
        (values) => total(numbers(values)),
        { differentiable: false, note: "holes" },
      ),
      ...cases(float, (x, options) => x.nansum(options), total),
    ],
    refuses: badDims("nansum", sg.nansum),
  },
  {
    op: "nanmean",
    samples: [
      ...cases(
        holes,
        (x, options) => x.nanmean(options),
        (values) => mean(numbers(values)),
        { differentiable: false, note: "holes" },
      ),
      ...cases(float, (x, options) => x.nanmean(options), mean),
    ],
    refuses: [
      ...badDims("nanmean", sg.nanmean),
      { call: () => zeros([2], { dtype: "int32" }).nanmean(), error: DTypeError, says: /nanmean: needs float32/ },
    ],
  },
  {
    op: "aminmax",
    samples: [
      ...cases(
        spaced,
        (x, options) => x.aminmax(options).min,
        (values) => Math.min(...values),
        { note: "min" },
      ),
      ...cases(
        spaced,
        (x, options) => x.aminmax(options).max,
        (values) => Math.max(...values),
        { note: "max" },
      ),
    ],
    refuses: [
      ...badDims("aminmax", sg.aminmax),
      { call: () => zeros(5, 0, 5).aminmax(), error: ArgError, says: /aminmax: nothing to choose from/ },
    ],
  },
  pairs("varMean", spread),
  pairs("stdMean", (values) => Math.sqrt(spread(values))),
];
