// Reductions over all dimensions, one, several, neighbouring or not; softmax.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, type ReduceOptions, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd, reduce } from "../nd.js";
import { float, given, type Row, type Sample, spaced } from "../row.js";
import { integerPicks, integerPositions, integerValues } from "./integerExtremes.js";

type Rule = (values: number[]) => number;

const CASES: [shape: number[], options: ReduceOptions][] = [
  [[3, 4, 5], {}],
  [[3, 4, 5], { dim: 1 }],
  [[4, 3, 2], { dim: -1, keepdim: true }],
  [[2, 5, 33], { dim: [0, 2] }],
  [[3, 4, 5], { dim: [-1, -2], keepdim: true }],
  [[2, 3, 4, 5], { dim: [1, 3] }],
  [[130], {}],
  [[70, 3], { dim: 0 }],
  [[], {}],
  [[2, 3], { dim: [] }],
];

const dimsOf = (shape: readonly number[], dim: ReduceOptions["dim"]): number[] =>
  dim === undefined || String(dim) === ""
    ? shape.map((_, i) => i)
    : [dim].flat().map((d) => ((d as number) + shape.length) % Math.max(shape.length, 1));

const truthOf =
  (options: ReduceOptions, rule: Rule) =>
  (x: Nd): Nd =>
    reduce(x, dimsOf(x.shape, options.dim), options.keepdim ?? false, rule);

const over = (call: (x: Tensor, options: ReduceOptions) => Tensor, rule: Rule, extra: Partial<Sample> = {}): Sample[] =>
  CASES.map(([shape, options]) => ({
    inputs: [float(shape)],
    call: (x: Tensor) => call(x, options),
    truth: truthOf(options, rule),
    note: JSON.stringify(options),
    ...extra,
  }));

const total: Rule = (values) => values.reduce((sum, v) => sum + v, 0);
const average: Rule = (values) => total(values) / values.length;
const spread =
  (correction: number): Rule =>
  (values) =>
    total(values.map((v) => (v - average(values)) ** 2)) / Math.max(0, values.length - correction);

const badDims = (op: string, call: (x: Tensor, options: ReduceOptions) => unknown): NonNullable<Row["refuses"]> => [
  { call: () => call(zeros(2, 3), { dim: 2 }), error: IndexError, says: new RegExp(`${op}: dim 2 is outside \\[-2, 1\\]`) },
  { call: () => call(zeros(2, 3), { dim: [0, 0] }), error: ArgError, says: new RegExp(`${op}: dim 0 appears twice`) },
];

const extreme = (op: "amax" | "amin", rule: Rule): Row => ({
  op,
  samples: [
    ...CASES.map(([shape, options]) => ({
      inputs: [spaced(shape)],
      call: (x: Tensor) => sg[op](x, options),
      truth: truthOf(options, rule),
      note: JSON.stringify(options),
    })),
    ...integerValues(op),
  ],
  refuses: [...badDims(op, sg[op]), { call: () => sg[op](zeros(2, 0), 1), error: ArgError, says: /nothing to choose from/ }],
});

const CUMULATED: [shape: number[], dim: number][] = [
  [[7], 0],
  [[3, 4, 5], 1],
  [[3, 4, 5], -1],
  [[3, 1, 19], 0],
  [[40, 3], 0],
  [[2, 0, 3], 1],
  [[], 0],
];

/** Each element with all before it along a dimension. */
function runningSums(x: Nd, dim: number): Nd {
  const d = (dim + x.shape.length) % Math.max(x.shape.length, 1);
  return nd(x.shape, (...index: number[]) => {
    if (index.length === 0) return at(x, index);
    const before = Array.from({ length: (index[d] as number) + 1 }, (_, i) => at(x, index.with(d, i)));
    return total(before);
  });
}

const position = (op: "argmax" | "argmin", pick: (values: number[]) => number): Row => ({
  op,
  samples: [
    ...[undefined, 0, 1, -1].map((dim) => ({
      inputs: [given([3, 4], [3, 1, 2, 3, 9, 9, 0, 0, 5, 6, 7, 0])],
      call: (x: Tensor) => sg[op](x, dim),
      truth: truthOf(dim === undefined ? {} : { dim }, (values) => values.indexOf(pick(values))),
      note: `dim ${dim}`,
      ...{ differentiable: false, dtype: "int32" },
    })),
    {
      inputs: [given([2, 3], [1, Number.NaN, 9, Number.NaN, Number.NaN, 2])],
      call: (x: Tensor) => sg[op](x, { dim: 1, keepdim: true }),
      truth: () => nd([2, 1], (row) => (row === 0 ? 1 : 0)),
      note: "first NaN",
      ...{ differentiable: false, dtype: "int32" },
    },
    ...integerPositions(op),
  ],
  refuses: [{ call: () => sg[op](zeros(0)), error: ArgError, says: /nothing to choose from/ }],
});

const chosen = (op: "max" | "min", rule: Rule): Row => ({
  op,
  samples: [
    { inputs: [spaced([3, 5])], call: (x) => sg[op](x), truth: truthOf({}, rule) },
    { inputs: [spaced([3, 5])], call: (x) => sg[op](x, 1).values, truth: truthOf({ dim: 1 }, rule), note: "values" },
    {
      inputs: [spaced([3, 5])],
      call: (x) => sg[op](x, 0, { keepdim: true }).values,
      truth: truthOf({ dim: 0, keepdim: true }, rule),
      note: "keepdim",
    },
    ...integerPicks(op),
  ],
  refuses: [{ call: () => sg[op](zeros(2), zeros(2) as never, {}), error: ArgError, says: new RegExp(`${op}: takes no further argument`) }],
});

const softmaxOf = (x: Nd, dim: number): Nd => {
  const d = (dim + x.shape.length) % Math.max(x.shape.length, 1);
  const dims = x.shape.length === 0 ? [] : [d];
  const largest = reduce(x, dims, true, (v) => Math.max(...v));
  const lead = (shape: readonly number[], index: readonly number[]): number =>
    index.reduce((flat, i, k) => flat * (shape[k] as number) + (shape[k] === 1 ? 0 : i), 0);
  const e = nd(x.shape, (...index) =>
    Math.exp((x.data[lead(x.shape, index)] as number) - (largest.data[lead(largest.shape, index)] as number)),
  );
  const sums = reduce(e, dims, true, total);
  return nd(x.shape, (...index) => (e.data[lead(e.shape, index)] as number) / (sums.data[lead(sums.shape, index)] as number));
};

const SOFTMAX: [number[], number][] = [
  [[3, 5], -1],
  [[2, 3, 4], 1],
  [[2, 17], 1],
  [[7], 0],
  [[4, 1], 1],
  [[64, 10], 1],
  [[2, 0], 1],
];

export const reductionRows: readonly Row[] = [
  {
    op: "sum",
    samples: [
      ...over(sg.sum, total),
      {
        inputs: [given([5], [1, 0, 1, 1, 0], "bool")],
        call: (x) => sg.sum(x),
        truth: () => nd([], () => 3),
        ...{ differentiable: false, dtype: "int32" },
      },
      {
        inputs: [given([2, 2], [1, -2, 3, 4], "int32")],
        call: (x) => sg.sum(x, 0),
        truth: () => nd([2], (i) => [4, 2][i] as number),
        ...{ differentiable: false, dtype: "int32" },
      },
      { inputs: [float([0])], call: (x) => sg.sum(x), truth: () => nd([], () => 0), note: "nothing" },
    ],
    refuses: badDims("sum", sg.sum),
  },
  {
    op: "mean",
    samples: [
      ...over(sg.mean, average),
      { inputs: [float([2, 0])], call: (x) => sg.mean(x, 1), truth: () => nd([2], () => Number.NaN), note: "nothing" },
    ],
    refuses: [
      ...badDims("mean", sg.mean),
      { call: () => sg.mean(zeros([2], { dtype: "int32" })), error: DTypeError, says: /mean: needs float32/ },
    ],
  },
  {
    op: "variance",
    samples: CASES.filter(([shape]) => shape.length > 0).flatMap(([shape, options]) =>
      [1, 0].map((correction) => ({
        inputs: [float(shape)],
        call: (x: Tensor) => sg.variance(x, { ...options, correction }),
        truth: truthOf(options, spread(correction)),
        note: `${JSON.stringify(options)} correction ${correction}`,
      })),
    ),
    refuses: badDims("variance", sg.variance),
  },
  {
    op: "std",
    samples: [
      { inputs: [float([4, 6])], call: (x) => sg.std(x, 1), truth: truthOf({ dim: 1 }, (v) => Math.sqrt(spread(1)(v))) },
      { inputs: [float([4, 6])], call: (x) => sg.std(x, { correction: 0 }), truth: truthOf({}, (v) => Math.sqrt(spread(0)(v))) },
    ],
  },
  extreme("amax", (values) => Math.max(...values)),
  extreme("amin", (values) => Math.min(...values)),
  position("argmax", (values) => Math.max(...values)),
  position("argmin", (values) => Math.min(...values)),
  chosen("max", (values) => Math.max(...values)),
  chosen("min", (values) => Math.min(...values)),
  {
    op: "logsumexp",
    samples: [
      ...over(sg.logsumexp, (values) => Math.log(total(values.map(Math.exp)))),
      {
        inputs: [given([2, 2], [1000, 1001, -1000, -999])],
        call: (x) => sg.logsumexp(x, 1),
        truth: truthOf({ dim: 1 }, (v) => Math.max(...v) + Math.log(total(v.map((x) => Math.exp(x - Math.max(...v)))))),
        note: "large",
      },
      { inputs: [float([2, 0])], call: (x) => sg.logsumexp(x, 1), truth: () => nd([2], () => Number.NEGATIVE_INFINITY), note: "nothing" },
    ],
    refuses: badDims("logsumexp", sg.logsumexp),
  },
  {
    op: "cumsum",
    samples: [
      ...CUMULATED.map(([shape, dim]) => ({
        inputs: [float(shape)],
        call: (x: Tensor) => x.cumsum(dim),
        truth: (x: Nd) => runningSums(x, dim),
        note: `dim ${dim}`,
      })),
      ...(["int32", "int8", "uint8", "bool"] as const).map((dtype) => ({
        inputs: [given([2, 3], [1, 0, 1, 1, 1, 0], dtype)],
        call: (x: Tensor) => x.cumsum(-1),
        truth: (x: Nd) => runningSums(x, 1),
        ...{ differentiable: false, dtype: "int32", note: dtype },
      })),
      {
        inputs: [given([3], [2 ** 31 - 1, 1, -5], "int32")],
        call: (x) => x.cumsum(0),
        truth: () => ({ shape: [3], data: Float64Array.of(2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 5) }),
        ...{ differentiable: false, dtype: "int32", note: "modulo 2^32" },
      },
    ],
    refuses: [
      { call: () => zeros(2, 3).cumsum(2), error: IndexError, says: /cumsum: dim 2 is outside \[-2, 1\]/ },
      { call: () => zeros(2).cumsum(undefined as unknown as number), error: ArgError, says: /cumsum: dim must be a whole number/ },
    ],
  },
  {
    op: "softmax",
    samples: SOFTMAX.map(([shape, dim]) => ({
      inputs: [float(shape, [-4, 4])],
      call: (x: Tensor) => sg.softmax(x, dim),
      truth: (x: Nd) => softmaxOf(x, dim),
      note: `dim ${dim}`,
    })),
    refuses: [{ call: () => sg.softmax(zeros(2, 3), 2), error: IndexError, says: /softmax: dim 2 is outside/ }],
  },
  {
    op: "logSoftmax",
    samples: SOFTMAX.map(([shape, dim]) => ({
      inputs: [float(shape, [-4, 4])],
      call: (x: Tensor) => sg.logSoftmax(x, dim),
      truth: (x: Nd) => ({ shape: x.shape, data: softmaxOf(x, dim).data.map(Math.log) }),
      note: `dim ${dim}`,
    })),
    refuses: [{ call: () => sg.logSoftmax(zeros(2, 3), -3), error: IndexError, says: /logSoftmax: dim -3 is outside/ }],
  },
];
