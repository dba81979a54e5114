// simdgrad/methods: all operations as methods of Tensor, for bundles, which otherwise have only those of the core.
import { begin } from "./begin.js";
import "../ops/install.js";
import { giveMethods, type Methods } from "../ops/giveMethods.js";
import type * as activation from "../ops/math/activation.js";
import type * as binary from "../ops/math/binary.js";
import type * as closeness from "../ops/math/closeness.js";
import type * as logic from "../ops/math/logic.js";
import type * as pieces from "../ops/math/pieces.js";
import type * as unary from "../ops/math/unary.js";
import * as methods from "../ops/moreMethods.js";
import type * as pool1d from "../ops/pool/pool1d.js";
import type * as pool2d from "../ops/pool/pool2d.js";
import type * as dropout from "../ops/random/dropout.js";
import type * as cumulate from "../ops/scan/cumulate.js";
import { libraryPart } from "../tensor/stack.js";

/** Those of a module's functions that are in moreMethods.ts. A method of a module that is not named below has no type. */
type MethodsOf<Module> = Methods<Module, Extract<keyof Module, keyof typeof methods>>;

interface MoreMethods
  extends MethodsOf<typeof activation>,
    MethodsOf<typeof binary>,
    MethodsOf<typeof closeness>,
    MethodsOf<typeof cumulate>,
    MethodsOf<typeof dropout>,
    MethodsOf<typeof logic>,
    MethodsOf<typeof pieces>,
    MethodsOf<typeof pool1d>,
    MethodsOf<typeof pool2d>,
    MethodsOf<typeof unary> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends MoreMethods {}
}

giveMethods(methods);

libraryPart(begin, () => new Error().stack);
