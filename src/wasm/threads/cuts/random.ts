// Cuts of assembly/random: elements, whose random numbers depend on the seed and on their position in the stream.
import { along, ELEMENTS, flat, HEAVY, LIGHT, type Split, type Splits } from "./cut.js";

/** Steps of the stream's 64-bit offset per element. */
const STEPS = 1 / 4;

/** `bytes` as in `flat`. The offset of a part is that of the call plus a step for every four elements before the part. */
const randomCut = <P extends string>(ns: number, bytes: Readonly<Record<P, number>>): Split<P, "n" | "offLo" | "offHi"> => ({
  cost: [ns, "n"],
  cuts: [along("n", ELEMENTS, bytes, { steps: { offLo: STEPS } })],
});

export const randoms = {
  dropout: { ...randomCut(HEAVY, { x: 4, out: 4, mask: 1 }), writes: ["out", "mask"] },
  dropoutGrad: flat(LIGHT, { g: 4, mask: 1, out: 4 }),
  normal: randomCut(2 * HEAVY, { out: 4 }),
  uniform: randomCut(HEAVY, { out: 4 }),
  randomBits: randomCut(HEAVY, { out: 4 }),
  randomInts: randomCut(HEAVY, { out: 4 }),
} satisfies Splits;
