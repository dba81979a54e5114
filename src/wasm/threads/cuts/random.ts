// Cuts of assembly/random: elements, whose random numbers depend on the seed and on their position in the stream.
import { along, ELEMENTS, flat, HEAVY, LIGHT, type Split, type Splits } from "./cut.js";

/** Random numbers per step of the stream's 64-bit offset. */
const PER_STEP = 4;

/** `bytes` as in `flat`. The offset of a part is that of the call plus a step for every four elements before the part. */
const randomCut = <P extends string>(ns: number, bytes: Readonly<Record<P, number>>): Split<P, "n" | "offLo" | "offHi"> => ({
  cost: [ns, "n"],
  cut: ({ n, offLo, offHi }) => ({
    ...along("n", n, ELEMENTS, bytes),
    set: (from) => {
      const low = (offLo >>> 0) + from / PER_STEP;
      return { offLo: low | 0, offHi: (offHi + Math.floor(low / 2 ** 32)) | 0 };
    },
  }),
});

export const randoms = {
  dropout: { ...randomCut(HEAVY, { x: 4, out: 4, mask: 1 }), writes: ["out", "mask"] },
  dropoutGrad: flat(LIGHT, { g: 4, mask: 1, out: 4 }),
  normal: randomCut(2 * HEAVY, { out: 4 }),
  uniform: randomCut(HEAVY, { out: 4 }),
  randomBits: randomCut(HEAVY, { out: 4 }),
  randomInts: randomCut(HEAVY, { out: 4 }),
} satisfies Splits;
