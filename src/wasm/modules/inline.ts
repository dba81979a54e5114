// Kernels carried as text inside the script: works wherever code can be compiled at run time, with no file to find.
import { StateError } from "../../errors.js";
import type { Build } from "../build.js";
import { alphabet, baselineDelta, baselineSize, relaxed } from "../generated/text.js";
import { applyDelta } from "./delta.js";
import { shareMemory } from "./share.js";
import { decodeText } from "./text.js";

/** The bytes of one build. `baseline` is carried as its difference to `relaxed`, which most runtimes take. */
export function kernelBytes(build: Build): Uint8Array<ArrayBuffer> {
  const bytes = decodeText(relaxed, alphabet);
  return build === "baseline" ? applyDelta(bytes, decodeText(baselineDelta, alphabet), baselineSize) : bytes;
}

/**
 * Compiles one build of the kernels, for a shared memory if wanted; the result is a `WebAssembly.Module`.
 * Errors: `StateError` where compiling is forbidden: a page's Content-Security-Policy, a Worker.
 */
export function compile(build: Build, shared: boolean): object {
  try {
    const bytes = kernelBytes(build);
    return new WebAssembly.Module(shared ? shareMemory(bytes) : bytes);
  } catch (cause) {
    throw new StateError(
      `kernels: this runtime refuses to compile WebAssembly (${(cause as Error).message}); a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy, a Worker a bundle made with the condition "workerd"`,
      { cause },
    );
  }
}
