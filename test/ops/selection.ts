// Which elements an index selects, worked out element by element: the truth of `get` and `set`.
import type { Index } from "simdgrad";
import { type Tensor, tensor } from "simdgrad";
import { nd } from "./nd.js";

/** A part of an index: a number, a range as Python writes it, a new dimension, the rest, an index array, or a mask. */
export type Part =
  | number
  | null
  | "..."
  | { readonly range: readonly [start: number | null, end: number | null, step: number] }
  | { readonly index: Numbers }
  | { readonly mask: Numbers };

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** The shape of a selection, and for each of its elements the position in the array. */
export interface Selection {
  readonly shape: readonly number[];
  readonly from: readonly number[];
}

/** Python's slice.indices. */
function rangeIn(n: number, [start, end, step]: readonly [number | null, number | null, number]): number[] {
  const clip = (value: number, low: number, high: number): number => Math.min(Math.max(value < 0 ? value + n : value, low), high);
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const first = start === null ? (step > 0 ? 0 : n - 1) : clip(start, low, high);
  const last = end === null ? (step > 0 ? n : -1) : clip(end, low, high);
  const found: number[] = [];
  for (let i = first; step > 0 ? i < last : i > last; i += step) found.push(i);
  return found;
}

const coversOf = (part: Part): number =>
  part === null || part === "..." ? 0 : typeof part === "object" && "mask" in part ? part.mask.shape.length : 1;

function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, d) => {
    const sizes = shapes.map((shape) => shape[d - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

const valueAt = ({ shape, values }: Numbers, position: readonly number[]): number => {
  const own = position.slice(position.length - shape.length);
  return values[own.reduce((sum, p, d) => sum * (shape[d] as number) + (shape[d] === 1 ? 0 : p), 0)] as number;
};

/** For each dimension of the array, what selects its coordinate: a fixed number, a dimension of the result, or an index array. */
type Source = number | { readonly axis: object; readonly list: readonly number[] } | { readonly by: Numbers };

/** The selection of an index that fits the shape. */
export function selection(shape: readonly number[], parts: readonly Part[]): Selection {
  const named = parts.reduce<number>((sum, part) => sum + coversOf(part), 0);
  const rest = Array.from({ length: shape.length - named }, (): Part => ({ range: [null, null, 1] }));
  const dots = parts.indexOf("...");
  const full = dots < 0 ? [...parts, ...rest] : [...parts.slice(0, dots), ...rest, ...parts.slice(dots + 1)];
  const sources: Source[] = [];
  /** The dimensions of the result, where "arrays" stands for an index array. */
  const axes: ("arrays" | { readonly axis: object; readonly size: number })[] = [];
  const shapes: (readonly number[])[] = [];
  for (const part of full) {
    const n = shape[sources.length] as number;
    if (part === null) axes.push({ axis: {}, size: 1 });
    else if (part === "...") throw new Error("only one ...");
    else if (typeof part === "number") sources.push(part < 0 ? part + n : part);
    else if ("range" in part) {
      const source = { axis: {}, list: rangeIn(n, part.range) };
      sources.push(source);
      axes.push({ axis: source.axis, size: source.list.length });
    } else if ("index" in part) {
      sources.push({ by: { ...part.index, values: part.index.values.map((i) => (i < 0 ? i + n : i)) } });
      shapes.push(part.index.shape);
      axes.push("arrays");
    } else {
      const places: number[][] = [];
      let i = 0;
      nd(part.mask.shape, (...p) => (part.mask.values[i++] ? places.push(p.slice()) : 0));
      for (const d of part.mask.shape.keys()) sources.push({ by: { shape: [places.length], values: places.map((p) => p[d] as number) } });
      shapes.push([places.length]);
      axes.push("arrays");
    }
  }
  const common = broadcast(shapes);
  const first = axes.indexOf("arrays");
  const last = axes.lastIndexOf("arrays");
  const together = axes.slice(first, last + 1).every((axis) => axis === "arrays");
  const kept = axes.filter((axis) => axis !== "arrays");
  const lead = together ? Math.max(first, 0) : 0;
  const sizes = kept.map(({ size }) => size);
  const out = [...sizes.slice(0, lead), ...common, ...sizes.slice(lead)];
  const from: number[] = [];
  nd(out, (...p) => {
    const ofArrays = p.slice(lead, lead + common.length);
    const ofAxes = [...p.slice(0, lead), ...p.slice(lead + common.length)];
    const place = sources.map((source) => {
      if (typeof source === "number") return source;
      if ("by" in source) return valueAt(source.by, ofArrays);
      return source.list[ofAxes[kept.findIndex(({ axis }) => axis === source.axis)] as number] as number;
    });
    return from.push(place.reduce((sum, i, d) => sum * (shape[d] as number) + i, 0));
  });
  return { shape: out, from };
}

/** A part as `get` and `set` take it. */
export function asIndex(part: Part): Index {
  if (typeof part !== "object" || part === null) return part;
  if ("range" in part) return part.range.map((n) => n ?? "").join(":");
  const { shape, values }: Numbers = "index" in part ? part.index : part.mask;
  return tensor(Float64Array.from(values), { shape, dtype: "index" in part ? "int32" : "bool" }) as Tensor;
}
