// Affine maps, with what may follow in the same call. m n k as in BLAS: x [m, depth] times the transpose of the weight [n, depth].
import { ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { k } from "../../wasm/kernels.js";
import { reshape } from "../move/shape.js";
import { sum } from "../reduce/reduce.js";
import { checkBias } from "./checkBias.js";
import { type EpilogueOptions, withDefaults, withEpilogue } from "./epilogue.js";
import { colStride, matmulOp, rowStride, rowsOf } from "./matmul.js";
import { type Epilogue, epilogueArgument, packedWeight, records } from "./packed.js";

const FIRST = { a: true, b: false };

/** The attributes of a linear map. */
interface Affine extends Epilogue {
  readonly transposedWeight?: boolean;
}

/** With fewer rows of x, the unpacked weight is faster. */
const ROWS_TO_PACK = 3;

type AffineInputs = [x: Tensor, weight: Tensor, bias: Tensor | undefined, residual: Tensor | undefined];

const linearOp: Op<AffineInputs, Affine> = defineOp<AffineInputs, Affine>({
  name: "linear",
  infer: ([x, weight], { transposedWeight = false }) => ({
    shape: [x.shape[0] as number, rowsOf(weight, transposedWeight)],
    dtype: "float32",
  }),
  optional: [2, 3],
  forward: (out, [x, weight, bias, residual], attr, _, scratch) => {
    const { packed, transposedWeight = false } = attr;
    const [m, depth] = x.shape as [number, number];
    const n = rowsOf(weight, transposedWeight);
    // The product is that of x and the transpose of the weight [n, depth].
    const [brs, bcs] = [colStride(weight, transposedWeight), rowStride(weight, transposedWeight)];
    const pack = (ptr: number): void => k.packMatrix(n, depth, weight.ptr, brs, bcs, ptr);
    const panels =
      packed && m >= ROWS_TO_PACK ? packedWeight(weight, `matrix ${n} x ${depth} by ${brs}`, k.packedBytes(n, depth), pack) : 0;
    const work = scratch(k.gemmWorkspace(m, n, depth));
    const start = bias?.ptr ?? 0;
    const activation = epilogueArgument(attr, residual, out, scratch);
    if (panels) k.gemmPacked(m, n, depth, x.ptr, depth, 1, panels, out.ptr, start, activation, work);
    else k.gemm(m, n, depth, x.ptr, depth, 1, weight.ptr, brs, bcs, out.ptr, n, 0, 0, start, activation, work);
  },
  saves: [[1], [0], [], []],
  backward: [
    (g, { inputs: [, weight], attr }) => matmulOp(g, weight, { a: false, b: attr.transposedWeight === true }),
    (g, { inputs: [x], attr }) => (attr.transposedWeight ? matmulOp(x, g, FIRST) : matmulOp(g, x, FIRST)),
    (g) => sum(g, 0),
    (g) => g,
  ],
});

/** Output and input features of an affine map. Throws unless its shapes fit. */
export function linearSizes(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias?: Tensor | null,
  transposedWeight = false,
): [n: number, depth: number] {
  checkAlive(op, x, "x");
  checkAlive(op, weight, "weight");
  const [n, depth] = transposedWeight ? [weight.shape[1], weight.shape[0]] : weight.shape;
  if (weight.ndim !== 2 || n === undefined || depth === undefined)
    throw new ShapeError(`${op}: the weight must be [${transposedWeight ? "in, out" : "out, in"}], got ${formatSpec(weight)}`);
  if (x.ndim === 0 || x.shape.at(-1) !== depth) {
    throw new ShapeError(
      `${op}: x is ${formatSpec(x)}, but the weight ${formatSpec(weight)} takes ${depth} input features in the last dimension`,
    );
  }
  checkBias(op, bias, n, weight);
  return [n, depth];
}

/** Checks the tensors of an affine map; returns its output and input features. */
function checkAffine(x: Tensor, weight: Tensor, bias: Tensor | null | undefined, transposedWeight: boolean): [n: number, depth: number] {
  const sizes = linearSizes("linear", x, weight, bias, transposedWeight);
  checkFloat("linear", x, weight);
  return sizes;
}

/** The map of checked tensors. */
function affine(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null | undefined,
  [n, depth]: readonly [n: number, depth: number],
  attr: Affine,
  residual?: Tensor,
): Tensor {
  const map = (rows: Tensor, more: Tensor | undefined): Tensor => linearOp(rows, weight, bias ?? undefined, more, attr);
  if (x.ndim === 2) return map(x, residual);
  const lead = x.shape.slice(0, -1);
  const rows = sizeOf(lead);
  return scope(() => reshape(map(reshape(x, [rows, depth]), residual && reshape(residual, [rows, n])), [...lead, n]));
}

/** @internal `linear` for layers, whose options need no check. */
export function linearBy(x: Tensor, weight: Tensor, bias: Tensor | null, packed: boolean): Tensor {
  const sizes = checkAffine(x, weight, bias, false);
  return affine(x, weight, bias, sizes, { packed: packed && !records(x, weight, bias) });
}

/** Options of `linear`. */
export interface LinearOptions extends EpilogueOptions {
  /** Whether the weight is [in, out], as in TensorFlow and in ONNX's MatMul, and is read as it lies; false unless given. */
  transposedWeight?: boolean;
}

const LINEAR = /* @__PURE__ */ withDefaults({ transposedWeight: false });

/**
 * Affine map: `x W^T + b`. x [..., in], weight [out, in], or [in, out] with `transposedWeight`, bias [out] or none -> [..., out].
 * float32. In the same pass `residual` is added, `activation` is applied, and `bounds` limit the result; `packed` is for many calls with a
 * weight that does not change.
 * Gradient: `g W` for x, `g^T x` for the weight, the sum of g over all rows for the bias.
 * Errors: `ShapeError` naming what does not fit, `DTypeError` unless all are float32, `ArgError` for options outside their range.
 * @example linear(tensor([[1, 2]]), tensor([[1, 1]]), tensor([0.5])); // [[3.5]]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null, options?: LinearOptions): Tensor {
  const read = readOptions("linear", options, LINEAR);
  const { transposedWeight } = read;
  const sizes = checkAffine(x, weight, bias, transposedWeight);
  return withEpilogue("linear", read, [...x.shape.slice(0, -1), sizes[0]], [x, weight, bias], (now, residual) =>
    affine(x, weight, bias, sizes, { ...now, transposedWeight }, residual),
  );
}
