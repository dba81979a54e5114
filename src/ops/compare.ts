// Comparisons: bool out, shapes broadcast, no gradient. Anything compared with NaN is false, except `ne`.
import { defineOp, type Op, type Operand } from "../tensor/op.js";
import { k } from "../wasm/kernels.js";
import { type BinaryKernel, comparison, runBinary } from "./broadcast.js";

type Comparison = Op<[a: Operand, b: Operand]>;

/** One comparison over its float32 and its int32 kernel, looked up when it runs. */
function compare(name: string, kernels: () => { readonly float: BinaryKernel; readonly int: BinaryKernel }): Comparison {
  return defineOp<[a: Operand, b: Operand]>({
    name,
    infer: ([a, b]) => comparison(name, a, b),
    forward: (out, [a, b]) => runBinary(a.dtype === "int32" ? kernels().int : kernels().float, out, a, b),
    backward: [null, null],
  });
}

/**
 * `a == b`, false where either is NaN. a, b: both float32 or both int32, shapes broadcast -> bool. No gradient.
 * Errors: `ShapeError` with both shapes, `DTypeError` for two dtypes.
 * @example predicted.eq(labels);
 */
export const eq: Comparison = compare("eq", () => ({ float: k.eq, int: k.eqI32 }));

/**
 * `a != b`, true where either is NaN. a, b: both float32 or both int32, shapes broadcast -> bool. No gradient.
 * Errors: `ShapeError` with both shapes, `DTypeError` for two dtypes.
 * @example x.ne(0);
 */
export const ne: Comparison = compare("ne", () => ({ float: k.ne, int: k.neI32 }));

/**
 * `a < b`, false where either is NaN. a, b: both float32 or both int32, shapes broadcast -> bool. No gradient.
 * Errors: `ShapeError` with both shapes, `DTypeError` for two dtypes.
 * @example x.lt(0);
 */
export const lt: Comparison = compare("lt", () => ({ float: k.lt, int: k.ltI32 }));

/**
 * `a <= b`, false where either is NaN. a, b: both float32 or both int32, shapes broadcast -> bool. No gradient.
 * Errors: `ShapeError` with both shapes, `DTypeError` for two dtypes.
 * @example x.le(0);
 */
export const le: Comparison = compare("le", () => ({ float: k.le, int: k.leI32 }));

/**
 * `a > b`, false where either is NaN. a, b: both float32 or both int32, shapes broadcast -> bool. No gradient.
 * Errors: `ShapeError` with both shapes, `DTypeError` for two dtypes.
 * @example x.gt(0);
 */
export const gt: Comparison = compare("gt", () => ({ float: k.gt, int: k.gtI32 }));

/**
 * `a >= b`, false where either is NaN. a, b: both float32 or both int32, shapes broadcast -> bool. No gradient.
 * Errors: `ShapeError` with both shapes, `DTypeError` for two dtypes.
 * @example x.ge(0);
 */
export const ge: Comparison = compare("ge", () => ({ float: k.ge, int: k.geI32 }));
