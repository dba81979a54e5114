// Long sweeps run as a whole with `npm run test:full`. Elsewhere a tenth of them does, another one each day.
/** npm names the script that it runs. */
const FULL = process.env["npm_lifecycle_event"] === "test:full";
/** The number of the day, unless the environment sets it to repeat a run. */
const SEED = Number(process.env["TEST_SEED"] ?? Math.floor(Date.now() / 86_400_000));

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The first of some cases and a tenth of the others, chosen by their names; all of them in a full run. */
export function sampled<Case>(cases: readonly Case[], nameOf: (one: Case, i: number) => string): Case[] {
  return cases.filter((one, i) => FULL || i === 0 || hash(`${SEED} ${nameOf(one, i)}`) % 10 === 0);
}
