// Kernels for Node and Bun, read from the package's .wasm files, which is faster than unpacking their text, and holds all groups. A bundled program does not
// have these files and uses the text.
import type { Build } from "../build.js";
import { fingerprint } from "../generated/fingerprint.js";
import * as inline from "./inline.js";
import { shareMemory } from "./share.js";
import type { GroupText } from "./unpack.js";

/** The URL of the file, relative to dist/joined/. */
const fileOf = (build: Build): URL => new URL(`../wasm/modules/${build}.wasm`, import.meta.url);

/** Whether a file ends with the mark of this build (scripts/mark.mjs). A file of the same name could belong to another program. */
function isMarked(bytes: Uint8Array, build: Build): boolean {
  const mark = `${build} ${fingerprint}`;
  return String.fromCharCode(...bytes.subarray(-mark.length)) === mark;
}

/** Returns the bytes of the file; undefined if there is none, and in Deno, which would ask the user for permission. */
function readKernels(build: Build): Uint8Array<ArrayBuffer> | undefined {
  if ("Deno" in globalThis) return undefined;
  try {
    const bytes = process.getBuiltinModule("node:fs").readFileSync(fileOf(build)) as Uint8Array<ArrayBuffer>;
    return isMarked(bytes, build) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** See `compile` in inline.ts. */
export function compile(build: Build, groups: readonly GroupText[]): object {
  const bytes = readKernels(build);
  return bytes ? new WebAssembly.Module(bytes) : inline.compile(build, groups);
}

/** See `compileShared` in inline.ts. */
export function compileShared(build: Build, groups: readonly GroupText[]): object {
  const bytes = readKernels(build);
  return bytes ? new WebAssembly.Module(shareMemory(bytes)) : inline.compileShared(build, groups);
}

/** See `compileAhead` in inline.ts. */
export async function compileAhead(build: Build, groups: readonly GroupText[]): Promise<object> {
  const bytes = readKernels(build);
  return bytes ? WebAssembly.compile(bytes) : inline.compileAhead(build, groups);
}
