// The compiled kernels, instantiated over the one linear memory on first use.
import { instantiateSync } from "@assemblyscript/loader";
import { compile, compileAhead } from "#wasm";
import { ArgError, StateError } from "../errors.js";
import { type Build, bestBuild } from "./build.js";
import type { Kernels } from "./generated/kernels.js";
import { linearMemory, setLimit } from "./memory.js";
import { shareMemory } from "./modules/share.js";
import { type OwnKernels, readKernels, type WasmSource } from "./own.js";

export type { Kernels } from "./generated/kernels.js";

let chosen: Build | undefined;
let loaded: Kernels | undefined;
let own: OwnKernels | undefined;

function load(module = compileKernels(false) as object): Kernels {
  loaded = instantiate(module);
  k = loaded;
  return loaded;
}

/** The module of the build in use, for a shared memory or a plain one; nothing where modules come compiled for a plain one. */
export function compileKernels(shared: boolean): object | undefined {
  chosen ??= bestBuild();
  if (!own) return compile(chosen, shared);
  if (!shared) return own.module;
  return own.bytes && new WebAssembly.Module(shareMemory(own.bytes));
}

/** The kernels of a module over the memory as it is now. */
export function instantiate(module: object): Kernels {
  const made = instantiateSync<Record<string, unknown>>(module as WebAssembly.Module, { env: { memory: linearMemory() } });
  // The raw exports skip the loader's argument counting: 11 ns a call against 16 to 21.
  return made.instance.exports as unknown as Kernels;
}

let threadCount = 1;

/** From now on `k` is these: kernels over another memory, or with threads in front of them. */
export function useKernels(kernels: Kernels, count: number): void {
  loaded = kernels;
  k = kernels;
  threadCount = count;
}

/**
 * Threads that kernels use: 1 until `setThreads`, and again after a worker failed.
 * @example threads(); // 2
 */
export function threads(): number {
  return threadCount;
}

/**
 * The kernels: `k.relu(x, out, n)`. Addresses are bytes in the linear memory, counts are elements.
 * Until the first call this is a stand-in that compiles the kernels when one is looked up.
 */
export let k: Kernels = new Proxy({} as Kernels, {
  get: (_, name) => (loaded ?? load())[name as keyof Kernels],
});

/** The build in use, or the one that will be used. */
export function currentBuild(): Build {
  return chosen ?? bestBuild();
}

/** What `init` takes. */
export interface InitOptions {
  /** `"auto"` (default) takes relaxed SIMD where the runtime has it; `"baseline"` gives the same bytes everywhere. */
  simd?: "auto" | Build;
  /** The most bytes tensors may take, for hosts with a budget of their own: a Cloudflare Worker has 128 MB. */
  limitBytes?: number;
  /**
   * Kernels to use instead of those the script carries: the package's `relaxed.wasm` or `baseline.wasm` as bytes, as the answer of
   * `fetch` (compiled while it arrives) or as a `WebAssembly.Module`. The file decides which build runs.
   */
  wasm?: WasmSource | PromiseLike<WasmSource>;
}

/** Refuses a build that cannot be had any more, or not here. */
function checkBuild(wanted: Build): void {
  if (loaded && chosen !== wanted) {
    throw new StateError(`init: the ${chosen} kernels already run; call init({ simd: "${wanted}" }) before the first tensor is made`);
  }
  if (wanted === "relaxed" && bestBuild() !== "relaxed") {
    throw new StateError(`init: this runtime has no relaxed SIMD; use init({ simd: "auto" })`);
  }
}

/**
 * Chooses the kernel build and compiles it ahead of the first operation, on another thread where the host does that, or takes
 * compiled kernels from the program; sets the memory limit. Never required: operations that come before it is done compile at once.
 *
 * Errors: `StateError` when another build already runs, when `relaxed` is asked for and the runtime lacks it, or when `wasm` does not
 * arrive or does not compile; `ArgError` for a limit below what is in use, and for a `wasm` that is not this version's or not the
 * build that `simd` names.
 * @example await init({ simd: "baseline" });
 * @example await init({ wasm: fetch("/relaxed.wasm") });
 */
export async function init({ simd = "auto", limitBytes, wasm }: InitOptions = {}): Promise<void> {
  const given = wasm === undefined ? undefined : await readKernels(wasm);
  if (given && simd !== "auto" && simd !== given.build) {
    throw new ArgError(`init: wasm holds the ${given.build} kernels, simd asks for ${simd}; give the other file, or leave simd out`);
  }
  const wanted = given?.build ?? (simd === "auto" ? (chosen ?? bestBuild()) : simd);
  checkBuild(wanted);
  if (limitBytes !== undefined) setLimit(limitBytes);
  if (loaded) return;
  chosen = wanted; // of operations that come before the module does
  const module = given?.module ?? (await compileAhead(wanted));
  if (loaded) return checkBuild(wanted); // one came, or another init was done first
  chosen = wanted;
  own = given;
  load(module);
}
