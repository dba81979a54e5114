// Reads and writes by index tensors and masks, into copies and in place.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, noGrad, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { at, type Nd, nd, sizeOf } from "../nd.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";

const constant = { differentiable: false } as const;
const index = (...values: number[]) => given([values.length], values, "int32");
const i32 = (values: sg.NestedNumbers): Tensor => tensor(values, { dtype: "int32" });
const mask = (shape: readonly number[], ...values: number[]) => given(shape, values, "bool");

const ALL = ["float32", "int32", "bool", "uint8", "int8"] as const;
/** Values that every dtype holds. */
const bitsOf = (shape: readonly number[], dtype: Input["dtype"], add = 0): Input => ({
  ...given(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => (((i + add) * 7) % 3) & 1),
    dtype,
  ),
  constant: true,
});

/** The positions of an array in row-major order. */
function positions(shape: readonly number[]): number[][] {
  const found: number[][] = [];
  nd(shape, (...p) => found.push(p.slice()));
  return found;
}

const flatAt = (shape: readonly number[], p: readonly number[]): number => p.reduce((sum, i, d) => sum * (shape[d] as number) + i, 0);

type Combine = (before: number, value: number) => number;
const over: Combine = (_, value) => value;
const plus: Combine = (before, value) => before + value;

/** A copy of `x` where `to` says, for every position of the index, which place it writes with which value. */
function written(x: Nd, places: readonly (readonly [place: readonly number[], value: number])[], combine: Combine = over): Nd {
  const data = x.data.slice();
  for (const [place, value] of places) {
    const i = flatAt(x.shape, place);
    data[i] = combine(data[i] as number, value);
  }
  return { shape: x.shape, data };
}

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

const rowPlaces = (dim: number, i: Nd, s: Nd) =>
  positions(s.shape).map((p) => [p.map((n, d) => (d === dim ? at(i, [n]) : n)), at(s, p)] as const);

// biome-ignore lint/suspicious/noExplicitAny: the functions take tensors, numbers and options in different orders
type Write = (x: Tensor, ...rest: any[]) => Tensor;

/** An edit in place as a function: of a copy, and without the gradients that it would lose. It must return what it edits. */
const onCopy =
  (edit: Write): Write =>
  (x, ...rest) => {
    const copy = x.detach().clone();
    const result = noGrad(() => edit(copy, ...rest));
    if (result !== copy) throw new Error("the edit returned something else than its tensor");
    return copy;
  };

const functionNamed = (name: string): Write => (sg as unknown as Record<string, Write>)[name] as Write;

/** The rows of a write into a copy, and of the same write in place: the same samples, without gradients. */
function both(
  op: string,
  samples: (write: Write) => readonly Sample[],
  refuses: (write: Write) => readonly Refusal[],
  edit = `${op}_`,
): Row[] {
  const inPlace = functionNamed(edit);
  return [
    { op, samples: samples(functionNamed(op)), refuses: refuses(functionNamed(op)) },
    { op: edit, samples: samples(onCopy(inPlace)).map((sample) => ({ ...sample, ...constant })), refuses: refuses(inPlace) },
  ];
}

/** What an edit refuses while operations are recorded. */
const losesGradient = (edit: (x: Tensor) => unknown): Refusal => ({
  call: () => edit(zeros([3], { requiresGrad: true }).mul(1)),
  error: GradError,
  says: /_?: float32\[3\] requires a gradient; .* noGrad/,
});

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

const rowWrites = [
  ...both(
    "indexAdd",
    (add) => [
      {
        inputs: [float([4, 3]), index(3, 0, 3), float([3, 3])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x, i, s) => written(x as Nd, rowPlaces(0, i as Nd, s as Nd), plus),
      },
      {
        inputs: [float([2, 4, 3]), index(1, 1), float([2, 2, 3])],
        call: (x, i, s) => add(x, 1, i, s, { alpha: -2 }),
        truth: (x, i, s) =>
          written(
            x as Nd,
            rowPlaces(1, i as Nd, s as Nd).map(([p, v]) => [p, -2 * v] as const),
            plus,
          ),
        note: "alpha",
      },
      {
        inputs: [float([3]), given([], [1], "int32"), float([])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x, _, s) => written(x as Nd, [[[1], (s as Nd).data[0] as number]], plus),
        note: "scalars",
      },
      {
        inputs: [float([]), index(0, 0), float([2])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x, _, s) => nd([], () => ((x as Nd).data[0] as number) + ((s as Nd).data[0] as number) + ((s as Nd).data[1] as number)),
        note: "to a scalar",
      },
      {
        inputs: [float([2, 0]), index(0, 0), float([2, 0])],
        call: (x, i, s) => add(x, 0, i, s),
        truth: (x) => x as Nd,
        note: "no elements",
      },
      ...(["int32", "int8"] as const).map(
        (dtype): Sample => ({
          inputs: [given([3, 2], [1, 2, 3, 4, 5, 6], dtype), index(2, 2), given([2, 2], [1, 10, 20, 30], dtype)],
          call: (x, i, s) => add(x, 0, i, s, { alpha: 2 }),
          truth: (x, i, s) =>
            written(
              x as Nd,
              rowPlaces(0, i as Nd, s as Nd).map(([p, v]) => [p, 2 * v] as const),
              plus,
            ),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (add) => [
      { call: () => add(zeros(3), 0, i32([-1]), zeros(1)), error: IndexError, says: /index -1 at position 0/ },
      { call: () => add(zeros(3, 2), 0, i32([1]), zeros(2)), error: ShapeError, says: /must be \[1,2\], got float32\[2\]/ },
      { call: () => add(zeros(3), 0, i32([[1]]), zeros(1)), error: ShapeError, says: /the index must be \[n\]/ },
      { call: () => add(zeros(3), 0, i32([1]), i32([1])), error: DTypeError, says: /the source int32\[1\]/ },
      { call: () => add(zeros([3], { dtype: "int32" }), 0, i32([1]), i32([1]), { alpha: 0.5 }), error: ArgError, says: /alpha is 0.5/ },
      { call: () => add(zeros(3), 0, i32([1]), zeros(1), { beta: 1 }), error: ArgError, says: /no option "beta"/ },
    ],
  ),
  ...both(
    "indexCopy",
    (copy) => [
      ...[0, 1, 2].map(
        (dim): Sample => ({
          inputs: [float([4, 3, 5]), index(2, 0), float([4, 3, 5].map((n, d) => (d === dim ? 2 : n)))],
          call: (x, i, s) => copy(x, dim, i, s),
          truth: (x, i, s) => written(x as Nd, rowPlaces(dim, i as Nd, s as Nd)),
          note: `dim ${dim}`,
        }),
      ),
      {
        inputs: [float([]), index(0), float([1])],
        call: (x, i, s) => copy(x, 0, i, s),
        truth: (_, __, s) => nd([], () => (s as Nd).data[0] as number),
        note: "a scalar",
      },
      {
        inputs: [float([3, 2]), given([0], [], "int32"), float([0, 2])],
        call: (x, i, s) => copy(x, 0, i, s),
        truth: (x) => x as Nd,
        note: "no rows",
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([5, 21], dtype), index(4, 1), bitsOf([2, 21], dtype, 1)],
          call: (x, i, s) => copy(x, 0, i, s),
          truth: (x, i, s) => written(x as Nd, rowPlaces(0, i as Nd, s as Nd)),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (copy) => [
      { call: () => copy(zeros(3), 0, i32([-1]), zeros(1)), error: IndexError, says: /index -1 at position 0/ },
      { call: () => copy(zeros(3, 2), 0, i32([1]), zeros(1, 1)), error: ShapeError, says: /must be \[1,2\], got float32\[1,1\]/ },
      { call: () => copy(zeros(3), 0, i32([1, 2]), zeros([])), error: ShapeError, says: /must be \[2\]/ },
      { call: () => copy(zeros(3), 0, i32([1]), 5), error: ArgError, says: /source/ },
    ],
  ),
  ...both(
    "indexFill",
    (fill) => [
      {
        inputs: [float([4, 3]), index(3, 0, -1)],
        call: (x, i) => fill(x, 0, i, 2.5),
        truth: (x) => nd([4, 3], (r, c) => (r === 0 || r === 3 ? 2.5 : at(x as Nd, [r, c]))),
      },
      {
        inputs: [float([4, 3]), index(1), float([])],
        call: (x, i, v) => fill(x, 1, i, v),
        truth: (x, _, v) => nd([4, 3], (r, c) => (c === 1 ? ((v as Nd).data[0] as number) : at(x as Nd, [r, c]))),
        note: "a scalar",
      },
      { inputs: [float([]), index(0)], call: (x, i) => fill(x, 0, i, 2.5), truth: () => nd([], () => 2.5), note: "into a scalar" },
      { inputs: [float([3]), given([0], [], "int32")], call: (x, i) => fill(x, 0, i, 2.5), truth: (x) => x as Nd, note: "no rows" },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([7], dtype), index(4, -7)],
          call: (x, i) => fill(x, 0, i, 1),
          truth: (x) => nd([7], (i) => (i === 0 || i === 4 ? 1 : at(x as Nd, [i]))),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (fill) => [
      { call: () => fill(zeros(3), 0, i32([0, -4]), 1), error: IndexError, says: /index -4 at position 1 is outside \[-3, 2\]/ },
      { call: () => fill(zeros(3), 0, i32([1]), zeros(1)), error: ShapeError, says: /must be a scalar, got float32\[1\]/ },
      { call: () => fill(zeros([3], { dtype: "int32" }), 0, i32([1]), 0.5), error: ArgError, says: /value is 0.5/ },
      { call: () => fill(zeros(3), 0, tensor([1]), 1), error: DTypeError, says: /got float32\[1\]/ },
    ],
  ),
];

const flats: Row[] = [
  {
    op: "take",
    samples: [
      {
        inputs: [float([2, 3]), given([2, 2], [0, -1, 5, 0], "int32")],
        call: (x, i) => x.take(i),
        truth: (x) => nd([2, 2], (r, c) => (x as Nd).data[[0, 5, 5, 0][2 * r + c] as number] as number),
      },
      {
        inputs: [float([]), given([2], [0, -1], "int32")],
        call: (x, i) => x.take(i),
        truth: (x) => nd([2], () => (x as Nd).data[0] as number),
        note: "a scalar",
      },
      { inputs: [float([0]), given([0, 2], [], "int32")], call: (x, i) => x.take(i), truth: () => nd([0, 2], () => 0), note: "nothing" },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([3, 3], dtype), index(4, -9, 8)],
          call: (x, i) => x.take(i),
          truth: (x) => nd([3], (i) => (x as Nd).data[[4, 0, 8][i] as number] as number),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      { call: () => zeros(2, 2).take(i32([0, 4])), error: IndexError, says: /take: index 4 at position 1 is outside \[-4, 3\]/ },
      { call: () => zeros(0).take(i32([0])), error: IndexError, says: /take: index 0 at position 0/ },
      { call: () => zeros(2).take(tensor([0])), error: DTypeError, says: /take: indices must be int32/ },
    ],
  },
  ...both(
    "put",
    (put) => [
      {
        inputs: [float([2, 3]), given([2, 2], [0, -1, 3, 1], "int32"), float([4])],
        call: (x, i, s) => put(x, i, s),
        truth: (x, _, s) => ({
          shape: [2, 3],
          data: (x as Nd).data.map((v, j) => {
            const from = [0, 5, 3, 1].lastIndexOf(j);
            return from < 0 ? v : ((s as Nd).data[from] as number);
          }),
        }),
      },
      {
        inputs: [float([2, 3]), index(0, 5, 5), float([3, 1])],
        call: (x, i, s) => put(x, i, s, { accumulate: true }),
        truth: (x, _, s) => ({
          shape: [2, 3],
          data: (x as Nd).data.map(
            (v, j) => v + [0, 5, 5].reduce((sum, to, from) => sum + (to === j ? ((s as Nd).data[from] as number) : 0), 0),
          ),
        }),
        note: "accumulate",
      },
    ],
    (put) => [
      {
        call: () => put(zeros(3), i32([0, 1]), zeros(1)),
        error: ShapeError,
        says: /int32\[2\] and the source float32\[1\] need as many elements/,
      },
      { call: () => put(zeros(3), i32([3]), zeros(1)), error: IndexError, says: /index 3/ },
      { call: () => put(zeros(3), i32([0]), zeros(1), { accumulate: "yes" }), error: ArgError, says: /accumulate must be true or false/ },
    ],
  ),
  {
    op: "takeAlongDim",
    samples: [
      {
        inputs: [float([3, 4]), given([3, 1], [0, 3, 1], "int32")],
        call: (x, i) => x.takeAlongDim(i, 1),
        truth: (x, i) => nd([3, 1], (r, c) => at(x as Nd, [r, at(i as Nd, [r, c])])),
      },
      {
        inputs: [float([1, 4]), given([3, 2], [0, 3, 1, 1, 2, 0], "int32")],
        call: (x, i) => x.takeAlongDim(i, -1),
        truth: (x, i) => nd([3, 2], (r, c) => at(x as Nd, [0, at(i as Nd, [r, c])])),
        note: "x is repeated",
      },
      {
        inputs: [float([3, 4]), given([2, 1], [0, 2], "int32")],
        call: (x, i) => x.takeAlongDim(i, 0),
        truth: (x, i) => nd([2, 4], (r, c) => at(x as Nd, [at(i as Nd, [r, 0]), c])),
        note: "the index is repeated",
      },
      {
        inputs: [float([2, 2]), given([2, 1], [3, 0], "int32")],
        call: (x, i) => x.takeAlongDim(i),
        truth: (x, i) => nd([2], (j) => (x as Nd).data[(i as Nd).data[j] as number] as number),
        note: "flattened",
      },
    ],
    refuses: [
      {
        call: () => zeros(2, 3).takeAlongDim(i32([0]), 0),
        error: ShapeError,
        says: /takeAlongDim: x is float32\[2,3\] and the index int32\[1\]/,
      },
      { call: () => zeros(2, 3).takeAlongDim(i32([[0], [0], [0]]), 1), error: ShapeError, says: /must match or be 1/ },
      { call: () => zeros(3).takeAlongDim(i32([-1]), 0), error: IndexError, says: /index -1/ },
    ],
  },
];

const trueIn = (x: Nd): number[][] => positions(x.shape).filter((p) => at(x, p) !== 0);
const found = (op: "nonzero" | "argwhere"): Row => ({
  op,
  samples: [
    ...(["float32", "int32", "bool", "uint8", "int8"] as const).map(
      (dtype): Sample => ({
        inputs: [bitsOf([3, 4, 5], dtype)],
        call: (x) => x[op](),
        truth: (x) => nd([trueIn(x as Nd).length, 3], (r, c) => (trueIn(x as Nd)[r] as number[])[c] as number),
        ...{ ...constant, dtype: "int32", note: dtype },
      }),
    ),
    {
      inputs: [given([4], [0, Number.NaN, -0, Number.NEGATIVE_INFINITY])],
      call: (x) => x[op](),
      truth: () => nd([2, 1], (r) => 2 * r + 1),
      ...constant,
      dtype: "int32",
      note: "NaN is not 0, -0 is",
    },
    { inputs: [given([], [3])], call: (x) => x[op](), truth: () => nd([1, 0], () => 0), ...constant, dtype: "int32", note: "a scalar" },
    {
      inputs: [given([3, 0], [])],
      call: (x) => x[op](),
      truth: () => nd([0, 2], () => 0),
      ...constant,
      dtype: "int32",
      note: "no elements",
    },
    {
      inputs: [
        given(
          [35, 1, 2],
          Array.from({ length: 70 }, (_, i) => Number(i % 16 < 3)),
        ),
      ],
      call: (x) => x[op](),
      truth: (x) => nd([trueIn(x as Nd).length, 3], (r, c) => (trueIn(x as Nd)[r] as number[])[c] as number),
      ...constant,
      dtype: "int32",
      note: "several vectors",
    },
  ],
  refuses:
    op === "nonzero"
      ? [
          { call: () => zeros(2).nonzero({ asTuple: 1 as never }), error: ArgError, says: /asTuple must be true or false/ },
          { call: () => zeros(2).nonzero(true as never), error: ArgError, says: /options go into one object/ },
          { call: () => sg.nonzero([1] as never), error: ArgError, says: /nonzero: expected a tensor as x/ },
        ]
      : [{ call: () => sg.argwhere(3 as never), error: ArgError, says: /argwhere: expected a tensor as x/ }],
});

const masked: Row[] = [
  {
    op: "maskedSelect",
    samples: [
      {
        inputs: [float([2, 3]), mask([2, 3], 1, 0, 1, 0, 0, 1)],
        call: (x, m) => x.maskedSelect(m),
        truth: (x) => nd([3], (i) => (x as Nd).data[[0, 2, 5][i] as number] as number),
      },
      {
        inputs: [float([2, 1]), mask([3], 1, 0, 1)],
        call: (x, m) => x.maskedSelect(m),
        truth: (x) => nd([4], (i) => (x as Nd).data[i >> 1] as number),
        note: "both are repeated",
      },
      { inputs: [float([3]), mask([3], 0, 0, 0)], call: (x, m) => x.maskedSelect(m), truth: () => nd([0], () => 0), note: "nothing" },
      {
        inputs: [float([]), mask([], 1)],
        call: (x, m) => x.maskedSelect(m),
        truth: (x) => nd([1], () => (x as Nd).data[0] as number),
        note: "a scalar",
      },
      { inputs: [float([0, 2]), mask([2], 1, 1)], call: (x, m) => x.maskedSelect(m), truth: () => nd([0], () => 0), note: "no elements" },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([37], dtype), bitsOf([37], "bool", 1)],
          call: (x, m) => x.maskedSelect(m),
          truth: (x, m) => {
            const kept = Array.from((x as Nd).data).filter((_, i) => (m as Nd).data[i]);
            return nd([kept.length], (i) => kept[i] as number);
          },
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      {
        call: () => zeros(3).maskedSelect(zeros([2], { dtype: "bool" })),
        error: ShapeError,
        says: /maskedSelect: x is float32\[3\] and the mask bool\[2\]/,
      },
      { call: () => zeros(3).maskedSelect(zeros(3)), error: DTypeError, says: /maskedSelect: the mask must be bool, got float32\[3\]/ },
    ],
  },
  {
    op: "maskedFill_",
    samples: [
      {
        inputs: [float([2, 3]), mask([3], 1, 0, 1)],
        call: (x, m) => onCopy(sg.maskedFill_)(x, m, -1),
        truth: (x) => nd([2, 3], (r, c) => (c === 1 ? at(x as Nd, [r, c]) : -1)),
        ...constant,
      },
      {
        inputs: [float([2, 3]), mask([2, 1], 1, 0), float([])],
        call: (x, m, v) => onCopy(sg.maskedFill_)(x, m, v),
        truth: (x, _, v) => nd([2, 3], (r, c) => (r === 1 ? at(x as Nd, [r, c]) : ((v as Nd).data[0] as number))),
        ...{ ...constant, note: "a scalar" },
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([37], dtype), bitsOf([37], "bool", 1)],
          call: (x, m) => onCopy(sg.maskedFill_)(x, m, 1),
          truth: (x, m) => nd([37], (i) => ((m as Nd).data[i] ? 1 : at(x as Nd, [i]))),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
      {
        inputs: [bitsOf([9], "bool")],
        call: (x) => {
          const y = x.clone();
          return y.maskedFill_(y, 0);
        },
        truth: () => nd([9], () => 0),
        ...{ ...constant, dtype: "bool", note: "by itself" },
      },
    ],
    refuses: [
      losesGradient((x) => sg.maskedFill_(x, zeros([3], { dtype: "bool" }), 1)),
      {
        call: () => zeros(2).maskedFill_(zeros([3, 2], { dtype: "bool" }), 1),
        error: ShapeError,
        says: /maskedFill_: x is float32\[2\] and the mask bool\[3,2\]/,
      },
      {
        call: () => zeros(2, 2).maskedFill_(zeros([2], { dtype: "bool" }), zeros(1)),
        error: ShapeError,
        says: /a number or a scalar, got float32\[1\]/,
      },
      { call: () => zeros(2).maskedFill_(zeros(2), 1), error: DTypeError, says: /the mask must be bool/ },
      { call: () => zeros([2], { dtype: "uint8" }).maskedFill_(zeros([2], { dtype: "bool" }), -1), error: ArgError, says: /value is -1/ },
      {
        call: () => zeros([2], { dtype: "int32" }).maskedFill_(zeros([2], { dtype: "bool" }), tensor(1)),
        error: DTypeError,
        says: /source float32\[\]/,
      },
    ],
  },
  ...both(
    "maskedScatter",
    (scatter) => [
      {
        inputs: [float([2, 3]), mask([2, 3], 1, 0, 1, 0, 0, 1), float([2, 2])],
        call: (x, m, s) => scatter(x, m, s),
        truth: (x, _, s) =>
          nd([2, 3], (r, c) => {
            const from = [0, 2, 5].indexOf(3 * r + c);
            return from < 0 ? at(x as Nd, [r, c]) : ((s as Nd).data[from] as number);
          }),
        note: "more elements than places",
      },
      {
        inputs: [float([2, 3]), mask([3], 1, 0, 1), float([4])],
        call: (x, m, s) => scatter(x, m, s),
        truth: (x, _, s) => nd([2, 3], (r, c) => (c === 1 ? at(x as Nd, [r, c]) : ((s as Nd).data[2 * r + c / 2] as number))),
        note: "the mask is repeated",
      },
      { inputs: [float([2]), mask([2], 0, 0), float([0])], call: (x, m, s) => scatter(x, m, s), truth: (x) => x as Nd, note: "nothing" },
      {
        inputs: [float([]), mask([], 1), float([1])],
        call: (x, m, s) => scatter(x, m, s),
        truth: (_, __, s) => nd([], () => (s as Nd).data[0] as number),
        note: "a scalar",
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([20], dtype), bitsOf([20], "bool", 1), bitsOf([20], dtype, 2)],
          call: (x, m, s) => scatter(x, m, s),
          truth: (x, m, s) => {
            let next = 0;
            return nd([20], (i) => ((m as Nd).data[i] ? ((s as Nd).data[next++] as number) : at(x as Nd, [i])));
          },
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    (scatter) => [
      { call: () => scatter(zeros(2), tensor([true, true]), 5), error: ArgError, says: /source/ },
      {
        call: () => scatter(zeros(2, 3), tensor([true, true, false]), zeros(3)),
        error: ShapeError,
        says: /source float32\[3\] is smaller than the 4 places/,
      },
      { call: () => scatter(zeros(2), tensor([true, true]), i32([1, 2])), error: DTypeError, says: /the source int32\[2\]/ },
      { call: () => scatter(zeros(2), zeros(2), zeros(2)), error: DTypeError, says: /the mask must be bool/ },
    ],
  ),
];

const slices: Row[] = [
  {
    op: "selectScatter",
    samples: [
      ...[0, -1].map(
        (i): Sample => ({
          inputs: [float([2, 3]), float([3])],
          call: (x, s) => x.selectScatter(s, 0, i),
          truth: (x, s) => nd([2, 3], (r, c) => (r === (i + 2) % 2 ? at(s as Nd, [c]) : at(x as Nd, [r, c]))),
        }),
      ),
      {
        inputs: [float([2, 3, 2]), float([2, 2])],
        call: (x, s) => x.selectScatter(s, 1, 2),
        truth: (x, s) => nd([2, 3, 2], (r, c, l) => (c === 2 ? at(s as Nd, [r, l]) : at(x as Nd, [r, c, l]))),
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf([3, 2], dtype), bitsOf([3], dtype, 1)],
          call: (x, s) => x.selectScatter(s, -1, 1),
          truth: (x, s) => nd([3, 2], (r, c) => (c === 1 ? at(s as Nd, [r]) : at(x as Nd, [r, c]))),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      { call: () => zeros(2, 3).selectScatter(zeros(3), 0, undefined as never), error: ArgError, says: /selectScatter: index must be/ },
      { call: () => zeros(2, 3).selectScatter(1 as never, 0, 0), error: ArgError, says: /selectScatter: .* source/ },
      {
        call: () => zeros(2, 3).selectScatter(zeros(2), 0, 0),
        error: ShapeError,
        says: /selectScatter: float32\[2\] does not fit the selected \[3\]/,
      },
      { call: () => zeros(2, 3).selectScatter(zeros(3), 0, 2), error: IndexError, says: /index 2 is outside/ },
      { call: () => zeros(2, 3).selectScatter(zeros(3), 2, 0), error: IndexError, says: /dim 2/ },
    ],
  },
  {
    op: "sliceScatter",
    samples: [
      {
        inputs: [float([5, 2]), float([2, 2])],
        call: (x, s) => x.sliceScatter(s, { start: 1, end: -1, step: 2 }),
        truth: (x, s) => nd([5, 2], (r, c) => (r % 2 === 1 ? at(s as Nd, [(r - 1) / 2, c]) : at(x as Nd, [r, c]))),
      },
      {
        inputs: [float([2, 4]), float([2, 2])],
        call: (x, s) => x.sliceScatter(s, { dim: -1, start: -2 }),
        truth: (x, s) => nd([2, 4], (r, c) => (c > 1 ? at(s as Nd, [r, c - 2]) : at(x as Nd, [r, c]))),
      },
      { inputs: [float([2, 4]), float([2, 4])], call: (x, s) => x.sliceScatter(s), truth: (_, s) => s as Nd, note: "all" },
    ],
    refuses: [
      {
        call: () => zeros(4).sliceScatter(zeros(1), { start: 1, end: 3 }),
        error: ShapeError,
        says: /float32\[1\] does not fit the selected \[2\]/,
      },
      { call: () => zeros(4).sliceScatter(zeros(0), { start: 3, end: 1 }), error: IndexError, says: /sliceScatter: 3:1:1 selects nothing/ },
      { call: () => zeros(4).sliceScatter(zeros(2), { begin: 1 } as never), error: ArgError, says: /no option "begin"/ },
      { call: () => zeros(4).sliceScatter(zeros(4), { step: 0 }), error: ArgError, says: /step must not be 0/ },
    ],
  },
];

export const indexingRows: readonly Row[] = [
  ...scatters,
  scatterAdds,
  ...reductions,
  ...rowWrites,
  ...flats,
  found("nonzero"),
  found("argwhere"),
  ...masked,
  ...slices,
];
