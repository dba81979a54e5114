// Joining of tensors.
import { ArgError, DTypeError, describe, ShapeError } from "../../errors.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec, sameShape, stridesOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { unsqueeze } from "./shape.js";
import { narrow } from "./slice.js";
import { stridedCopy } from "./strided.js";

const catOp: Op<Tensor[], number> = defineOp<Tensor[], number>({
  name: "cat",
  infer: (inputs, dim) => {
    const [first] = inputs as [Tensor];
    const length = inputs.reduce((sum, x) => sum + (x.shape[dim] as number), 0);
    return { shape: first.shape.map((size, d) => (d === dim ? length : size)), dtype: first.dtype };
  },
  forward: (out, inputs, dim) => {
    const strides = stridesOf(out.shape);
    let at = 0;
    for (const x of inputs) {
      stridedCopy(x, 0, stridesOf(x.shape), out, at, strides, x.shape);
      at += (strides[dim] as number) * (x.shape[dim] as number);
    }
  },
  backward: {
    inputs: "any",
    saves: [],
    rule: (g, { shapes, attr: dim }, wanted) => {
      let end = 0;
      return shapes.map((shape, i) => {
        const length = shape[dim] as number;
        end += length;
        return wanted[i] ? narrow(g, dim, end - length, length) : undefined;
      });
    },
  },
});

/** Checks a list of tensors, and returns the first one. */
export function checkTensors(op: string, tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0)
    throw new ArgError(`${op}: takes an array of tensors, e.g. ${op}([a, b]), got ${describe(tensors)}`);
  for (const [i, x] of tensors.entries()) checkAlive(op, x, `item ${i}`);
  return tensors[0] as Tensor;
}

/**
 * Tensors one after the other along `dim`: [m, n] and [m, k] along 1 -> [m, n + k]. All other sizes and the dtype, which may be any, must
 * be equal. Gradient: of each tensor the part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if other sizes differ, `DTypeError` if dtypes do, `IndexError` for a dimension outside
 * the rank.
 * @example cat([tensor([1, 2]), tensor([3])]); // [1, 2, 3]
 */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  const first = checkTensors("cat", tensors);
  const d = checkDim("cat", dim, first.ndim);
  if (first.ndim === 0) throw new ShapeError("cat: scalars have no dimension to join along; use stack");
  for (const x of tensors) {
    if (x.dtype !== first.dtype) throw new DTypeError(`cat: all tensors need one dtype, got ${formatSpec(first)} and ${formatSpec(x)}`);
    if (x.ndim !== first.ndim || x.shape.some((size, i) => i !== d && size !== first.shape[i])) {
      throw new ShapeError(`cat: got ${formatSpec(first)} and ${formatSpec(x)}; sizes must match except along dim ${d}`);
    }
  }
  return catOp(...[...tensors], d);
}

/**
 * Tensors of one shape along a new dimension `dim`: two of [3] -> [2, 3]. Any dtype, equal for all.
 * Gradient: of each tensor the part of g that it became.
 * Errors: `ArgError` for an empty list, `ShapeError` if shapes differ, `DTypeError` if dtypes do, `IndexError` for a dimension outside
 * those of the result.
 * @example stack([tensor([1, 2]), tensor([3, 4])]); // [[1, 2], [3, 4]]
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  const first = checkTensors("stack", tensors);
  for (const x of tensors) {
    if (!sameShape(x.shape, first.shape))
      throw new ShapeError(`stack: got ${formatSpec(first)} and ${formatSpec(x)}; shapes must be equal`);
  }
  const d = checkDim("stack", dim, first.ndim + 1);
  return scope(() =>
    cat(
      tensors.map((x) => unsqueeze(x, d)),
      d,
    ),
  );
}
