// How a call of a kernel is cut into parts that write different places: the ways of cutting that most kernels share.
// Positions are those of a kernel's arguments. A result never depends on where a cut is (docs/threads.md).
import type { Kernels } from "../generated/kernels.js";

export type Args = readonly number[];

/** One call of a part. Arguments at the positions in `scratch` are offsets into the scratch of the thread that runs it. */
export interface Call {
  readonly kernel: keyof Kernels;
  readonly args: Args;
  readonly scratch: readonly number[];
}

/** A call seen as `total` units, of which a part takes a multiple of `unit`. */
export interface Cut {
  readonly total: number;
  readonly unit: number;
  /** Most parts a thread should get: one where a part has much to prepare before it starts. */
  readonly rounds: number;
  /** Bytes that all parts share, for what `finish` makes the result of. Such parts write nothing else. */
  readonly room?: number;
  /** The arguments of the kernel for `size` units from `from` on, or several calls. */
  part(from: number, size: number, room: number): Args | readonly Call[];
  /** The last step, which the caller takes when all parts are done. */
  finish?(k: Kernels, room: number): void;
}

export type Cost = readonly [ns: number, ...factors: number[]] | ((args: Args) => number);

/** Everything the threads know about one kernel. */
export interface Split {
  /** About how many nanoseconds one thread takes: a number times the arguments at some positions, or a function. */
  readonly cost: Cost;
  /** Nothing where the call cannot be cut. */
  cut(args: Args, threads: number, k: Kernels): Cut | undefined;
  /** Where the address of scratch stands, and how many bytes the call wants there. */
  readonly scratch?: { at(args: Args): number; bytes(k: Kernels, args: Args): number };
  /** Whether the kernel adds to what is there, so that a part must not run twice. */
  adds?(args: Args): boolean;
}

/** An address that goes on by `bytes` times the arguments at `factors` with each unit. An address of 0, which is none, stays. */
export type Move = readonly [at: number, bytes: number, ...factors: number[]];

/** Elements of a part of a flat array: whole cache lines even of bytes, whole blocks of 16 random words. */
export const ELEMENTS = 64;

/** A number times the arguments at `factors`. */
export function product(args: Args, first: number, factors: readonly number[]): number {
  let value = first;
  for (const factor of factors) value *= args[factor] as number;
  return value;
}

export function costOf({ cost }: Split, args: Args): number {
  if (typeof cost === "function") return cost(args);
  const [ns, ...factors] = cost;
  return product(args, ns, factors);
}

/** Arguments with other values at some positions. */
export function withArgs(args: Args, changes: readonly (readonly [at: number, value: number])[]): number[] {
  const copy = [...args];
  for (const [at, value] of changes) copy[at] = value;
  return copy;
}

/** Parts of a thread where they cost nothing: enough to share the work evenly, whoever comes late. */
const MANY_ROUNDS = 4;

/** A cut of the count at position `count`. */
export function along(count: number, unit: number, ...moves: readonly Move[]): (args: Args) => Cut {
  return (args) => ({
    total: args[count] as number,
    unit,
    rounds: MANY_ROUNDS,
    part: (from, size) => {
      const copy = [...args];
      for (const [at, bytes, ...factors] of moves) if (copy[at]) (copy[at] as number) += from * product(args, bytes, factors);
      copy[count] = size;
      return copy;
    },
  });
}

/** The cut with the most units, as long as these are enough for two parts; the earlier of equals. */
export function best(...cuts: readonly Cut[]): Cut | undefined {
  const units = ({ total, unit }: Cut): number => Math.floor(total / unit);
  const most = cuts.reduce((a, b) => (units(b) > units(a) ? b : a));
  return units(most) > 1 ? most : undefined;
}

/** A flat kernel: `n` elements at position `count`, addresses and their bytes per element. */
export function flat(ns: number, count: number, ...moves: readonly Move[]): Split {
  return { cost: [ns, count], cut: along(count, ELEMENTS, ...moves) };
}
