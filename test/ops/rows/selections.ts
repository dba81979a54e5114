// Indices, choices, conversions and edits in place.
import * as sg from "simdgrad";
import { ArgError, DTypeError, GradError, IndexError, ShapeError, tensor, zeros } from "simdgrad";
import { at, elementwise, type Nd, nd } from "../nd.js";
import { float, given, type Input, type Row, type Sample } from "../row.js";

const constant: Partial<Sample> = { differentiable: false };

const same = (x: Nd): Nd => x;
const index = (...values: number[]) => given([values.length], values, "int32");

const ALL = ["float32", "int32", "bool", "uint8", "int8"] as const;
/** Values that every dtype holds. */
const bitsOf = (size: number, dtype: Input["dtype"]): Input => ({
  ...given(
    [size],
    Array.from({ length: size }, (_, i) => ((i * 7) % 3) & 1),
    dtype,
  ),
  constant: true,
});

const indexed: Row[] = [
  {
    op: "gather",
    samples: [
      {
        inputs: [float([4, 3]), given([2, 3], [0, 3, 1, 2, 2, 1], "int32")],
        call: (x, i) => x.gather(0, i),
        truth: (x, i) => nd([2, 3], (r, c) => at(x as Nd, [at(i as Nd, [r, c]), c])),
      },
      {
        inputs: [float([2, 5]), given([2, 7], [0, 0, 4, 1, 2, 3, 0, 1, 1, 1, 0, 0, 4, 4], "int32")],
        call: (x, i) => x.gather(-1, i),
        truth: (x, i) => nd([2, 7], (r, c) => at(x as Nd, [r, at(i as Nd, [r, c])])),
      },
      {
        inputs: [float([3, 4]), given([2, 1], [3, 0], "int32")],
        call: (x, i) => x.gather(1, i),
        truth: (x, i) => nd([2, 1], (r) => at(x as Nd, [r, at(i as Nd, [r, 0])])),
        note: "fewer rows",
      },
      {
        inputs: [float([0, 2]), given([0, 2], [], "int32")],
        call: (x, i) => x.gather(0, i),
        truth: () => nd([0, 2], () => 0),
        note: "nothing from nothing",
      },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [bitsOf(5, dtype), index(4, 0, 0, 3)],
          call: (x, i) => x.gather(0, i),
          truth: (x, i) => nd([4], (j) => at(x as Nd, [at(i as Nd, [j])])),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      {
        call: () => zeros(0, 2).gather(0, zeros([3, 2], { dtype: "int32" })),
        error: IndexError,
        says: /gather: index 0 at position 0 has no place in a dimension of size 0/,
      },
      {
        call: () => zeros(3).gather(0, tensor([3], { dtype: "int32" })),
        error: IndexError,
        says: /gather: index 3 at position 0 is outside \[0, 2\]/,
      },
      { call: () => zeros(3).gather(0, tensor([0.5])), error: DTypeError, says: /indices must be int32, got float32\[1\]/ },
      { call: () => zeros(3, 3).gather(0, tensor([0], { dtype: "int32" })), error: ShapeError, says: /the index .* does not fit/ },
    ],
  },
  {
    op: "scatterAdd",
    samples: [
      {
        inputs: [float([4, 3]), given([2, 3], [0, 3, 1, 0, 2, 1], "int32"), float([2, 3])],
        call: (x, i, s) => x.scatterAdd(0, i, s),
        truth: (x, i, s) => scattered(x as Nd, i as Nd, s as Nd),
      },
      {
        inputs: [float([3, 5]), given([2, 2], [0, 1, 0, 0], "int32"), float([2, 2])],
        call: (x, i, s) => x.scatterAdd(0, i, s),
        truth: (x, i, s) => scattered(x as Nd, i as Nd, s as Nd),
        note: "fewer columns",
      },
      {
        inputs: [float([0, 2]), given([0, 2], [], "int32"), float([0, 2])],
        call: (x, i, s) => x.scatterAdd(0, i, s),
        truth: () => nd([0, 2], () => 0),
        note: "nothing to nothing",
      },
    ],
    refuses: [
      {
        call: () => zeros(0, 2).scatterAdd(0, zeros([3, 2], { dtype: "int32" }), zeros(3, 2)),
        error: IndexError,
        says: /scatterAdd: index 0 at position 0 has no place in a dimension of size 0/,
      },
      { call: () => zeros(3).scatterAdd(0, tensor([-1], { dtype: "int32" }), zeros(1)), error: IndexError, says: /index -1 at position 0/ },
      {
        call: () => zeros(3).scatterAdd(0, tensor([0, 1], { dtype: "int32" }), zeros(1)),
        error: ShapeError,
        says: /larger than the source/,
      },
    ],
  },
  {
    op: "indexSelect",
    samples: [
      {
        inputs: [float([4, 3]), index(3, 0, 0, 2, 1, 3)],
        call: (x, i) => x.indexSelect(0, i),
        truth: (x, i) => nd([6, 3], (r, c) => at(x as Nd, [at(i as Nd, [r]), c])),
      },
      {
        inputs: [float([2, 4, 3]), index(3, 3)],
        call: (x, i) => x.indexSelect(1, i),
        truth: (x, i) => nd([2, 2, 3], (o, r, c) => at(x as Nd, [o, at(i as Nd, [r]), c])),
      },
      {
        inputs: [float([0, 3]), given([0], [], "int32")],
        call: (x, i) => x.indexSelect(0, i),
        truth: () => nd([0, 3], () => 0),
        note: "nothing from nothing",
      },
      {
        inputs: [float([2, 0]), index(1, 0, 1)],
        call: (x, i) => x.indexSelect(0, i),
        truth: () => nd([3, 0], () => 0),
        note: "rows without elements",
      },
    ],
    refuses: [
      {
        call: () => zeros(0, 64).indexSelect(0, tensor([0], { dtype: "int32" })),
        error: IndexError,
        says: /indexSelect: index 0 at position 0 has no place in a dimension of size 0/,
      },
      {
        call: () => zeros(3, 2).indexSelect(0, tensor([0, 5], { dtype: "int32" })),
        error: IndexError,
        says: /indexSelect: index 5 at position 1 is outside \[0, 2\]/,
      },
    ],
  },
  {
    op: "embedding",
    samples: [
      {
        inputs: [given([2, 2], [0, 4, 4, 1], "int32"), float([5, 3])],
        call: (i, w) => sg.embedding(i, w),
        truth: (i, w) => nd([2, 2, 3], (r, c, f) => at(w as Nd, [at(i as Nd, [r, c]), f])),
      },
      // The padding row's values come out, but no gradient goes in: the truth holds them as constants.
      {
        inputs: [index(1, 2, 1), given([3, 2], [1, 2, 3, 4, 5, 6])],
        call: (i, w) => sg.embedding(i, w, { paddingIdx: 1 }),
        truth: (i, w) => nd([3, 2], (r, f) => (at(i as Nd, [r]) === 1 ? f + 3 : at(w as Nd, [at(i as Nd, [r]), f]))),
        note: "padding",
      },
      {
        inputs: [given([2, 0], [], "int32"), float([0, 3])],
        call: (i, w) => sg.embedding(i, w),
        truth: () => nd([2, 0, 3], () => 0),
        note: "nothing from nothing",
      },
    ],
    refuses: [
      {
        call: () => sg.embedding(tensor([0], { dtype: "int32" }), zeros(0, 3)),
        error: IndexError,
        says: /embedding: index 0 at position 0 has no place in a dimension of size 0/,
      },
      {
        call: () => sg.embedding(tensor([5], { dtype: "int32" }), zeros(3, 2)),
        error: IndexError,
        says: /embedding: index 5 at position 0/,
      },
      { call: () => sg.embedding(tensor([-1], { dtype: "int32" }), zeros(3, 2)), error: IndexError, says: /index -1/ },
      { call: () => sg.embedding(tensor([0], { dtype: "int32" }), zeros(3)), error: ShapeError, says: /\[rows, features\]/ },
      {
        call: () => sg.embedding(tensor([0], { dtype: "int32" }), zeros(3, 2), { paddingIdx: 3 }),
        error: ArgError,
        says: /paddingIdx .* got 3/,
      },
    ],
  },
  {
    op: "oneHot",
    samples: [
      {
        inputs: [given([2, 2], [0, 2, 1, 2], "int32")],
        call: (i) => sg.oneHot(i, 3),
        truth: (i) => nd([2, 2, 3], (r, c, k) => Number(at(i as Nd, [r, c]) === k)),
        ...constant,
        dtype: "int32",
      },
      {
        inputs: [given([0, 2], [], "int32")],
        call: (i) => sg.oneHot(i, 3),
        truth: () => nd([0, 2, 3], () => 0),
        ...constant,
        dtype: "int32",
        note: "nothing",
      },
    ],
    refuses: [
      { call: () => sg.oneHot(tensor([0], { dtype: "int32" }), 0), error: ArgError, says: /at least 1, got 0/ },
      {
        call: () => sg.oneHot(tensor([3], { dtype: "int32" }), 2),
        error: IndexError,
        says: /oneHot: index 3 at position 0 is outside \[0, 1\]/,
      },
    ],
  },
];

function scattered(x: Nd, i: Nd, s: Nd): Nd {
  const out = nd(x.shape, (r, c) => at(x, [r, c]));
  nd(i.shape, (r, c) => {
    const flat = at(i, [r, c]) * (x.shape[1] as number) + c;
    out.data[flat] = (out.data[flat] as number) + at(s, [r, c]);
    return 0;
  });
  return out;
}

const mask = given([2, 3], [1, 0, 1, 0, 0, 1], "bool");
const bits = given([4], [0, 0, 1, 1], "bool");
const otherBits = given([4], [0, 1, 0, 1], "bool");

const chosen: Row[] = [
  {
    op: "where",
    samples: [
      { inputs: [mask, float([2, 3]), float([2, 3])], call: (c, a, b) => sg.where(c, a, b), truth: elementwise((c, a, b) => (c ? a : b)) },
      { inputs: [mask, float([]), float([1, 3])], call: (c, a, b) => sg.where(c, a, b), truth: elementwise((c, a, b) => (c ? a : b)) },
      {
        inputs: [given([3], [1, 0, 1], "bool"), float([2, 1]), float([1, 3])],
        call: (c, a, b) => sg.where(c, a, b),
        truth: elementwise((c, a, b) => (c ? a : b)),
      },
      { inputs: [mask, float([2, 3])], call: (c, a) => sg.where(c, a, 7), truth: elementwise((c, a) => (c ? a : 7)), note: "a number" },
      {
        inputs: [mask, given([3], [1, 2, 3], "int32")],
        call: (c, a) => sg.where(c, 0, a),
        truth: elementwise((c, a) => (c ? 0 : a)),
        ...constant,
        dtype: "int32",
        note: "int32",
      },
      {
        inputs: [given([2, 1, 3, 1], [1, 0, 0, 1, 1, 0], "bool"), float([4, 1, 5]), float([2, 1, 3, 5])],
        call: (c, a, b) => sg.where(c, a, b),
        truth: elementwise((c, a, b) => (c ? a : b)),
        note: "all three broadcast",
      },
      {
        inputs: [given([], [1], "bool"), float([2, 3]), float([3])],
        call: (c, a, b) => sg.where(c, a, b),
        truth: elementwise((c, a, b) => (c ? a : b)),
      },
      {
        inputs: [given([3, 1], [1, 0, 1], "bool"), float([3, 17]), float([17])],
        call: (c, a, b) => sg.where(c, a, b),
        truth: elementwise((c, a, b) => (c ? a : b)),
      },
      ...ALL.flatMap((dtype): Sample[] => [
        {
          inputs: [bitsOf(6, "bool"), bitsOf(6, dtype), given([6], [1, 0, 0, 1, 1, 1], "bool")],
          call: (c, a, b) => sg.where(c, a, b.to(dtype)),
          truth: elementwise((c, a, b) => (c ? a : b)),
          ...{ ...constant, dtype, note: dtype },
        },
        {
          inputs: [bitsOf(6, "bool"), bitsOf(6, dtype)],
          call: (c, a) => sg.where(c, 1, a),
          truth: elementwise((c, a) => (c ? 1 : a)),
          ...{ ...constant, dtype, note: `${dtype} and a number` },
        },
      ]),
      {
        inputs: [mask, given([3], [-5, 2, 100], "int8"), given([2, 1], [200, 3], "uint8")],
        call: (c, a, b) => sg.where(c, a, b),
        truth: elementwise((c, a, b) => (c ? a : b)),
        ...{ ...constant, dtype: "int32", note: "int8 and uint8" },
      },
    ],
    refuses: [
      ...(
        [
          ["int32", 3e9],
          ["int32", 0.5],
          ["uint8", -1],
          ["int8", 128],
        ] as const
      ).map(([dtype, value]) => ({
        call: () => sg.where(tensor([true]), zeros([1], { dtype }), value),
        error: ArgError,
        says: new RegExp(`where: the number is ${value}, and ${dtype} holds whole numbers`),
      })),
      { call: () => sg.where(zeros(2), 1, zeros(2)), error: DTypeError, says: /the condition must be bool, got float32\[2\]/ },
      { call: () => sg.where(zeros([2], { dtype: "bool" }), zeros(3), 0), error: ShapeError, says: /bool\[2\], float32\[3\]/ },
    ],
  },
  {
    op: "maskedFill",
    samples: [
      { inputs: [float([2, 3]), mask], call: (x, m) => x.maskedFill(m, -7), truth: elementwise((x, m) => (m ? -7 : x)) },
      { inputs: [float([2, 2, 3]), mask], call: (x, m) => x.maskedFill(m, -7), truth: elementwise((x, m) => (m ? -7 : x)) },
      { inputs: [float([2, 3]), mask, float([])], call: (x, m, v) => x.maskedFill(m, v), truth: elementwise((x, m, v) => (m ? v : x)) },
      ...ALL.map(
        (dtype): Sample => ({
          inputs: [{ ...given([2, 3], [1, 0, 1, 0, 0, 1], dtype), constant: true }, mask],
          call: (x, m) => x.maskedFill(m, 0),
          truth: elementwise((x, m) => (m ? 0 : x)),
          ...{ ...constant, dtype, note: dtype },
        }),
      ),
    ],
    refuses: [
      {
        call: () => zeros([1], { dtype: "int32" }).maskedFill(tensor([true]), 3e9),
        error: ArgError,
        says: /maskedFill: the number is 3000000000, and int32 holds whole numbers/,
      },
      {
        call: () => zeros(3).maskedFill(zeros([2, 3], { dtype: "bool" }), 1),
        error: ShapeError,
        says: /maskedFill: .* the mask must broadcast to x/,
      },
      {
        call: () => zeros(2, 2).maskedFill(zeros([], { dtype: "bool" }), zeros(1)),
        error: ShapeError,
        says: /maskedFill: the value must be a number or a scalar, got float32\[1\]/,
      },
      {
        call: () => zeros([2], { dtype: "int32" }).maskedFill(zeros([2], { dtype: "bool" }), tensor(1.5)),
        error: DTypeError,
        says: /maskedFill: x is int32\[2\] and the value float32\[\]/,
      },
      { call: () => zeros(3).maskedFill(zeros(3), 1), error: DTypeError, says: /maskedFill: the condition must be bool/ },
    ],
  },
  {
    op: "logicalAnd",
    samples: [
      { inputs: [bits, otherBits], call: (a, b) => a.logicalAnd(b), truth: elementwise((a, b) => a & b), ...constant, dtype: "bool" },
      {
        inputs: [bitsOf(35, "bool"), given([2, 1], [0, 1], "bool")],
        call: (a, b) => a.logicalAnd(b),
        truth: elementwise((a, b) => a & b),
        ...{ ...constant, dtype: "bool", note: "broadcast" },
      },
    ],
    refuses: [
      {
        call: () => (sg.logicalAnd as (a: unknown, b: unknown) => unknown)(zeros(2), 1),
        error: ArgError,
        says: /logicalAnd: expected a tensor as b/,
      },
      {
        call: () => tensor([true, false]).logicalAnd(zeros([3], { dtype: "bool" })),
        error: ShapeError,
        says: /bool\[2\] and b is bool\[3\]/,
      },
    ],
  },
  {
    op: "logicalOr",
    samples: [
      { inputs: [bits, otherBits], call: (a, b) => a.logicalOr(b), truth: elementwise((a, b) => a | b), ...constant, dtype: "bool" },
      {
        inputs: [bitsOf(35, "bool"), given([2, 1], [0, 1], "bool")],
        call: (a, b) => a.logicalOr(b),
        truth: elementwise((a, b) => a | b),
        ...{ ...constant, dtype: "bool", note: "broadcast" },
      },
    ],
  },
  {
    op: "logicalNot",
    samples: [
      { inputs: [bits], call: (a) => a.logicalNot(), truth: elementwise((a) => 1 - a), ...constant, dtype: "bool" },
      {
        inputs: [given([3], [0, 2.5, -1])],
        call: (a) => a.logicalNot(),
        truth: elementwise((a) => Number(a === 0)),
        ...constant,
        dtype: "bool",
      },
    ],
  },
];

const NUMBERS = [-2.7, -1, 0, 0.5, 1, 3.9, 300];

const casts: Row[] = [
  {
    op: "to",
    samples: [
      { inputs: [given([7], NUMBERS)], call: (x) => x.to("int32"), truth: elementwise(Math.trunc), ...constant, dtype: "int32" },
      {
        inputs: [given([7], NUMBERS)],
        call: (x) => x.to("uint8"),
        truth: elementwise((x) => Math.min(255, Math.max(0, Math.trunc(x)))),
        ...constant,
        dtype: "uint8",
      },
      { inputs: [given([7], NUMBERS)], call: (x) => x.to("bool"), truth: elementwise((x) => Number(x !== 0)), ...constant, dtype: "bool" },
      {
        inputs: [given([3], [0, 7, 255], "uint8")],
        call: (x) => x.to("bool"),
        truth: elementwise((x) => Number(x !== 0)),
        ...constant,
        dtype: "bool",
      },
      { inputs: [bits], call: (x) => x.to("uint8"), truth: same, ...constant, dtype: "uint8" },
      { inputs: [bits], call: (x) => x.to("int8"), truth: same, ...constant, dtype: "int8" },
      {
        inputs: [given([7], NUMBERS)],
        call: (x) => x.to("int8"),
        truth: elementwise((x) => Math.min(127, Math.max(-128, Math.trunc(x)))),
        ...constant,
        dtype: "int8",
      },
      ...(["float32", "int32"] as const).map(
        (dtype): Sample => ({
          inputs: [given([4], [-128, -1, 0, 127], "int8")],
          call: (x) => x.to(dtype),
          truth: same,
          ...constant,
          dtype,
        }),
      ),
      {
        inputs: [given([4], [-128, -1, 0, 127], "int8")],
        call: (x) => x.to("uint8").to("int8"),
        truth: same,
        ...constant,
        dtype: "int8",
        note: "the same bytes",
      },
      {
        inputs: [given([4], [-129, -1, 128, 300], "int32")],
        call: (x) => x.to("int8"),
        truth: elementwise((x) => (x << 24) >> 24),
        ...constant,
        dtype: "int8",
        note: "the low byte",
      },
      {
        inputs: [given([3], [-128, 0, 5], "int8")],
        call: (x) => x.to("bool"),
        truth: elementwise((x) => Number(x !== 0)),
        ...constant,
        dtype: "bool",
      },
      { inputs: [float([3])], call: (x) => x.to("float32"), truth: same, note: "nothing to do" },
    ],
    refuses: [{ call: () => zeros(2).to("float64" as "float32"), error: DTypeError, says: /does not convert to "float64"/ }],
  },
  { op: "float", samples: [{ inputs: [given([3], [1, -2, 3], "int32")], call: (x) => x.float(), truth: same, ...constant }] },
  { op: "int", samples: [{ inputs: [given([3], [1, 0, 1], "bool")], call: (x) => x.int(), truth: same, ...constant, dtype: "int32" }] },
  {
    op: "bool",
    samples: [
      {
        inputs: [given([3], [1, 0, -5], "int32")],
        call: (x) => x.bool(),
        truth: elementwise((x) => Number(x !== 0)),
        ...constant,
        dtype: "bool",
      },
    ],
  },
];

const edits: Row[] = [
  {
    op: "copy_",
    samples: [
      { inputs: [given([3], [1, 2, 3], "int32")], call: (x) => zeros(3).copy_(x), truth: same, ...constant },
      {
        inputs: [given([3], [1, 0, 1], "bool")],
        call: (x) => zeros([3], { dtype: "bool" }).copy_(x),
        truth: same,
        ...constant,
        dtype: "bool",
      },
      ...ALL.flatMap((dtype) =>
        [1, -1, 3, -17].map(
          (by): Sample => ({
            inputs: [bitsOf(700, dtype)],
            call: (x) => {
              const y = x.clone();
              y.narrow(0, Math.max(by, 0), 700 - Math.abs(by)).copy_(y.narrow(0, Math.max(-by, 0), 700 - Math.abs(by)));
              return y;
            },
            truth: (x) => nd([700], (i) => at(x as Nd, [i - by >= 0 && i - by < 700 ? i - by : i])),
            ...{ ...constant, dtype, note: `${dtype}, views that overlap by all but ${by}` },
          }),
        ),
      ),
      {
        inputs: [
          given(
            [4, 3],
            Array.from({ length: 12 }, (_, i) => i),
            "int32",
          ),
        ],
        call: (x) => {
          const y = x.clone();
          y.copy_(y);
          y.narrow(0, 1, 3).copy_(y.narrow(0, 0, 3));
          return y;
        },
        truth: (x) => nd([4, 3], (r, c) => at(x as Nd, [Math.max(r - 1, 0), c])),
        ...{ ...constant, dtype: "int32", note: "to itself, then rows one down" },
      },
    ],
    refuses: [
      { call: () => zeros(2).copy_(zeros(3)), error: ShapeError, says: /copy_: float32\[3\] does not fit float32\[2\]/ },
      { call: () => zeros([2], { requiresGrad: true }).copy_(zeros(2)), error: GradError, says: /noGrad/ },
      { call: () => zeros(2).copy_(zeros([2], { requiresGrad: true }).mul(2)), error: GradError, says: /does not record; use detach\(\)/ },
    ],
  },
  {
    op: "fill_",
    samples: [
      { inputs: [], call: () => zeros(5).fill_(2.5), truth: () => nd([5], () => 2.5), ...constant },
      { inputs: [], call: () => zeros([5], { dtype: "int32" }).fill_(-7), truth: () => nd([5], () => -7), ...constant, dtype: "int32" },
      { inputs: [], call: () => zeros([5], { dtype: "int8" }).fill_(-100), truth: () => nd([5], () => -100), ...constant, dtype: "int8" },
      { inputs: [], call: () => zeros([5], { dtype: "uint8" }).fill_(200), truth: () => nd([5], () => 200), ...constant, dtype: "uint8" },
      { inputs: [], call: () => zeros([5], { dtype: "bool" }).fill_(1), truth: () => nd([5], () => 1), ...constant, dtype: "bool" },
      { inputs: [], call: () => zeros(0).fill_(1), truth: () => nd([0], () => 1), ...constant },
    ],
    refuses: [
      {
        call: () => zeros([2], { dtype: "int8" }).fill_(200),
        error: ArgError,
        says: /fill_: value is 200, and int8 holds whole numbers from -128 to 127/,
      },
      { call: () => zeros([2], { dtype: "int32" }).fill_(0.5), error: ArgError, says: /fill_: value is 0.5, and int32 holds/ },
      { call: () => zeros(2).fill_("1" as unknown as number), error: ArgError, says: /fill_: value must be a number, got "1"/ },
    ],
  },
  { op: "zero_", samples: [{ inputs: [], call: () => sg.ones(5).zero_(), truth: () => nd([5], () => 0), ...constant }] },
];

export const selectionRows: readonly Row[] = [...indexed, ...chosen, ...casts, ...edits];
