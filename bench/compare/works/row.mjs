// One row of the table: a work, who does it, and what it is held against.
import { columns } from "../contestants.mjs";

/** @typedef {import("../run/turns.mjs").Lane} Lane */
/** @typedef {Lane & { of: readonly string[] }} Reference  `of`: the lanes whose speed is shown as a share of its own */

/**
 * @typedef {object} Row
 * @property {string} group
 * @property {string} name
 * @property {Record<string, Lane>} lanes  by column, then by reference
 * @property {Record<string, Reference>} references
 * @property {import("../goals.mjs").Goal} [goal]
 */

/** Both builds of this library, and those of the older one that a run can be given. */
export const OURS = ["relaxed", "before", "baseline", "beforeBaseline"];
/** Those whose speed is shown as a share of that of a reference. */
const BUILDS = ["relaxed", "baseline"];

/**
 * A row. `amount` is the work of one call in any unit, the same as in its references.
 * @param {{ group: string, name: string, work: { kind: string }, amount: number, racing?: readonly string[],
 *   references?: Record<string, Reference>, goal?: import("../goals.mjs").Goal }} description
 * @returns {Row}
 */
export function row({ group, name, work, amount, racing = columns, references = {}, goal }) {
  const lanes = Object.fromEntries(racing.map((peer) => [peer, { peer, work, amount, same: true }]));
  return { group, name, lanes: { ...lanes, ...references }, references, goal };
}

const ROOF_FLOPS = 1e8;
const arithmetic = (kind, of) => ({ peer: "machine", work: { kind, flops: ROOF_FLOPS }, amount: ROOF_FLOPS, of });

/** The most that relaxed madd does. */
export const roof = arithmetic("madd", BUILDS);

/** The most that multiplying and then adding does: all that the baseline build has. */
export const mulAddRoof = arithmetic("mulAdd", ["baseline"]);

/** A plain copy that reads and writes as many bytes together. */
export const copyOf = (bytes) => ({ peer: "machine", work: { kind: "copy", bytes }, amount: bytes, of: BUILDS });

/** Another work of this library's own. */
export const own = (work, amount, peer = "relaxed") => ({ peer, work, amount, of: [peer] });
