// Gives Tensor a method for every operation of methods.ts. None is written by hand.
import { IndexError, StateError } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";
import type * as activation from "./elementwise/activation.js";
import type * as arithmetic from "./elementwise/arithmetic.js";
import type * as cast from "./elementwise/cast.js";
import type * as compare from "./elementwise/compare.js";
import type * as select from "./elementwise/select.js";
import type * as unary from "./elementwise/unary.js";
import type * as matmul from "./gemm/matmul.js";
import { defineMethod, giveMethods, type Methods } from "./giveMethods.js";
import * as methods from "./methods.js";
import { MORE_METHODS } from "./moreNames.js";
import type * as gather from "./move/gather.js";
import type * as inplace from "./move/inplace.js";
import type * as shape from "./move/shape.js";
import type * as slice from "./move/slice.js";
import type * as reduce from "./reduce/reduce.js";
import type { ValuesAndIndices } from "./reduce/reduce.js";
import type * as softmax from "./reduce/softmax.js";

/** Overloads keep only their last form, so those are written out below; `get` and `scatterAdd` have the types of moreMethods.ts. */
type Mapped = Exclude<keyof typeof methods, "get" | "max" | "min" | "scatterAdd">;
/** Those of a module's functions that are in methods.ts. A method of a module that is not named below has no type. */
type MethodsOf<Module> = Methods<Module, Extract<keyof Module, Mapped>>;

interface MethodsOfCore
  extends MethodsOf<typeof activation>,
    MethodsOf<typeof arithmetic>,
    MethodsOf<typeof cast>,
    MethodsOf<typeof compare>,
    MethodsOf<typeof gather>,
    MethodsOf<typeof inplace>,
    MethodsOf<typeof matmul>,
    MethodsOf<typeof reduce>,
    MethodsOf<typeof select>,
    MethodsOf<typeof shape>,
    MethodsOf<typeof slice>,
    MethodsOf<typeof softmax>,
    MethodsOf<typeof unary> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends MethodsOfCore {
    /**
     * Largest element of all. Any dtype, any shape -> a scalar. Gradient: shared equally by all that are largest, as that of `amax`.
     * Errors: `ArgError` for no elements.
     * @example tensor([[1, 2], [4, 3]]).max(); // 4
     */
    max(): Tensor;
    /**
     * `maximum`: the larger of two, element by element.
     * Errors: `ShapeError` if the shapes do not broadcast.
     * @example tensor([1, 5]).max(tensor([2, 3])); // [2, 5]
     */
    max(other: Tensor): Tensor;
    /**
     * Largest elements along a dimension and where they are, the first ones. Any dtype, any shape -> the shape without that dimension, or
     * with size 1 for it (`keepdim`). Gradient: to the one element chosen.
     * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
     * @example tensor([[1, 2], [4, 3]]).max(1).indices; // [1, 0]
     */
    max(dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
    /**
     * Smallest element of all. Any dtype, any shape -> a scalar. Gradient: shared equally by all that are smallest, as that of `amin`.
     * Errors: `ArgError` for no elements.
     * @example tensor([[1, 2], [4, 3]]).min(); // 1
     */
    min(): Tensor;
    /**
     * `minimum`: the smaller of two, element by element.
     * Errors: `ShapeError` if the shapes do not broadcast.
     * @example tensor([1, 5]).min(tensor([2, 3])); // [1, 3]
     */
    min(other: Tensor): Tensor;
    /**
     * Smallest elements along a dimension and where they are, the first ones. Any dtype, any shape -> the shape without that dimension, or
     * with size 1 for it (`keepdim`). Gradient: to the one element chosen.
     * Errors: `ArgError` for no elements, `IndexError` for a dimension outside the rank.
     * @example tensor([[1, 2], [4, 3]]).min(1).indices; // [0, 1]
     */
    min(dim: number, options?: { keepdim?: boolean }): ValuesAndIndices;
    /**
     * The rows, `x.at(0)`, `x.at(1)` and so on, which share memory with this tensor; those of a vector are scalars.
     * Errors: `IndexError` for a scalar.
     * @example for (const row of tensor([[1, 2], [3, 4]])) console.log(row.sum().item());
     */
    [Symbol.iterator](): Generator<Tensor, void, undefined>;
  }
}

giveMethods(methods);

for (const name of MORE_METHODS) {
  if (name in Tensor.prototype) continue;
  defineMethod(name, () => {
    throw new StateError(
      `${name}: this bundle has no such method; import "simdgrad/methods", or the function ${name === "unfold" ? "unfoldDim" : name}`,
    );
  });
}

Tensor.prototype[Symbol.iterator] = function* (this: Tensor): Generator<Tensor, void, undefined> {
  if (this.ndim === 0) throw new IndexError("iteration: a scalar has no rows; use item()");
  for (let i = 0; i < (this.shape[0] as number); i++) yield methods.at(this, i);
};
