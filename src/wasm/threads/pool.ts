// The workers, and how the parts of a call run on them and on the calling thread.
import {
  CONTROL_BYTES,
  type Control,
  controlOver,
  DONE,
  FINISHED,
  type Kernel,
  offerParts,
  runAvailableParts,
  SCRATCH,
  STATE,
  spin,
  stop,
} from "./control.js";
import { type Host, spawn, type WorkerUrl } from "./host.js";

/** Timeout for the start of the workers. */
const START_MS = 20_000;

/** How long the calling thread waits actively for the last part before it sleeps; small parts take some microseconds. */
const JOIN_SPIN_MS = 0.1;
const JOIN_SLEEP_MS = 100;

/**
 * Timeout after which the worker of an unfinished part is presumed dead, counted from the end of this thread's parts: PATIENCE_MS plus
 * PATIENCE_TIMES the expected duration. Only time in which this thread runs counts, because a computer that sleeps, or a process that
 * is stopped, stops its workers as well: each reading of the clock adds at most LOOK_MS.
 */
const PATIENCE_MS = 2000;
const PATIENCE_TIMES = 20;
const LOOK_MS = 2 * JOIN_SLEEP_MS;

/** Whether this thread may sleep. A page's main thread may not, and waits actively. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** The arguments of `Pool.start`. */
export interface Team {
  readonly threads: number;
  readonly module: object;
  readonly memory: object;
  readonly workerUrl: WorkerUrl | undefined;
  /** Called once if a worker ends by itself. */
  readonly onLoss: (why: string) => void;
}

/** The outcome of a call: the parts that were not completed, and whether a worker is presumed dead. */
export interface Outcome {
  readonly undone: readonly number[];
  readonly lost: boolean;
}

const COMPLETED: Outcome = { undone: [], lost: false };

export class Pool {
  readonly threads: number;
  readonly control: Control;
  readonly #hosts: readonly Host[];
  readonly #sleeps: boolean = maySleep();
  #onLoss: ((why: string) => void) | undefined;

  private constructor(hosts: readonly Host[], control: Control) {
    this.threads = hosts.length + 1;
    this.control = control;
    this.#hosts = hosts;
  }

  /** Starts all workers or none. Errors: an `Error` that says why a worker did not start. */
  static async start({ threads, module, memory, workerUrl, onLoss }: Team): Promise<Pool> {
    const buffer = new SharedArrayBuffer(CONTROL_BYTES);
    const hosts: Host[] = [];
    let pool: Pool | undefined;
    let lost: string | undefined;
    const begin = (thread: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const gone = (why: string): void => {
          lost ??= why;
          reject(new Error(`a worker did not start: ${why}`));
          if (pool) pool.#reportLoss(why);
        };
        const host = spawn(workerUrl, { ready: resolve, gone });
        hosts.push(host);
        host.send({ module, memory, control: buffer, thread });
      });
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`workers did not start within ${START_MS / 1000} seconds`)), START_MS);
      });
      await Promise.race([Promise.all(Array.from({ length: threads - 1 }, (_, i) => begin(i + 1))), late]);
      if (lost !== undefined) throw new Error(`a worker did not start: ${lost}`); // it was ready, and ended before the others were
    } catch (error) {
      for (const host of hosts) host.end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    for (const host of hosts) host.unref();
    pool = new Pool(hosts, controlOver(buffer));
    pool.#onLoss = onLoss;
    return pool;
  }

  #reportLoss(why: string): void {
    const tell = this.#onLoss;
    this.#onLoss = undefined;
    tell?.(why);
  }

  /** Sets the scratch pointer of a thread. */
  setScratch(thread: number, ptr: number): void {
    this.control.words[SCRATCH + thread] = ptr;
  }

  /**
   * Runs the first `parts` programs, here and on the workers. With `forever` no worker is presumed dead: this is for parts that cannot
   * be repeated, because they change their input.
   */
  run(parts: number, kernels: readonly Kernel[], expectedMs: number, forever: boolean): Outcome {
    const { words } = this.control;
    const started = performance.now();
    offerParts(this.control, parts);
    runAvailableParts(this.control, kernels, 0);
    const expected = Math.max(expectedMs, performance.now() - started);
    const lost = !this.#waitForParts(parts, forever ? Number.POSITIVE_INFINITY : PATIENCE_MS + PATIENCE_TIMES * expected);
    for (let part = 0; part < parts; part++) if (Atomics.load(words, STATE + part) !== DONE) return { undone: this.#undone(parts), lost };
    return COMPLETED;
  }

  /** Waits until all parts are finished; returns false after `ms` of waiting. */
  #waitForParts(parts: number, ms: number): boolean {
    const { words } = this.control;
    const all = (finished: number): boolean => finished >= parts;
    if (spin(words, FINISHED, all, JOIN_SPIN_MS)) return true;
    let before = performance.now();
    for (let waited = 0; waited < ms; ) {
      const finished = Atomics.load(words, FINISHED);
      if (all(finished)) return true;
      if (this.#sleeps) Atomics.wait(words, FINISHED, finished, JOIN_SLEEP_MS);
      else if (spin(words, FINISHED, all, JOIN_SLEEP_MS)) return true;
      const now = performance.now();
      waited += Math.min(now - before, LOOK_MS);
      before = now;
    }
    return all(Atomics.load(words, FINISHED));
  }

  #undone(parts: number): number[] {
    const { words } = this.control;
    return Array.from({ length: parts }, (_, part) => part).filter((part) => Atomics.load(words, STATE + part) !== DONE);
  }

  /** Ends the workers. */
  end(): void {
    this.#onLoss = undefined;
    stop(this.control);
    for (const host of this.#hosts) host.end();
  }
}
