// Kernels as text inside the script. This works wherever code can be compiled at run time, and needs no file.
import { StateError } from "../../errors.js";
import type { Build } from "../build.js";
import { baselineDelta, baselineSize, relaxed } from "../generated/text.js";
import { shareMemory } from "./share.js";
import { unpack } from "./unpack.js";

/** Returns the bytes of one build. `baseline` is stored as its difference to `relaxed`, which most runtimes use. */
export function kernelBytes(build: Build): Uint8Array<ArrayBuffer> {
  return unpack(relaxed, build === "baseline" ? { delta: baselineDelta, size: baselineSize } : undefined);
}

function refused(cause: unknown): StateError {
  return new StateError(
    `kernels: this runtime refuses to compile WebAssembly (${(cause as Error).message}); a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy, a Worker a bundle made with the condition "workerd"`,
    { cause },
  );
}

/**
 * Compiles one build of the kernels for shared or unshared memory. Returns a `WebAssembly.Module`.
 * Errors: `StateError` where compilation is forbidden: by a page's Content-Security-Policy, or in a Worker.
 */
export function compile(build: Build, shared: boolean): object {
  try {
    const bytes = kernelBytes(build);
    return new WebAssembly.Module(shared ? shareMemory(bytes) : bytes);
  } catch (cause) {
    throw refused(cause);
  }
}

/** Compiles one build for unshared memory in the background. Errors: as `compile`. */
export async function compileAhead(build: Build): Promise<object> {
  try {
    return await WebAssembly.compile(kernelBytes(build));
  } catch (cause) {
    throw refused(cause);
  }
}
