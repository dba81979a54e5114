// Sorting, selection, unique values, places in sorted rows.
import * as sg from "simdgrad";
import { ArgError, IndexError, ShapeError, type Tensor, zeros } from "simdgrad";
import { type Nd, nd, reshaped } from "../nd.js";
import { given, type Row, type Sample, spaced } from "../row.js";
import { ascending, mapLanes, orderOf, sortedLane } from "./lanes.js";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const INT = { differentiable: false, dtype: "int32" } as const;

/** Values with ties, both zeros and both infinities; with NaN if asked for. */
const odd = (shape: readonly number[], withNaN = false): Sample["inputs"][number] => {
  const values = [1, -0, 0, 3, inf, -2, 1, -inf, 0, -2, withNaN ? nan : 7, 3, withNaN ? nan : 1e-40];
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    ...given(
      shape,
      Array.from({ length: size }, (_, i) => values[(i * 5) % values.length] as number),
    ),
    constant: true,
  };
};

const PLACES: [shape: number[], dim: number][] = [
  [[9], 0],
  [[3, 5], -1],
  [[3, 5], 0],
  [[2, 4, 3], 1],
  [[2, 70], 1],
  [[50, 3], 0],
  [[], -1],
  [[2, 0, 3], 1],
];

const sorting: Row = {
  op: "sort",
  samples: PLACES.flatMap(([shape, dim]) =>
    [false, true].flatMap((descending): Sample[] => [
      {
        inputs: [spaced(shape)],
        call: (x: Tensor) => x.sort({ dim, descending }).values,
        truth: (x: Nd) => mapLanes(x, dim, (lane) => sortedLane(lane, descending)),
        note: `dim ${dim}${descending ? ", descending" : ""}`,
      },
      {
        inputs: [odd(shape, true)],
        call: (x: Tensor) => sg.sort(x, dim, { descending, stable: true }).indices,
        truth: (x: Nd) => mapLanes(x, dim, (lane) => orderOf(lane, descending)),
        note: `indices, dim ${dim}${descending ? ", descending" : ""}`,
        ...INT,
      },
    ]),
  ),
  refuses: [
    { call: () => zeros(2, 3).sort(2), error: IndexError, says: /sort: dim 2 is outside \[-2, 1\]/ },
    { call: () => zeros(2).sort({ descending: 1 as never }), error: ArgError, says: /sort: descending must be true or false, got 1/ },
    {
      call: () => zeros(2).sort({ reverse: true } as never),
      error: ArgError,
      says: /sort: there is no option "reverse", only dim, descending, stable/,
    },
  ],
};

const DTYPES = ["int32", "uint8", "int8", "bool"] as const;

const ofDTypes = (call: (x: Tensor) => Tensor, rule: (lane: number[]) => number[]): Sample[] =>
  DTYPES.map((dtype) => ({
    inputs: [
      given(
        [2, 5],
        dtype === "bool"
          ? [1, 0, 1, 1, 0, 0, 0, 1, 0, 1]
          : dtype === "uint8"
            ? [200, 3, 0, 255, 3, 9, 8, 7, 6, 5]
            : [5, -3, 0, 127, -128, 9, 8, 7, 6, 5],
        dtype,
      ),
    ],
    call,
    truth: (x: Nd) => mapLanes(x, 1, rule),
    ...{ note: dtype, dtype, differentiable: false },
  }));

const argsorting: Row = {
  op: "argsort",
  samples: [
    ...PLACES.map(
      ([shape, dim]): Sample => ({
        inputs: [odd(shape, true)],
        call: (x: Tensor) => x.argsort(dim),
        truth: (x: Nd) => mapLanes(x, dim, (lane) => orderOf(lane)),
        note: `dim ${dim}`,
        ...INT,
      }),
    ),
    {
      inputs: [given([4], [2 ** 31 - 1, -(2 ** 31), 16777217, 16777216], "int32")],
      call: (x) => x.argsort({ descending: true }),
      truth: () => nd([4], (i) => [0, 2, 3, 1][i] as number),
      note: "int32 that float32 does not hold",
      ...INT,
    },
  ],
  refuses: [{ call: () => zeros(2).argsort(1), error: IndexError, says: /argsort: dim 1 is outside/ }],
};

const K: [shape: number[], dim: number, k: number][] = [
  [[9], 0, 3],
  [[3, 5], -1, 5],
  [[3, 5], 0, 1],
  [[2, 4, 3], 1, 2],
  [[2, 200], 1, 3],
  [[2, 200], 1, 100],
  [[], 0, 1],
  [[3, 4], 1, 0],
];

const topks: Row = {
  op: "topk",
  samples: K.flatMap(([shape, dim, k]) =>
    [true, false].flatMap((largest): Sample[] => [
      {
        inputs: [spaced(shape)],
        call: (x: Tensor) => x.topk(k, { dim, largest }).values,
        truth: (x: Nd) => mapLanes(x, dim, (lane) => sortedLane(lane, largest).slice(0, k)),
        note: `${k} of dim ${dim}, ${largest ? "largest" : "smallest"}`,
      },
      {
        inputs: [odd(shape, true)],
        call: (x: Tensor) => sg.topk(x, k, dim, { largest, sorted: false }).indices,
        truth: (x: Nd) => mapLanes(x, dim, (lane) => orderOf(lane, largest).slice(0, k)),
        note: `indices, ${k} of dim ${dim}, ${largest ? "largest" : "smallest"}`,
        ...INT,
      },
    ]),
  ),
  refuses: [
    { call: () => zeros(2, 3).topk(4), error: IndexError, says: /topk: k is 4, but must be from 0 to 3 in float32\[2,3\]/ },
    { call: () => zeros(2, 3).topk(-1), error: IndexError, says: /topk: k is -1/ },
    { call: () => zeros(2, 3).topk(1.5), error: ArgError, says: /topk: k must be a whole number, got 1.5/ },
    { call: () => zeros(2, 3).topk(1, 2), error: IndexError, says: /topk: dim 2/ },
  ],
};

const kthvalues: Row = {
  op: "kthvalue",
  samples: K.filter(([, , k]) => k > 0).flatMap(([shape, dim, k]): Sample[] => [
    {
      inputs: [spaced(shape)],
      call: (x: Tensor) => x.kthvalue(k, dim).values,
      truth: (x: Nd) => mapLanes(x, dim, (lane) => sortedLane(lane)[k - 1] as number),
      note: `${k} of dim ${dim}`,
    },
    {
      inputs: [spaced(shape)],
      call: (x: Tensor) => sg.kthvalue(x, k, { dim, keepdim: true }).indices,
      truth: (x: Nd) => mapLanes(x, dim, (lane) => orderOf(lane)[k - 1] as number, true),
      note: `indices, ${k} of dim ${dim}, keepdim`,
      ...INT,
    },
  ]),
  refuses: [
    {
      call: () => zeros(2, 2).kthvalue(3, 0),
      error: IndexError,
      says: /kthvalue: k is 3, but must be from 1 to 2 in float32\[2,2\]/,
    },
    { call: () => zeros(2, 2).kthvalue(0), error: IndexError, says: /kthvalue: k is 0/ },
    {
      call: () => zeros([], { dtype: "int32" }).kthvalue(3),
      error: IndexError,
      says: /kthvalue: k is 3, but must be from 1 to 1 in int32\[\]/,
    },
  ],
};

const firsts = (values: readonly number[]): number[] => [...values].sort(ascending).filter((v, i, all) => i === 0 || v !== all[i - 1]);

const VALUES = [3, -1, 3, 0, -0, nan, 2, -1, nan, inf, 3, -inf];

const uniques: Row = {
  op: "unique",
  samples: [
    {
      inputs: [{ ...given([3, 4], VALUES), constant: true }],
      call: (x) => x.unique(),
      truth: () => nd([8], (i) => firsts(VALUES)[i] as number),
      note: "values",
      differentiable: false,
    },
    {
      inputs: [{ ...given([3, 4], VALUES), constant: true }],
      call: (x) => x.unique({ returnInverse: true, sorted: false })[1],
      truth: () => nd([3, 4], (r, c) => [4, 1, 4, 2, 2, 6, 3, 1, 7, 5, 4, 0][4 * r + c] as number),
      note: "inverse",
      ...INT,
    },
    {
      inputs: [{ ...given([3, 4], VALUES), constant: true }],
      call: (x) => x.unique({ returnCounts: true })[1],
      truth: () => nd([8], (i) => [1, 2, 2, 1, 3, 1, 1, 1][i] as number),
      note: "counts",
      ...INT,
    },
    ...[0, -1].map(
      (dim): Sample => ({
        inputs: [given(dim === 0 ? [4, 2] : [2, 4], dim === 0 ? [3, 1, 1, 2, 3, 1, 1, -2] : [3, 1, 3, 1, 1, 2, 1, -2], "int32")],
        call: (x) => x.unique({ dim }),
        truth: () =>
          nd(
            dim === 0 ? [3, 2] : [2, 3],
            (r, c) =>
              [
                [1, -2],
                [1, 2],
                [3, 1],
              ][dim === 0 ? r : c]?.[dim === 0 ? c : r] as number,
          ),
        note: `slices of dim ${dim}`,
        ...INT,
      }),
    ),
    {
      inputs: [given([0], [])],
      call: (x) => x.unique(),
      truth: () => nd([0], () => 0),
      differentiable: false,
      note: "none",
    },
  ],
  refuses: [
    { call: () => zeros(2).unique({ dim: 1 }), error: IndexError, says: /unique: dim 1 is outside/ },
    {
      call: () => zeros(2, 0).unique({ dim: 0 }),
      error: ShapeError,
      says: /unique: the slices of float32\[2,0\] along dim 0 have no elements/,
    },
    { call: () => zeros(2).unique({ returnCounts: 1 as never }), error: ArgError, says: /unique: returnCounts must be true or false/ },
  ],
};

const RUNS = [2, 2, 1, 1, 1, 2, nan, nan, 0, -0];

const consecutive: Row = {
  op: "uniqueConsecutive",
  samples: [
    {
      inputs: [{ ...given([10], RUNS), constant: true }],
      call: (x) => sg.uniqueConsecutive(x),
      truth: () => nd([6], (i) => [2, 1, 2, nan, nan, 0][i] as number),
      differentiable: false,
    },
    {
      inputs: [{ ...given([2, 5], RUNS), constant: true }],
      call: (x) => x.uniqueConsecutive({ returnInverse: true, returnCounts: true })[1],
      truth: () => nd([2, 5], (r, c) => [0, 0, 1, 1, 1, 2, 3, 4, 5, 5][5 * r + c] as number),
      note: "inverse",
      ...INT,
    },
    {
      inputs: [{ ...given([10], RUNS), constant: true }],
      call: (x) => x.uniqueConsecutive({ returnInverse: true, returnCounts: true })[2],
      truth: () => nd([6], (i) => [2, 3, 1, 1, 1, 2][i] as number),
      note: "counts",
      ...INT,
    },
    {
      inputs: [given([3, 2], [1, 2, 1, 2, 2, 1], "uint8")],
      call: (x) => x.uniqueConsecutive({ dim: 0 }),
      truth: () => nd([2, 2], (r, c) => [1, 2, 2, 1][2 * r + c] as number),
      note: "slices",
      ...{ dtype: "uint8", differentiable: false },
    },
  ],
  refuses: [
    {
      call: () => sg.uniqueConsecutive(zeros(2), { sorted: true } as never),
      error: ArgError,
      says: /uniqueConsecutive: there is no option "sorted"/,
    },
  ],
};

const SORTED = [-inf, -1, 0, 0, 2, 2, 5];
const WANTED = [-inf, -3, 0, -0, 1, 2, 5, 9, inf, nan];
const placeOf = (sorted: readonly number[], v: number, right: boolean): number => {
  const before = sorted.findIndex((s) => (right ? s > v : s >= v));
  return before < 0 ? sorted.length : before;
};

const searches: Row = {
  op: "searchsorted",
  samples: [
    ...[false, true].map(
      (right): Sample => ({
        inputs: [
          { ...given([7], SORTED), constant: true },
          { ...given([2, 5], WANTED), constant: true },
        ],
        call: (x: Tensor, v: Tensor) => sg.searchsorted(x, v, { right }),
        truth: () => nd([2, 5], (r, c) => placeOf(SORTED, WANTED[5 * r + c] as number, right)),
        note: `right: ${right}`,
        ...INT,
      }),
    ),
    {
      inputs: [given([2, 3], [1, 3, 5, -5, 0, 9], "int32"), given([2, 2], [5, 0, 0, 10], "int32")],
      call: (x, v) => sg.searchsorted(x, v, { side: "right" }),
      truth: () => nd([2, 2], (r, c) => [3, 0, 2, 3][2 * r + c] as number),
      note: "rows of their own, int32",
      ...INT,
    },
    {
      inputs: [given([3], [1, 3, 5], "int32")],
      call: (x) => sg.searchsorted(x, 3.5),
      truth: () => nd([], () => 2),
      note: "a number",
      ...INT,
    },
    {
      inputs: [given([2, 0], []), given([2, 2], [1, 2, 3, 4])],
      call: (x, v) => sg.searchsorted(x, v),
      truth: () => nd([2, 2], () => 0),
      note: "no elements",
      ...INT,
    },
  ],
  refuses: [
    {
      call: () => sg.searchsorted(zeros(2, 3), zeros(3, 3)),
      error: ShapeError,
      says: /searchsorted: x must be \[n\] or fit the values float32\[3,3\] but for the last size, got float32\[2,3\]/,
    },
    { call: () => sg.searchsorted(zeros([]), zeros(3)), error: ShapeError, says: /searchsorted: x must be \[n\] .* got float32\[\]/ },
    {
      call: () => sg.searchsorted(zeros(2), zeros(2), { right: true, side: "left" }),
      error: ArgError,
      says: /searchsorted: side must be "right", got "left"/,
    },
    {
      call: () => sg.searchsorted(zeros(2), zeros(2), { side: "up" as never }),
      error: ArgError,
      says: /searchsorted: side must be "left" or "right"/,
    },
  ],
};

const buckets: Row = {
  op: "bucketize",
  samples: [
    ...[false, true].map(
      (right): Sample => ({
        inputs: [
          { ...given([2, 5], WANTED), constant: true },
          { ...given([7], SORTED), constant: true },
        ],
        call: (v: Tensor, x: Tensor) => sg.bucketize(v, x, { right }),
        truth: () => nd([2, 5], (r, c) => placeOf(SORTED, WANTED[5 * r + c] as number, right)),
        note: `right: ${right}`,
        ...INT,
      }),
    ),
    { inputs: [given([2], [1, 3])], call: (x) => sg.bucketize(2, x), truth: () => nd([], () => 1), note: "a number", ...INT },
  ],
  refuses: [
    {
      call: () => sg.bucketize(zeros(2), zeros(2, 2)),
      error: ShapeError,
      says: /bucketize: the boundaries must be \[n\], got float32\[2,2\]/,
    },
  ],
};

export const sortingRows: readonly Row[] = [
  {
    ...sorting,
    samples: [
      ...sorting.samples,
      ...ofDTypes(
        (x) => x.sort().values,
        (lane) => sortedLane(lane),
      ),
    ],
  },
  argsorting,
  {
    op: "msort",
    samples: PLACES.map(([shape]) => ({
      inputs: [spaced(shape)],
      call: (x: Tensor) => x.msort(),
      truth: (x: Nd) => (shape.length === 0 ? reshaped(x, []) : mapLanes(x, 0, (lane) => sortedLane(lane))),
    })),
  },
  {
    ...topks,
    samples: [
      ...topks.samples,
      ...ofDTypes(
        (x) => x.topk(2).values,
        (lane) => sortedLane(lane, true).slice(0, 2),
      ),
    ],
  },
  kthvalues,
  uniques,
  consecutive,
  searches,
  buckets,
];
