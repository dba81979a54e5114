// Unique elements or slices.
import { isGiven } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { arange } from "../../tensor/create.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec, sizeOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { sortKernels } from "../../wasm/generated/groups/sort.js";
import { computable } from "../elementwise/promotion.js";
import { indexSelect } from "../move/gather.js";
import { detach, flatten, reshape, transpose } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { isFloat } from "./keys.js";
import { argsortRows } from "./sort.js";

/** Options of `uniqueConsecutive`. */
export interface UniqueConsecutiveOptions {
  /** Whether the number of the unique element that each element equals is returned, too; false unless given. */
  returnInverse?: boolean;
  /** Whether the number of appearances of each unique element is returned, too; false unless given. */
  returnCounts?: boolean;
  /** The dimension whose slices are compared; all elements one by one unless given. */
  dim?: number | null;
}

/** Options of `unique`. */
export interface UniqueOptions extends UniqueConsecutiveOptions {
  /** Whether the result must be in ascending order. It always is. */
  sorted?: boolean;
}

type Runs = readonly [first: Tensor, counts: Tensor, inverse: Tensor, found: Tensor];

/** Runs of equal rows in the order of positions: the first position and the length of each, the run of each position, and their number. */
const runsOp: Op<[x: Tensor, order: Tensor], void, Runs> = defineOp<[x: Tensor, order: Tensor], void, Runs>({
  name: "runs",
  several: true,
  infer: ([, order]) => [order, order, order, { shape: [], dtype: "int32" }],
  forward: ([first, counts, inverse, found], [x, order]) =>
    sortKernels.runs(x.ptr, order.ptr, first.ptr, counts.ptr, inverse.ptr, found.ptr, order.size, x.shape[1] as number, isFloat(x)),
  backward: [null, null],
});

const CONSECUTIVE = { returnInverse: false, returnCounts: false, dim: undefined as number | null | undefined };

function uniqueIn(
  op: string,
  x: Tensor,
  options: unknown,
  defaults: typeof CONSECUTIVE,
  orderOf: (rows: Tensor) => Tensor,
): Tensor | Tensor[] {
  const { dim, ...flags } = readOptions(op, options, defaults);
  checkAlive(op, x, "x");
  const along = isGiven(dim) && x.ndim > 0 ? checkDim(op, dim, x.ndim) : undefined;
  return scope(() => {
    // [n, ...] with the slices to compare one after the other
    const slices = along === undefined ? flatten(detach(x)) : transpose(detach(x), 0, along);
    const n = slices.shape[0] as number;
    const m = sizeOf(slices.shape.slice(1));
    if (m === 0) throw new ShapeError(`${op}: the slices of ${formatSpec(x)} along dim ${along} have no elements`);
    const rows = computable(reshape(slices, [n, m]), op);
    const [first, counts, inverse, found] = runsOp(rows, orderOf(rows));
    const size = found.item();
    const chosen = indexSelect(slices, 0, narrow(first, 0, 0, size));
    const results = [along === undefined ? chosen : transpose(chosen, 0, along)];
    if (flags.returnInverse) results.push(along === undefined ? reshape(inverse, x.shape) : inverse);
    if (flags.returnCounts) results.push(narrow(counts, 0, 0, size));
    return results.length === 1 ? (results[0] as Tensor) : results;
  });
}

/**
 * The different elements, in ascending order; with `dim` the different slices along it, in the order of their first elements that differ.
 * x: any dtype and shape -> [number of them], or the shape of x with that size along `dim`. With `returnInverse` and `returnCounts` an array:
 * the elements, then the number of the unique element that each one equals (int32, in the shape of x, or [n] for slices), then how often each
 * appears (int32). Each NaN is different from all others. Gradient: none.
 * Errors: `IndexError` for a dimension outside the rank, `ShapeError` for slices without elements.
 * @example unique(tensor([3, 1, 3])); // [1, 3]
 * @example const [values, inverse, counts] = unique(tensor([3, 1, 3]), { returnInverse: true, returnCounts: true });
 */
export function unique(x: Tensor, options?: UniqueOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
export function unique(x: Tensor, options: UniqueOptions & { returnInverse: true; returnCounts: true }): [Tensor, Tensor, Tensor];
export function unique(x: Tensor, options: UniqueOptions & ({ returnInverse: true } | { returnCounts: true })): [Tensor, Tensor];
export function unique(x: Tensor, options?: UniqueOptions): Tensor | Tensor[] {
  return uniqueIn("unique", x, options, { ...CONSECUTIVE, sorted: true } as typeof CONSECUTIVE, argsortRows);
}

/**
 * The elements without those that equal the one before them; with `dim` the slices along it. x: any dtype and shape -> what `unique` gives,
 * also with `returnInverse` and `returnCounts`, in the order of x. Gradient: none.
 * Errors: `IndexError` for a dimension outside the rank, `ShapeError` for slices without elements.
 * @example uniqueConsecutive(tensor([1, 1, 2, 1])); // [1, 2, 1]
 */
export function uniqueConsecutive(x: Tensor, options?: UniqueConsecutiveOptions & { returnInverse?: false; returnCounts?: false }): Tensor;
export function uniqueConsecutive(
  x: Tensor,
  options: UniqueConsecutiveOptions & { returnInverse: true; returnCounts: true },
): [Tensor, Tensor, Tensor];
export function uniqueConsecutive(
  x: Tensor,
  options: UniqueConsecutiveOptions & ({ returnInverse: true } | { returnCounts: true }),
): [Tensor, Tensor];
export function uniqueConsecutive(x: Tensor, options?: UniqueConsecutiveOptions): Tensor | Tensor[] {
  return uniqueIn("uniqueConsecutive", x, options, CONSECUTIVE, (rows) => arange(rows.shape[0] as number, { dtype: "int32" }));
}
