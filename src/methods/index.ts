// simdgrad/methods: all operations as methods of Tensor, for bundles, which otherwise have only those of the core.
import { begin } from "./begin.js";
import "../ops/install.js";
import type * as cast from "../ops/elementwise/cast.js";
import { giveMethods, type Methods } from "../ops/giveMethods.js";
import type * as indexingGet from "../ops/indexing/get.js";
import type * as indexed from "../ops/indexing/indexed.js";
import type * as indexingMasks from "../ops/indexing/masks.js";
import type * as indexingScatter from "../ops/indexing/scatter.js";
import type * as indexingSlices from "../ops/indexing/slices.js";
import * as methods from "../ops/moreMethods.js";
import type * as pool1d from "../ops/pool/pool1d.js";
import type * as pool2d from "../ops/pool/pool2d.js";
import type * as dropout from "../ops/random/dropout.js";
import type * as cumulate from "../ops/scan/cumulate.js";
import { libraryPart } from "../tensor/stack.js";

/** Overloads keep only their last form, so that of `nonzero` is written out below. */
type IndexingMethods = MethodsOf<typeof indexingGet> &
  MethodsOf<typeof indexed> &
  Omit<MethodsOf<typeof indexingMasks>, "nonzero"> &
  MethodsOf<typeof indexingScatter> &
  MethodsOf<typeof indexingSlices>;

/** Those of a module's functions that are in moreMethods.ts. A method of a module that is not named below has no type. */
type MethodsOf<Module> = Methods<Module, Extract<keyof Module, keyof typeof methods>>;

interface MoreMethods
  extends MethodsOf<typeof cast>,
    MethodsOf<typeof cumulate>,
    MethodsOf<typeof dropout>,
    MethodsOf<typeof pool1d>,
    MethodsOf<typeof pool2d> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends MoreMethods, IndexingMethods {
    /**
     * Indices of all elements that are not 0, in row-major order, as rows (`asTuple` gives a list instead). any dtype, any shape -> int32 [m, ndim]. Gradient: none.
     * Errors: `ArgError` for an unknown option.
     * @example tensor([[0, 3], [4, 0]]).nonzero(); // [[0, 1], [1, 0]]
     */
    nonzero(options?: { asTuple?: false }): Tensor;
    /**
     * Indices of all elements that are not 0, with `asTuple` an int32 [m] for each dimension, which `get` and `set` take. Gradient: none.
     * Errors: `ArgError` for an unknown option.
     * @example tensor([0, 3, 4]).nonzero({ asTuple: true }).length; // 1
     */
    nonzero(options: { asTuple: true }): Tensor[];
  }
}

giveMethods(methods);

libraryPart(begin, () => new Error().stack);
