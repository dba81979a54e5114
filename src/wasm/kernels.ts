// The kernels and their state: which build was chosen, which groups of kernels are compiled, over which memory they are instantiated, and
// how many threads run them.
//
// A group is a folder of assembly/. An operation imports the kernels of its group, which registers the group (`addGroup`). All registered
// groups are compiled as one module when a kernel is first looked up. A group that is registered later, by an import() while the
// program runs, is compiled when one of its kernels is first looked up, together with all others.
//
// The state changes in two ways. A first lookup compiles at once, on the calling thread. `init` and `setThreads` are asynchronous, so
// they take turns (`inTurn`): while one of them waits, only a first lookup can come in between, and that never changes a build that was
// chosen before.
import { instantiateSync } from "@assemblyscript/loader";
import { compile, compileAhead, compileShared } from "#wasm";
import { ArgError, StateError } from "../errors.js";
import { type Build, bestBuild } from "./build.js";
import type { CoreKernels, Kernels } from "./generated/kernels.js";
import { type GivenKernels, readKernels, type WasmSource } from "./givenKernels.js";
import { compact, isShared, linearMemory, moveMemory, newMemory, setLimit } from "./memory.js";
import { shareMemory } from "./modules/share.js";
import type { GroupText } from "./modules/unpack.js";
import { checkOptions, show } from "./options.js";

export type { Kernels } from "./generated/kernels.js";

/** The build that runs or will run. It cannot change once kernels are loaded. */
let chosen: Build | undefined;
let loaded: Kernels | undefined;
/** Kernels that the program gave to `init`. */
let given: GivenKernels | undefined;
let threadCount = 1;

/** Settles when the last change in the queue is done; undefined if there is none. */
let lastChange: Promise<unknown> | undefined;

/** Runs `change` when all changes that were asked for earlier are done, and at once if there are none. */
export function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const result = lastChange ? lastChange.then(change) : change();
  const settled = result
    .catch(() => undefined)
    .then(() => {
      if (lastChange === settled) lastChange = undefined;
    });
  lastChange = settled;
  return result;
}

/** A group of kernels. */
interface Group {
  /** Undefined where all kernels come as one .wasm file. */
  readonly text: GroupText | undefined;
  /** Gives the group's operations the kernels to call. */
  readonly use: (kernels: Kernels) => void;
}

/** The groups, in the order in which they were registered. */
const groups: Group[] = [];
/** For each module, and for the kernels made of it, how many of `groups` it contains: the first so many. */
const groupsIn = new WeakMap<object, number>();

const textsOf = (count: number): GroupText[] => groups.slice(0, count).flatMap(({ text }) => text ?? []);

/** Looks kernels up when they are first needed. Kernels found by it have all groups. */
const lookup: Kernels = new Proxy({} as Kernels, { get: (_, name) => loadAllGroups()[name as keyof Kernels] });

/** Registers a group, for which `use` takes the kernels when they change. Returns the kernels until then. */
export function addGroup(text: GroupText | undefined, use: (kernels: Kernels) => void): Kernels {
  groups.push({ text, use });
  return lookup;
}

/** Compiles for a shared memory. Set when threads start, because only then the memory can be a shared one. */
let compileForShared: () => object = compileKernels;

/** Compiles what is missing. While threads run, groups that the workers' module lacks run on the calling thread alone. */
function loadAllGroups(): Kernels {
  if (threadCount === 1) return load();
  const later = instantiate(compileForShared());
  for (const { use } of groups.slice(groupsIn.get(loaded as Kernels))) use(later);
  return later;
}

function load(module = isShared() ? compileForShared() : compileKernels()): Kernels {
  const kernels = instantiate(module);
  useKernels(kernels, 1);
  return kernels;
}

/** Compiles the registered groups of the chosen build. */
export function compileKernels(): object {
  chosen ??= bestBuild();
  const count = groups.length;
  const module = given?.module ?? compile(chosen, textsOf(count));
  groupsIn.set(module, count);
  return module;
}

/** The same for a shared memory. Undefined where there are only precompiled modules, which are for an unshared one. */
export function compileSharedKernels(): object | undefined {
  compileForShared = compileSharedKernels as () => object;
  chosen ??= bestBuild();
  const count = groups.length;
  const module = given ? given.bytes && new WebAssembly.Module(shareMemory(given.bytes)) : compileShared(chosen, textsOf(count));
  if (module) groupsIn.set(module, count);
  return module;
}

/** Instantiates a module over the current memory. */
export function instantiate(module: object): Kernels {
  const made = instantiateSync<Record<string, unknown>>(module as WebAssembly.Module, { env: { memory: linearMemory() } });
  // The raw exports skip the loader's argument counting: 11 ns a call against 16 to 21.
  const kernels = made.instance.exports as unknown as Kernels;
  groupsIn.set(kernels, groupsIn.get(module) ?? 0);
  return kernels;
}

/**
 * Replaces the kernels: by some over another memory, or by some that split large calls among `count` threads. `plain` are the same kernels
 * without splitting. Operations of groups that these lack look theirs up when they need them.
 */
export function useKernels(kernels: Kernels, count: number, plain: Kernels = kernels): void {
  const known = groupsIn.get(plain) as number;
  groupsIn.set(kernels, known);
  loaded = kernels;
  k = kernels;
  threadCount = count;
  groups.forEach(({ use }, i) => {
    use(i < known ? kernels : lookup);
  });
}

/**
 * Returns the number of threads that kernels use: 1 until `setThreads`, and 1 again after a worker failed. Errors: none.
 * @example threads(); // 1
 */
export function threads(): number {
  return threadCount;
}

/**
 * The kernels of the core: `k.relu(x, out, n)`. Pointers are byte offsets into the linear memory, counts are elements. Those of other
 * groups are in generated/groups.
 */
export let k: CoreKernels = lookup;

/** Less than this is not worth another memory. */
const LEAST_TRIM = 1024 * 1024;

/**
 * Gives memory back to the host: free blocks are joined, and if the memory is larger than what is in use needs, its content moves to one
 * of that size, unless the host has no room for both. Tensors stay valid. Takes some milliseconds. While several threads run, which share
 * the memory, it only joins blocks. Errors: none.
 * @example trim();
 */
export function trim(): void {
  const needed = compact();
  if (!loaded || threadCount > 1 || linearMemory().buffer.byteLength < needed + LEAST_TRIM) return;
  let smaller: WebAssembly.Memory;
  try {
    smaller = newMemory(false, needed);
  } catch {
    return; // the host has no room for two
  }
  moveMemory(smaller);
  load();
}

/** Returns the build in use, or the one that will be used. */
export function currentBuild(): Build {
  return chosen ?? bestBuild();
}

/** The options of `init`. */
export interface InitOptions {
  /** `"auto"` (default) takes relaxed SIMD where the runtime has it; `"baseline"` gives the same bytes on every runtime. */
  simd?: "auto" | Build;
  /** The most bytes tensors may take, for hosts with a budget of their own: a Cloudflare Worker has 128 MB. */
  limitBytes?: number;
  /**
   * Kernels to use instead of those the script carries: the package's `relaxed.wasm` or `baseline.wasm` as bytes, as the `Response` of
   * a `fetch` (compiled while it arrives) or as a `WebAssembly.Module`. The file decides which build runs.
   */
  wasm?: WasmSource | PromiseLike<WasmSource>;
}

const SIMD: readonly unknown[] = ["auto", "baseline", "relaxed"];

/** Throws `StateError` if the wanted build cannot be chosen any more, or does not run here. */
function checkBuild(wanted: Build): void {
  if (loaded && chosen !== wanted) {
    throw new StateError(`init: the ${chosen} kernels already run; call init({ simd: "${wanted}" }) before the first tensor is made`);
  }
  if (wanted === "relaxed" && bestBuild() !== "relaxed") {
    throw new StateError(`init: this runtime has no relaxed SIMD; use init({ simd: "auto" })`);
  }
}

/** Decides which build to load. */
function wantedBuild(simd: "auto" | Build, own: GivenKernels | undefined): Build {
  if (own && simd !== "auto" && simd !== own.build) {
    throw new ArgError(`init: wasm holds the ${own.build} kernels, simd asks for ${simd}; give the other file, or leave simd out`);
  }
  return own?.build ?? (simd === "auto" ? (chosen ?? bestBuild()) : simd);
}

/** Loads the wanted build unless kernels are loaded. If that fails, the choice is open again. */
async function loadAhead(wanted: Build, own: GivenKernels | undefined): Promise<void> {
  if (loaded) return;
  const before = chosen;
  chosen = wanted; // a kernel that is looked up meanwhile compiles this build
  try {
    const count = groups.length;
    const module = own?.module ?? (await compileAhead(wanted, textsOf(count)));
    if (loaded) return;
    groupsIn.set(module, count);
    given = own;
    load(module);
  } catch (error) {
    if (!loaded) chosen = before;
    throw error;
  }
}

/**
 * Chooses the kernel build and compiles it ahead of the first operation, on another thread where the host does that, or takes
 * compiled kernels from the program; sets the memory limit. Calling it is optional: an operation that runs earlier compiles the
 * kernels synchronously. Calls of `init` and of `setThreads` take effect one after the other, in the order in which they were made.
 *
 * Errors: `ArgError` for an option that does not exist, for a `simd` other than "auto", "baseline" and "relaxed", for a limit below
 * the bytes in use, and for a `wasm` that does not belong to this version or is not the build that `simd` names; `StateError` when
 * another build already runs, when `relaxed` is asked for and the runtime lacks it, or when `wasm` does not arrive or compile.
 * @example await init({ simd: "baseline" });
 * @example await init({ wasm: fetch("/baseline.wasm") });
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const { simd = "auto", limitBytes, wasm } = checkOptions("init", options, "simd", "limitBytes", "wasm");
  if (!SIMD.includes(simd)) throw new ArgError(`init: simd must be "auto", "baseline" or "relaxed", got ${show(simd)}`);
  const reading = wasm === undefined ? undefined : readKernels(wasm);
  reading?.catch(() => undefined); // it may fail while other changes are made; the error is thrown below
  return inTurn(async () => {
    const own = reading && (await reading);
    const wanted = wantedBuild(simd, own);
    checkBuild(wanted);
    if (limitBytes !== undefined) setLimit(limitBytes);
    await loadAhead(wanted, own);
  });
}
