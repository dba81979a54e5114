// Runs one row of the table: all contestants prepare, then they alternate, A B A B.
import { differenceOf } from "./digest.mjs";
import { Refusal } from "./process.mjs";
import { median } from "./statistics.mjs";

/** @typedef {{ peer: string, work: { kind: string }, amount: number, same?: boolean }} Lane */
/** @typedef {{ amount: number, rounds: number[], ms: number } | { cannot: string }} Measured */

const refused = (error) => {
  if (error instanceof Refusal) return { cannot: error.message };
  throw error;
};

/**
 * @param {Record<string, Lane>} lanes  `same` ones must give the result of the first
 * @param {Map<string, import("./process.mjs").Process>} processes
 * @param {number} rounds
 * @returns {Promise<Record<string, Measured>>}
 */
export async function takeTurns(lanes, processes, rounds) {
  const racing = Object.entries(lanes).filter(([, { peer }]) => processes.has(peer));
  /** @type {Record<string, any>} */
  const measured = {};
  let truth;
  for (const [key, { peer, work, amount, same }] of racing) {
    const answer = await processes.get(peer).ask({ do: "prepare", lane: key, work }).catch(refused);
    truth ??= answer.digest;
    const difference = same && answer.digest && differenceOf(truth, answer.digest);
    if (difference) answer.cannot = `not the same work: ${difference}`;
    measured[key] = answer.cannot ? { cannot: answer.cannot } : { amount, rounds: [], ms: 0 };
  }
  for (let round = 0; round < rounds; round++) {
    for (const [key, { peer }] of racing) {
      if (measured[key].cannot) continue;
      const answer = await processes.get(peer).ask({ do: "sample", lane: key }).catch(refused);
      if (answer.cannot) measured[key] = answer;
      else measured[key].rounds.push(answer.ms);
    }
  }
  for (const lane of Object.values(measured)) if (lane.rounds) lane.ms = median(lane.rounds);
  for (const process of new Set(racing.map(([, { peer }]) => processes.get(peer)))) await process.ask({ do: "close" }).catch(refused);
  return measured;
}

/**
 * The ratio of the speeds of lane `of` and lane `than`: the median over the rounds, so that a machine that slows down does so for both.
 * `undefined` if one of them could not run.
 * @param {Record<string, Measured>} measured
 */
export function speedup(measured, of, than) {
  const [a, b] = [measured[of], measured[than]];
  if (!a?.rounds || !b?.rounds) return undefined;
  return median(a.rounds.map((ms, i) => ((a.amount / ms) * b.rounds[i]) / b.amount));
}
