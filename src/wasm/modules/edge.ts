// Kernels as modules compiled at deployment, for the edge of Next.js: `?module` asks for a module instead of its exports.

import type { Build } from "../build.js";
import baseline from "./baseline.wasm?module";
import relaxed from "./relaxed.wasm?module";

/** Picks one build of the kernels; the result is a `WebAssembly.Module`. There is none for a shared memory. */
export function compile(build: Build, shared: boolean): object | undefined {
  if (shared) return undefined;
  const module = build === "relaxed" ? relaxed : baseline;
  // Next's own server makes modules outside the realm that runs this, and the loader knows modules by their prototype.
  return Object.setPrototypeOf(module, WebAssembly.Module.prototype);
}

/** The same: the platform did it ahead of time. */
export async function compileAhead(build: Build): Promise<object> {
  return compile(build, false) as object;
}
