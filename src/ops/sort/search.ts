// Places of values in sorted rows.
import { checkOneOf } from "../../checks.js";
import { readOptions } from "../../options.js";
import { full } from "../../tensor/create.js";
import { promote, typeOfNumber } from "../../tensor/dtype.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { sortKernels } from "../../wasm/generated/groups/sort.js";
import { to } from "../elementwise/cast.js";
import { computable } from "../elementwise/promotion.js";
import { isFloat } from "./keys.js";

const searchOp: Op<[x: Tensor, values: Tensor], boolean> = defineOp<[x: Tensor, values: Tensor], boolean>({
  name: "searchsorted",
  infer: ([x, values]) => {
    const fits = x.ndim > 0 && sameShape(x.shape.slice(0, -1), values.shape.slice(0, -1));
    checkForm("searchsorted", x, x.ndim === 1 || fits, `[n] or fit the values ${formatSpec(values)} but for the last size`);
    return { shape: values.shape, dtype: "int32" };
  },
  forward: (out, [x, values], right) => {
    const n = x.shape.at(-1) as number;
    const m = x.ndim === 1 ? values.size : (values.shape.at(-1) as number);
    const rows = m === 0 ? 0 : values.size / m;
    sortKernels.searchsorted(x.ptr, values.ptr, out.ptr, rows, n, m, x.ndim === 1 ? 0 : n, Number(right), isFloat(x));
  },
  backward: [null, null],
});

/** Options of `searchsorted`. */
export interface SearchOptions {
  /** Whether elements equal to the value are before its place; false unless given. */
  right?: boolean;
  /** "right" is the same as `right`. */
  side?: "left" | "right";
}

function search(op: string, x: Tensor, values: Operand, right: boolean): Tensor {
  checkAlive(op, x, "x");
  return scope(() => {
    const wanted = typeof values === "number" ? full([], values, { dtype: typeOfNumber(values) }) : values;
    checkAlive(op, wanted, "values");
    const dtype = promote(x.dtype, wanted.dtype);
    return searchOp(computable(to(x, dtype), op), computable(to(wanted, dtype), op), right);
  });
}

/**
 * Where values would be inserted into sorted rows: the number of elements less than each value, or not greater than it with `right`. x: any
 * dtype, [..., n] in ascending order; values: any dtype, [..., m] with the same sizes before the last, or any shape if x is [n], or a number
 * -> int32 in the shape of the values. NaN is behind all elements. Gradient: none.
 * Errors: `ShapeError` if the sizes do not fit, `ArgError` if `right` and `side` contradict each other.
 * @example searchsorted(tensor([1, 3, 5]), tensor([3, 9])); // [1, 3]
 * @example searchsorted(tensor([1, 3, 5]), 3, { right: true }); // 2
 */
export function searchsorted(x: Tensor, values: Operand, options?: SearchOptions): Tensor {
  const { right, side } = readOptions<{ right: boolean; side: "left" | "right" | undefined }>("searchsorted", options, {
    right: false,
    side: undefined,
  });
  if (side !== undefined) checkOneOf("searchsorted", "side", side, right ? ["right"] : ["left", "right"]);
  return search("searchsorted", x, values, right || side === "right");
}

/**
 * The number of the interval between sorted boundaries in which each value is: `boundaries[i - 1] < x <= boundaries[i]`, or
 * `boundaries[i - 1] <= x < boundaries[i]` with `right`. x: any dtype and shape, or a number; boundaries: any dtype, [n] in ascending order
 * -> int32 in the shape of x. Gradient: none.
 * Errors: `ShapeError` for boundaries that are not [n].
 * @example bucketize(tensor([0, 3, 9]), tensor([1, 3, 5])); // [0, 1, 3]
 */
export function bucketize(x: Operand, boundaries: Tensor, options?: { right?: boolean }): Tensor {
  const { right } = readOptions("bucketize", options, { right: false });
  checkAlive("bucketize", boundaries, "the boundaries");
  checkForm("bucketize", boundaries, boundaries.ndim === 1, "[n]", "the boundaries");
  return search("bucketize", boundaries, x, right);
}
