// Products of int8 matrices. The sums are exact in int32, and so the same on every engine. m k n as in BLAS.
import { ArgError, DTypeError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, sizeOf } from "../../tensor/shape.js";
import { checkFloat, type Tensor } from "../../tensor/tensor.js";
import { int8Kernels } from "../../wasm/generated/groups/int8.js";
import { linearSizes } from "../gemm/linear.js";
import { mismatch } from "../gemm/matmul.js";
import { packedWeight } from "../gemm/packed.js";
import { reshape } from "../move/shape.js";
import { checkInt8, checkScale, checkZeroPoint, type Quantized, quantize } from "./quantize.js";

/** The most products of 8-bit numbers whose sum always fits in int32. */
const MOST_PRODUCTS = 65536;

function checkDepth(op: string, depth: number): void {
  if (depth > MOST_PRODUCTS) {
    throw new ShapeError(`${op}: sums of ${depth} products may pass int32; split them, ${MOST_PRODUCTS} fit`);
  }
}

type Inputs = [x: Tensor, weight: Tensor, xScale: Tensor | undefined, weightScale: Tensor | undefined, bias: Tensor | undefined];

/** What a kernel reads of a scale: where it is, and the elements from one to the next, 0 for a scalar, which all rows share. */
const addressOf = (scale: Tensor | undefined) => [scale?.ptr ?? 0, scale?.ndim ?? 0] as const;

/** The sums for a weight [in, out]; with scales, their affine map for a weight [out, in], whose packed form is kept. */
const productOp: Op<Inputs, number> = defineOp<Inputs, number>({
  name: "int8Matmul",
  optional: [2, 3, 4],
  infer: ([x, weight, scale]) => ({
    shape: [x.shape[0] as number, weight.shape[scale ? 0 : 1] as number],
    dtype: scale ? "float32" : "int32",
  }),
  forward: (out, [x, weight, xScale, weightScale, bias], zeroPoint, _, scratch) => {
    const [m, n] = out.shape as [number, number];
    const depth = x.shape[1] as number;
    const bytes = int8Kernels.packedInt8Bytes(n, depth);
    const pack = (to: number): void => int8Kernels.packInt8(n, depth, weight.ptr, xScale ? 1 : n, xScale ? depth : 1, to);
    const kept = xScale ? packedWeight(weight, `int8 ${n} x ${depth}`, bytes, pack) : 0;
    const own = kept ? 0 : bytes;
    const block = scratch(own + int8Kernels.gemmInt8Workspace(m, depth));
    if (!kept) pack(block);
    const scales = [...addressOf(xScale), ...addressOf(weightScale)] as const;
    int8Kernels.gemmInt8(m, n, depth, x.ptr, depth, zeroPoint, kept || block, ...scales, bias?.ptr ?? 0, out.ptr, n, block + own);
  },
  backward: [null, null, null, null, null],
});

const DEFAULTS = { zeroPoint: 0 };

/**
 * Matrix product of integers: `sum over k of (a[m,k] - zeroPoint) * b[k,n]`, exact. a [m, k], b [k, n], both int8 -> int32 [m, n].
 * Gradient: none.
 * Errors: `ShapeError` with both shapes, or for more than 65,536 products in a sum; `DTypeError` unless both are int8; `ArgError` for a
 * zero point that is not an int8 value.
 * Source: ONNX MatMulInteger, PyTorch _int_mm.
 * @example int8Matmul(tensor([[1, 2]], { dtype: "int8" }), tensor([[3], [4]], { dtype: "int8" })); // [[11]]
 */
export function int8Matmul(a: Tensor, b: Tensor, options?: { zeroPoint?: number }): Tensor {
  const { zeroPoint } = readOptions("int8Matmul", options, DEFAULTS);
  checkInt8("int8Matmul", a);
  checkInt8("int8Matmul", b);
  checkZeroPoint("int8Matmul", zeroPoint);
  if (a.ndim !== 2 || b.ndim !== 2 || a.shape[1] !== b.shape[0]) throw mismatch("int8Matmul", a, b, "they must be [m, k] and [k, n]");
  checkDepth("int8Matmul", a.shape[1] as number);
  return productOp(a, b, undefined, undefined, undefined, zeroPoint);
}

/** Throws unless the values are int8 and the scale is a scalar, or one number for each of `rows` rows. */
function checkQuantized({ values, scale, zeroPoint = 0 }: Quantized, rows: number): void {
  checkInt8("quantizedLinear", values);
  checkScale("quantizedLinear", values, scale, `a scalar, or [${rows}], one for each row`, [], [rows]);
  checkZeroPoint("quantizedLinear", zeroPoint);
}

/** The end of errors about something else. */
const FORM = "; pass { values, scale } as quantize gives it";

function isQuantized(value: unknown): value is Quantized {
  return typeof value === "object" && value !== null && "values" in value && "scale" in value;
}

/**
 * Affine map by an int8 weight: `x W^T + b`, its sums exact in int32, then times the scales of row and column. x [..., in]:
 * float32, which is quantized here, each row by its own largest magnitude; or quantized before, with one scale or one per row.
 * weight [out, in]: symmetric, with one scale or one per row (`quantize(w, { axis: 0 })`). bias [out], float32 -> float32 [..., out].
 * The weight's packed form is kept beside it, in as much memory again, until it changes. NaN or Infinity in a row of a float32 x make its
 * whole result NaN.
 * Gradient: none, train in float32.
 * Errors: `ShapeError` naming what does not fit, or for more than 65,536 input features; `DTypeError` for other dtypes, `ArgError` for a
 * weight that is not symmetric.
 * Source: PyTorch's quantized linear_dynamic, with a scale per row.
 * @example quantizedLinear(x, quantize(weight, { axis: 0 })).shape; // [2, 2]
 */
export function quantizedLinear(x: Tensor | Quantized, weight: Quantized, bias?: Tensor | null): Tensor {
  if (!isQuantized(weight)) throw new ArgError(`quantizedLinear: weight is ${describe(weight)}${FORM}`);
  const { values } = isQuantized(x) ? x : { values: x };
  const [n, depth] = linearSizes("quantizedLinear", values, weight.values, bias);
  checkDepth("quantizedLinear", depth);
  checkQuantized(weight, n);
  if (weight.zeroPoint) throw new ArgError(`quantizedLinear: the weight must be symmetric, its zero point is ${weight.zeroPoint}`);
  const lead = values.shape.slice(0, -1);
  const rows = sizeOf(lead);
  if (isQuantized(x)) checkQuantized(x, rows);
  else if (values.dtype === "int8") throw new DTypeError(`quantizedLinear: x ${formatSpec(values)} needs its scale${FORM}`);
  else checkFloat("quantizedLinear", values);
  return scope(() => {
    const flat = reshape(values, [rows, depth]);
    const { values: a, scale, zeroPoint = 0 } = isQuantized(x) ? { ...x, values: flat } : quantize(flat, { axis: 0 });
    return reshape(productOp(a, weight.values, scale, weight.scale, bias ?? undefined, zeroPoint), [...lead, n]);
  });
}
