// Kernels that split large calls into parts, which the workers and the calling thread run. threads/cuts says how.
import { StateError } from "../../errors.js";
import type { Kernels } from "../generated/kernels.js";
import { allocate, release } from "../memory.js";
import { type Kernel, MOST_PARTS, PROGRAM, runPart } from "./control.js";
import type { Pool } from "./pool.js";
import { type Call, type Cut, type Name, readSplits, type SharedCut, type Split } from "./splits.js";
import { cutStretches } from "./stretches.js";

const kernelList = (kernels: Kernels): Kernel[] => Object.values(kernels);

/**
 * Called when a worker fails. Returns single-threaded kernels; they use a copy of the memory if the worker is `lost`, because it might
 * still be writing.
 */
export type OnFailure = (why: string, lost: boolean) => Kernels;

/**
 * Whether a part that failed halfway cannot be repeated, because it has overwritten its input. What all parts read at one place is as it was:
 * if a part changed it, the others could not rely on it either. So the copies of a first element over a tensor can be repeated.
 */
function changesInput({ writes, updates }: Split, args: readonly number[], { advancing }: Cut, k: Kernels): boolean {
  if (updates(args, k)) return true;
  return writes.some((out) => advancing.some((at) => at !== out && args[at] === args[out]));
}

/** Allocates the memory that the parts of a call share; undefined if memory is short. */
function allocateShared(bytes: number): number | undefined {
  try {
    return allocate(bytes);
  } catch {
    return undefined;
  }
}

export class Splitter {
  /** Estimated cost of the cheapest call that is split, and of the smallest part. Starting and joining takes one or two microseconds. */
  static leastNs = 16_000;
  static partNs = 5_000;

  /** The kernels to use in place of the plain ones. */
  readonly kernels: Kernels;
  plain: Kernels;
  leastNs: number = Splitter.leastNs;
  readonly #pool: Pool;
  readonly #onFailure: OnFailure;
  /** Position of each kernel among the module's exports. */
  readonly #indices: ReadonlyMap<string, number>;
  #list: readonly Kernel[];
  /** The workers' blocks of scratch. */
  #scratch: { readonly bytes: number; readonly ptrs: readonly number[] } = { bytes: 0, ptrs: [] };

  constructor(plain: Kernels, pool: Pool, onFailure: OnFailure) {
    this.plain = plain;
    this.#pool = pool;
    this.#onFailure = onFailure;
    this.#list = kernelList(plain);
    this.#indices = new Map(Object.keys(plain).map((name, i) => [name, i]));
    this.kernels = Object.create(plain); // kernels that are not split are found on the prototype
    for (const [name, split] of readSplits(Object.keys(plain))) this.#addKernel(name, split);
  }

  /** Adds a kernel that runs as it is if its estimated cost is below `leastNs`, otherwise in parts. */
  #addKernel(name: Name, split: Split): void {
    const index = this.#indices.get(name) as number;
    const value: Kernel = (...args) => {
      const ns = split.cost(args);
      if (ns < this.leastNs) (this.#list[index] as Kernel)(...args);
      else this.call(name, split, args, ns);
    };
    Object.defineProperty(this.kernels, name, { value });
  }

  /** Ends the workers. Code that still holds one of these kernels gets the plain one. */
  retire(plain: Kernels): void {
    this.#pool.end();
    this.plain = plain;
    this.#list = kernelList(plain);
    this.leastNs = Number.POSITIVE_INFINITY;
    for (const ptr of this.#scratch.ptrs) release(ptr, this.#scratch.bytes);
    this.#scratch = { bytes: 0, ptrs: [] };
  }

  /** Runs a call in parts if that pays, otherwise as one call. */
  call(name: Name, split: Split, args: readonly number[], ns: number): void {
    const cut = split.cut(args, this.#pool.threads, this.plain) ?? cutStretches(name, args);
    const parts = cut ? this.#countOf(cut, ns) : 0;
    const isSplit =
      cut && parts > 1 && ("calls" in cut ? this.#runShared(name, cut, parts, ns) : this.#run(name, split, args, cut, parts, ns));
    if (!isSplit) (this.plain[name] as unknown as Kernel)(...args);
  }

  /** Returns the number of parts, of which none is too small to pay; if there are more than threads, the same number for each thread. */
  #countOf({ total, unit, rounds }: Cut | SharedCut, ns: number): number {
    const { threads } = this.#pool;
    const most = Math.min(Math.floor(total / unit), Math.floor(ns / Splitter.partNs), threads * rounds, MOST_PARTS);
    return most > threads ? most - (most % threads) : most;
  }

  /** Runs a call in parts that write to separate places; returns false, with nothing done, if memory for scratch is short. */
  #run(name: Name, split: Split, args: readonly number[], cut: Cut, parts: number, ns: number): boolean {
    const { work, scratch } = split;
    let bytes = 0;
    this.#write(cut, parts, (from, size) => {
      const part = cut.partOf(from, size);
      if (work >= 0) bytes = Math.max(bytes, scratch(part, this.plain));
      return [{ kernel: name, args: part, work }];
    });
    if (bytes > 0) {
      if (scratch(args, this.plain) < bytes || !this.#growScratch(bytes)) return false;
      this.#pool.setScratch(0, args[work] as number); // nobody else uses the call's own scratch while the call runs
    }
    const inPlace = changesInput(split, args, cut, this.plain);
    const { undone, lost } = this.#pool.run(parts, this.#list, ns / 1e6, inPlace);
    if (undone.length > 0) this.#repeat(name, undone, lost, inPlace);
    return true;
  }

  /** Runs a call in parts that write into memory they share; returns false, with nothing done, if memory is short. */
  #runShared(name: Name, cut: SharedCut, parts: number, ns: number): boolean {
    const shared = allocateShared(cut.sharedBytes);
    if (shared === undefined) return false;
    try {
      this.#write(cut, parts, (from, size) => cut.calls(from, size, shared));
      const { undone, lost } = this.#pool.run(parts, this.#list, ns / 1e6, false);
      if (undone.length > 0) this.#repeat(name, undone, lost, false);
      cut.finish(this.plain, shared); // over another memory if a worker was lost
    } finally {
      release(shared, cut.sharedBytes);
    }
    return true;
  }

  /** Writes the programs of all parts. */
  #write({ total, unit }: Cut | SharedCut, parts: number, callsOf: (from: number, size: number) => readonly Call[]): void {
    const units = Math.floor(total / unit);
    for (let part = 0; part < parts; part++) {
      const from = Math.floor((units * part) / parts) * unit;
      const to = part + 1 === parts ? total : Math.floor((units * (part + 1)) / parts) * unit;
      this.#writePart(part, callsOf(from, to - from));
    }
  }

  #writePart(part: number, calls: readonly Call[]): void {
    const { programs } = this.#pool.control;
    let at = part * PROGRAM;
    programs[at++] = calls.length;
    for (const { kernel, args, work } of calls) {
      programs[at++] = this.#indices.get(kernel) as number;
      programs[at++] = args.length;
      programs[at++] = work;
      for (const value of args) programs[at++] = value;
    }
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

  /** Runs the parts that a worker left undone. Errors: `StateError` if they may have overwritten what they read. */
  #repeat(name: Name, undone: readonly number[], lost: boolean, inPlace: boolean): void {
    const why = lost ? "a worker does not answer any more" : `a part of ${name} failed`;
    const { control } = this.#pool;
    const plain = this.#onFailure(why, lost);
    if (inPlace) {
      throw new StateError(
        `threads: ${why} in ${name}, which edits a tensor in place: its values are lost; the library goes on with one thread`,
      );
    }
    for (const part of undone) runPart(control, part, kernelList(plain), 0);
  }
}
