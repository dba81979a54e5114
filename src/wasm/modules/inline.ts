// Kernels carried as text inside the script: works wherever code can be compiled at run time, with no file to find.
import { StateError } from "../../errors.js";
import type { Build } from "../build.js";
import { baselineDelta, baselineSize, relaxed } from "../generated/text.js";
import { shareMemory } from "./share.js";
import { unpack } from "./unpack.js";

/** The bytes of one build. `baseline` is carried as its difference to `relaxed`, which most runtimes take. */
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
 * Compiles one build of the kernels, for a shared memory if wanted; the result is a `WebAssembly.Module`.
 * Errors: `StateError` where compiling is forbidden: a page's Content-Security-Policy, a Worker.
 */
export function compile(build: Build, shared: boolean): object {
  try {
    const bytes = kernelBytes(build);
    return new WebAssembly.Module(shared ? shareMemory(bytes) : bytes);
  } catch (cause) {
    throw refused(cause);
  }
}

/** The same for a memory of one thread, while the caller does something else. */
export async function compileAhead(build: Build): Promise<object> {
  try {
    return await WebAssembly.compile(kernelBytes(build));
  } catch (cause) {
    throw refused(cause);
  }
}
