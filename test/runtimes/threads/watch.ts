// What the library does about threads, seen from outside: the host's functions it calls are wrapped. It looks them up when it calls
// them, so this sees everything as long as it comes before `setThreads`.

/** Places in the block that the library's threads share (src/wasm/threads/control.ts). */
export interface Words {
  readonly ticket: number;
  readonly finished: number;
}

/** Counts of what this thread did. */
export interface Seen {
  /** Calls that were split. */
  forks: number;
  /** Parts of these calls. */
  parts: number;
  /** Parts that this thread ran itself. */
  own: number;
  /** Times it slept in `Atomics.wait`; a call that throws, as on a page's main thread, is none. */
  sleeps: number;
}

/** Parts that other threads ran. */
export const helped = ({ parts, own }: Seen): number => parts - own;

/** Counts from now on: a split call puts its parts on the ticket, and whoever has run one adds 1 to those finished. */
export function watchAtomics({ ticket, finished }: Words): Readonly<Seen> {
  const seen: Seen = { forks: 0, parts: 0, own: 0, sleeps: 0 };
  const { store, add, wait } = Atomics;
  Object.assign(Atomics, {
    store(words: Int32Array, at: number, value: number) {
      const parts = at === ticket ? value & 0xffff : 0;
      if (parts > 0) seen.forks++;
      seen.parts += parts;
      return store(words, at, value);
    },
    add(words: Int32Array, at: number, value: number) {
      if (at === finished) seen.own++;
      return add(words, at, value);
    },
    wait(words: Int32Array, at: number, value: number, ms?: number) {
      const outcome = wait(words, at, value, ms);
      seen.sleeps++;
      return outcome;
    },
  });
  return seen;
}

interface Ends {
  terminate(): unknown;
}

/** The workers that are made from now on, of whichever class the library takes on this host. */
export function watchWorkers(): readonly Ends[] {
  const made: Ends[] = [];
  const home = globalThis.process?.getBuiltinModule?.("node:worker_threads") ?? globalThis;
  const Original = home.Worker as new (...args: unknown[]) => Ends;
  const Watched = class extends Original {
    constructor(...args: unknown[]) {
      super(...args);
      made.push(this);
    }
  };
  Object.assign(home, { Worker: Watched });
  return made;
}

/** What is said by `console.warn` from now on. */
export function watchWarnings(): readonly string[] {
  const said: string[] = [];
  console.warn = (...words) => void said.push(words.join(" "));
  return said;
}
