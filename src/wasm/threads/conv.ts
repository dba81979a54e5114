// How convolutions are split: images where there are several, else groups, else the filters or channels that the result has. Their
// kernels take the numbers of the whole, which decide on the way, and how many filters and channels are wanted.
// x [N, C, H, W], w [F, C/G, KH, KW], out and g [N, F, OH, OW].
import type { Kernels } from "../generated/kernels.js";
import { type Args, best, type Cut, type Split, withArgs } from "./split.js";

/** Channels or filters that fill the tiles of a product, or of Winograd. */
const TILE = 8;

/** Parts of a thread where each has little to prepare, and where it makes patches, turns g or transforms pixels. */
const LIGHT = 2;
const HEAVY = 1;

/** A product of a weight and a pixel; tiles need fewer of them. */
const PRODUCT_NS = 0.05;

type Numbers = Parameters<Kernels["conv2dWorkspace"]>;

/** N C H W F KH KW OH OW SH SW PT PL DH DW G fast: where N is, and how many they are. Scratch stands before them. */
const FORWARD = 5;
const BACKWARD = 4;
const NUMBERS = 17;

const numbersOf = (args: Args, at: number): Numbers => args.slice(at, at + NUMBERS) as Numbers;

/** The numbers of a call, with c channels and f filters in a group. */
function read(args: Args, at: number) {
  const [N, C, H, W, F, KH, KW, OH, OW, , , , , , , G] = numbersOf(args, at);
  return { N, C, F, G, c: C / G, f: F / G, taps: KH * KW, pixels: H * W, outputs: OH * OW };
}

/** What one unit is at each place: floats an address goes on by, or what a count counts. */
type Steps = Readonly<Record<number, number>>;

const each = (places: Steps, value: (at: number, step: number) => number): (readonly [at: number, value: number])[] =>
  Object.entries(places).map(([at, step]) => [Number(at), value(Number(at), step)]);

/** A cut of `total` units, in multiples of `unit`. An address of 0, which is none, stays. */
function steps(args: Args, total: number, unit: number, rounds: number, addresses: Steps, counts: Steps): Cut {
  const part: Cut["part"] = (from, size) =>
    withArgs(args, [
      ...each(addresses, (at, floats) => (args[at] ? (args[at] as number) + 4 * from * floats : 0)),
      ...each(counts, (_, units) => size * units),
    ]);
  return { total, unit, rounds, part };
}

/** What the three kernels have in common; `cut` is left to say how one image, or one sum over all images, is cut. */
function convolution(at: number, cut: (args: Args, numbers: ReturnType<typeof read>, k: Kernels) => Cut | undefined): Split {
  return {
    cost: (args) => {
      const { N, c, F, taps, outputs } = read(args, at);
      return PRODUCT_NS * N * F * c * taps * outputs;
    },
    cut: (args, _, k) => cut(args, read(args, at), k),
    scratch: { at: () => at - 1, bytes: (k, args) => k.conv2dWorkspace(...numbersOf(args, at)) },
  };
}

/** (x, w, bias, out, work, numbers, filters, activation, kept) */
export const conv2d: Split = convolution(FORWARD, (args, { N, C, F, G, c, f, taps, pixels, outputs }, k) => {
  if (N > 1) return steps(args, N, 1, LIGHT, { 0: C * pixels, 3: F * outputs }, { [FORWARD]: 1 });
  if (G > 1) return steps(args, G, 1, LIGHT, { 0: c * pixels, 1: f * c * taps, 2: f, 3: f * outputs }, { 22: f });
  const kept = args[24] ? k.keptFilterBytes(...numbersOf(args, FORWARD)) / 4 / F : 0;
  return steps(args, F, TILE, HEAVY, { 1: C * taps, 2: 1, 3: outputs, 24: kept }, { 22: 1 });
});

/** (g, w, dx, work, numbers, channels) */
export const conv2dGradInput: Split = convolution(BACKWARD, (args, { N, C, F, G, c, f, taps, pixels, outputs }) => {
  if (N > 1) return steps(args, N, 1, LIGHT, { 0: F * outputs, 2: C * pixels }, { [BACKWARD]: 1 });
  if (G > 1) return steps(args, G, 1, LIGHT, { 0: f * outputs, 1: f * c * taps, 2: c * pixels }, { 21: c });
  return steps(args, C, C < 2 * TILE ? 1 : TILE, HEAVY, { 1: taps, 2: pixels }, { 21: 1 });
});

/** (g, x, dw, work, numbers, channels, filters) */
export const conv2dGradWeight: Split = convolution(BACKWARD, (args, { C, F, G, c, f, taps, pixels, outputs }) => {
  if (G > 1) return steps(args, G, 1, HEAVY, { 0: f * outputs, 1: c * pixels, 2: f * c * taps }, { 21: c, 22: f });
  // Filters share the patches of their channels, so channels come first.
  return best(
    steps(args, C, TILE, HEAVY, { 1: pixels, 2: taps }, { 21: 1 }),
    steps(args, F, TILE, HEAVY, { 0: outputs, 2: C * taps }, { 22: 1 }),
  );
});
