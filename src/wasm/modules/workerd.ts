// Kernels as modules that the platform compiles at deployment, because Workers forbid compilation at run time.

import type { Build } from "../build.js";
import baseline from "./baseline.wasm";
import relaxed from "./relaxed.wasm";

/** Returns one build of the kernels as a `WebAssembly.Module`. */
export function compile(build: Build): object {
  return build === "relaxed" ? relaxed : baseline;
}

/** Returns the same module, which the platform has compiled before. */
export async function compileAhead(build: Build): Promise<object> {
  return compile(build);
}

/** Returns nothing: these modules import an unshared memory. */
export function compileShared(): undefined {
  return undefined;
}
