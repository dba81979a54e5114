// Kernels as modules that are compiled at deployment, for the edge runtime of Next.js. `?module` imports a module, not its exports.

import type { Build } from "../build.js";
import baseline from "./baseline.wasm?module";
import relaxed from "./relaxed.wasm?module";

/** Returns one build of the kernels as a `WebAssembly.Module`. */
export function compile(build: Build): object {
  const module = build === "relaxed" ? relaxed : baseline;
  // Next's server makes modules outside the realm that runs this code, and the loader recognizes modules by their prototype.
  return Object.setPrototypeOf(module, WebAssembly.Module.prototype);
}

/** Returns the same module, which the platform has compiled before. */
export async function compileAhead(build: Build): Promise<object> {
  return compile(build);
}

/** Returns nothing: these modules import an unshared memory. */
export function compileShared(): undefined {
  return undefined;
}
