// How calls of kernels are cut into parts for threads. Each file of this folder declares the cuts of one folder of assembly/, with the
// names that the kernels' arguments have there; the compiler and the build check these names against the signatures.
//
// A part is a call of the same kernel: a cut says how far each pointer advances and which number becomes smaller. No result may depend
// on where a cut is (docs/threads.md).
import type { KernelArguments, Kernels } from "../../generated/kernels.js";

export type Name = keyof Kernels;

/** The arguments of a call by name. */
export type Args<Names extends string = string> = Readonly<Record<Names, number>>;

/** One call of a part. `work` is the position of its scratch pointer, whose value each thread replaces by its own; -1 if it has none. */
export interface Call {
  readonly kernel: Name;
  readonly args: readonly number[];
  readonly work: number;
}

interface Units {
  /** The number of units that are distributed: rows, elements, images. */
  readonly total: number;
  /** A part gets a multiple of this many units; the last part also gets the remainder. */
  readonly unit: number;
  /** The most parts per thread. Several share the work evenly when a thread starts late; one suits parts that have much to prepare. */
  readonly rounds: number;
}

/** A cut into calls of the same kernel, with pointers P and numbers N. */
export interface Cut<P extends string, N extends string> extends Units {
  /** Bytes by which each pointer advances per unit; 0 for a pointer that all parts share. A null pointer stays null. */
  readonly advance: Readonly<Record<P, number>>;
  /** Numbers that become the units of the part, times the value given here. */
  readonly counts: { readonly [Number in N]?: number };
  /** Other numbers that depend on the first unit of the part. */
  set?(from: number): { readonly [Number in N]?: number };
}

/** A cut whose parts write partial results into memory that all of them share, and nothing else. `finish` combines these. */
export interface SharedCut extends Units {
  readonly sharedBytes: number;
  /** The calls of the part of `size` units from `from` on. */
  calls(from: number, size: number, shared: number): readonly Call[];
  /** Writes the result; the calling thread runs it when all parts are done. */
  finish(k: Kernels, shared: number): void;
}

/** How one kernel is split, with pointers P and numbers N. */
export interface Split<P extends string, N extends string> {
  /** Estimated nanoseconds on one thread: a constant times these numbers. It only decides whether a split pays. */
  readonly cost: readonly [ns: number, ...factors: N[]];
  /** A number by which the cost is divided. */
  readonly costPer?: N;
  /** The pointers that the kernel writes through, if they are not the one named `out`. */
  readonly writes?: readonly P[];
  /** Whether the kernel also reads the elements that it writes, for example to add to them, so that a part must not run twice. */
  updates?(args: Args<P | N>): boolean;
  /** The cut of a call; undefined if the call cannot be cut. */
  cut(args: Args<P | N>, threads: number, k: Kernels): Cut<P, N> | SharedCut | undefined;
  /** Bytes of scratch that a call needs behind its pointer `work`. */
  scratch?(k: Kernels, args: Args<P | N>): number;
}

type Pointers<K extends Name> = Exclude<KernelArguments[K]["pointers"], "work">;
type Numbers<K extends Name> = KernelArguments[K]["numbers"];
type Needed<K extends Name> =
  | ("work" extends KernelArguments[K]["pointers"] ? "scratch" : never)
  | ("out" extends KernelArguments[K]["pointers"] ? never : "writes");

/** The declaration for kernel K. It needs `writes` if the kernel has no pointer `out`, and `scratch` if it has a pointer `work`. */
export type SplitOf<K extends Name> = Split<Pointers<K>, Numbers<K>> & Required<Pick<Split<Pointers<K>, Numbers<K>>, Needed<K>>>;

/** Declarations for some kernels. */
export type Splits = { readonly [K in Name]?: SplitOf<K> };

/** Nanoseconds per element of a kernel that mostly reads and writes memory. */
export const LIGHT = 0.2;
/** Nanoseconds per element of a kernel that evaluates polynomials or divides. */
export const HEAVY = 0.8;

/** Elements of a part of a flat array: whole cache lines even of bytes, whole blocks of 16 random words. */
export const ELEMENTS = 64;
/** Columns of a part of a matrix: a cache line of floats, a whole panel of a packed matrix. */
export const COLUMNS = 16;

const MANY_ROUNDS = 4;

/** Cuts `total` units, which the number `count` counts, into multiples of `unit`. */
export function along<P extends string, N extends string>(
  count: N,
  total: number,
  unit: number,
  advance: Readonly<Record<P, number>>,
  rounds: number = MANY_ROUNDS,
): Cut<P, N> {
  return { total, unit, rounds, advance, counts: { [count]: 1 } as { [Number in N]: number } };
}

/** Returns the cut with the most parts, the earlier of equals; undefined if none gives two parts. */
export function best<Cuts extends readonly Units[]>(...cuts: Cuts): Cuts[number] | undefined {
  const units = ({ total, unit }: Units): number => Math.floor(total / unit);
  const most = cuts.reduce((a, b) => (units(b) > units(a) ? b : a));
  return units(most) > 1 ? most : undefined;
}

/** A kernel over `n` elements: `bytes` says how many an element has behind each pointer. */
export function flat<P extends string>(ns: number, bytes: Readonly<Record<P, number>>): Split<P, "n"> {
  return { cost: [ns, "n"], cut: ({ n }) => along("n", n, ELEMENTS, bytes) };
}
