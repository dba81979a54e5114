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
  chosen ??= bestBuild();
  const module = compile(chosen) as WebAssembly.Module;
  const made = instantiateSync<Record<string, unknown>>(module, { env: { memory: linearMemory() } });
  // The raw exports skip the loader's argument counting: 11 ns a call against 16 to 21.
  loaded = made.instance.exports as unknown as Kernels;
  k = loaded;
  return loaded;
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
