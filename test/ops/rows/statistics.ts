// Medians, quantiles, modes, counts, histograms, covariances, differences.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, type QuantileOptions, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Input, type Row, type Sample, spaced } from "../row.js";
import { ascending, fromStart, mapLanes, orderOf, sortedLane } from "./lanes.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const INT = { differentiable: false, dtype: "int32" } as const;

const PLACES: [shape: number[], dim: number][] = [
  [[9], 0],
  [[3, 5], -1],
  [[3, 4], 0],
  [[2, 4, 3], 1],
  [[2, 3, 4], 0],
  [[2, 71], 1],
  [[], -1],
];

const constant = (input: Input): Input => ({ ...input, constant: true });
const HOLES = constant(given([3, 4], [3, nan, 1, 2, nan, nan, nan, nan, 5, 4, inf, 6]));

const middle = (values: readonly number[]): number => orderOf(values)[(values.length - 1) >> 1] as number;
const median = (lane: number[]): number => {
  const hole = lane.findIndex(Number.isNaN);
  return hole < 0 ? middle(lane) : hole;
};
const nanmedian = (lane: number[]): number => {
  const count = lane.filter((v) => !Number.isNaN(v)).length;
  return orderOf(lane)[Math.max(0, (count - 1) >> 1)] as number;
};

const medians = (op: "median" | "nanmedian", rule: (lane: number[]) => number): Row => ({
  op,
  samples: [
    ...PLACES.flatMap(([shape, dim]): Sample[] => [
      {
        inputs: [spaced(shape)],
        call: (x: Tensor) => x[op](dim).values,
        truth: (x: Nd) => mapLanes(x, dim, (lane) => lane[rule(lane)] as number),
        note: `dim ${dim}`,
      },
      {
        inputs: [spaced(shape)],
        call: (x: Tensor) => sg[op](x, { dim, keepdim: true }).indices,
        truth: (x: Nd) => mapLanes(x, dim, rule, true),
        note: `indices, dim ${dim}`,
        ...INT,
      },
      {
        inputs: [spaced(shape)],
        call: (x: Tensor) => x[op](),
        truth: (x: Nd) => nd([], () => x.data[rule(Array.from(x.data))] as number),
        note: "all",
      },
    ]),
    {
      inputs: [HOLES],
      call: (x) => x[op](1).values,
      truth: (x) => mapLanes(x, 1, (lane) => lane[rule(lane)] as number),
      note: "NaN",
      differentiable: false,
    },
    { inputs: [HOLES], call: (x) => x[op](1).indices, truth: (x) => mapLanes(x, 1, rule), note: "indices of NaN", ...INT },
    {
      inputs: [HOLES],
      call: (x) => sg[op](x),
      truth: (x) => nd([], () => x.data[rule(Array.from(x.data))] as number),
      note: "all, NaN",
      differentiable: false,
    },
    { inputs: [constant(given([0], []))], call: (x) => sg[op](x), truth: () => nd([], () => nan), note: "none", differentiable: false },
    {
      inputs: [given([2, 4], [4, 1, 3, 2, -5, -6, 7, 8], "int8")],
      call: (x) => x[op](1).values,
      truth: (x) => mapLanes(x, 1, (lane) => lane[rule(lane)] as number),
      note: "int8",
      ...{ differentiable: false, dtype: "int8" },
    },
  ],
  refuses: [
    { call: () => zeros(2, 3)[op](2), error: IndexError, says: new RegExp(`${op}: dim 2 is outside`) },
    { call: () => zeros(2, 0)[op](1), error: ArgError, says: new RegExp(`${op}: nothing to choose from in float32\\[2,0\\]`) },
    { call: () => zeros([0], { dtype: "int32" })[op](), error: ArgError, says: new RegExp(`${op}: nothing to choose from`) },
    { call: () => zeros(2)[op](0, { keepdims: true } as never), error: ArgError, says: new RegExp(`${op}: there is no option "keepdims"`) },
  ],
});

/** The quantile of sorted values as the formula says. */
function quantileOf(sorted: readonly number[], q: number, interpolation: string): number {
  const rank = q * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)] as number, sorted[Math.ceil(rank)] as number];
  const even = (v: number): number => (v % 1 === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
  if (interpolation === "lower") return below;
  if (interpolation === "higher") return above;
  if (interpolation === "nearest") return sorted[even(rank)] as number;
  if (interpolation === "midpoint") return (below + above) / 2;
  return below + (rank - Math.floor(rank)) * (above - below);
}

const QUANTILES: [shape: number[], options: QuantileOptions][] = [
  [[7], {}],
  [[3, 5], { dim: 1 }],
  [[3, 4], { dim: 0, keepdim: true }],
  [[2, 3, 4], { dim: -2, interpolation: "lower" }],
  [[2, 3, 4], { dim: 0, interpolation: "higher" }],
  [[2, 9], { dim: 1, interpolation: "nearest" }],
  [[2, 6], { dim: 1, interpolation: "midpoint", keepdim: true }],
  [[2, 3], { keepdim: true }],
  [[], {}],
  [[], { dim: 0, keepdim: true }],
];

/** Quantiles along a dimension or of all; those of a list come first. */
const quantileTruth =
  (options: QuantileOptions, of: (lane: number[]) => number[]) =>
  (x: Nd, q: Nd | number): Nd => {
    const { dim, keepdim = false, interpolation = "linear" } = options;
    const one = (value: number): Nd => {
      const rule = (lane: number[]): number => {
        const sorted = of(lane);
        return sorted.some(Number.isNaN) ? nan : quantileOf(sorted, value, interpolation);
      };
      if (dim === undefined || dim === null) return nd(keepdim ? x.shape.map(() => 1) : [], () => rule(Array.from(x.data)));
      return mapLanes(x, dim, rule, keepdim);
    };
    if (typeof q === "number") return one(q);
    const all = Array.from(q.data, one);
    return { shape: [...q.shape, ...(all[0] as Nd).shape], data: Float64Array.from(all.flatMap(({ data }) => [...data])) };
  };

const quantiles = (op: "quantile" | "nanquantile", of: (lane: number[]) => number[]): Row => ({
  op,
  samples: [
    ...QUANTILES.flatMap(([shape, options]): Sample[] => [
      {
        inputs: [spaced(shape)],
        call: (x: Tensor) => x[op](0.3, options),
        truth: (x: Nd) => quantileTruth(options, of)(x, 0.3),
        note: JSON.stringify(options),
      },
      {
        inputs: [spaced(shape), constant(given([3], [0, 0.4, 1]))],
        call: (x: Tensor, q: Tensor) => sg[op](x, q, options),
        truth: quantileTruth(options, of),
        note: `several, ${JSON.stringify(options)}`,
      },
    ]),
    {
      inputs: [spaced([2, 5]), given([2], [0.3, 0.6])],
      call: (x, q) => sg[op](x, q, 1),
      truth: quantileTruth({ dim: 1 }, of),
      note: "gradient of q",
    },
    {
      inputs: [HOLES, constant(given([], [0.5]))],
      call: (x, q) => sg[op](x, q, 1, { keepdim: true }),
      truth: (x) =>
        mapLanes(x, 1, (lane) => (of(lane).some(Number.isNaN) || of(lane).length === 0 ? nan : quantileOf(of(lane), 0.5, "linear")), true),
      note: "NaN",
      differentiable: false,
    },
  ],
  refuses: [
    { call: () => zeros(2)[op](1.5), error: ArgError, says: new RegExp(`${op}: q must be a number within \\[0, 1\\], got 1.5`) },
    { call: () => sg[op](zeros(2), sg.tensor([0.5, -0.1])), error: ArgError, says: new RegExp(`${op}: q must be a number within`) },
    { call: () => sg[op](zeros(2), zeros(1, 1)), error: ShapeError, says: new RegExp(`${op}: q must be a number or \\[Q\\], got`) },
    { call: () => zeros(0)[op](0.5), error: ArgError, says: new RegExp(`${op}: nothing to choose from`) },
    { call: () => zeros([2], { dtype: "int32" })[op](0.5), error: DTypeError, says: new RegExp(`${op}: needs float32`) },
    { call: () => zeros(2)[op](0.5, 1), error: IndexError, says: new RegExp(`${op}: dim 1 is outside`) },
    {
      call: () => zeros(2)[op](0.5, { interpolation: "cubic" as never }),
      error: ArgError,
      says: new RegExp(`${op}: interpolation must be "linear"`),
    },
    { call: () => zeros(2)[op](0.5, { keepdim: 1 as never }), error: ArgError, says: new RegExp(`${op}: keepdim must be true or false`) },
  ],
});

const countOf = (lane: readonly number[], v: number): number => lane.filter((w) => w === v).length;
const modeAt = (lane: number[]): number => {
  const most = Math.max(1, ...lane.map((v) => countOf(lane, v)));
  const [value] = [...lane].sort(ascending).filter((v) => Math.max(1, countOf(lane, v)) === most);
  return Number.isNaN(value) ? lane.findIndex(Number.isNaN) : lane.lastIndexOf(value as number);
};

const ofAll = (shape: readonly number[], rule: (i: number) => number): Nd => {
  let i = 0;
  return nd(shape, () => rule(i++));
};

/** Differences of neighbours along a dimension. */
const differences = (x: Nd, dim: number, n: number): Nd =>
  n === 0
    ? x
    : differences(
        mapLanes(x, dim, (lane) => lane.slice(1).map((v, i) => v - (lane[i] as number))),
        dim,
        n - 1,
      );

function covariance(x: Nd, correction: number, f?: Nd, a?: Nd): Nd {
  const n = x.shape.at(-1) as number;
  const variables = x.shape.length === 2 ? (x.shape[0] as number) : 1;
  const value = (v: number, i: number): number => x.data[v * n + i] as number;
  const w = Array.from({ length: n }, (_, i) => (f ? (f.data[i] as number) : 1) * (a ? (a.data[i] as number) : 1));
  const sum = (rule: (i: number) => number): number => w.reduce((s, weight, i) => s + weight * rule(i), 0);
  const total = sum(() => 1);
  const divisor = Math.max(0, a ? total - (correction * sum((i) => a.data[i] as number)) / total : total - correction);
  const mean = Array.from({ length: variables }, (_, v) => sum((i) => value(v, i)) / total);
  const entry = (r: number, c: number): number =>
    sum((i) => (value(r, i) - (mean[r] as number)) * (value(c, i) - (mean[c] as number))) / divisor;
  return variables === 1 ? nd([], () => entry(0, 0)) : nd([variables, variables], entry);
}

const EDGES = [-1, 0, 0.5, 2];
const binOf = (v: number, edges: readonly number[]): number =>
  v === edges.at(-1) ? edges.length - 2 : edges.findIndex((edge, i) => i + 1 < edges.length && v >= edge && v < (edges[i + 1] as number));
const HISTOGRAM_VALUES = [-2, -1, -0.5, 0, 0.25, 0.5, 2, 2.5, nan, 1.9, 0, -1];
const binCounts = (edges: readonly number[], weights?: ArrayLike<number>): number[] => {
  const counts = new Array<number>(edges.length - 1).fill(0);
  HISTOGRAM_VALUES.forEach((v, i) => {
    const bin = binOf(v, edges);
    if (bin >= 0) counts[bin] = (counts[bin] as number) + (weights ? (weights[i] as number) : 1);
  });
  return counts;
};

export const statisticsRows: readonly Row[] = [
  medians("median", median),
  medians("nanmedian", nanmedian),
  quantiles("quantile", (lane) => sortedLane(lane)),
  quantiles("nanquantile", (lane) => sortedLane(lane.filter((v) => !Number.isNaN(v)))),
  {
    op: "mode",
    samples: [
      ...PLACES.flatMap(([shape, dim]): Sample[] => {
        const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 5) - 2);
        return [
          {
            inputs: [constant(given(shape, values))],
            call: (x: Tensor) => x.mode(dim).values,
            truth: (x: Nd) => mapLanes(x, dim, (lane) => lane[modeAt(lane)] as number),
            note: `dim ${dim}`,
            differentiable: false,
          },
          {
            inputs: [constant(given(shape, values))],
            call: (x: Tensor) => sg.mode(x, { dim, keepdim: true }).indices,
            truth: (x: Nd) => mapLanes(x, dim, modeAt, true),
            note: `indices, dim ${dim}`,
            ...INT,
          },
        ];
      }),
      // Values that are all different: the smallest is the mode, and stays it when one moves a little.
      ...PLACES.map(
        ([shape, dim]): Sample => ({
          inputs: [spaced(shape)],
          call: (x: Tensor) => x.mode(dim).values,
          truth: (x: Nd) => mapLanes(x, dim, (lane) => Math.min(...lane)),
          note: `gradient, dim ${dim}`,
        }),
      ),
      {
        inputs: [HOLES],
        call: (x) => x.mode(1).values,
        truth: (x) => mapLanes(x, 1, (lane) => lane[modeAt(lane)] as number),
        note: "NaN",
        differentiable: false,
      },
    ],
    refuses: [
      { call: () => zeros(2, 0).mode(1), error: ArgError, says: /mode: nothing to choose from in float32\[2,0\]/ },
      { call: () => zeros(2).mode(1), error: IndexError, says: /mode: dim 1 is outside/ },
    ],
  },
  {
    op: "bincount",
    samples: [
      {
        inputs: [given([6], [1, 4, 1, 0, 4, 4], "int32")],
        call: (x) => x.bincount(),
        truth: () => ofAll([5], (i) => [1, 2, 0, 0, 3][i] as number),
        ...INT,
      },
      {
        inputs: [given([3], [1, 2, 1], "uint8")],
        call: (x) => x.bincount({ minlength: 5 }),
        truth: () => ofAll([5], (i) => [0, 2, 1, 0, 0][i] as number),
        note: "minlength",
        ...INT,
      },
      { inputs: [given([0], [], "int32")], call: (x) => sg.bincount(x), truth: () => nd([0], () => 0), note: "none", ...INT },
      ...[1, 4, 9, 30, 33].map(
        (n): Sample => ({
          inputs: [
            given(
              [n],
              Array.from({ length: n }, (_, i) => (i * 5) % 4),
              "int32",
            ),
            float([n]),
          ],
          call: (x: Tensor, weights: Tensor) => sg.bincount(x, { weights }),
          truth: (x: Nd, w: Nd) =>
            ofAll([Math.max(...x.data) + 1], (v) => w.data.reduce((s, weight, i) => s + (x.data[i] === v ? weight : 0), 0)),
          note: "weights",
        }),
      ),
    ],
    refuses: [
      {
        call: () => sg.bincount(sg.tensor([0, -1], { dtype: "int32" })),
        error: ArgError,
        says: /bincount: elements must not be negative, got -1/,
      },
      { call: () => sg.bincount(zeros(2)), error: DTypeError, says: /bincount: needs whole numbers, got float32\[2\]/ },
      { call: () => sg.bincount(zeros([2, 2], { dtype: "int32" })), error: ShapeError, says: /bincount: x must be \[n\]/ },
      {
        call: () => sg.bincount(zeros([2], { dtype: "int32" }), { weights: zeros(3) }),
        error: ShapeError,
        says: /bincount: the weights must be \[2\], got float32\[3\]/,
      },
      { call: () => sg.bincount(zeros([2], { dtype: "int32" }), { minlength: -1 }), error: ArgError, says: /bincount: minlength must be/ },
    ],
  },
  {
    op: "histc",
    samples: [
      {
        inputs: [constant(given([3, 4], HISTOGRAM_VALUES))],
        call: (x) => x.histc({ bins: 3, min: -1, max: 2 }),
        truth: () => ofAll([3], (i) => binCounts([-1, 0, 1, 2])[i] as number),
        differentiable: false,
      },
      {
        inputs: [constant(given([5], [1, 2, 4, 4, 9]))],
        call: (x) => sg.histc(x, { bins: 4 }),
        truth: () => ofAll([4], (i) => [2, 2, 0, 1][i] as number),
        note: "the range of the elements",
        differentiable: false,
      },
      {
        inputs: [constant(given([3], [2, 2, 2]))],
        call: (x) => x.histc({ bins: 2 }),
        truth: () => ofAll([2], (i) => [0, 3][i] as number),
        note: "equal elements",
        differentiable: false,
      },
      { inputs: [constant(given([0], []))], call: (x) => x.histc(), truth: () => nd([100], () => 0), note: "none", differentiable: false },
    ],
    refuses: [
      { call: () => zeros(2).histc({ bins: 0 }), error: ArgError, says: /histc: bins must be a whole number of at least 1, got 0/ },
      {
        call: () => zeros(2).histc({ min: 2, max: 1 }),
        error: ArgError,
        says: /histc: the range must be finite with min <= max, got \[2,1\]/,
      },
      {
        call: () => sg.tensor([nan, 1]).histc(),
        error: ArgError,
        says: /histc: the range must be finite with min <= max, got \[NaN,NaN\]/,
      },
      { call: () => zeros([2], { dtype: "int32" }).histc(), error: DTypeError, says: /histc: needs float32/ },
    ],
  },
  {
    op: "histogram",
    samples: [
      {
        inputs: [constant(given([3, 4], HISTOGRAM_VALUES)), constant(given([4], EDGES))],
        call: (x, e) => sg.histogram(x, e).hist,
        truth: () => ofAll([3], (i) => binCounts(EDGES)[i] as number),
        note: "edges",
        differentiable: false,
      },
      {
        inputs: [constant(given([3, 4], HISTOGRAM_VALUES)), constant(float([3, 4], [0, 1]))],
        call: (x, weight) => sg.histogram(x, 4, { range: [-1, 1], weight }).hist,
        truth: (_, w) => ofAll([4], (i) => binCounts([-1, -0.5, 0, 0.5, 1], w.data)[i] as number),
        note: "weights",
        differentiable: false,
      },
      {
        inputs: [constant(given([3, 4], HISTOGRAM_VALUES))],
        call: (x) => x.histogram(3, { range: [-1, 2], density: true }).hist,
        truth: () => ofAll([3], (i) => (binCounts([-1, 0, 1, 2])[i] as number) / 9),
        note: "density",
        differentiable: false,
      },
      {
        inputs: [constant(given([4], [1, 3, 2, 5]))],
        call: (x) => x.histogram(4).binEdges,
        truth: () => nd([5], (i) => 1 + i),
        note: "ends",
        differentiable: false,
      },
      {
        inputs: [constant(given([2], [1, 1]))],
        call: (x) => x.histogram(2).binEdges,
        truth: () => nd([3], (i) => i),
        note: "ends around equal elements",
        differentiable: false,
      },
    ],
    refuses: [
      { call: () => zeros(2).histogram(0), error: ArgError, says: /histogram: bins must be a whole number of at least 1, got 0/ },
      {
        call: () => zeros(2).histogram(zeros(2, 2)),
        error: ShapeError,
        says: /histogram: bins must be a number, or \[n\] with n > 1 and without a range, got float32\[2,2\]/,
      },
      { call: () => zeros(2).histogram(zeros(3), { range: [0, 1] }), error: ShapeError, says: /histogram: .*range/ },
      {
        call: () => zeros(2).histogram(3, { range: [1, 0] }),
        error: ArgError,
        says: /histogram: the range must be finite with min <= max, got \[1,0\]/,
      },
      {
        call: () => zeros(2).histogram(3, { range: [0, inf] }),
        error: ArgError,
        says: /histogram: the range must be finite with min <= max, got \[0,Infinity\]/,
      },
      {
        call: () => zeros(2).histogram(3, { weight: zeros(3) }),
        error: ShapeError,
        says: /histogram: the weights must be \[2\], got float32\[3\]/,
      },
    ],
  },
  {
    op: "cov",
    samples: [
      ...[[3, 6], [2, 5], [7], [1, 4]].flatMap((shape) =>
        [0, 1].map(
          (correction): Sample => ({
            inputs: [float(shape)],
            call: (x: Tensor) => x.cov({ correction }),
            truth: (x: Nd) => covariance(x, correction),
            note: `correction ${correction}`,
          }),
        ),
      ),
      {
        inputs: [float([2, 4]), given([4], [1, 0, 3, 2], "int32")],
        call: (x, fweights) => sg.cov(x, { fweights }),
        truth: (x, f) => covariance(x, 1, f),
        note: "fweights",
      },
      {
        inputs: [float([2, 4]), float([4], [0.5, 1.5])],
        call: (x, aweights) => sg.cov(x, { aweights }),
        truth: (x, a) => covariance(x, 1, undefined, a),
        note: "aweights",
      },
      {
        inputs: [float([2, 4]), given([4], [1, 2, 3, 2], "int32"), float([4], [0.5, 1.5])],
        call: (x, fweights, aweights) => sg.cov(x, { fweights, aweights, correction: 2 }),
        truth: (x, f, a) => covariance(x, 2, f, a),
        note: "both weights",
      },
    ],
    refuses: [
      { call: () => zeros(5, 5, 5).cov(), error: ShapeError, says: /cov: x must be \[n\] or \[variables, n\], got float32\[5,5,5\]/ },
      {
        call: () => zeros(5).cov({ fweights: zeros([5, 5], { dtype: "int32" }) }),
        error: ShapeError,
        says: /cov: fweights must be \[5\], got/,
      },
      { call: () => zeros(5).cov({ aweights: zeros(5, 5) }), error: ShapeError, says: /cov: aweights must be \[5\], got/ },
      { call: () => zeros(5).cov({ fweights: zeros(5) }), error: DTypeError, says: /cov: fweights must be int32, got float32\[5\]/ },
      {
        call: () => zeros(5).cov({ aweights: zeros([5], { dtype: "int32" }) }),
        error: DTypeError,
        says: /cov: aweights must be float32, got int32\[5\]/,
      },
      {
        call: () => zeros(5).cov({ fweights: zeros([1], { dtype: "int32" }) }),
        error: ShapeError,
        says: /cov: fweights must be \[5\]/,
      },
      {
        call: () => zeros(2).cov({ fweights: sg.tensor([1, -1], { dtype: "int32" }) }),
        error: ArgError,
        says: /cov: fweights must not be negative, got -1/,
      },
      {
        call: () => zeros(2).cov({ aweights: sg.tensor([1, -0.5]) }),
        error: ArgError,
        says: /cov: aweights must not be negative, got -0.5/,
      },
    ],
  },
  {
    op: "corrcoef",
    samples: [
      [3, 6],
      [2, 5],
      [2, 9],
      [4, 7],
      [5, 12],
    ].map((shape) => ({
      inputs: [float(shape)],
      call: (x: Tensor) => x.corrcoef(),
      truth: (x: Nd) => {
        const c = covariance(x, 1);
        return nd(c.shape, (i, j) => at(c, [i, j]) / Math.sqrt(at(c, [i, i]) * at(c, [j, j])));
      },
    })),
    refuses: [{ call: () => sg.corrcoef(zeros(2, 2, 2)), error: ShapeError, says: /cov: x must be \[n\] or \[variables, n\]/ }],
  },
  {
    op: "diff",
    samples: [
      ...[0, 1, 2, 3, 9]
        .flatMap((n) =>
          [[5], [3, 4], [2, 3, 4]].flatMap((shape) =>
            [0, -1].map(
              (dim): Sample => ({
                inputs: [float(shape)],
                call: (x: Tensor) => x.diff({ n, dim }),
                truth: (x: Nd) => differences(x, fromStart(dim, shape.length), Math.min(n, shape.at(dim) ?? 0)),
                note: `${n} times, dim ${dim}`,
              }),
            ),
          ),
        )
        .filter(({ note, inputs: [input] }) => note?.[0] !== "9" || input?.shape.length === 1),
      {
        inputs: [float([2, 2]), float([2, 1]), float([2, 3])],
        call: (x, prepend, append) => x.diff({ prepend, append }),
        truth: (x, p, a) =>
          differences(
            nd([2, 6], (r, c) => (c < 1 ? at(p, [r, c]) : c < 3 ? at(x, [r, c - 1]) : at(a, [r, c - 3]))),
            1,
            1,
          ),
        note: "with more before and behind",
      },
      {
        inputs: [given([4], [1, 1, 0, 1], "bool")],
        call: (x) => sg.diff(x),
        truth: () => ofAll([3], (i) => [0, 1, 1][i] as number),
        note: "bool",
        ...{ differentiable: false, dtype: "bool" },
      },
      { inputs: [given([3], [2, 7, 5], "int32")], call: (x) => sg.diff(x, 2), truth: () => nd([1], () => -7), note: "int32", ...INT },
    ],
    refuses: [
      { call: () => zeros([]).diff(), error: ShapeError, says: /diff: x must be \[n\] or have more dimensions, got float32\[\]/ },
      { call: () => zeros(2).diff({ n: -1 }), error: ArgError, says: /diff: n must be a whole number of at least 0, got -1/ },
      { call: () => zeros(2).diff({ prepend: zeros(1, 1) }), error: ShapeError, says: /cat: got float32\[1,1\] and float32\[2\]/ },
      { call: () => zeros(2).diff({ dim: 1 }), error: IndexError, says: /diff: dim 1 is outside/ },
    ],
  },
];
