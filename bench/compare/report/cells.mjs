// A row of the table as text.
import { columns, contestants } from "../contestants.mjs";
import { speedup } from "../run/turns.mjs";

/** A number with three significant digits. */
export function figure(value) {
  return value.toFixed(Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(value)))));
}

/** A ratio: two decimals, fewer if it is large. */
const times = (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;

const UNITS = [
  ["ms", 1],
  ["µs", 1e-3],
];

/** The largest unit that leaves a digit before the decimal point; one unit for the whole row. */
function unitFor(measured) {
  const ms = Object.values(measured).find((lane) => lane.ms)?.ms ?? 1;
  return UNITS.find(([, size]) => ms >= size) ?? UNITS.at(-1);
}

/** Reasons for empty cells, numbered in order of appearance. */
export class Footnotes {
  #texts = [];

  /** The mark to put in the table. */
  mark(text) {
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return `[${this.#texts.indexOf(text) + 1}]`;
  }

  get lines() {
    return this.#texts.map((text, i) => `[${i + 1}] ${text}`);
  }
}

/** The median time, and its ratio to the time of this library or, for an older build, to that of the newer build. */
function timeCell(key, measured, size, notes) {
  const lane = measured[key];
  if (!lane) return "";
  if (lane.cannot) return `- ${notes.mark(`${contestants[key].label}: ${lane.cannot}`)}`;
  const { against } = contestants[key];
  const ratio = key === against ? undefined : speedup(measured, against, key);
  return ratio === undefined ? figure(lane.ms / size) : `${figure(lane.ms / size)} (${times(ratio)})`;
}

/** The speed of this library as a fraction of that of each reference. */
function referenceCell({ references }, measured) {
  const shares = Object.entries(references).map(([key, { of }]) => {
    const values = of.map((lane) => speedup(measured, lane, key)).filter((value) => value !== undefined);
    return values.length > 0 ? `${values.map((value) => value.toFixed(2)).join(" | ")} of ${key}` : "";
  });
  return shares.filter(Boolean).join(", ");
}

/** The columns of the contestants that started. @param {Map<string, unknown>} processes */
export const columnsOf = (processes) => columns.filter((key) => processes.has(key));

export const headCells = (keys) => ["work", "", ...keys.map((key) => contestants[key].label), "share of speed", "goal"];

/** @param {import("../works/row.mjs").Row} row */
export function rowCells(row, measured, keys, notes, verdict) {
  const [unit, size] = unitFor(measured);
  const cells = keys.map((key) => timeCell(key, measured, size, notes));
  return [row.name, unit, ...cells, referenceCell(row, measured), verdict.text];
}
