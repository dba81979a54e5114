// The compiled kernels, instantiated over the one linear memory on first use.
import { instantiateSync } from "@assemblyscript/loader";
import { compile } from "#wasm";
import { StateError } from "../errors.js";
import { type Build, bestBuild } from "./build.js";
import type { Kernels } from "./generated/kernels.js";
import { linearMemory, setLimit } from "./memory.js";

export type { Kernels } from "./generated/kernels.js";

let chosen: Build | undefined;
let loaded: Kernels | undefined;

function load(): Kernels {
  loaded = instantiate(compileKernels(false) as object);
  k = loaded;
  return loaded;
}

/** The module of the build in use, for a shared memory or a plain one; nothing where modules come compiled for a plain one. */
export function compileKernels(shared: boolean): object | undefined {
  chosen ??= bestBuild();
  return compile(chosen, shared);
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
}

/**
 * Chooses the kernel build and compiles it now instead of at the first operation; sets the memory limit. Never required.
 *
 * Errors: `StateError` when another build already runs, or when `relaxed` is asked for and the runtime lacks it; `ArgError`
 * for a limit below what is in use.
 * @example await init({ simd: "baseline" });
 */
export async function init({ simd = "auto", limitBytes }: InitOptions = {}): Promise<void> {
  if (limitBytes !== undefined) setLimit(limitBytes);
  const wanted = simd === "auto" ? (chosen ?? bestBuild()) : simd;
  if (loaded && chosen !== wanted) {
    throw new StateError(`init: the ${chosen} kernels already run; call init({ simd: "${wanted}" }) before the first tensor is made`);
  }
  if (wanted === "relaxed" && bestBuild() !== "relaxed") {
    throw new StateError(`init: this runtime has no relaxed SIMD; use init({ simd: "auto" })`);
  }
  chosen = wanted;
  if (!loaded) load();
}
