// From one number of threads to another: the memory becomes a shared one, workers join, and large calls are split (docs/threads.md).
import { compileKernels, instantiate, type Kernels, threads, useKernels } from "../kernels.js";
import { isShared, linearMemory, moveMemory, newMemory } from "../memory.js";
import { Front } from "./fork.js";
import { obstacle, type WorkerUrl } from "./host.js";
import { Pool } from "./pool.js";
import { warn } from "./warn.js";

let active: Front | undefined;

/** Ends the workers; `plain` kernels take over. The memory stays as it is. */
function retire(front: Front, plain: Kernels): void {
  front.retire(plain);
  active = undefined;
  useKernels(plain, 1);
}

/** Resolves to the number in effect: `n`, or 1, with a line on the console that says why. */
export async function switchTo(n: number, workerUrl: WorkerUrl | undefined): Promise<number> {
  if (active) retire(active, active.plain);
  if (n === 1) return 1;
  let pool: Pool | undefined;
  try {
    const why = obstacle();
    if (why !== undefined) throw new Error(why);
    const module = compileKernels(true);
    if (!module) throw new Error("kernels that came compiled, as on Cloudflare Workers, have a memory that cannot be shared");
    const memory = isShared() ? linearMemory() : newMemory(true);
    const onLoss = (cause: string): void => void fail(`a worker ended: ${cause}`, false);
    pool = await Pool.start({ threads: n, module, memory, workerUrl, onLoss });
    // Nothing waits from here on, so no operation comes between the move and the new kernels.
    moveMemory(memory);
    active = new Front(instantiate(module), pool, fail);
    useKernels(active.kernels, n);
  } catch (error) {
    pool?.end();
    warn("runs on", (error as Error).message);
  }
  return threads();
}

/** Goes on with one thread. A worker that was lost may wake up and write once more: the memory is left to it. */
function fail(why: string, lost: boolean): Kernels {
  const front = active as Front;
  warn("goes on with", why);
  if (lost) moveMemory(newMemory(false));
  const plain = lost ? instantiate(compileKernels(false) as object) : front.plain;
  retire(front, plain);
  return plain;
}
