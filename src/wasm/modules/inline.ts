// Kernels carried as text inside the script: works wherever code can be compiled at run time, with no file to find.
import { StateError } from "../../errors.js";
import type { Build } from "../build.js";
import { alphabet, baselineDelta, baselineSize, relaxed } from "../generated/text.js";
import { applyDelta } from "./delta.js";
import { decodeText } from "./text.js";

/** The bytes of one build. `baseline` is carried as its difference to `relaxed`, which most runtimes take. */
export function kernelBytes(build: Build): Uint8Array<ArrayBuffer> {
  const bytes = decodeText(relaxed, alphabet);
  return build === "baseline" ? applyDelta(bytes, decodeText(baselineDelta, alphabet), baselineSize) : bytes;
}

/**
 * Compiles one build of the kernels; the result is a `WebAssembly.Module`.
 * Errors: `StateError` where compiling is forbidden: a page's Content-Security-Policy, a Worker.
 */
export function compile(build: Build): object {
  try {
    return new WebAssembly.Module(kernelBytes(build));
  } catch (cause) {
    throw new StateError(
      `kernels: this runtime refuses to compile WebAssembly (${(cause as Error).message}); a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy, a Worker a bundle made with the condition "workerd"`,
      { cause },
    );
  }
}
