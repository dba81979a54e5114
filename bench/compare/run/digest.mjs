// A few numbers that show whether two contestants computed the same result.

/** @typedef {{ size: number, mean: number, picks: readonly number[] }} Digest */

const PICKS = 16;
/** Far above any rounding, fast modes included; far below what a wrong layout or option gives. */
const TOLERANCE = 2e-3;

/** The size, the mean of the absolute values, and some values from the first to the last. @param {Float32Array} values */
export function digestOf(values) {
  const last = values.length - 1;
  const picks = Array.from({ length: PICKS }, (_, i) => values[Math.floor((i * last) / (PICKS - 1))] ?? 0);
  const sum = values.reduce((total, value) => total + Math.abs(value), 0);
  return { size: values.length, mean: values.length === 0 ? 0 : sum / values.length, picks };
}

/** What differs, or `undefined`. @param {Digest} ours @param {Digest} theirs */
export function differenceOf(ours, theirs) {
  if (ours.size !== theirs.size) return `its result has ${theirs.size} values, not ${ours.size}`;
  const close = (a, b) => Math.abs(a - b) <= TOLERANCE * (ours.mean + Math.abs(a));
  if (!close(ours.mean, theirs.mean)) return `its result has mean size ${theirs.mean}, not ${ours.mean}`;
  const at = ours.picks.findIndex((value, i) => !close(value, theirs.picks[i]));
  return at < 0 ? undefined : `its result has ${theirs.picks[at]} where simdgrad has ${ours.picks[at]}`;
}
