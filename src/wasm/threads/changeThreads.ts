// Changes the number of threads: makes the memory a shared one, starts workers, and splits large calls (docs/threads.md).
import { compileKernels, compileSharedKernels, instantiate, type Kernels, threads, useKernels } from "../kernels.js";
import { isShared, linearMemory, moveMemory, newMemory } from "../memory.js";
import { obstacle, type WorkerUrl } from "./host.js";
import { Pool } from "./pool.js";
import { Splitter } from "./splitter.js";
import { warn } from "./warn.js";

let active: Splitter | undefined;

/** Ends the workers and continues with `plain` kernels. The memory does not change. */
function retireSplitter(splitter: Splitter, plain: Kernels): void {
  splitter.retire(plain);
  active = undefined;
  useKernels(plain, 1);
}

/** Resolves to the number of threads in effect: `n`, or 1 after a warning on the console that says why. Calls must not overlap. */
export async function changeThreads(n: number, workerUrl: WorkerUrl | undefined): Promise<number> {
  if (active) retireSplitter(active, active.plain);
  if (n === 1) return 1;
  let pool: Pool | undefined;
  try {
    const why = obstacle();
    if (why !== undefined) throw new Error(why);
    const module = compileSharedKernels();
    if (!module) throw new Error("kernels that came compiled, as on Cloudflare Workers, have a memory that cannot be shared");
    const memory = isShared() ? linearMemory() : newMemory(true);
    const onLoss = (cause: string): void => void onFailure(`a worker ended: ${cause}`, false);
    pool = await Pool.start({ threads: n, module, memory, workerUrl, onLoss });
    // There is no await from here on, so no operation runs between the move and the new kernels.
    moveMemory(memory);
    active = new Splitter(instantiate(module), pool, onFailure);
    useKernels(active.kernels, n, active.plain);
  } catch (error) {
    pool?.end();
    warn("runs on", (error as Error).message);
  }
  return threads();
}

/** Continues with one thread. If a worker is `lost`, it might still write to the memory, so the library moves to a copy. */
function onFailure(why: string, lost: boolean): Kernels {
  const splitter = active as Splitter;
  warn("goes on with", why);
  if (lost) moveMemory(newMemory(false));
  const plain = lost ? instantiate(compileKernels()) : splitter.plain;
  retireSplitter(splitter, plain);
  return plain;
}
