// Quantization and products of int8.
import { ArgError, DTypeError, IndexError, ShapeError, tensor, zeros } from "simdgrad";
import { dequantize, int8Matmul, quantize, quantizedLinear } from "simdgrad/quantize";
import { at, elementwise, type Nd, nd } from "../nd.js";
import { float, given, type Input, type Row, type Sample } from "../row.js";

const constant: Partial<Sample> = { differentiable: false };

const bytes = (shape: readonly number[], values: readonly number[]): Input => given(shape, values, "int8");
/** Bytes of every sign and size, in no order. */
const mixed = (...shape: number[]): Input =>
  bytes(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 89) % 256) - 128),
  );

const even = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));
const held = (low: number, high: number) => (x: number) => Math.min(high, Math.max(low, even(x)));
const f = Math.fround;

/** The largest magnitude of each channel along a dimension, over the largest value. */
function scales(x: Nd, axis: number, limit: number): number[] {
  const largest: number[] = new Array(x.shape[axis] as number).fill(0);
  nd(x.shape, (...i) => {
    largest[i[axis]] = Math.max(largest[i[axis]] as number, Math.abs(at(x, i)));
    return 0;
  });
  return largest.map((v) => f(v / limit));
}

/** Rounded as the library does, in float32: a ratio next to a half must fall to the same side. */
function quantizedAlong(x: Nd, axis: number, limit: number): Nd {
  const scale = scales(x, axis, limit);
  return nd(x.shape, (...i) => held(-limit, limit)(f(f(at(x, i)) / (scale[i[axis]] as number))));
}

const numbers = [-2.5, -1.5, -0.6, -0.5, 0, 0.5, 1.5, 2.4, 300];

const conversions: Row[] = [
  {
    op: "quantize",
    samples: [
      {
        inputs: [given([2, 2], [-1, 0.5, 0.25, 1.27])],
        call: (x) => quantize(x).values,
        truth: () => nd([2, 2], (i, j) => [-100, 50, 25, 127][2 * i + j] as number),
        ...constant,
        dtype: "int8",
      },
      {
        inputs: [given([3], [1, -2, 0.5])],
        call: (x) => quantize(x).scale,
        truth: () => nd([], () => f(2 / 127)),
        ...constant,
        note: "its scale",
      },
      ...[0, 1, -1].map(
        (axis): Sample => ({
          inputs: [float([3, 5, 7])],
          call: (x) => quantize(x, { axis }).values,
          truth: (x) => quantizedAlong(x as Nd, (axis + 3) % 3, 127),
          ...constant,
          dtype: "int8",
          note: `along ${axis}`,
        }),
      ),
      {
        inputs: [float([3, 5])],
        call: (x) => quantize(x, { axis: 1, bits: 7 }).scale,
        truth: (x) => nd([5], (c) => scales(x as Nd, 1, 63)[c] as number),
        ...constant,
        note: "scales along 1, 7 bits",
      },
      {
        inputs: [float([4, 5])],
        call: (x) => quantize(x, { axis: 0, bits: 4 }).values,
        truth: (x) => quantizedAlong(x as Nd, 0, 7),
        ...constant,
        dtype: "int8",
        note: "4 bits",
      },
      {
        inputs: [given([9], numbers)],
        call: (x) => quantize(x, { scale: 1 }).values,
        truth: elementwise(held(-127, 127)),
        ...constant,
        dtype: "int8",
        note: "a scale, halves to even",
      },
      {
        inputs: [given([9], numbers)],
        call: (x) => quantize(x, { scale: tensor(0.5), zeroPoint: -100 }).values,
        truth: elementwise((x) => held(-28, 227)(2 * x) - 100),
        ...constant,
        dtype: "int8",
        note: "a zero point",
      },
      {
        inputs: [given([2], [Number.NaN, 1])],
        call: (x) => quantize(x, { scale: 1 }).values,
        truth: () => nd([2], (i) => i),
        ...constant,
        dtype: "int8",
        note: "NaN is 0",
      },
    ],
    refuses: [
      { call: () => quantize(zeros(2).to("int32")), error: DTypeError, says: /quantize: needs float32, got int32\[2\]/ },
      { call: () => quantize(zeros(2), { axis: 1 }), error: IndexError, says: /quantize: dim 1 is outside/ },
      { call: () => quantize(zeros(2), { bits: 9 }), error: ArgError, says: /bits must be a whole number from 2 to 8, got 9/ },
      { call: () => quantize(zeros(2), { scale: 0 }), error: ArgError, says: /scale must be a finite number above 0, got 0/ },
      { call: () => quantize(zeros(2), { zeroPoint: 3 }), error: ArgError, says: /a zero point needs the scale that belongs to it/ },
      { call: () => quantize(zeros(2), { scale: 1, zeroPoint: 128 }), error: ArgError, says: /a whole number from -128 to 127, got 128/ },
      {
        call: () => quantize(zeros(2, 3), { axis: 1, scale: zeros(2) }),
        error: ShapeError,
        says: /the scale of float32\[2,3\] must be \[3\], one for each place along axis 1, got float32\[2\]/,
      },
      { call: () => quantize(zeros(2), { scale: zeros(2) }), error: ShapeError, says: /must be a scalar; name the axis/ },
      { call: () => quantize(zeros(2), 8 as never), error: ArgError, says: /options go into one object/ },
    ],
  },
  {
    op: "dequantize",
    samples: [
      { inputs: [mixed(3, 7)], call: (q) => dequantize(q, 0.25), truth: elementwise((q) => q / 4), ...constant },
      {
        inputs: [mixed(3, 7), given([3], [1, 0.5, 3])],
        call: (q, s) => dequantize(q, s, { axis: 0 }),
        truth: (q, s) => nd([3, 7], (i, j) => at(q as Nd, [i, j]) * at(s as Nd, [i])),
        ...constant,
      },
      {
        inputs: [mixed(2, 9), given([], [0.5])],
        call: (q, s) => dequantize(q, s, { zeroPoint: -100 }),
        truth: elementwise((q, s) => (q + 100) * s),
        ...constant,
      },
    ],
    refuses: [
      { call: () => dequantize(zeros(2), 1), error: DTypeError, says: /dequantize: needs int8, got float32\[2\]; make it with quantize/ },
      { call: () => dequantize(zeros(2, { dtype: "int8" }), zeros(2)), error: ShapeError, says: /must be a scalar; name the axis/ },
      {
        call: () => dequantize(zeros(2, { dtype: "int8" }), 1, { zeroPoint: 0.5 }),
        error: ArgError,
        says: /zeroPoint must be .* got 0\.5/,
      },
    ],
  },
];

const product = (a: Nd, b: Nd, zeroPoint = 0): Nd =>
  nd([a.shape[0] as number, b.shape[1] as number], (i, j) => {
    let sum = 0;
    for (let p = 0; p < (a.shape[1] as number); p++) sum += (at(a, [i, p]) - zeroPoint) * at(b, [p, j]);
    return sum;
  });

/** x W^T + b for integers with a scale for each row of x and of W. */
const affine = (x: Nd, xScale: (row: number) => number, zeroPoint: number, w: Nd, wScale: (row: number) => number, bias: Nd): Nd =>
  nd([x.shape[0] as number, w.shape[0] as number], (i, j) => {
    let sum = 0;
    for (let p = 0; p < (x.shape[1] as number); p++) sum += (at(x, [i, p]) - zeroPoint) * at(w, [j, p]);
    return sum * xScale(i) * wScale(j) + at(bias, [j]);
  });

const int8 = (...shape: number[]) => zeros(shape, { dtype: "int8" });

const products: Row[] = [
  {
    op: "int8Matmul",
    samples: [
      ...[
        [1, 1, 1],
        [4, 9, 5],
        [13, 130, 17],
      ].map(
        ([m, k, n]): Sample => ({
          inputs: [mixed(m as number, k as number), mixed(k as number, n as number)],
          call: (a, b) => int8Matmul(a, b),
          truth: (a, b) => product(a as Nd, b as Nd),
          ...constant,
          dtype: "int32",
        }),
      ),
      {
        inputs: [mixed(3, 6), mixed(6, 2)],
        call: (a, b) => int8Matmul(a, b, { zeroPoint: -128 }),
        truth: (a, b) => product(a as Nd, b as Nd, -128),
        ...constant,
        dtype: "int32",
        note: "a zero point",
      },
      {
        inputs: [bytes([2, 0], []), bytes([0, 3], [])],
        call: (a, b) => int8Matmul(a, b),
        truth: () => nd([2, 3], () => 0),
        ...constant,
        dtype: "int32",
      },
    ],
    refuses: [
      { call: () => int8Matmul(zeros(2, 2), int8(2, 2)), error: DTypeError, says: /int8Matmul: needs int8, got float32\[2,2\]/ },
      {
        call: () => int8Matmul(int8(2, 3), int8(4, 2)),
        error: ShapeError,
        says: /int8Matmul: a is int8\[2,3\] and b is int8\[4,2\]; they must be \[m, k\] and \[k, n\]/,
      },
      { call: () => int8Matmul(int8(1, 65537), int8(65537, 1)), error: ShapeError, says: /sums of 65537 products may pass int32/ },
      { call: () => int8Matmul(int8(2, 2), int8(2, 2), { zeroPoint: 200 }), error: ArgError, says: /zeroPoint must be .* got 200/ },
    ],
  },
  {
    op: "quantizedLinear",
    samples: [
      {
        inputs: [mixed(5, 21), given([5], [1e-3, 2e-3, 5e-3, 1e-3, 1e-2]), mixed(11, 21), float([11], [0.001, 0.002]), float([11])],
        call: (values, scale, w, wScale, bias) => quantizedLinear({ values, scale }, { values: w, scale: wScale }, bias),
        truth: (x, xs, w, ws, bias) =>
          affine(
            x as Nd,
            (i) => at(xs as Nd, [i]),
            0,
            w as Nd,
            (j) => at(ws as Nd, [j]),
            bias as Nd,
          ),
        ...constant,
        note: "one scale per row and per output",
      },
      {
        inputs: [mixed(7, 4), mixed(3, 4), float([3])],
        call: (values, w, bias) =>
          quantizedLinear({ values, scale: tensor(0.01), zeroPoint: 17 }, { values: w, scale: tensor(0.005), zeroPoint: 0 }, bias),
        truth: (x, w, bias) =>
          affine(
            x as Nd,
            () => 0.01,
            17,
            w as Nd,
            () => 0.005,
            bias as Nd,
          ),
        ...constant,
        note: "one scale for all, a zero point",
      },
      {
        inputs: [float([2, 3, 40]), mixed(6, 40)],
        call: (x, w) => quantizedLinear(x, { values: w, scale: tensor(0.002) }),
        truth: (x, w) => {
          const rows = { shape: [6, 40], data: (x as Nd).data };
          const scale = scales(rows, 0, 127);
          const q = quantizedAlong(rows, 0, 127);
          const none = nd([6], () => 0);
          return {
            shape: [2, 3, 6],
            data: affine(
              q,
              (i) => scale[i] as number,
              0,
              w as Nd,
              () => 0.002,
              none,
            ).data,
          };
        },
        ...constant,
        note: "quantized here",
      },
      {
        inputs: [float([0, 3]), mixed(2, 3)],
        call: (x, w) => quantizedLinear(x, { values: w, scale: tensor(1) }),
        truth: () => nd([0, 2], () => 0),
        ...constant,
      },
    ],
    refuses: [
      {
        call: () => quantizedLinear(zeros(2, 3), { values: int8(4, 5), scale: tensor(1) }),
        error: ShapeError,
        says: /x is float32\[2,3\], but the weight int8\[4,5\] takes 5 input features/,
      },
      {
        call: () => quantizedLinear(zeros(2, 5), { values: zeros(4, 5), scale: tensor(1) }),
        error: DTypeError,
        says: /needs int8, got float32\[4,5\]/,
      },
      {
        call: () => quantizedLinear(int8(2, 5), { values: int8(4, 5), scale: tensor(1) }),
        error: DTypeError,
        says: /int8\[2,5\] needs its scale; pass \{ values, scale \}/,
      },
      {
        call: () => quantizedLinear(zeros(2, 5), { values: int8(4, 5), scale: zeros(5) }),
        error: ShapeError,
        says: /the scale of int8\[4,5\] must be a scalar, or \[4\], one for each row, got float32\[5\]/,
      },
      {
        call: () => quantizedLinear(zeros(2, 5), { values: int8(4, 5), scale: tensor(1), zeroPoint: 3 }),
        error: ArgError,
        says: /the weight must be symmetric, its zero point is 3/,
      },
      {
        call: () => quantizedLinear({ values: int8(2, 5), scale: zeros(5) }, { values: int8(4, 5), scale: tensor(1) }),
        error: ShapeError,
        says: /the scale of int8\[2,5\] must be a scalar, or \[2\], one for each row, got float32\[5\]/,
      },
      {
        call: () => quantizedLinear(zeros(2, 5), { values: int8(4, 5), scale: tensor(1) }, zeros(5)),
        error: ShapeError,
        says: /the bias must be float32\[4\] for the weight int8\[4,5\], got float32\[5\]/,
      },
      {
        call: () => quantizedLinear(zeros(2, 5), { values: int8(5), scale: tensor(1) }),
        error: ShapeError,
        says: /the weight must be \[out, in\], got int8\[5\]/,
      },
    ],
  },
];

export const quantizedRows: readonly Row[] = [...conversions, ...products];
