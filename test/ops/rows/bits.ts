// Bits and logic.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, zeros } from "simdgrad";
import { elementwise } from "../nd.js";
import { constant, integers, named, noTensor } from "../numbers.js";
import { given, type Row, type Sample } from "../row.js";

const LEFT = [5, -7, 0, 127, -128, 1];

const RIGHT = [3, 2, 6, 1, 4, 33];

/** The value of a bit pattern in a dtype. */
const wrap = (dtype: string, v: number): number =>
  dtype === "uint8" ? v & 255 : dtype === "int8" ? (v << 24) >> 24 : dtype === "bool" ? Number(v !== 0) : v | 0;

function bits(op: string, rule: (a: number, b: number) => number, ofBool = true): Row {
  const dtypes = ["int32", "int8", "uint8", ...(ofBool ? (["bool"] as const) : [])] as const;
  const call = (a: Tensor, b: Tensor): Tensor => named(op)(a, b);
  return {
    op,
    samples: [
      ...dtypes.map(
        (dtype): Sample => ({
          inputs: [
            given(
              [6],
              LEFT.map((v) => wrap(dtype, v)),
              dtype,
            ),
            given(
              [6],
              RIGHT.map((v) => wrap(dtype, v)),
              dtype,
            ),
          ],
          call,
          truth: elementwise((a, b) => wrap(dtype, rule(a, b))),
          ...constant,
          dtype,
          note: dtype,
        }),
      ),
      {
        inputs: [given([2, 3], LEFT, "int32"), given([2, 1], [1, 2], "int32")],
        call,
        truth: elementwise(rule),
        ...constant,
        dtype: "int32",
      },
      {
        inputs: [given([6], LEFT, "int32")],
        call: (a) => named(op)(a, 3),
        truth: elementwise((a) => rule(a, 3)),
        ...constant,
        dtype: "int32",
      },
      {
        inputs: [given([6], RIGHT, "int32")],
        call: (b) => named(op)(-9, b),
        truth: elementwise((b) => rule(-9, b)),
        ...constant,
        dtype: "int32",
      },
    ],
    refuses: [
      { call: () => named(op)(zeros(2), integers(2)), error: DTypeError, says: new RegExp(`${op}: needs whole numbers`) },
      { call: () => named(op)(integers(2), 0.5), error: DTypeError, says: new RegExp(`${op}: needs whole numbers`) },
      { call: () => named(op)(integers(2), integers(3)), error: ShapeError, says: new RegExp(`${op}: a is int32`) },
      noTensor(op),
    ],
  };
}

const shiftLeft = (a: number, b: number): number => (b >= 0 && b < 32 ? a << b : 0);

const shiftRight = (a: number, b: number): number => a >> (b >= 0 && b < 32 ? b : 31);

const logic: Row[] = [
  bits("bitwiseAnd", (a, b) => a & b),
  bits("bitwiseOr", (a, b) => a | b),
  bits("bitwiseXor", (a, b) => a ^ b),
  bits("bitwiseLeftShift", shiftLeft, false),
  bits("bitwiseRightShift", shiftRight, false),
  {
    op: "bitwiseNot",
    samples: (["int32", "int8", "uint8", "bool"] as const).map((dtype) => ({
      inputs: [
        given(
          [6],
          LEFT.map((v) => wrap(dtype, v)),
          dtype,
        ),
      ],
      call: sg.bitwiseNot,
      truth: elementwise((v) => (dtype === "bool" ? 1 - v : wrap(dtype, ~v))),
      ...constant,
      dtype,
    })),
    refuses: [{ call: () => sg.bitwiseNot(zeros(2)), error: DTypeError, says: /bitwiseNot: needs whole numbers or bool/ }],
  },
  {
    op: "logicalXor",
    samples: [
      {
        inputs: [given([4], [0, 1, 1, 0], "bool"), given([4], [0, 1, 0, 1], "bool")],
        call: sg.logicalXor,
        truth: elementwise((a, b) => a ^ b),
        ...constant,
        dtype: "bool",
      },
      {
        inputs: [given([2, 1], [0, -2.5]), given([3], [0, 7, 1], "int32")],
        call: sg.logicalXor,
        truth: elementwise((a, b) => Number((a !== 0) !== (b !== 0))),
        ...constant,
        dtype: "bool",
      },
    ],
    refuses: [{ call: () => named("logicalXor")(integers(3), 2), error: ArgError, says: /logicalXor: expected a tensor as b/ }],
  },
];

export const bitsRows: readonly Row[] = [...logic];
