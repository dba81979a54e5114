// How calls of kernels are cut into parts, read from the table that the build makes of the declarations in threads/cuts. An argument is
// a letter there, "a" for the first one.
import type { Kernels } from "../generated/kernels.js";
import { splits } from "../generated/splits.js";

export type Name = keyof Kernels;

type Args = readonly number[];

/** A formula of threads/cuts for the arguments of a call. */
export type Formula = (args: Args, k: Kernels) => number;

/** One call of a part. `work` is the position of its scratch pointer, whose value each thread replaces by its own; -1 if it has none. */
export interface Call {
  readonly kernel: Name;
  readonly args: Args;
  readonly work: number;
}

interface Units {
  /** The number of units that are distributed. */
  readonly total: number;
  /** A part gets a multiple of this many units; the last part also gets the remainder. */
  readonly unit: number;
  /** The most parts per thread. */
  readonly rounds: number;
}

/** A cut into calls of the same kernel. */
export interface Cut extends Units {
  /** The positions of the pointers that advance in this call: neither null nor shared by all parts. */
  readonly advancing: readonly number[];
  /** The arguments of a part: `size` units from unit `from` on. */
  partOf(from: number, size: number): number[];
}

/** A cut whose parts write partial results into memory that all of them share, and nothing else. `finish` combines these. */
export interface SharedCut extends Units {
  readonly sharedBytes: number;
  /** The calls of the part of `size` units from `from` on. */
  calls(from: number, size: number, shared: number): readonly Call[];
  /** Writes the result; the calling thread runs it when all parts are done. */
  finish(k: Kernels, shared: number): void;
}

/** How a kernel is split. */
export interface Split {
  /** Estimated nanoseconds on one thread. */
  cost(args: Args): number;
  /** Not 0 if the kernel reads the elements that it writes. */
  readonly updates: Formula;
  /** The positions of the pointers that the kernel writes through. */
  readonly writes: readonly number[];
  /** The position of the scratch pointer, -1 if there is none, and the bytes that a call needs behind it. */
  readonly work: number;
  readonly scratch: Formula;
  /** The cut of a call; undefined if the call cannot be cut. */
  cut(args: Args, threads: number, k: Kernels): Cut | undefined;
}

/** The position of the argument with this letter. */
const positionOf = (letter: string): number => Number.parseInt(letter, 36) - 10;
const positionsOf = (letters: string): number[] => [...letters].map(positionOf);

const OPERATIONS: Record<string, (a: number, b: number) => number> = {
  "": (a, b) => a * b,
  "/": (a, b) => Math.floor(a / b),
  "%": (a, b) => a % b,
  "+": (a, b) => a + b,
  "<": Math.min,
  ">": Math.max,
};

function callOf(kernel: Name, positions: readonly number[]): Formula {
  return (args, k) => (k[kernel] as unknown as (...sizes: number[]) => number)(...positions.map((at) => args[at] as number));
}

function operandOf(text: string): Formula {
  const [at, value] = [positionOf(text), Number(text)];
  return Number.isNaN(value) ? (args) => args[at] as number : () => value;
}

function readFormula(text: string): Formula {
  const steps = [...text.matchAll(/(\w+)\((\w+)\)|([/%+<>]?)(-?[\d.]+|[a-z])/g)].map(([, kernel, letters, operator = "", operand]) => ({
    apply: OPERATIONS[operator] as (a: number, b: number) => number,
    read: kernel ? callOf(kernel as Name, positionsOf(letters as string)) : operandOf(operand as string),
  }));
  return (args, k) => steps.reduce((value, { apply, read }) => apply(value, read(args, k)), 1);
}

/** An argument and the formula of its value. */
type Place = readonly [at: number, value: Formula];

const readPlaces = (text: string | undefined): Place[] =>
  text ? text.split(",").map((place) => [positionOf(place.charAt(0)), readFormula(place.slice(1))]) : [];

/** A cut as it is declared. */
interface Way {
  readonly total: number;
  readonly unit: Formula;
  readonly rounds: number;
  /** Which number of units is enough to take it before others: none, two, two for each thread. */
  readonly least: number;
  readonly counts: readonly Place[];
  readonly pointers: readonly Place[];
  readonly steps: readonly Place[];
}

function readWay(text: string): Way {
  const [total = "", pointers, unit = "", least, rounds, counts, steps] = text.split(" ");
  const at = positionOf(total);
  return {
    ...{ total: at, unit: readFormula(unit), rounds: Number(rounds || 4), least: Number(least || 0) },
    ...{ counts: counts ? readPlaces(counts) : [[at, () => 1]], pointers: readPlaces(pointers), steps: readPlaces(steps) },
  };
}

/** Cuts a call in one of its ways, into multiples of `unit`. */
function cutOf({ total, rounds, counts, pointers, steps }: Way, unit: number, args: Args, k: Kernels): Cut {
  const valuesOf = (places: readonly Place[]) => places.map(([at, value]) => [at, value(args, k)] as const);
  const advance = valuesOf(pointers.filter(([at]) => args[at] !== 0)); // null pointers stay null
  const counted = valuesOf(counts);
  const stepped = valuesOf(steps);
  return {
    ...{ total: args[total] as number, unit, rounds },
    advancing: advance.flatMap(([at, bytes]) => (bytes === 0 ? [] : at)),
    partOf(from, size) {
      const part = args.slice();
      for (const [at, bytes] of advance) (part[at] as number) += from * bytes;
      for (const [at, factor] of counted) part[at] = size * factor;
      for (const [at, step] of stepped) {
        const low = ((args[at] as number) >>> 0) + from * step;
        part[at] = low | 0;
        part[at + 1] = ((part[at + 1] as number) + Math.floor(low / 2 ** 32)) | 0;
      }
      return part;
    },
  };
}

/** Reads a line of the table: the constant, and what is behind it. */
function readSplit(ns: number, text: string): Split {
  const [cost, writes, updates, scratch, ...cuts] = text.split(";") as [string, string, string, string];
  const [product, per] = cost.split("/") as [string, string?];
  const factors = positionsOf(product);
  const divisor = per ? positionOf(per) : -1;
  const ways = (cuts as string[]).map(readWay);
  return {
    cost(args) {
      let product = ns;
      for (const at of factors) product *= args[at] as number;
      return divisor >= 0 ? product / (args[divisor] as number) : product;
    },
    updates: readFormula(updates),
    writes: positionsOf(writes),
    work: scratch ? positionOf(scratch.charAt(0)) : -1,
    scratch: readFormula(scratch.slice(1)),
    cut(args, threads, k) {
      const choices = ways.map((way) => {
        const unit = way.unit(args, k);
        return { way, unit, units: Math.floor((args[way.total] as number) / unit) };
      });
      const enough = [Number.POSITIVE_INFINITY, 2, 2 * threads];
      const { way, unit, units } =
        choices.find(({ way, units }) => units >= (enough[way.least] as number)) ?? choices.reduce((a, b) => (b.units > a.units ? b : a));
      return units > 1 ? cutOf(way, unit, args, k) : undefined;
    },
  };
}

/** How kernels are split, by their names, for those that are. `kernels` are the names of all, in the order of the module. */
export function readSplits(kernels: readonly string[]): Map<Name, Split> {
  const lines = splits.split("\n");
  let text = "";
  return new Map(
    kernels.flatMap((name, i) => {
      const line = lines[i];
      if (!line) return [];
      text = line.replace(/^[\d.]+/, "") || text;
      return [[name as Name, readSplit(Number.parseFloat(line), text)]];
    }),
  );
}
