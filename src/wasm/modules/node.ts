// Kernels for Node and Bun: read from the package's .wasm files, which takes less time than their text. A program that was bundled
// has left them behind, and takes the text.
import type { Build } from "../build.js";
import { fingerprint } from "../generated/fingerprint.js";
import * as inline from "./inline.js";
import { shareMemory } from "./share.js";

/** Where the file lies, seen from dist/joined/. */
const fileOf = (build: Build): URL => new URL(`../wasm/modules/${build}.wasm`, import.meta.url);

/** The mark at the end of a build (scripts/mark.mjs): another program may have put a file of this name there. */
function isMarked(bytes: Uint8Array, build: Build): boolean {
  const mark = `${build} ${fingerprint}`;
  return String.fromCharCode(...bytes.subarray(-mark.length)) === mark;
}

/** The bytes of the file; nothing where there is none, or where asking for it would ask the user, as in Deno. */
function readKernels(build: Build): Uint8Array<ArrayBuffer> | undefined {
  if ("Deno" in globalThis) return undefined;
  try {
    const bytes = process.getBuiltinModule("node:fs").readFileSync(fileOf(build)) as Uint8Array<ArrayBuffer>;
    return isMarked(bytes, build) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** As `compile` of inline.ts. */
export function compile(build: Build, shared: boolean): object {
  const bytes = readKernels(build);
  if (!bytes) return inline.compile(build, shared);
  return new WebAssembly.Module(shared ? shareMemory(bytes) : bytes);
}

/** As `compileAhead` of inline.ts. */
export async function compileAhead(build: Build): Promise<object> {
  const bytes = readKernels(build);
  return bytes ? WebAssembly.compile(bytes) : inline.compileAhead(build);
}
