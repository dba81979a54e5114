// The number of threads.
import { loadThreads } from "#threads";
import { ArgError } from "../../errors.js";
import { inTurn, threads } from "../kernels.js";
import { checkOptions, show } from "../options.js";
import { MOST_THREADS } from "./control.js";
import type { WorkerUrl } from "./host.js";
import { warn } from "./warn.js";

/** What `setThreads` takes. */
export interface ThreadOptions {
  /**
   * Where the worker's file lies, for a page whose Content-Security-Policy allows no workers from `blob:`: the file the package
   * exports as `simdgrad/worker.js`, served by the page's own server.
   */
  workerUrl?: WorkerUrl;
}

/**
 * Runs large kernels on `n` threads, the calling one included, from now on: results stay the same bit for bit, tensors stay valid.
 * Resolves to the number of threads in effect: `n`, or 1 where the host has no threads, with one line on the console that says why:
 * Cloudflare Workers, and pages without the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy. `setThreads(1)`
 * ends the workers.
 *
 * Errors: `ArgError` unless n is a whole number from 1 to 32.
 * @example await setThreads(4);
 */
export async function setThreads(n: number, options: ThreadOptions = {}): Promise<number> {
  if (!Number.isInteger(n) || n < 1 || n > MOST_THREADS) {
    throw new ArgError(`setThreads: the number of threads must be a whole number from 1 to ${MOST_THREADS}, got ${show(n)}`);
  }
  const { workerUrl } = checkOptions("setThreads", options, "workerUrl");
  if (workerUrl !== undefined && typeof (workerUrl as { href?: string } | null)?.href !== "string" && typeof workerUrl !== "string") {
    throw new ArgError(`setThreads: workerUrl must be a URL or a string, got ${show(workerUrl)}`);
  }
  return inTurn(() => changeTo(n, workerUrl));
}

async function changeTo(n: number, workerUrl: WorkerUrl | undefined): Promise<number> {
  if (n === threads()) return n;
  try {
    const changeThreads = await loadThreads();
    return await changeThreads(n, workerUrl);
  } catch (error) {
    warn("runs on", (error as Error).message);
    return threads();
  }
}
