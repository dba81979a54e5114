// Kernels that split large calls into parts, which the workers and the calling thread run. threads/cuts says how.
import { StateError } from "../../errors.js";
import type { Kernels } from "../generated/kernels.js";
import { splitKernels } from "../generated/splitKernels.js";
import { allocate, release } from "../memory.js";
import { type Kernel, MOST_PARTS, PROGRAM, runPart } from "./control.js";
import type { Args, Call, Cut, Name, SharedCut, Split } from "./cuts/cut.js";
import { SPLITS } from "./cuts/index.js";
import type { Pool } from "./pool.js";
import { Signature } from "./signature.js";

type AnySplit = Split<string, string>;
type AnyCut = Cut<string, string>;

const listOf = (kernels: Kernels): Kernel[] => Object.values(kernels);

/**
 * Called when a worker fails. Returns single-threaded kernels; they use a copy of the memory if the worker is `lost`, because it might
 * still be writing.
 */
export type OnFailure = (why: string, lost: boolean) => Kernels;

/** Returns a function that estimates the nanoseconds of a call on one thread. */
function costOf({ cost: [ns, ...factors], costPer }: AnySplit, { positions }: Signature): (args: readonly number[]) => number {
  const places = factors.map((name) => positions.get(name) as number);
  const per = costPer === undefined ? -1 : (positions.get(costPer) as number);
  return (args) => {
    let product = ns;
    for (let i = 0; i < places.length; i++) product *= args[places[i] as number] as number;
    return per < 0 ? product : product / (args[per] as number);
  };
}

/** Returns a function that gives the arguments of the part of `size` units from unit `from` on. */
export function partsOf({ positions }: Signature, args: readonly number[], cut: AnyCut): (from: number, size: number) => number[] {
  const placed = (values: { readonly [name: string]: number | undefined }) =>
    Object.entries(values).map(([name, value]) => [positions.get(name), value] as [at: number, value: number]);
  const advance = placed(cut.advance).filter(([at]) => args[at] !== 0); // null pointers stay null
  const counts = placed(cut.counts);
  return (from, size) => {
    const part = args.slice();
    for (const [at, bytes] of advance) (part[at] as number) += from * bytes;
    for (const [at, factor] of counts) part[at] = size * factor;
    if (cut.set) for (const [at, value] of placed(cut.set(from))) part[at] = value;
    return part;
  };
}

/** Whether a part that failed halfway cannot be repeated, because it has overwritten its input. */
function changesInput({ writes = ["out"], updates }: AnySplit, args: Args, { advance }: AnyCut): boolean {
  if (updates?.(args)) return true;
  return writes.some((out) => args[out] !== 0 && Object.keys(advance).some((name) => name !== out && args[name] === args[out]));
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
  /** Estimated cost of the cheapest call that is split, and of the smallest part. A fork and join takes one or two microseconds. */
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
    this.#list = listOf(plain);
    this.#indices = new Map(Object.keys(plain).map((name, i) => [name, i]));
    this.kernels = Object.create(plain); // kernels that are not split are found on the prototype
    for (const [names, kernels] of Object.entries(splitKernels)) {
      for (const name of kernels.split(" ") as Name[]) this.#addKernel(name, Signature.of(names));
    }
  }

  /** Adds a kernel that runs as it is if its estimated cost is below `leastNs`, otherwise in parts. */
  #addKernel(name: Name, signature: Signature): void {
    const index = this.#indices.get(name) as number;
    const cost = costOf(SPLITS[name] as AnySplit, signature);
    const value: Kernel = (...args) => {
      const ns = cost(args);
      if (ns < this.leastNs) (this.#list[index] as Kernel)(...args);
      else this.call(name, signature, args, ns);
    };
    Object.defineProperty(this.kernels, name, { value });
  }

  /** Ends the workers. Code that still holds one of these kernels gets the plain one. */
  retire(plain: Kernels): void {
    this.#pool.end();
    this.plain = plain;
    this.#list = listOf(plain);
    this.leastNs = Number.POSITIVE_INFINITY;
    for (const ptr of this.#scratch.ptrs) release(ptr, this.#scratch.bytes);
    this.#scratch = { bytes: 0, ptrs: [] };
  }

  /** Runs a call in parts if that pays, otherwise as one call. */
  call(name: Name, signature: Signature, values: readonly number[], ns: number): void {
    const split = SPLITS[name] as AnySplit;
    const cut = split.cut(signature.read(values), this.#pool.threads, this.plain);
    const parts = cut ? this.#countOf(cut, ns) : 0;
    const isSplit =
      cut && parts > 1 && ("calls" in cut ? this.#runShared(name, cut, parts, ns) : this.#run(name, signature, values, cut, parts, ns));
    if (!isSplit) (this.plain[name] as unknown as Kernel)(...values);
  }

  /** Returns the number of parts: the same for every thread, and not more than pay. */
  #countOf({ total, unit, rounds }: AnyCut | SharedCut, ns: number): number {
    const { threads } = this.#pool;
    const most = Math.min(Math.floor(total / unit), Math.floor(ns / Splitter.partNs), threads * rounds, MOST_PARTS);
    return most > threads ? most - (most % threads) : most;
  }

  /** Runs a call in parts that write different places; returns false, with nothing done, if memory for scratch is short. */
  #run(name: Name, signature: Signature, values: readonly number[], cut: AnyCut, parts: number, ns: number): boolean {
    const split = SPLITS[name] as AnySplit;
    const args = signature.read(values);
    const partOf = partsOf(signature, values, cut);
    const work = split.scratch ? (signature.positions.get("work") as number) : -1;
    let bytes = 0;
    this.#write(cut, parts, (from, size) => {
      const part = partOf(from, size);
      if (split.scratch) bytes = Math.max(bytes, split.scratch(this.plain, signature.read(part)));
      return [{ kernel: name, args: part, work }];
    });
    if (split.scratch && bytes > 0) {
      if (split.scratch(this.plain, args) < bytes || !this.#growScratch(bytes)) return false;
      this.#pool.setScratch(0, args["work"] as number); // nobody else uses the call's own scratch while the call runs
    }
    const inPlace = changesInput(split, args, cut);
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
  #write({ total, unit }: AnyCut | SharedCut, parts: number, callsOf: (from: number, size: number) => readonly Call[]): void {
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
        `threads: ${why}, in the middle of ${name}, which changes a tensor in place: its values are lost; load them again, the library goes on with one thread`,
      );
    }
    for (const part of undone) runPart(control, part, listOf(plain), 0);
  }
}
