// Reads and writes by masks.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";
import { ALL, bitsOf, both, constant, i32, losesGradient, mask, onCopy, positions } from "../written.js";

const trueIn = (x: Nd): number[][] => positions(x.shape).filter((p) => at(x, p) !== 0);

export const found = (op: "nonzero" | "argwhere"): Row => ({
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

export const masksRows: readonly Row[] = [found("nonzero"), found("argwhere"), ...masked];
