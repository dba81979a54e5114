// simdgrad/methods: all operations as methods of Tensor, for bundles, which otherwise have only those of the core.
import { begin } from "./begin.js";
import "../ops/install.js";
import type * as diagonal from "../ops/arrange/diagonal.js";
import type * as order from "../ops/arrange/order.js";
import type * as pieces from "../ops/arrange/pieces.js";
import type * as repeat from "../ops/arrange/repeat.js";
import type * as shapes from "../ops/arrange/shapes.js";
import { giveMethods, type Methods } from "../ops/giveMethods.js";
import * as methods from "../ops/moreMethods.js";
import type * as pool1d from "../ops/pool/pool1d.js";
import type * as pool2d from "../ops/pool/pool2d.js";
import type * as draws from "../ops/random/draws.js";
import type * as dropout from "../ops/random/dropout.js";
import type * as cumulate from "../ops/scan/cumulate.js";
import { libraryPart } from "../tensor/stack.js";

/** Those of a module's functions that are in moreMethods.ts. A method of a module that is not named below has no type. */
type MethodsOf<Module> = Methods<Module, Extract<keyof Module, keyof typeof methods>>;

interface MoreMethods
  extends MethodsOf<typeof diagonal>,
    MethodsOf<typeof draws>,
    MethodsOf<typeof order>,
    MethodsOf<typeof pieces>,
    MethodsOf<typeof repeat>,
    MethodsOf<typeof shapes>,
    MethodsOf<typeof cumulate>,
    MethodsOf<typeof dropout>,
    MethodsOf<typeof pool1d>,
    MethodsOf<typeof pool2d> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends MoreMethods {
    /**
     * The windows of `size` elements along `dim`, `step` elements apart, as a copy: [..., n, ...] -> [..., (n - size) / step + 1, ..., size].
     * The function of this name takes the patches of images, as in PyTorch; `unfoldDim` is this method as a function. Any dtype and shape.
     * Gradient: of an element the sum over its windows.
     * Errors: `ShapeError` for a window longer than the dimension, `ArgError` for a negative size or a step below 1, `IndexError` for a
     * dimension outside the rank.
     * @example arange(5).unfold(0, 3, 2); // [[0, 1, 2], [2, 3, 4]]
     */
    unfold(dim: number, size: number, step: number): Tensor;
  }
}

giveMethods(methods);

libraryPart(begin, () => new Error().stack);
