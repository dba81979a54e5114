// An axis: the range of values it shows, where each lies in pixels, and its ticks.
import { checkOneOf } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { checkRange } from "./given.js";
import { linearTicks, logTicks, niceRange, type Tick } from "./ticks.js";

/** How an axis maps values to places. */
export type ScaleKind = "linear" | "log";

export interface Axis {
  /** Pixel of a value; NaN for what the scale has no place for. */
  at(value: number): number;
  readonly ticks: readonly Tick[];
}

/** The values an axis shows. */
export interface Domain {
  readonly kind: ScaleKind;
  readonly low: number;
  readonly high: number;
}

/** The range given, or that of the data: widened to round numbers if `nice`, and never of width 0. */
export function domainOf(
  op: string,
  name: string,
  kind: ScaleKind,
  given: readonly [number, number] | undefined,
  data: readonly [number, number] | undefined,
  nice: number | undefined,
): Domain {
  checkOneOf(op, `${name}Scale`, kind, ["linear", "log"]);
  if (given !== undefined) {
    const [low, high] = checkRange(op, `${name}Range`, given, ["low", "high"]);
    if (kind === "log" && low <= 0)
      throw new ArgError(`${op}: ${name}Range must be above 0, for a logarithmic axis, got ${describe(given)}`);
    return { kind, low, high };
  }
  if (kind === "log") {
    const [low, high] = data ?? [1, 10];
    return low < high
      ? { kind, low, high }
      : { kind, low: Math.max(low / 2, Number.MIN_VALUE), high: Math.min(high * 2, Number.MAX_VALUE) };
  }
  const [low, high] = usableRange(...(data ?? [0, 1]));
  const [first, last] = nice === undefined ? [low, high] : niceRange(low, high, nice);
  return { kind, low: first, high: last };
}

/** A range that ticks can divide: wider than the rounding of its ends, and with a width that does not overflow. */
export function usableRange(low: number, high: number): readonly [low: number, high: number] {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > largest * 1e-12 && high - low > 1e-290) return [Math.max(low, -1e307), Math.min(high, 1e307)];
  const half = largest > 1e-280 ? largest * 0.1 : 0.5;
  return [low - half, high + half];
}

/** An axis from pixel `from` to pixel `to` with about `count` ticks, on a linear axis at least `least` apart. */
export function axisOf({ kind, low, high }: Domain, from: number, to: number, count: number, least = 0): Axis {
  const place = kind === "log" ? Math.log10 : (value: number): number => value;
  const [start, end] = [place(low), place(high)];
  return {
    at: (value) => from + ((place(value) - start) / (end - start)) * (to - from),
    ticks: kind === "log" ? logTicks(low, high, count) : linearTicks(low, high, count, least),
  };
}
