// What `fit` wrote down, as lines to be drawn.
import { ArgError, describe } from "../errors.js";
import type { EpochRecord } from "./callbacks.js";

/** The values of one name over the epochs, as `lineChart` of `simdgrad/plot` takes it. */
export interface Curve {
  /** The name of the value in the history. */
  readonly name: string;
  /** The epochs, from 1. */
  readonly x: number[];
  /** A value for each; NaN where an epoch has none. */
  readonly y: number[];
}

/**
 * The values of a history as lines over the epochs: all of them, or those named. A name stands for its validation value too: `"loss"` is
 * `loss` and, if there is one, `val_loss`.
 *
 * history: what `fit` gives. Result: `{ name, x, y }` for each value, x the epochs from 1.
 * Errors: `ArgError` for an argument that is not a history, and for a name that no epoch has.
 * @example curves([{ epoch: 1, seconds: 2, values: { loss: 0.5 } }], "loss"); // [{ name: "loss", x: [1], y: [0.5] }]
 * @example
 * const history = await fit(model, train, { loss: new nn.CrossEntropyLoss(), optimizer, epochs: 3, validation: test });
 * const svg = lineChart(curves(history, "loss"), { xLabel: "epoch" });
 */
export function curves(history: readonly EpochRecord[], ...names: readonly string[]): Curve[] {
  const isRecord = (record: Partial<EpochRecord> | null | undefined): boolean => typeof record?.values === "object";
  if (!Array.isArray(history) || !history.every(isRecord)) {
    throw new ArgError(`curves: takes the history that fit gives, got ${describe(history)}; wait for it: const history = await fit(...)`);
  }
  const known = [...new Set(history.flatMap(({ values }) => Object.keys(values)))];
  for (const name of names) {
    if (history.length === 0 || known.includes(name)) continue;
    throw new ArgError(`curves: no epoch has ${describe(name)}, only ${known.join(", ")}`);
  }
  const wanted = names.length === 0 ? known : known.filter((name) => names.includes(name) || names.includes(name.replace(/^val_/, "")));
  return wanted.map((name) => ({
    name,
    x: history.map(({ epoch }) => epoch),
    y: history.map(({ values }) => values[name] ?? Number.NaN),
  }));
}
