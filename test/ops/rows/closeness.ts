// Tests of numbers, and of whether they are equal.
import * as sg from "simdgrad";
import { ArgError, DTypeError, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { elementwise, nd } from "../nd.js";
import { constant, inf, integers, named, nan } from "../numbers.js";
import { float, given, type Input, type Row } from "../row.js";

const ODD = [nan, inf, -inf, 0, 1.5, -2];

const test = (op: "isnan" | "isinf" | "isfinite" | "isposinf" | "isneginf", rule: (x: number) => boolean): Row => ({
  op,
  samples: [
    ...[[6], [2, 3], [6, 1]].map((shape) => ({
      inputs: [given(shape, ODD)],
      call: sg[op],
      truth: elementwise((x) => Number(rule(x))),
      ...constant,
      dtype: "bool",
    })),
    { inputs: [given([2], [3, 0], "uint8")], call: sg[op], truth: elementwise((x) => Number(rule(x))), ...constant, dtype: "bool" },
    { inputs: [float([0, 2])], call: sg[op], truth: (x) => x, ...constant, dtype: "bool" },
  ],
  refuses: [{ call: () => named(op)(3), error: ArgError, says: new RegExp(`${op}: expected a tensor`) }],
});

const close = (a: number, b: number): boolean => a === b || (Math.abs(a - b) < inf && Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b));

/** What returns true or false, as a tensor, so that it fits into a row. */
const asTensor = (value: boolean): Tensor => tensor(Number(value));

const closeTo = (rule: (a: number, b: number) => boolean) => elementwise((a: number, b: number) => Number(rule(a, b)));

const NEAR: Input[] = [given([6], [1, 1, inf, inf, nan, 0]), given([6], [1.000001, 1.1, inf, -inf, nan, 1e-9])];

const closenesses: Row[] = [
  test("isnan", Number.isNaN),
  test("isinf", (x) => Math.abs(x) === inf),
  test("isfinite", Number.isFinite),
  test("isposinf", (x) => x === inf),
  test("isneginf", (x) => x === -inf),
  {
    op: "isclose",
    samples: [
      { inputs: NEAR, call: (a, b) => sg.isclose(a, b), truth: closeTo(close), ...constant, dtype: "bool" },
      {
        inputs: NEAR,
        call: (a, b) => sg.isclose(a, b, { rtol: 0.5, atol: 0, equalNan: true }),
        truth: closeTo((a, b) =>
          Number.isNaN(a) ? Number.isNaN(b) : a === b || (Math.abs(a - b) < inf && Math.abs(a - b) <= 0.5 * Math.abs(b)),
        ),
        ...constant,
        dtype: "bool",
      },
      {
        inputs: [given([3, 1], [1, 2, 3], "int32"), given([2], [1, 3], "int32")],
        call: (a, b) => sg.isclose(a, b),
        truth: closeTo(close),
        ...constant,
        dtype: "bool",
      },
      { inputs: [float([0]), float([0])], call: (a, b) => sg.isclose(a, b), truth: (a) => a, ...constant, dtype: "bool" },
    ],
    refuses: [
      {
        call: () => sg.isclose(zeros([]), zeros([]), { rtol: -0.4 }),
        error: ArgError,
        says: /isclose: rtol must be a finite number of at least 0/,
      },
      { call: () => sg.isclose(zeros([]), zeros([]), { atol: -0.4 }), error: ArgError, says: /isclose: atol/ },
      { call: () => sg.isclose(zeros(2), integers(2)), error: DTypeError, says: /isclose: a is float32\[2\] and b is int32\[2\]/ },
      { call: () => named("isclose")(integers(3), 2), error: ArgError, says: /isclose: expected a tensor as b/ },
    ],
  },
  {
    op: "allclose",
    samples: [
      {
        inputs: [given([2], [1, 2]), given([2], [1.000001, 2])],
        call: (a, b) => asTensor(sg.allclose(a, b)),
        truth: () => nd([], () => 1),
        ...constant,
      },
      {
        inputs: [given([2], [1, 2]), given([2], [1.1, 2])],
        call: (a, b) => asTensor(sg.allclose(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
      {
        inputs: [given([2], [nan, 2]), given([1], [nan])],
        call: (a, b) => asTensor(sg.allclose(a, b, { equalNan: true })),
        truth: () => nd([], () => 0),
        ...constant,
      },
      { inputs: [float([0]), float([0])], call: (a, b) => asTensor(sg.allclose(a, b)), truth: () => nd([], () => 1), ...constant },
    ],
    refuses: [{ call: () => sg.allclose(zeros(2), zeros(3)), error: ShapeError, says: /sizes must match/ }],
  },
  {
    op: "equal",
    samples: [
      {
        inputs: [given([2], [1, 2]), given([2], [1, 2])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 1),
        ...constant,
      },
      {
        inputs: [given([2], [1, 2]), given([2], [1, 3])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
      {
        inputs: [given([2], [1, 1]), given([1, 2], [1, 1])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
      {
        inputs: [given([1], [nan]), given([1], [nan])],
        call: (a, b) => asTensor(sg.equal(a, b)),
        truth: () => nd([], () => 0),
        ...constant,
      },
    ],
    refuses: [{ call: () => named("equal")(zeros(2), 1), error: ArgError, says: /equal: expected a tensor as b/ }],
  },
];

export const closenessRows: readonly Row[] = [...closenesses];
