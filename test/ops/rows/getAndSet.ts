// Indices of several parts: reads, and writes into copies and in place.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, noGrad, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { elementwise, type Nd, nd, sizeOf } from "../nd.js";
import { float, given, type Input, type Refusal, type Row, type Sample } from "../row.js";
import { asIndex, type Part, selection } from "../selection.js";

const constant = { differentiable: false } as const;
const i32 = (values: sg.NestedNumbers): Tensor => tensor(values, { dtype: "int32" });
const range = (start: number | null = null, end: number | null = null, step = 1): Part => ({ range: [start, end, step] });
const all = range();
const index = (shape: readonly number[], ...values: number[]): Part => ({ index: { shape, values } });
const mask = (shape: readonly number[], ...values: number[]): Part => ({ mask: { shape, values } });

/** Shapes, and indices that fit them. */
const CASES: readonly (readonly [shape: readonly number[], ...parts: Part[]])[] = [
  [[4], -1],
  [[4, 3], 1, null, range(null, null, -1)],
  [[3, 4, 5], "...", null, 2],
  [[5, 3], index([4], 4, 0, -5, 4)],
  [[5, 3], index([2, 2], 4, 0, -5, 4)],
  [[3, 5], all, index([3], 1, 1, -1)],
  [[5, 3], index([3], 1, 1, -1), index([3], 0, 0, 2)],
  [[5, 3], index([2, 1], 1, -1), index([3], 0, 0, 2)],
  [[2, 5, 3, 2], all, index([2], 1, 4), index([2], 0, 2)],
  [[2, 5, 3], index([2], 1, 0), all, index([2], 0, 2)],
  [[2, 5, 3], index([2], 1, 0), null, index([2], 0, 2), all],
  [[2, 5, 3], 1, all, index([2], 0, 2)],
  [[2, 5, 3], index([2], 1, 1), 2, all],
  [[2, 5, 3], index([2], 1, 1), 2, index([1], -1)],
  [[5, 3], range(1, 4), index([2], 0, 2)],
  [[5, 3, 2], range(4, 1, -2), all, index([3], 0, 1, 1)],
  [[2, 5, 3], all, range(1, 4), index([2], 0, 2)],
  [[2, 5, 3], index([1], 1), all, range(0, 2)],
  [[2, 3], mask([2, 3], 1, 0, 1, 0, 0, 1)],
  [[2, 3], mask([2], 0, 1)],
  [[2, 3, 4], all, mask([3], 1, 0, 1)],
  [[2, 3, 4], all, mask([3, 4], 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1)],
  [[2, 3, 4], mask([2, 3], 1, 0, 1, 0, 0, 1), index([1], -1)],
  [[2, 3, 4], mask([2], 0, 0), range(1, 3)],
  [[2, 3], mask([], 1)],
  [[2, 3], mask([], 0)],
  [[3], index([0])],
  [[3, 0], index([2], 1, 1)],
];

const noteOf = (parts: readonly Part[]): string => parts.map((part) => JSON.stringify(part)).join(" ");
const ALL = ["float32", "int32", "bool", "uint8", "int8"] as const;
const bits = (shape: readonly number[], dtype: Input["dtype"], add = 0): Input => ({
  ...given(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => (((i + add) * 7) % 3) & 1),
    dtype,
  ),
  constant: true,
});

const picked = (x: Nd, parts: readonly Part[]): Nd => {
  const { shape, from } = selection(x.shape, parts);
  let next = 0;
  return nd(shape, () => x.data[from[next++] as number] as number);
};

/** `x` with `value`, repeated to the selection, in its places. */
function placed(x: Nd, parts: readonly Part[], value: Nd, combine: (before: number, value: number) => number): Nd {
  const { shape, from } = selection(x.shape, parts);
  const values = elementwise((_, v) => v)(
    nd(shape, () => 0),
    value,
  );
  const data = x.data.slice();
  for (const [i, to] of from.entries()) data[to] = combine(data[to] as number, values.data[i] as number);
  return { shape: x.shape, data };
}

export const getSamples: readonly Sample[] = [
  ...CASES.map(
    ([shape, ...parts]): Sample => ({
      inputs: [float(shape)],
      call: (x) => sg.get(x, ...parts.map(asIndex)),
      truth: (x) => picked(x as Nd, parts),
      note: noteOf(parts),
    }),
  ),
  ...ALL.flatMap((dtype) =>
    CASES.slice(3, 9).map(
      ([shape, ...parts]): Sample => ({
        inputs: [bits(shape, dtype)],
        call: (x) => x.get(...parts.map(asIndex)),
        truth: (x) => picked(x as Nd, parts),
        ...{ ...constant, dtype, note: `${dtype}: ${noteOf(parts)}` },
      }),
    ),
  ),
  {
    inputs: [float([2, 3, 4])],
    call: (x) => x.get("1, newaxis", "..., ::-2"),
    truth: (x) => picked(x as Nd, [1, null, "...", range(null, null, -2)]),
    note: "two texts",
  },
  {
    inputs: [float([2, 3, 4])],
    call: (x) => x.get(i32([1, 0]), ":", i32(-1)),
    truth: (x) => picked(x as Nd, [index([2], 1, 0), all, -1]),
    note: "a scalar tensor is a number",
  },
];

type Call = (x: Tensor, ...index: unknown[]) => unknown;

/** What every function with an index refuses. */
const refusals = (call: Call): readonly Refusal[] => [
  { call: () => call(zeros(3), i32([0, 3])), error: IndexError, says: /index 3 at position 1 is outside \[-3, 2\]/ },
  { call: () => call(zeros(3, 2), ":", i32([0, -3])), error: IndexError, says: /index -3 at position 1 is outside \[-2, 1\]/ },
  { call: () => call(zeros(0, 3), i32([0])), error: IndexError, says: /index 0 at position 0/ },
  { call: () => call(zeros(3), tensor([0])), error: DTypeError, says: /indices must be int32 or bool, got float32\[1\]/ },
  {
    call: () => call(zeros(2, 2), tensor([[true, false, true]])),
    error: ShapeError,
    says: /the mask bool\[1,3\] does not fit the sizes \[2,2\]/,
  },
  { call: () => call(zeros(2), tensor([[true, false]])), error: IndexError, says: /names 2 dimensions of float32\[2\]/ },
  {
    call: () => call(zeros(2, 2), i32([0, 1, 1]), i32([0, 1])),
    error: ShapeError,
    says: /int32\[3\], int32\[2\] do not broadcast together/,
  },
  { call: () => call(zeros(2, 2), "...", "..."), error: ArgError, says: /"\.\.\." twice/ },
  { call: () => call(zeros(2, 2), "1:1:0"), error: ArgError, says: /the step must not be 0/ },
  { call: () => call(zeros(4), "3:1"), error: IndexError, says: /3:1:1 selects nothing/ },
  { call: () => call(zeros(2), 2), error: IndexError, says: /index 2 is outside \[-2, 1\]/ },
  { call: () => call(zeros(2), 0.5), error: ArgError, says: /whole number/ },
  { call: () => call(zeros(2), true), error: ArgError, says: /an index is a number, .* got true/ },
  { call: () => call(zeros(2), undefined), error: ArgError, says: /got undefined/ },
  { call: () => call(zeros(2), { start: 1 }), error: ArgError, says: /got an object with start/ },
];

export const getRefusals: readonly Refusal[] = [
  ...refusals((x, ...index) => sg.get(x, ...(index as sg.Index[]))),
  { call: () => zeros(3).get(), error: ArgError, says: /get: needs an index/ },
  { call: () => zeros(3).get([0, 2] as never), error: ArgError, says: /get: an index is .* got \[0,2\]/ },
];

// biome-ignore lint/suspicious/noExplicitAny: tensors and numbers
type Write = (x: Tensor, index: readonly sg.Index[], value: any, options?: { accumulate?: boolean }) => Tensor;

const writes = (write: Write): Sample[] => [
  ...CASES.flatMap(([shape, ...parts]): Sample[] => {
    const selected = selection(shape, parts).shape;
    const repeated = new Set(selection(shape, parts).from).size < selection(shape, parts).from.length;
    return [
      // Where an index is repeated, the gradient of the last value is also that of those it replaced, as in PyTorch: no derivative.
      {
        inputs: [
          { ...float(shape), constant: repeated },
          { ...float(selected), constant: repeated },
        ],
        call: (x, v) => write(x, parts.map(asIndex), v),
        truth: (x, v) => placed(x as Nd, parts, v as Nd, (_, value) => value),
        ...(repeated && constant),
        note: noteOf(parts),
      },
      {
        inputs: [float(shape), float(selected.slice(1).map((n, i) => (i === 0 ? 1 : n)))],
        call: (x, v) => write(x, parts.map(asIndex), v, { accumulate: true }),
        truth: (x, v) => placed(x as Nd, parts, v as Nd, (before, value) => before + value),
        note: `accumulate ${noteOf(parts)}`,
      },
      {
        inputs: [float(shape)],
        call: (x) => write(x, parts.map(asIndex), -1.5),
        truth: (x) => placed(x as Nd, parts, { shape: [], data: Float64Array.of(-1.5) }, (_, value) => value),
        note: `a number ${noteOf(parts)}`,
      },
    ];
  }),
  ...ALL.flatMap((dtype) =>
    CASES.slice(3, 9).map(
      ([shape, ...parts]): Sample => ({
        inputs: [bits(shape, dtype), bits(selection(shape, parts).shape, dtype, 1)],
        call: (x, v) => write(x, parts.map(asIndex), v),
        truth: (x, v) => placed(x as Nd, parts, v as Nd, (_, value) => value),
        ...{ ...constant, dtype, note: `${dtype}: ${noteOf(parts)}` },
      }),
    ),
  ),
];

const onCopy =
  (edit: Write): Write =>
  (x, ...rest) => {
    const copy = x.detach().clone();
    const result = noGrad(() => edit(copy, ...rest));
    if (result !== copy) throw new Error("the edit returned something else than its tensor");
    return copy;
  };

const writeRefusals = (write: (x: Tensor, index: never, value: never) => unknown): readonly Refusal[] => [
  ...refusals((x, ...index) => write(x, index as never, 1 as never)),
  {
    call: () => write(zeros(3), "0:2" as never, zeros(3) as never),
    error: ShapeError,
    says: /float32\[3\] does not fit the selected \[2\]/,
  },
  { call: () => write(zeros(3), i32([0, 1]) as never, zeros(3) as never), error: ShapeError, says: /does not fit the selected \[2\]/ },
  { call: () => write(zeros(3), i32([0, 1]) as never, zeros(1, 2) as never), error: ShapeError, says: /float32\[1,2\] does not fit/ },
  {
    call: () => write(zeros(3), tensor([true, false, true]) as never, zeros(3) as never),
    error: ShapeError,
    says: /does not fit the selected \[2\]/,
  },
  { call: () => write(zeros(3), [] as never, 1 as never), error: ArgError, says: /needs an index/ },
  { call: () => write(zeros(3), "0" as never, "1" as never), error: ArgError, says: /value must be a number, got "1"/ },
  { call: () => write(zeros([3], { dtype: "uint8" }), "0" as never, -1 as never), error: ArgError, says: /value is -1/ },
];

const losesGradient = (write: (x: Tensor, index: string, value: sg.Operand) => unknown): readonly Refusal[] => [
  { call: () => write(zeros([3], { requiresGrad: true }), "0", 1), error: GradError, says: /float32\[3\] requires a gradient; .* noGrad/ },
  { call: () => write(zeros(3), "0", zeros([1], { requiresGrad: true }).sum()), error: GradError, says: /float32\[\] requires a gradient/ },
];

export const getAndSetRows: readonly Row[] = [
  {
    op: "indexPut",
    samples: writes(sg.indexPut),
    refuses: [
      ...writeRefusals(sg.indexPut),
      { call: () => sg.indexPut(zeros(3), "0", i32(1)), error: DTypeError, says: /the source int32\[\]/ },
      { call: () => sg.indexPut(zeros(3), "0", 1, { accumulate: 1 as never }), error: ArgError, says: /accumulate must be true or false/ },
    ],
  },
  {
    op: "indexPut_",
    samples: writes(onCopy(sg.indexPut_)).map((sample) => ({ ...sample, ...constant })),
    refuses: [...writeRefusals(sg.indexPut_), ...losesGradient(sg.indexPut_)],
  },
  {
    op: "set",
    samples: [
      ...writes(onCopy(sg.set as Write))
        .filter(({ note }) => !note?.startsWith("accumulate"))
        .map((sample) => ({ ...sample, ...constant })),
      {
        inputs: [given([3], [1, 2, 3], "int32"), given([2], [4, -7])].map((input) => ({ ...input, constant: true })),
        call: (x, v) => x.clone().set("1:", v),
        truth: () => nd([3], (i) => [1, 4, -7][i] as number),
        ...{ ...constant, dtype: "int32", note: "a value of another dtype" },
      },
      {
        inputs: [float([5])],
        call: (x) => {
          const y = x.detach().clone();
          return y.set("1:", y.get(":-1"));
        },
        truth: (x) => nd([5], (i) => (x as Nd).data[Math.max(i - 1, 0)] as number),
        ...{ ...constant, note: "a view of itself" },
      },
      {
        inputs: [given([4], [3, 2, 1, 0], "int32")],
        call: (x) => {
          const y = x.clone();
          return y.set(y, i32([10, 11, 12, 13]));
        },
        truth: () => nd([4], (i) => 13 - i),
        ...{ ...constant, dtype: "int32", note: "itself as the index" },
      },
    ],
    refuses: [...writeRefusals(sg.set), ...losesGradient(sg.set)],
  },
];
