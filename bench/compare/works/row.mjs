// One row of the table: a work, the contestants, and the references it is compared with.
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

/** Both builds of this library, and those of an older checkout that a run can include. */
export const OURS = ["relaxed", "before", "baseline", "beforeBaseline"];
/** The columns whose speed is shown as a fraction of that of a reference. */
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

/** The roof with relaxed madd. */
export const roof = arithmetic("madd", BUILDS);

/** The roof with a separate multiplication and addition, which is all that the baseline build has. */
export const mulAddRoof = arithmetic("mulAdd", ["baseline"]);

/** A plain copy; bytes read and bytes written are counted together. */
export const copyOf = (bytes) => ({ peer: "machine", work: { kind: "copy", bytes }, amount: bytes, of: BUILDS });

/** Another work of this library as a reference. */
export const own = (work, amount, peer = "relaxed") => ({ peer, work, amount, of: [peer] });
