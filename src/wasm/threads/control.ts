// The control block, which the calling thread and its workers share besides the linear memory: a ticket, counters, and one program for
// each part of a call.
//
//   ticket    epoch << 16 | number of parts that no thread has taken yet. The thread that lowers it by compareExchange runs that part.
//             It reads the number of parts and the programs only afterwards, when the call cannot return before the part is finished.
//   program   number of calls, then for each call: kernel, number of arguments, position of the scratch pointer or -1, arguments.
//             The scratch pointer is replaced by that of the thread that runs the part.
//
// This file runs on the calling thread and on workers. It imports nothing, because it is part of the worker's text.

/** The most threads, the calling thread included, and the most parts of a call. */
export const MOST_THREADS = 32;
export const MOST_PARTS = 128;

/** The most calls of a part, and the most arguments of a kernel. The build checks all kernels. */
export const MOST_CALLS = 2;
export const MOST_ARGUMENTS = 40;

/** Numbers of a call before its arguments, and of a program. */
const HEADER = 3;
export const PROGRAM: number = 1 + MOST_CALLS * (HEADER + MOST_ARGUMENTS);

// Words of the control block.
export const TICKET = 0;
export const PARTS = 1;
/** Number of parts that are finished or have failed. */
export const FINISHED = 2;
/** Number of workers that sleep. */
export const SLEEPERS = 3;
export const STOP = 4;
/** Scratch pointer of each thread. */
export const SCRATCH = 16;
/** State of each part. */
export const STATE: number = SCRATCH + MOST_THREADS;

const OPEN = 0;
export const DONE = 1;
const THREW = 2;

/** How long a worker waits actively before it sleeps: longer than the code between two calls, about as long as it takes to wake up. */
const SPIN_MS = 0.5;
/** Reads of a word between two reads of the clock. */
const LOOKS = 64;

/** Views of the control block. */
export interface Control {
  readonly words: Int32Array;
  readonly programs: Float64Array;
}

const PROGRAMS_AT = 4096;

/** Bytes of a control block. */
export const CONTROL_BYTES: number = PROGRAMS_AT + MOST_PARTS * PROGRAM * 8;

export function controlOver(buffer: ArrayBufferLike): Control {
  return { words: new Int32Array(buffer, 0, PROGRAMS_AT / 4), programs: new Float64Array(buffer, PROGRAMS_AT) };
}

/** A kernel as a module exports it. */
export type Kernel = (...args: number[]) => void;

/** Runs the program of one part; `kernels` are in the order of the module's exports. */
export function runPart({ programs, words }: Control, part: number, kernels: readonly Kernel[], thread: number): void {
  const scratch = (words[SCRATCH + thread] as number) >>> 0;
  const next = () => programs[at++] as number;
  let at = part * PROGRAM;
  for (let calls = next(); calls > 0; calls--) {
    const kernel = kernels[next()] as Kernel;
    const count = next();
    const work = next();
    const args: number[] = [];
    for (let i = 0; i < count; i++) args.push(next());
    if (work >= 0) args[work] = scratch;
    kernel(...args);
  }
}

/** Takes and runs parts until none is left. */
export function runAvailableParts(control: Control, kernels: readonly Kernel[], thread: number): void {
  const { words } = control;
  for (;;) {
    const ticket = Atomics.load(words, TICKET);
    const left = ticket & 0xffff;
    if (left === 0) return;
    if (Atomics.compareExchange(words, TICKET, ticket, ticket - 1) !== ticket) continue;
    const parts = words[PARTS] as number;
    const part = parts - left;
    let state = DONE;
    try {
      runPart(control, part, kernels, thread);
    } catch {
      state = THREW; // the calling thread repeats the part, which throws the error there
    }
    Atomics.store(words, STATE + part, state);
    if (Atomics.add(words, FINISHED, 1) + 1 === parts) Atomics.notify(words, FINISHED);
  }
}

/** Offers `parts` parts to all threads. */
export function offerParts({ words }: Control, parts: number): void {
  for (let i = 0; i < parts; i++) words[STATE + i] = OPEN;
  words[PARTS] = parts;
  Atomics.store(words, FINISHED, 0);
  const epoch = (words[TICKET] as number) >>> 16;
  Atomics.store(words, TICKET, ((epoch + 1) << 16) | parts);
  if (Atomics.load(words, SLEEPERS) > 0) Atomics.notify(words, TICKET, parts - 1);
}

// Newer engines have an instruction for waiting loops, which leaves the core to its other hardware thread.
const { pause } = Atomics as { pause?: () => void };

/** Reads a word until `wanted` holds or `ms` have passed; returns whether it holds. */
export function spin(words: Int32Array, word: number, wanted: (value: number) => boolean, ms: number): boolean {
  const until = performance.now() + ms;
  do {
    for (let i = 0; i < LOOKS; i++) {
      if (wanted(Atomics.load(words, word))) return true;
      pause?.();
    }
  } while (performance.now() < until);
  return false;
}

const hasParts = (ticket: number): boolean => (ticket & 0xffff) > 0;

/** The loop of a worker: run parts, wait actively for more, sleep. Returns after `stop`. */
export function serve(control: Control, kernels: readonly Kernel[], thread: number): void {
  const { words } = control;
  while (Atomics.load(words, STOP) === 0) {
    runAvailableParts(control, kernels, thread);
    if (spin(words, TICKET, hasParts, SPIN_MS)) continue;
    Atomics.add(words, SLEEPERS, 1);
    const ticket = Atomics.load(words, TICKET);
    if (!hasParts(ticket) && Atomics.load(words, STOP) === 0) Atomics.wait(words, TICKET, ticket);
    Atomics.sub(words, SLEEPERS, 1);
  }
}

/** Tells all workers to return from `serve`. */
export function stop({ words }: Control): void {
  Atomics.store(words, STOP, 1);
  Atomics.store(words, TICKET, (((words[TICKET] as number) >>> 16) + 1) << 16);
  Atomics.notify(words, TICKET);
}
