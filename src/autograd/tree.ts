// Nested arrays and objects of tensors.
import { ArgError, isPlainObject } from "../errors.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";

/** A tensor, or tensors in arrays and plain objects, however deep. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree };

/** The same arrays and objects, with what `each` gives for every value in them. Errors: `ArgError` for an array or object that contains itself. */
export function mapTree(value: unknown, each: (leaf: unknown) => unknown, depth = 0): unknown {
  // An array that contains itself is deeper than any other.
  if (depth > 99) throw new ArgError("nested arrays and objects must not contain themselves");
  const inside = (item: unknown): unknown => mapTree(item, each, depth + 1);
  if (Array.isArray(value)) return value.map(inside);
  if (!isPlainObject(value)) return each(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inside(item)]));
}

/** The tensors of a tree, in order. Errors: those of `checkAlive` for any other value. */
export function tensorsOf(op: string, tree: unknown): Tensor[] {
  return leavesOf(tree).map((leaf) => {
    checkAlive(op, leaf);
    return leaf;
  });
}

/** What nested arrays and objects hold, in order. */
export function leavesOf(tree: unknown): unknown[] {
  const found: unknown[] = [];
  mapTree(tree, (leaf) => found.push(leaf));
  return found;
}
