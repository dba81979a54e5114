// The lanes of an array along one dimension, for the truth of what works along a dimension.
import { at, type Nd, nd } from "../nd.js";

/** The dimension from 0 for one that may be negative; a scalar has one lane of one element. */
export const fromStart = (dim: number, rank: number): number => (dim + rank) % Math.max(rank, 1);

/** Replaces each lane along `dim` by what `rule` makes of it: any number of values, or one that takes the dimension away. */
export function mapLanes(x: Nd, dim: number, rule: (lane: number[]) => number[] | number, keepdim = false): Nd {
  if (x.shape.length === 0) return { shape: [], data: Float64Array.from([rule(Array.from(x.data))].flat()) };
  const d = fromStart(dim, x.shape.length);
  const laneAt = (index: number[]): number[] => Array.from({ length: x.shape[d] as number }, (_, i) => at(x, index.with(d, i)));
  const probe = rule(laneAt(x.shape.map(() => 0)));
  if (typeof probe !== "number") {
    return nd(x.shape.with(d, probe.length), (...index: number[]) => (rule(laneAt(index)) as number[])[index[d] as number] as number);
  }
  const kept = nd(x.shape.with(d, 1), (...index: number[]) => rule(laneAt(index)) as number);
  return keepdim ? kept : { shape: x.shape.toSpliced(d, 1), data: kept.data };
}

/** Order with NaN as the largest. */
export const ascending = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
};

/** Positions that sort a lane; equal elements keep their order. */
export const orderOf = (lane: readonly number[], descending = false): number[] =>
  lane
    .map((_, i) => i)
    .sort((i, j) => (descending ? ascending(lane[j] as number, lane[i] as number) : ascending(lane[i] as number, lane[j] as number)));

export const sortedLane = (lane: readonly number[], descending = false): number[] =>
  orderOf(lane, descending).map((i) => lane[i] as number);
