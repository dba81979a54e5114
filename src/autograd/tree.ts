// Nested arrays and objects of tensors.
import { isPlainObject } from "../errors.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";

/** A tensor, or tensors in arrays and plain objects, however deep. */
export type Tree = Tensor | readonly Tree[] | { readonly [name: string]: Tree };

/** The same arrays and objects, with what `each` gives for every value in them. */
export function mapTree(value: unknown, each: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapTree(item, each));
  if (!isPlainObject(value)) return each(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTree(item, each)]));
}

/** The tensors of a tree, in order. Errors: those of `checkAlive` for any other value. */
export function tensorsOf(op: string, tree: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapTree(tree, (leaf) => {
    checkAlive(op, leaf);
    found.push(leaf);
  });
  return found;
}
