// How calls of kernels are cut into parts for threads. Each file of this folder declares the cuts of one folder of assembly/, with the
// names that the kernels' arguments have there. The build checks the declarations and writes them as a dense table (generated/splits.ts),
// which threads/splits.ts reads; nothing of this folder is part of the package.
//
// A part is a call of the same kernel: a cut says how far each pointer advances and which number becomes smaller. No result may depend
// on where a cut is (docs/threads.md).
import type { KernelArguments, Kernels } from "../../generated/kernels.js";

export type Name = keyof Kernels;

/**
 * A number, or a formula of number arguments, which is evaluated from left to right: `4*n*inner`, `16*n+4096`, `rows min cols*4`. Operators
 * are `*`, `/` (rounded down), `%`, `+`, `min` and `max`. The first operand may be a call of a kernel: `gemmWorkspace(m,n,k)`.
 */
export type Formula = number | string;

/** A cut, with pointers P and numbers N. */
export interface Cut<P extends string, N extends string> {
  /** The number of units that are distributed: rows, elements, images. */
  readonly total: N;
  /** A part gets a multiple of this many units; the last part also gets the remainder. */
  readonly unit: Formula;
  /** Bytes by which each pointer advances per unit; 0 for a pointer that all parts share. A null pointer stays null. */
  readonly advance: Readonly<Record<P, Formula>>;
  /** Numbers that become the units of the part, times the value given here. */
  readonly counts: Readonly<Record<string, Formula>>;
  /** The most parts per thread. Several share the work evenly when a thread starts late; one suits parts that have much to prepare. */
  readonly rounds: number;
  /** Integers that advance by this per unit. They are the low word of a number whose high word is the next argument. */
  readonly steps: Readonly<Record<string, Formula>>;
  /** The cut is taken if it gives this many units, or this many for each thread. Otherwise it competes with the others of its kernel. */
  readonly least: "two" | "two each" | undefined;
}

/** How one kernel is split, with pointers P and numbers N. */
export interface Split<P extends string, N extends string> {
  /** Estimated nanoseconds on one thread: a constant times these numbers. It only decides whether a split pays. */
  readonly cost: readonly [ns: number, ...factors: N[]];
  /** A number by which the cost is divided. */
  readonly costPer?: N;
  /** The pointers that the kernel writes through, if they are not the one named `out`. */
  readonly writes?: readonly P[];
  /** Not 0 if the kernel also reads the elements that it writes, for example to add to them, so that a part must not run twice. */
  readonly updates?: Formula;
  /** The first that gives as many units as it demands is taken, else the one with the most units, the earlier of equals. */
  readonly cuts: readonly Cut<P, N>[];
  /** Bytes of scratch that a call needs behind its pointer `work`. */
  readonly scratch?: Formula;
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

/** Cuts the units that the number `total` counts into multiples of `unit`. */
export function along<P extends string, N extends string>(
  total: N,
  unit: Formula,
  advance: Readonly<Record<P, Formula>>,
  more: Partial<Pick<Cut<P, N>, "counts" | "rounds" | "steps" | "least">> = {},
): Cut<P, N> {
  return { total, unit, advance, counts: { [total]: 1 }, rounds: MANY_ROUNDS, steps: {}, least: undefined, ...more };
}

/** Cuts along the outer axis `total` if it is longer than 1. */
export function outermost<P extends string, N extends string>(
  total: N,
  advance: Readonly<Record<P, Formula>>,
  rounds: number = MANY_ROUNDS,
): Cut<P, N> {
  return along(total, 1, advance, { least: "two", rounds });
}

/** A kernel over `n` elements: `bytes` says how many an element has behind each pointer. */
export function flat<P extends string>(ns: number, bytes: Readonly<Record<P, number>>): Split<P, "n"> {
  return { cost: [ns, "n"], cuts: [along("n", ELEMENTS, bytes)] };
}
