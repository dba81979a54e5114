// The kernels with threads in front of them: a call that is worth it is cut into parts, which the workers and the caller run.
import { StateError } from "../../errors.js";
import type { Kernels } from "../generated/kernels.js";
import { allocate, release } from "../memory.js";
import { type Kernel, MOST_PARTS, PROGRAM, runPart } from "./control.js";
import { type Behind, frontOf } from "./front.js";
import type { Pool } from "./pool.js";
import { type Args, type Call, type Cut, costOf, type Split } from "./split.js";
import { SPLITS } from "./table.js";

type Name = keyof Kernels;

const listOf = (kernels: Kernels): Kernel[] => Object.values(kernels);

/** What a front does when a worker failed: the plain kernels, over a memory of their own if the worker may still write to this one. */
export type OnFailure = (why: string, lost: boolean) => Kernels;

/** The one call of a part, or its several, as calls. */
export function callsOf(kernel: Name, split: Split, made: Args | readonly Call[]): readonly Call[] {
  if (typeof made[0] !== "number") return made as readonly Call[];
  const args = made as number[];
  if (!split.scratch) return [{ kernel, args, scratch: [] }];
  const at = split.scratch.at(args);
  args[at] = 0; // an offset from here on
  return [{ kernel, args, scratch: [at] }];
}

/** Room that the parts share, 0 if they want none; nothing where memory is short. */
function roomFor({ room }: Cut): number | undefined {
  if (!room) return 0;
  try {
    return allocate(room);
  } catch {
    return undefined;
  }
}

export class Front implements Behind {
  /** Calls that cost less are not split, and parts do not get smaller than the second: a fork and join takes one microsecond or two. */
  static leastNs = 16_000;
  static partNs = 5_000;

  /** To be used in place of the plain kernels. */
  readonly kernels: Kernels;
  plain: Kernels;
  leastNs: number = Front.leastNs;
  readonly #pool: Pool;
  readonly #onFailure: OnFailure;
  /** Place of each kernel among the module's exports. */
  readonly #places: ReadonlyMap<string, number>;
  #list: readonly Kernel[];
  #scratch: { readonly bytes: number; readonly ptrs: readonly number[] } = { bytes: 0, ptrs: [] };

  constructor(plain: Kernels, pool: Pool, onFailure: OnFailure) {
    this.plain = plain;
    this.#pool = pool;
    this.#onFailure = onFailure;
    this.#list = listOf(plain);
    this.#places = new Map(Object.keys(plain).map((name, i) => [name, i]));
    // What is not split is found behind.
    this.kernels = Object.setPrototypeOf(frontOf(this), plain);
  }

  /** Ends the workers. Whoever still holds one of these kernels gets the plain one. */
  retire(plain: Kernels): void {
    this.#pool.end();
    this.plain = plain;
    this.#list = listOf(plain);
    this.leastNs = Number.POSITIVE_INFINITY;
    for (const ptr of this.#scratch.ptrs) release(ptr, this.#scratch.bytes);
    this.#scratch = { bytes: 0, ptrs: [] };
  }

  /** Runs a call in parts if that pays, else as it is. */
  fork(name: Name, args: Args): void {
    const split = SPLITS[name] as Split;
    const kernel = this.plain[name] as unknown as Kernel;
    const ns = costOf(split, args);
    const { threads } = this.#pool;
    const cut = ns < this.leastNs ? undefined : split.cut(args, threads, this.plain);
    const units = cut ? Math.floor(cut.total / cut.unit) : 0;
    const most = cut ? Math.min(units, Math.floor(ns / Front.partNs), threads * cut.rounds, MOST_PARTS) : 0;
    // As many for every thread.
    const parts = most > threads ? most - (most % threads) : most;
    const room = cut && parts > 1 ? roomFor(cut) : undefined;
    if (!cut || room === undefined) {
      kernel(...args);
      return;
    }
    try {
      let bytes = 0;
      let last: readonly Call[] = [];
      for (let part = 0; part < parts; part++) {
        const from = Math.floor((units * part) / parts) * cut.unit;
        const to = part + 1 === parts ? cut.total : Math.floor((units * (part + 1)) / parts) * cut.unit;
        last = callsOf(name, split, cut.part(from, to - from, room));
        bytes = Math.max(bytes, this.#write(part, name, split, last));
      }
      if (split.scratch && bytes > 0 && !this.#giveScratch(args, split.scratch, bytes)) {
        kernel(...args);
        return;
      }

      const changesInput = !cut.room && last.length === 1 && inPlace(split, args, last[0] as Call);
      const { undone, lost } = this.#pool.run(parts, this.#list, ns / 1e6, changesInput);
      if (undone.length > 0) this.#repeat(name, undone, lost, changesInput);
      cut.finish?.(this.plain, room); // over another memory if a worker was lost
    } finally {
      if (cut.room) release(room, cut.room);
    }
  }

  /** Writes the program of a part; returns the bytes of scratch it needs. */
  #write(part: number, name: Name, split: Split, calls: readonly Call[]): number {
    const { programs } = this.#pool.control;
    let at = part * PROGRAM;
    let bytes = 0;
    programs[at++] = calls.length;
    for (const { kernel, args, scratch } of calls) {
      programs[at++] = this.#places.get(kernel) as number;
      programs[at++] = args.length;
      programs[at++] = scratch.reduce((mask, position) => mask | (1 << position), 0);
      for (const value of args) programs[at++] = value;
      if (kernel === name && split.scratch) bytes = (args[split.scratch.at(args)] as number) + split.scratch.bytes(this.plain, args);
    }
    return bytes;
  }

  /**
   * Gives every thread `bytes` of scratch: this one the scratch of the call, which nobody else uses while the call runs, and each
   * worker a block of its own. Returns false if memory is short, or if the call's scratch is too small for one of its parts.
   */
  #giveScratch(args: Args, scratch: NonNullable<Split["scratch"]>, bytes: number): boolean {
    const own = args[scratch.at(args)] as number;
    if (scratch.bytes(this.plain, args) < bytes) return false;
    this.#pool.setScratch(0, own);
    return this.#growScratch(bytes);
  }

  /** Makes the workers' blocks of scratch large enough; returns false if memory is short. */
  #growScratch(bytes: number): boolean {
    const before = this.#scratch;
    if (bytes <= before.bytes) return true;
    const ptrs: number[] = [];
    try {
      while (ptrs.length < this.#pool.threads - 1) ptrs.push(allocate(bytes));
    } catch {
      for (const ptr of ptrs) release(ptr, bytes);
      return false;
    }
    for (const ptr of before.ptrs) release(ptr, before.bytes);
    this.#scratch = { bytes, ptrs };
    ptrs.forEach((ptr, i) => {
      this.#pool.setScratch(i + 1, ptr);
    });
    return true;
  }

  /** Does what a worker left undone, or says that it cannot be done. */
  #repeat(name: Name, undone: readonly number[], lost: boolean, changesInput: boolean): void {
    const why = lost ? "a worker does not answer any more" : `a part of ${name} failed`;
    const { control } = this.#pool;
    const plain = this.#onFailure(why, lost);
    if (changesInput) {
      throw new StateError(
        `threads: ${why}, in the middle of ${name}, which changes a tensor in place: its values are lost; load them again, the library goes on with one thread`,
      );
    }
    for (const part of undone) runPart(control, part, listOf(plain), 0);
  }
}

/** Whether a call reads what it writes, so that a part that ran half must not run again. `own` is the call of its last part. */
function inPlace(split: Split, args: Args, own: Call): boolean {
  if (split.adds?.(args)) return true;
  // Addresses are what moved on, while counts became less; the same one twice is read and written.
  const moved = args.filter((value, i) => value < (own.args[i] as number) && !own.scratch.includes(i));
  return new Set(moved).size < moved.length;
}
