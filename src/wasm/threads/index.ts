// The public function that sets the number of threads.
import { loadThreads } from "#threads";
import { ArgError } from "../../errors.js";
import { inTurn, threads } from "../kernels.js";
import { checkOptions, show } from "../options.js";
import { MOST_THREADS } from "./control.js";
import type { WorkerUrl } from "./host.js";
import { warn } from "./warn.js";

/** The options of `setThreads`. */
export interface ThreadOptions {
  /**
   * The URL of the worker's file, for a page whose Content-Security-Policy allows no workers from `blob:`. It is the file that the
   * package exports as `simdgrad/worker.js`, served from the page's origin.
   */
  workerUrl?: WorkerUrl;
}

/**
 * Runs large kernels on `n` threads from now on, the calling thread included. Results stay the same bit for bit, and tensors stay
 * valid. Resolves to the number of threads in effect. It is 1, with a warning on the console that says why, where the host has no
 * threads: on Cloudflare Workers, and on pages without the headers Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.
 * `setThreads(1)` ends the workers. Calls of `setThreads` and `init` take effect one after the other, in the order in which they were made.
 *
 * Errors: `ArgError` unless n is a whole number from 1 to 32, and for an option that does not exist or has the wrong type.
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
