// Threads for the kernels: the memory becomes a shared one, workers join, and large calls are split (docs/threads.md).
import { ArgError } from "../../errors.js";
import { compileKernels, instantiate, type Kernels, threads, useKernels } from "../kernels.js";
import { isShared, linearMemory, moveMemory, newMemory } from "../memory.js";
import { MOST_THREADS } from "./control.js";
import { Front } from "./fork.js";
import { obstacle, type WorkerUrl } from "./host.js";
import { Pool } from "./pool.js";

/** What `setThreads` takes. */
export interface ThreadOptions {
  /**
   * Where the worker's file lies, for a page whose Content-Security-Policy allows no workers from `blob:`: the file the package
   * exports as `simdgrad/worker.js`, served by the page's own server.
   */
  workerUrl?: WorkerUrl;
}

let active: Front | undefined;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs large kernels on `n` threads, the calling one included, from now on: results stay the same bit for bit, tensors stay valid.
 * Resolves to the number of threads in effect: `n`, or 1 where the host has no threads, with one line on the console that says why:
 * Cloudflare Workers, and pages without the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy. `setThreads(1)`
 * ends the workers.
 *
 * Errors: `ArgError` unless n is a whole number from 1 to 32.
 * @example await setThreads(4);
 */
export async function setThreads(n: number, { workerUrl }: ThreadOptions = {}): Promise<number> {
  if (!Number.isInteger(n) || n < 1 || n > MOST_THREADS) {
    throw new ArgError(`setThreads: the number of threads must be a whole number from 1 to ${MOST_THREADS}, got ${n}`);
  }
  const change = turn.then(() => switchTo(n, workerUrl));
  turn = change;
  return change;
}

/** Ends the workers; `plain` kernels take over. The memory stays as it is. */
function retire(front: Front, plain: Kernels): void {
  front.retire(plain);
  active = undefined;
  useKernels(plain, 1);
}

function warn(what: string, why: string): void {
  console.warn(`simdgrad: ${what} one thread: ${why}`);
}

async function switchTo(n: number, workerUrl: WorkerUrl | undefined): Promise<number> {
  if (n === threads()) return n;
  if (active) retire(active, active.plain);
  if (n === 1) return 1;
  let pool: Pool | undefined;
  try {
    const why = obstacle();
    if (why !== undefined) throw new Error(why);
    const module = compileKernels(true);
    if (!module) throw new Error("kernels compiled at deployment, as on Cloudflare Workers, have a memory that cannot be shared");
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
