// simdgrad/methods: all operations as methods of Tensor, for bundles, which otherwise have only those of the core.
import { begin } from "./begin.js";
import "../ops/install.js";
import type * as matmul from "../ops/gemm/matmul.js";
import { giveMethods, type Methods } from "../ops/giveMethods.js";
import type * as leastSquares from "../ops/linalg/leastSquares.js";
import type * as orthogonal from "../ops/linalg/orthogonal.js";
import type * as products from "../ops/linalg/products.js";
import type * as systems from "../ops/linalg/solve.js";
import * as methods from "../ops/moreMethods.js";
import type * as pool1d from "../ops/pool/pool1d.js";
import type * as pool2d from "../ops/pool/pool2d.js";
import type * as dropout from "../ops/random/dropout.js";
import type * as cumulate from "../ops/scan/cumulate.js";
import { libraryPart } from "../tensor/stack.js";

/** Those of a module's functions that are in moreMethods.ts. A method of a module that is not named below has no type. */
type MethodsOf<Module> = Methods<Module, Extract<keyof Module, keyof typeof methods>>;

interface MoreMethods
  extends MethodsOf<typeof cumulate>,
    MethodsOf<typeof dropout>,
    MethodsOf<typeof leastSquares>,
    MethodsOf<typeof matmul>,
    MethodsOf<typeof orthogonal>,
    MethodsOf<typeof pool1d>,
    MethodsOf<typeof pool2d>,
    MethodsOf<typeof products>,
    MethodsOf<typeof systems> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends MoreMethods {}
}

giveMethods(methods);

libraryPart(begin, () => new Error().stack);
