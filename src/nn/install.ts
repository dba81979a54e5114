// Gives Tensor a method for every operation of methods.ts.
import { giveMethods, type Method } from "../ops/giveMethods.js";
import type * as pool1d from "../ops/pool/pool1d.js";
import type * as pool2d from "../ops/pool/pool2d.js";
import type * as dropout from "../ops/random/dropout.js";
import * as methods from "./methods.js";

/** Those of a module's functions that are methods, under the module that declares them, where an editor finds their text. */
type MethodsOf<Module> = { [Name in Extract<keyof Module, keyof typeof methods>]: Method<Module[Name]> };

interface Methods extends MethodsOf<typeof dropout>, MethodsOf<typeof pool1d>, MethodsOf<typeof pool2d> {}

declare module "../tensor/tensor.js" {
  interface Tensor extends Methods {}
}

giveMethods(methods);
