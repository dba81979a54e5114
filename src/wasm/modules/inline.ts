// Kernels carried as base64 inside the script: works wherever code can be compiled at run time, with no file to find.
import { baseline, relaxed } from "../generated/base64.js";
import type { Build } from "../build.js";

/** Compiles one build of the kernels; the result is a `WebAssembly.Module`. */
export function compile(build: Build): object {
  const text = atob(build === "relaxed" ? relaxed : baseline);
  return new WebAssembly.Module(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
