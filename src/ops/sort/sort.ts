// Sorting, and the selection of the largest or smallest elements.
import { checkWhole } from "../../checks.js";
import { IndexError } from "../../errors.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { aroundDim, formatSpec } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { sortKernels } from "../../wasm/generated/groups/sort.js";
import { computable } from "../elementwise/promotion.js";
import { gather } from "../move/gather.js";
import { detach } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { isFloat } from "./keys.js";
import { type DimOr, type PickOptions, pick, picking, readDim } from "./pick.js";

interface Order {
  readonly dim: number;
  readonly descending: boolean;
}

/** Bytes of scratch to sort n elements: pairs, a second place for them, and counts of the values of four bytes. */
const sortingBytes = (n: number): number => 16 * n + 4096;

const argsortOp: Op<[x: Tensor], Order> = defineOp<[x: Tensor], Order>({
  name: "argsort",
  infer: ([x]) => ({ shape: x.shape, dtype: "int32" }),
  forward: (out, [x], { dim, descending }, _, scratch) => {
    const sizes = aroundDim(x.shape, dim);
    sortKernels.argsort(x.ptr, out.ptr, scratch(sortingBytes(sizes[1])), ...sizes, isFloat(x), -Number(descending), sizes[2]);
  },
  backward: [null],
});

/** @internal The positions along the last dimension in ascending order. */
export const orderOf = (op: string, x: Tensor): Tensor => argsortOp(computable(detach(x), op), { dim: x.ndim - 1, descending: false });

/** @internal The positions of the rows of a matrix in ascending order. */
export const argsortRows: Op<[x: Tensor]> = defineOp<[x: Tensor]>({
  name: "argsortRows",
  infer: ([x]) => ({ shape: [x.shape[0] as number], dtype: "int32" }),
  forward: (out, [x], _, __, scratch) =>
    sortKernels.argsortRows(x.ptr, out.ptr, scratch(sortingBytes(out.size)), out.size, x.shape[1] as number, isFloat(x)),
  backward: [null],
});

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Whether the largest element comes first; false unless given. */
  descending?: boolean;
  /** Whether equal elements must keep their order. They always do. */
  stable?: boolean;
}

const SORT = { dim: -1, descending: false, stable: false };

function sorted(op: string, x: Tensor, argument: unknown, trailing: unknown): ValuesAndIndices {
  const { dim, descending } = readDim(op, x, argument, trailing, SORT);
  return scope(() => {
    const indices = argsortOp(computable(detach(x), op), { dim, descending });
    return { values: gather(x, dim, indices), indices };
  });
}

/**
 * Elements in ascending or descending order along a dimension, the last one unless given, and where they were. Equal elements keep their
 * order. NaN counts as largest. x: any dtype and shape -> values of the same dtype and shape, indices int32.
 * Gradient: to the places from which the values came.
 * Errors: `IndexError` for a dimension outside the rank.
 * @example sort(tensor([3, 1, 2])).values; // [1, 2, 3]
 * @example const { values, indices } = sort(tensor([[3, 1], [2, 4]]), 0, { descending: true });
 */
export function sort(x: Tensor, dim?: DimOr<SortOptions>, options?: SortOptions): ValuesAndIndices {
  return sorted("sort", x, dim, options);
}

/**
 * Positions that sort `x` along a dimension, the last one unless given: the `indices` of `sort`. x: any dtype and shape -> int32 of the same
 * shape. Gradient: none.
 * Errors: `IndexError` for a dimension outside the rank.
 * @example argsort(tensor([3, 1, 2])); // [1, 2, 0]
 */
export function argsort(x: Tensor, dim?: DimOr<SortOptions>, options?: SortOptions): Tensor {
  const { dim: d, descending } = readDim("argsort", x, dim, options, SORT);
  return scope(() => argsortOp(computable(x, "argsort"), { dim: d, descending }));
}

/**
 * `x` sorted along its first dimension. x: any dtype and shape -> same. Gradient: to the places from which the values came.
 * Errors: `ArgError` for an x that is not a tensor.
 * @example msort(tensor([[3, 1], [2, 4]])); // [[2, 1], [3, 4]]
 */
export function msort(x: Tensor): Tensor {
  return scope(() => sorted("msort", x, 0, undefined).values);
}

interface Selection {
  readonly k: number;
  readonly largest: boolean;
}

const topkOp: Op<[x: Tensor], Selection> = defineOp<[x: Tensor], Selection>({
  name: "topk",
  infer: ([x], { k }) => ({ shape: x.shape.with(-1, k), dtype: "int32" }),
  forward: (out, [x], { k, largest }, _, scratch) => {
    const n = x.shape.at(-1) as number;
    if (k > 0) sortKernels.topk(x.ptr, out.ptr, scratch(8 * k), x.size / n, n, k, isFloat(x), -Number(largest));
  },
  backward: [null],
});

/** The largest k for which elements are inserted into the list of the best so far; for others, sorting is faster. */
const FEW = 64;

/** The positions of the k smallest or largest elements of the last dimension of `last`, in order; `x` is what errors name. */
function extremes(op: string, x: Tensor, last: Tensor, k: unknown, least: number, largest: boolean): Tensor {
  const n = last.shape.at(-1) as number;
  const count = checkWhole(op, "k", k);
  if (count < least || count > n) throw new IndexError(`${op}: k is ${count}, but must be from ${least} to ${n} in ${formatSpec(x)}`);
  const y = computable(detach(last), op);
  return count <= FEW ? topkOp(y, { k: count, largest }) : narrow(argsortOp(y, { dim: y.ndim - 1, descending: largest }), -1, 0, count);
}

/** Options of `topk`. */
export interface TopkOptions {
  /** Whether the largest elements are chosen, or the smallest ones; true unless given. */
  largest?: boolean;
  /** Whether they must be in order, the best one first. They always are. */
  sorted?: boolean;
}

/**
 * The k largest or smallest elements along a dimension, the last one unless given, and where they are, the best one first; of equal
 * elements, the first ones. NaN counts as largest. x: any dtype and shape -> values of the same dtype, indices int32, with size k.
 * Gradient: to the elements chosen.
 * Errors: `IndexError` for a k that is not from 0 to the size of the dimension, and for a dimension outside the rank.
 * @example topk(tensor([3, 1, 2]), 2).values; // [3, 2]
 * @example topk(tensor([3, 1, 2]), 1, { largest: false }).indices; // [1]
 */
export function topk(x: Tensor, k: number, dim?: DimOr<TopkOptions>, options?: TopkOptions): ValuesAndIndices {
  const { dim: d, largest } = readDim("topk", x, dim, options, { dim: -1, largest: true, sorted: true });
  return pick(x, d, true, (y) => extremes("topk", x, y, k, x.ndim === 0 ? 1 : 0, largest));
}

/**
 * The k-th smallest element along a dimension, the last one unless given, and where it is; k counts from 1, and NaN is largest. x: any dtype
 * and shape -> values of the same dtype, indices int32, without that dimension, or with size 1 for it (`keepdim`).
 * Gradient: to the element chosen.
 * Errors: `IndexError` for a k that is not from 1 to the size of the dimension, and for a dimension outside the rank.
 * @example kthvalue(tensor([3, 1, 2]), 2).values; // 2
 */
export function kthvalue(x: Tensor, k: number, dim?: DimOr<PickOptions>, options?: PickOptions): ValuesAndIndices {
  return picking("kthvalue", x, dim, options, (y) => narrow(extremes("kthvalue", x, y, k, 1, false), -1, k - 1, 1));
}
