// The lines of a chart: given in several forms, brought into one, and thinned to what a screen can show.
import { ArgError, describe, isPlainObject, ShapeError } from "../errors.js";
import { checkNumbers, checkTexts } from "./given.js";

/** One line of `lineChart`. */
export interface Series {
  /** Its name in the legend; none unless given. */
  readonly name?: string;
  /** Where the values stand; at 0, 1, 2, ... unless given. */
  readonly x?: ArrayLike<number>;
  /** The values. NaN and infinities leave a gap. */
  readonly y: ArrayLike<number>;
}

/** A line in pixels: runs of points without a gap. */
export type Runs = readonly (readonly Point[])[];
export type Point = readonly [x: number, y: number];

/** A record of values by name becomes a list of series. Errors: `ShapeError` for x and y of different length, `ArgError` for what is no series. */
export function readSeries(op: string, given: readonly Series[] | Readonly<Record<string, ArrayLike<number>>>): readonly Series[] {
  if (!Array.isArray(given) && !isPlainObject(given))
    throw new ArgError(`${op}: takes series as { name: [..] } or [{ y: [..] }], got ${describe(given)}`);
  const list: readonly Series[] = Array.isArray(given) ? given : Object.entries(given).map(([name, y]) => ({ name, y }));
  for (const [i, series] of list.entries()) checkSeries(op, series, i);
  return list;
}

function checkSeries(op: string, series: Series, i: number): void {
  const { name = "", x, y } = (series ?? {}) as Partial<Series>;
  if (y === undefined) throw new ArgError(`${op}: series ${i} has no y; pass [{ y: [..] }] or { name: [..] }`);
  checkTexts(op, { [`the name of series ${i}`]: name });
  checkNumbers(op, `y of series ${i}`, y);
  if (x === undefined) return;
  checkNumbers(op, `x of series ${i}`, x);
  if (x.length !== y.length) {
    throw new ShapeError(`${op}: series ${i} has ${x.length} x and ${y.length} y values; give one x for each y`);
  }
}

/** Smallest and largest of the finite values (above 0 for a logarithmic axis); `undefined` when there are none. */
export function extent(
  series: readonly Series[],
  of: (series: Series, i: number) => number,
  positive: boolean,
): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const one of series) {
    for (let i = 0; i < one.y.length; i++) {
      const value = of(one, i);
      if (!Number.isFinite(value) || (positive && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

export const xOf = ({ x }: Series, i: number): number => (x ? (x[i] as number) : i);
export const yOf = ({ y }: Series, i: number): number => y[i] as number;

/** The series in pixels. `toX` and `toY` give NaN for what the axis cannot show. */
export function runsOf(series: Series, toX: (x: number) => number, toY: (y: number) => number): Runs {
  const runs: Point[][] = [];
  let gap = true;
  for (let i = 0; i < series.y.length; i++) {
    const point: Point = [toX(xOf(series, i)), toY(yOf(series, i))];
    const shown = Number.isFinite(point[0]) && Number.isFinite(point[1]);
    if (shown && gap) runs.push([point]);
    else if (shown) runs.at(-1)?.push(point);
    gap = !shown;
  }
  return runs.map(thin);
}

/**
 * At most four points for each pixel column (first, lowest, highest, last): no peak is lost, and a million steps make a
 * picture of some thousand points. Lines that go back in x stay as they are.
 */
export function thin(run: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (let from = 0; from < run.length; ) {
    const column = Math.floor((run[from] as Point)[0]);
    let [low, high] = [from, from];
    let to = from;
    for (; to < run.length && Math.floor((run[to] as Point)[0]) === column; to++) {
      if (to > 0 && (run[to] as Point)[0] < (run[to - 1] as Point)[0]) return run;
      if ((run[to] as Point)[1] < (run[low] as Point)[1]) low = to;
      if ((run[to] as Point)[1] > (run[high] as Point)[1]) high = to;
    }
    const chosen = new Set([from, Math.min(low, high), Math.max(low, high), to - 1]);
    for (const i of chosen) kept.push(run[i] as Point);
    from = to;
  }
  return kept;
}
