// Kernels as text inside the script. This works wherever code can be compiled at run time, and needs no file.
import { StateError } from "../../errors.js";
import type { Build } from "../build.js";
import { text as core } from "../generated/text/core.js";
import { shareMemory } from "./share.js";
import { type GroupText, unpack } from "./unpack.js";

function refused(cause: unknown): StateError {
  return new StateError(
    `kernels: this runtime refuses to compile WebAssembly (${(cause as Error).message}); a page needs script-src 'wasm-unsafe-eval' in its Content-Security-Policy, a Worker a bundle made with the condition "workerd"`,
    { cause },
  );
}

/**
 * Compiles one build of the kernels: the core and some other groups. Returns a `WebAssembly.Module`.
 * Errors: `StateError` where compilation is forbidden: by a page's Content-Security-Policy, or in a Worker.
 */
export function compile(build: Build, groups: readonly GroupText[]): object {
  try {
    return new WebAssembly.Module(unpack(build, core, groups));
  } catch (cause) {
    throw refused(cause);
  }
}

/** Compiles the same in the background. Errors: as `compile`. */
export async function compileAhead(build: Build, groups: readonly GroupText[]): Promise<object> {
  try {
    return await WebAssembly.compile(unpack(build, core, groups));
  } catch (cause) {
    throw refused(cause);
  }
}

/** Compiles the same for a shared memory. `compile` has succeeded before, or will say why it cannot. */
export function compileShared(build: Build, groups: readonly GroupText[]): object {
  return new WebAssembly.Module(shareMemory(unpack(build, core, groups)));
}
