// Operations that change the shape of a tensor, or the order of its dimensions.
import { checkNoMore } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { defineOp, defineView, type Op } from "../../tensor/op.js";
import {
  checkDim,
  checkDims,
  checkForm,
  checkShape,
  formatShape,
  formatSpec,
  frozen,
  listOf,
  MAX_RANK,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "../../tensor/shape.js";
import { Node, withRecording } from "../../tensor/tape.js";
import { checkAlive, dimOf, type Tensor } from "../../tensor/tensor.js";
import { fill } from "../../tensor/values.js";
import { stridedCopy } from "./strided.js";

const reshapeView: (x: Tensor, shape: Shape) => Tensor = defineView<Shape>({
  name: "reshape",
  infer: (_, shape) => ({ shape, offset: 0 }),
  backward: (g, shape) => reshapeView(g, shape),
});

/**
 * Another handle on the same elements, through which gradients flow: what an operation gives that has nothing to do. Disposing of it
 * leaves `x` alone.
 */
export const alias = (x: Tensor): Tensor => aliasView(x, undefined);

const aliasView: (x: Tensor, none: undefined) => Tensor = defineView<undefined>({
  name: "alias",
  infer: ({ shape }) => ({ shape, offset: 0 }),
  backward: (g) => g,
});

/**
 * The same elements in another shape; one size may be -1 and is worked out. Sizes as one array or one by one. x: any dtype, any shape. The
 * result shares memory with `x`. Gradient: g in the shape of x.
 * Errors: `ShapeError` if the sizes do not fit, `ArgError` for sizes that are not integers.
 * @example arange(6).reshape([2, -1]).shape; // [2, 3]
 */
export function reshape(x: Tensor, ...sizes: readonly [Shape] | readonly number[]): Tensor {
  checkAlive("reshape", x, "x");
  return reshapeView(x, resolveShape(x, listOf("reshape", sizes)));
}

/** Whether these sizes contain no -1 and have as many elements as `x`. */
function areSizes(x: Tensor, sizes: Shape): boolean {
  if (sizes.length > MAX_RANK) return false;
  let count = 1;
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 0) return false;
    count *= size;
  }
  return count === x.size;
}

function resolveShape(x: Tensor, wanted: Shape): Shape {
  if (areSizes(x, wanted)) return frozen(wanted);
  const open = wanted.indexOf(-1);
  if (open !== wanted.lastIndexOf(-1))
    throw new ShapeError(`reshape: sizes must not be negative, only one may be -1, got ${describe(wanted)}`);
  const known = checkShape(
    "reshape",
    wanted.filter((_, i) => i !== open),
  );
  const fits = (): never => {
    throw new ShapeError(`reshape: ${formatSpec(x)} has ${x.size} elements, which do not fill ${formatShape(wanted)}`);
  };
  const rest = sizeOf(known);
  if (open < 0) return rest === x.size ? known : fits();
  if (rest === 0) throw new ShapeError(`reshape: -1 in ${formatShape(wanted)} could be any size, because another size is 0`);
  if (x.size % rest !== 0) fits();
  return wanted.map((size, i) => (i === open ? x.size / rest : size));
}

/**
 * Dimensions `startDim` to `endDim` joined into one: with `startDim` 1, [N, C, H, W] -> [N, C * H * W]. x: any dtype. The result shares
 * memory with `x`. Gradient: g in the shape of x.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` if `startDim` comes after `endDim`.
 * @example ones([2, 3, 4]).flatten(1).shape; // [2, 12]
 */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  const start = dimOf("flatten", x, startDim);
  const end = checkDim("flatten", endDim, x.ndim);
  if (start > end) throw new ArgError(`flatten: startDim ${startDim} comes after endDim ${endDim}`);
  return reshapeView(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start, end + 1)), ...x.shape.slice(end + 1)]);
}

/**
 * A new dimension of size 1 at `dim`: with `dim` 0, [n] -> [1, n]. x: any dtype. The result shares memory with `x`.
 * Gradient: g in the shape of x.
 * Errors: `IndexError` for a dimension outside those of the result, `ArgError` for one that is not an integer.
 * @example ones(3).unsqueeze(0).shape; // [1, 3]
 */
export function unsqueeze(x: Tensor, dim: number, ...rest: readonly never[]): Tensor {
  checkAlive("unsqueeze", x, "x");
  checkNoMore("unsqueeze", rest);
  const at = checkDim("unsqueeze", dim, x.ndim + 1);
  const shape = x.shape.slice();
  shape.splice(at, 0, 1);
  return reshapeView(x, shape);
}

/**
 * Without dimension `dim`, or several in an array, where its size is 1; without all such dimensions if none is named: with `dim` 1,
 * [n, 1] -> [n]. x: any dtype. The result shares memory with `x`. Gradient: g in the shape of x.
 * Errors: `IndexError` for a dimension outside the rank, `ArgError` for one that is not an integer or named twice.
 * @example ones([3, 1]).squeeze(1).shape; // [3]
 */
export function squeeze(x: Tensor, dim?: number | readonly number[], ...rest: readonly never[]): Tensor {
  checkAlive("squeeze", x, "x");
  checkNoMore("squeeze", rest);
  const dims = checkDims("squeeze", dim, x.ndim);
  return reshapeView(
    x,
    x.shape.filter((size, i) => size !== 1 || !dims.includes(i)),
  );
}

/** Zeros with the place of `x` in the graph, for operations that do not need its values; `x` may be disposed of. x: float32. */
export const placeOf: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "placeOf",
  infer: ([x]) => ({ shape: x.shape, dtype: "float32" }),
  unread: [0],
  forward: (out) => fill(out, 0),
  backward: [(g) => g],
});

/**
 * The same values without their history: the result shares memory with `x` and needs no gradient. x: any dtype, any shape -> same.
 * Gradient: none, it stops here. Errors: `ArgError` for an x that is not a tensor.
 * @example y.detach().requiresGrad; // false
 */
export function detach(x: Tensor): Tensor {
  checkAlive("detach", x, "x");
  const out = withRecording(false, () => alias(x));
  if (x.node instanceof Node) out.detachedFrom = x.node;
  return out;
}

/**
 * A copy with memory of its own. x: any dtype, any shape -> same. Gradient: g. Errors: `ArgError` for an x that is not a tensor.
 * @example x.clone();
 */
export const clone: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "clone",
  infer: ([x]) => x,
  forward: (out, [x]) => stridedCopy(x, 0, stridesOf(x.shape), out, 0, stridesOf(x.shape), x.shape),
  backward: [(g) => g],
});

const permuteOp: Op<[x: Tensor], readonly number[]> = defineOp<[x: Tensor], readonly number[]>({
  name: "permute",
  infer: ([x], dims) => ({ shape: dims.map((d) => x.shape[d] as number), dtype: x.dtype }),
  forward: (out, [x], dims) => {
    const strides = stridesOf(x.shape);
    stridedCopy(
      x,
      0,
      dims.map((d) => strides[d] as number),
      out,
      0,
      stridesOf(out.shape),
      out.shape,
    );
  },
  backward: [
    (g, { attr }) =>
      permuteOp(
        g,
        attr.map((_, i) => attr.indexOf(i)),
      ),
  ],
});

/**
 * Dimensions in another order, as a copy: with (1, 0), [m, n] -> [n, m]. Dimensions as one array or one by one. x: any dtype, any shape.
 * Gradient: g with its dimensions back in their order.
 * Errors: `ArgError` unless each dimension appears exactly once, `IndexError` for one outside the rank.
 * @example images.permute(0, 2, 3, 1); // NCHW -> NHWC
 */
export function permute(x: Tensor, ...dims: readonly [readonly number[]] | readonly number[]): Tensor {
  checkAlive("permute", x, "x");
  const list = listOf("permute", dims);
  const order = list.map((d) => checkDim("permute", d, x.ndim));
  if (order.length !== x.ndim || new Set(order).size !== x.ndim) {
    throw new ArgError(`permute: [${list.join(", ")}] must name each dimension of ${formatSpec(x)} exactly once`);
  }
  return order.every((d, i) => d === i) ? clone(x) : permuteOp(x, order);
}

/**
 * A matrix [m, n] with rows and columns swapped -> [n, m], as a copy; a vector or scalar as it is, as a copy too. x: any dtype.
 * Gradient: g swapped back.
 * Errors: `ShapeError` above two dimensions.
 * @example tensor([[1, 2], [3, 4]]).t(); // [[1, 3], [2, 4]]
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = dimOf("transpose", x, dim0);
  const b = checkDim("transpose", dim1, x.ndim);
  const order = x.shape.map((_, i) => (i === a ? b : i === b ? a : i));
  return permute(x, order);
}

/**
 * A matrix with rows and columns swapped, as a copy; a vector or scalar as it is, as a copy too. Any dtype. Gradient: g swapped back.
 * Errors: `ShapeError` above two dimensions.
 * @example w.t();
 */
export function t(x: Tensor): Tensor {
  checkAlive("t", x, "x");
  checkForm("t", x, x.ndim < 3, "[m, n] or [n]", "x", "; use transpose(dim0, dim1)");
  return x.ndim < 2 ? clone(x) : permuteOp(x, [1, 0]);
}

const expandOp: Op<[x: Tensor], Shape> = defineOp<[x: Tensor], Shape>({
  name: "expand",
  infer: ([x], shape) => ({ shape, dtype: x.dtype }),
  forward: (out, [x]) => {
    const strides = stridesOf(x.shape);
    const lead = out.ndim - x.ndim;
    const xStrides = out.shape.map((_, i) => (i < lead || x.shape[i - lead] === 1 ? 0 : (strides[i - lead] as number)));
    stridedCopy(x, 0, xStrides, out, 0, stridesOf(out.shape), out.shape);
  },
  backward: [(g) => g],
});

/**
 * Repeated along dimensions of size 1 to the given shape, as a copy; -1 keeps a size, and new dimensions may come first. Sizes as one array
 * or one by one. x: any dtype, any shape. If the shape is that of `x`, the result shares its memory.
 * Gradient: summed over what was repeated.
 * Errors: `ShapeError` if a size other than 1 would change, `ArgError` for sizes that are not integers.
 * @example tensor([[1], [2]]).expand([-1, 2]); // [[1, 1], [2, 2]]
 */
export function expand(x: Tensor, ...sizes: readonly [Shape] | readonly number[]): Tensor {
  checkAlive("expand", x, "x");
  const wanted = listOf("expand", sizes);
  const lead = wanted.length - x.ndim;
  const fail = (): never => {
    throw new ShapeError(`expand: ${formatSpec(x)} does not expand to ${describe(wanted)}; only sizes of 1 grow, aligned from the right`);
  };
  if (lead < 0) fail();
  const shape = wanted.map((size, i) => {
    const own = i < lead ? 1 : (x.shape[i - lead] as number);
    if (size === -1) return i < lead ? fail() : own;
    return size === own || own === 1 ? size : fail();
  });
  const checked = checkShape("expand", shape);
  return sameShape(checked, x.shape) ? alias(x) : expandOp(x, checked);
}

/**
 * Broadcasts to a shape: `expand` under its other name. x: any dtype, any shape. Gradient: summed over what was repeated.
 * Errors: `ShapeError` if a size other than 1 would change, `ArgError` for sizes that are not integers.
 * @example tensor([1, 2]).broadcastTo([2, 2]); // [[1, 2], [1, 2]]
 */
export function broadcastTo(x: Tensor, ...sizes: readonly [Shape] | readonly number[]): Tensor {
  return expand(x, ...sizes);
}
