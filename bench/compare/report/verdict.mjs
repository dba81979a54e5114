// Whether a goal was reached, and by how much it was missed.
import { contestants } from "../contestants.mjs";
import { speedup } from "../run/turns.mjs";

/** Rounded down, so that 0.999 of a goal does not appear as 1. */
const reached = (share) => (Math.floor(share * 100) / 100).toFixed(2);

/**
 * "met", or the failed checks with the fraction that was reached; then the checks that could not be done.
 * @param {import("../goals.mjs").Goal | undefined} goal
 * @param {Record<string, import("../run/turns.mjs").Measured>} measured
 */
export function verdictOf(goal, measured) {
  if (!goal) return { met: undefined, text: "" };
  const results = goal.checks.map((check) => ({ check, ratio: speedup(measured, check.of, check.than) }));
  const open = results.filter(({ ratio }) => ratio === undefined).map(({ check }) => check.text);
  const missed = results.filter(({ check, ratio }) => ratio !== undefined && ratio < check.least);
  const parts = missed.map(({ check, ratio }) => `${reached(ratio / check.least)} of goal (${check.text})`);
  if (missed.length === 0 && open.length < results.length) parts.push("met");
  if (open.length > 0) parts.push(`not measured: ${open.join(", ")}`);
  return { met: missed.length > 0 ? false : open.length === 0 ? true : undefined, text: parts.join("; ") };
}

/** @param {readonly { goal?: string, verdict: { met: boolean | undefined } }[]} results */
export function tally(results) {
  const count = (wanted) => results.filter(({ goal, verdict }) => goal && verdict.met === wanted).length;
  return `goals: ${count(true)} met, ${count(false)} missed, ${count(undefined)} not wholly measured`;
}

/** Ratios within this distance of 1 are considered noise of a shared machine. */
const NOTABLE = 0.05;

/** Compares two builds of this library in the rows that both ran; names the rows that became slower. */
function changeOf(results, now, then) {
  const ratios = results.map(({ group, name, lanes }) => ({ name: `${group}: ${name}`, ratio: speedup(lanes, now, then) }));
  const known = ratios.filter(({ ratio }) => ratio !== undefined);
  const slower = known.filter(({ ratio }) => ratio < 1 - NOTABLE);
  const faster = known.filter(({ ratio }) => ratio > 1 + NOTABLE);
  const names = slower.map(({ name, ratio }) => `${name} (${reached(ratio)}x)`).join("; ");
  const counts = `${faster.length} of ${known.length} rows more than ${100 * NOTABLE}% faster, ${slower.length} more than ${100 * NOTABLE}% slower`;
  return known.length > 0 ? [`${contestants[now].label} against ${contestants[then].label}: ${counts}${names && `: ${names}`}`] : [];
}

/** A line for each build that was compared with an older one. */
export const changes = (results) => [...changeOf(results, "relaxed", "before"), ...changeOf(results, "baseline", "beforeBaseline")];
