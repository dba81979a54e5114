// Kernels as modules the platform compiled at deployment: Workers forbid compiling at run time.

import type { Build } from "../build.js";
import baseline from "./baseline.wasm";
import relaxed from "./relaxed.wasm";

/** Picks one build of the kernels; the result is a `WebAssembly.Module`. There is none for a shared memory. */
export function compile(build: Build, shared: boolean): object | undefined {
  if (shared) return undefined;
  return build === "relaxed" ? relaxed : baseline;
}

/** The same: the platform did it ahead of time. */
export async function compileAhead(build: Build): Promise<object> {
  return compile(build, false) as object;
}
