// Writes of single elements by index, into copies and in place.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";
import {
  ALL,
  bitsOf,
  both,
  type Combine,
  constant,
  flatAt,
  i32,
  index,
  losesGradient,
  mask,
  onCopy,
  over,
  plus,
  positions,
  written,
} from "../written.js";

const scatterPlaces = (dim: number, i: Nd, value: (p: readonly number[]) => number) =>
  positions(i.shape).map((p) => [p.map((n, d) => (d === dim ? at(i, p) : n)), value(p)] as const);

const scattered = (x: Nd, dim: number, i: Nd, s: Nd, combine: Combine = over): Nd =>
  written(
    x,
    scatterPlaces(dim, i, (p) => at(s, p)),
    combine,
  );

/** `scatterReduce`, place by place. */
function reduced(x: Nd, dim: number, i: Nd, s: Nd, how: (values: number[]) => number, includeSelf = true): Nd {
  const met = new Map<number, number[]>();
  for (const [place, value] of scatterPlaces(dim, i, (p) => at(s, p))) {
    const to = flatAt(x.shape, place);
    met.set(to, [...(met.get(to) ?? (includeSelf ? [x.data[to] as number] : [])), value]);
  }
  return { shape: x.shape, data: x.data.map((v, to) => (met.has(to) ? how(met.get(to) as number[]) : v)) };
}

const REDUCTIONS = {
  sum: (v: number[]) => v.reduce((a, b) => a + b, 0),
  prod: (v: number[]) => v.reduce((a, b) => a * b, 1),
  mean: (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length,
  amax: (v: number[]) => Math.max(...v),
  amin: (v: number[]) => Math.min(...v),
};

const scatters = both(
  "scatter",
  (scatter) => [
    {
      inputs: [float([4, 3]), given([2, 3], [0, 3, 1, 2, 2, 0], "int32"), float([2, 3])],
      call: (x, i, s) => scatter(x, 0, i, s),
      truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd),
    },
    {
      inputs: [float([2, 5, 2]), given([2, 3, 2], [0, 4, 1, 2, 2, 0, 3, 3, 2, 2, 0, 1], "int32"), float([2, 3, 2])],
      call: (x, i, s) => scatter(x, -2, i, s),
      truth: (x, i, s) => scattered(x as Nd, 1, i as Nd, s as Nd),
      note: "blocks",
    },
    {
      inputs: [float([3, 5]), given([2, 2], [0, 1, 4, 3], "int32"), float([3, 4])],
      call: (x, i, s) => scatter(x, 1, i, s),
      truth: (x, i, s) => scattered(x as Nd, 1, i as Nd, s as Nd),
      note: "the index covers a part of both",
    },
    {
      inputs: [float([3, 3]), given([2, 3], [0, 0, 1, 1, 2, 2], "int32")],
      call: (x, i) => scatter(x, 1, i, -1.5),
      truth: (x, i) =>
        written(
          x as Nd,
          scatterPlaces(1, i as Nd, () => -1.5),
        ),
      note: "a number, repeated indices",
    },
    {
      inputs: [float([3]), given([3], [0, 0, 2], "int32"), float([3])],
      call: (x, i, s) => scatter(x, 0, i, s, { reduce: "add" }),
      truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd, plus),
      note: "add",
    },
    {
      inputs: [float([3]), given([3], [0, 0, 2], "int32"), float([3])],
      call: (x, i, s) => scatter(x, 0, i, s, { reduce: "multiply" }),
      truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd, (a, b) => a * b),
      note: "multiply",
    },
    { inputs: [float([]), given([], [0], "int32")], call: (x, i) => scatter(x, 0, i, 3), truth: () => nd([], () => 3), note: "a scalar" },
    {
      inputs: [float([2, 3]), given([0, 3], [], "int32"), float([0, 3])],
      call: (x, i, s) => scatter(x, 0, i, s),
      truth: (x) => x as Nd,
      note: "nothing",
    },
    ...ALL.map(
      (dtype): Sample => ({
        inputs: [bitsOf([19], dtype), index(4, 0, 18, 3, 7), bitsOf([5], dtype, 1)],
        call: (x, i, s) => scatter(x, 0, i, s),
        truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd),
        ...{ ...constant, dtype, note: dtype },
      }),
    ),
  ],
  (scatter) => [
    { call: () => scatter(zeros(3), 0, i32([3]), zeros(1)), error: IndexError, says: /index 3 at position 0 is outside \[0, 2\]/ },
    { call: () => scatter(zeros(3), 0, i32([0, -1]), 1), error: IndexError, says: /index -1 at position 1/ },
    { call: () => scatter(zeros(3), 0, tensor([0]), 1), error: DTypeError, says: /indices must be int32, got float32\[1\]/ },
    { call: () => scatter(zeros(3), 0, i32([0]), i32([1])), error: DTypeError, says: /x is float32\[3\] and the source int32\[1\]/ },
    {
      call: () => scatter(zeros(3), 0, i32([0, 1]), zeros(1)),
      error: ShapeError,
      says: /index int32\[2\] is larger than the source float32\[1\]/,
    },
    { call: () => scatter(zeros(3, 5, 3), 0, i32([[0]]), zeros(2, 5)), error: ShapeError, says: /the index .* does not fit/ },
    { call: () => scatter(zeros(3, 5), 0, i32([[0]]), zeros(2, 5, 2)), error: ShapeError, says: /larger than the source/ },
    { call: () => scatter(zeros(3, 2), 0, i32([[0, 0, 0]]), 1), error: ShapeError, says: /outside dim 0/ },
    { call: () => scatter(zeros(3), 1, i32([0]), 1), error: IndexError, says: /dim 1/ },
    { call: () => scatter(zeros([3], { dtype: "int8" }), 0, i32([0]), 200), error: ArgError, says: /value is 200/ },
    {
      call: () => scatter(zeros(3), 0, i32([0]), 1, { reduce: "sum" }),
      error: ArgError,
      says: /reduce must be "add" or "multiply", got "sum"/,
    },
    { call: () => scatter(zeros(3), 0, i32([0]), 1, { reduction: "add" }), error: ArgError, says: /no option "reduction"/ },
    { call: () => scatter(zeros(3), 0, i32([0]), undefined), error: ArgError, says: /source/ },
  ],
);

const scatterAdds: Row = {
  op: "scatterAdd_",
  samples: [
    {
      inputs: [float([4, 3]), given([2, 3], [0, 3, 1, 0, 2, 1], "int32"), float([2, 3])],
      call: (x, i, s) => onCopy(sg.scatterAdd_)(x, 0, i, s),
      truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd, plus),
      ...constant,
    },
    {
      inputs: [float([3, 5]), given([2, 2], [0, 1, 0, 0], "int32"), float([2, 2])],
      call: (x, i, s) => onCopy(sg.scatterAdd_)(x, 0, i, s),
      truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd, plus),
      ...{ ...constant, note: "fewer columns" },
    },
    ...(["int32", "uint8", "int8"] as const).flatMap((dtype) =>
      [sg.scatterAdd, onCopy(sg.scatterAdd_)].map(
        (add): Sample => ({
          inputs: [given([3], [1, 2, 3], dtype), index(2, 0, 2, 2), given([4], [100, 7, 20, 1], dtype)],
          call: (x, i, s) => add(x, 0, i, s),
          truth: (x, i, s) => scattered(x as Nd, 0, i as Nd, s as Nd, plus),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ),
    {
      inputs: [given([2], [100, 0], "int8"), index(0), given([1], [100], "int8")],
      call: (x, i, s) => sg.scatterAdd(x, 0, i, s),
      truth: () => nd([2], (i) => [-56, 0][i] as number),
      ...{ ...constant, dtype: "int8", note: "integers wrap" },
    },
    {
      inputs: [mask([2], 0, 0), index(1, 1), mask([2], 1, 1)],
      call: (x, i, s) => sg.scatterAdd(x, 0, i, s),
      truth: () => nd([2], (i) => i),
      ...{ ...constant, dtype: "bool", note: "a sum of masks is true where one is" },
    },
  ],
  refuses: [
    losesGradient((x) => sg.scatterAdd_(x, 0, i32([0]), zeros(1))),
    { call: () => zeros(3).scatterAdd_(0, i32([5]), zeros(1)), error: IndexError, says: /scatterAdd_: index 5 at position 0/ },
    { call: () => zeros(3).scatterAdd_(0, i32([0]), 1 as never), error: ArgError, says: /source/ },
  ],
};

const reductions = both(
  "scatterReduce",
  (reduce) => [
    ...(["sum", "prod", "mean", "amax", "amin"] as const).flatMap((how) =>
      [true, false].flatMap((includeSelf): Sample[] => [
        {
          inputs: [float([4, 3]), given([3, 3], [0, 3, 1, 0, 2, 1, 0, 1, 1], "int32"), float([3, 3])],
          call: (x, i, s) => reduce(x, 0, i, s, how, { includeSelf }),
          truth: (x, i, s) => reduced(x as Nd, 0, i as Nd, s as Nd, REDUCTIONS[how], includeSelf),
          note: `${how}, ${includeSelf ? "with" : "without"} what is there`,
        },
        {
          inputs: [float([3, 4]), given([2, 2], [0, 0, 3, 0], "int32"), float([3, 2])],
          call: (x, i, s) => reduce(x, 1, i, s, how, { includeSelf }),
          truth: (x, i, s) => reduced(x as Nd, 1, i as Nd, s as Nd, REDUCTIONS[how], includeSelf),
          note: `${how}, a part, ${includeSelf ? "with" : "without"} what is there`,
        },
        ...(["int32", "int8", "uint8"] as const).map(
          (dtype): Sample => ({
            inputs: [given([4], [3, 4, 5, 6], dtype), index(0, 0, 2, 0), given([4], [2, 3, 4, 1], dtype)],
            call: (x, i, s) => reduce(x, 0, i, s, how, { includeSelf }),
            truth: (x, i, s) => reduced(x as Nd, 0, i as Nd, s as Nd, (v) => Math.floor(REDUCTIONS[how](v)), includeSelf),
            ...{ ...constant, dtype, note: `${how} of ${dtype}, ${includeSelf}` },
          }),
        ),
      ]),
    ),
    {
      inputs: [given([3], [0, 2, 0]), index(0, 0, 1, 1, 2, 2), given([6], [3, 4, 0, 5, 0, 0])],
      call: (x, i, s) => reduce(x, 0, i, s, "prod"),
      truth: (x, i, s) => reduced(x as Nd, 0, i as Nd, s as Nd, REDUCTIONS.prod),
      note: "products with zeros",
    },
    {
      inputs: [given([1], [2]), index(0, 0), given([2], [0, 5])],
      call: (x, i, s) => reduce(x, 0, i, s, "prod"),
      truth: (x, i, s) => reduced(x as Nd, 0, i as Nd, s as Nd, REDUCTIONS.prod),
      note: "a product with one zero",
    },
  ],
  (reduce) => [
    { call: () => reduce(zeros(3), 0, i32([0]), zeros(1), "max"), error: ArgError, says: /reduce must be .*"amin", got "max"/ },
    { call: () => reduce(zeros(3), 0, i32([0]), zeros(1), undefined), error: ArgError, says: /reduce must be/ },
    {
      call: () => reduce(zeros(3), 0, i32([0]), zeros(1), "sum", { includeSelf: 1 }),
      error: ArgError,
      says: /includeSelf must be true or false/,
    },
    { call: () => reduce(zeros(3), 0, i32([7]), zeros(1), "mean"), error: IndexError, says: /index 7/ },
  ],
);

export const scattersRows: readonly Row[] = [...scatters, scatterAdds, ...reductions];
