// How convolutions are split. An image gives in a batch what it gives alone, and a filter or a group what it gives among others, as
// long as the kernel takes the same way; it chooses by the numbers of channels, filters and groups, so parts keep some of each.
// x [N, C, H, W], w [F, C/G, KH, KW], out and g [N, F, OH, OW].
import type { Kernels } from "../generated/kernels.js";
import { type Args, best, type Call, type Cut, type Split, withArgs } from "./split.js";

/** Channels or filters that a part keeps at least: tiles want as many (winograd_plan.ts). */
const FEWEST = 8;
/** One group alone would be a convolution without groups. */
const FEWEST_GROUPS = 2;

/** A product of a weight and a pixel; tiles need fewer of them. */
const PRODUCT_NS = 0.05;

/** Where a kernel of this room has its tensors, of which `x` and `out` go on with the images, and its numbers, N first. */
interface Places {
  readonly x: number;
  readonly w: number;
  readonly bias?: number;
  readonly out: number;
  /** N C H W F KH KW OH OW SH SW PT PL DH DW G fast; scratch stands before them. */
  readonly numbers: number;
  /** Transformed filters. */
  readonly kept?: number;
}

const NUMBERS = 17;

type Numbers = Parameters<Kernels["conv2dWorkspace"]>;

const numbersOf = (args: Args, { numbers }: Places): Numbers => args.slice(numbers, numbers + NUMBERS) as Numbers;

/** The numbers of a call, and the places of those that a part changes. */
function read(args: Args, places: Places) {
  const [N, C, H, W, F, KH, KW, OH, OW, , , , , , , G] = numbersOf(args, places);
  const at = places.numbers;
  return { N, C, F, G, taps: KH * KW, pixels: H * W, outputs: OH * OW, at: { N: at, C: at + 1, F: at + 4, G: at + 15 } };
}

/** An address moved by `floats` floats; 0 is none. */
const moved = (args: Args, at: number, floats: number): [number, number] => [at, args[at] ? (args[at] as number) + 4 * floats : 0];

function images(args: Args, places: Places): Cut {
  const { N, C, F, pixels, outputs, at } = read(args, places);
  return {
    total: N,
    unit: 1,
    rounds: 2,
    part: (from, size) =>
      withArgs(args, [moved(args, places.x, from * C * pixels), moved(args, places.out, from * F * outputs), [at.N, size]]),
  };
}

/** Groups of one image. */
function groups(args: Args, places: Places): Cut {
  const { C, F, G, taps, pixels, outputs, at } = read(args, places);
  return {
    total: G,
    unit: FEWEST_GROUPS,
    rounds: 2,
    part: (from, size) => {
      const [channel, filter] = [(from * C) / G, (from * F) / G];
      return withArgs(args, [
        moved(args, places.x, channel * pixels),
        moved(args, places.w, (filter * C * taps) / G),
        ...(places.bias === undefined ? [] : [moved(args, places.bias, filter)]),
        moved(args, places.out, filter * outputs),
        [at.C, (size * C) / G],
        [at.F, (size * F) / G],
        [at.G, size],
      ]);
    },
  };
}

/** Filters of one image. */
function filters(args: Args, places: Places, k: Kernels): Cut {
  const { C, F, taps, outputs, at } = read(args, places);
  const kept = places.kept as number;
  const keptFloats = args[kept] ? k.keptFilterBytes(...numbersOf(args, places)) / 4 / F : 0;
  return {
    total: F,
    unit: FEWEST,
    rounds: 1, // each part makes the patches, or transforms the pixels
    part: (from, size) =>
      withArgs(args, [
        moved(args, places.w, from * C * taps),
        moved(args, places.bias as number, from),
        moved(args, places.out, from * outputs),
        moved(args, kept, from * keptFloats),
        [at.F, size],
      ]),
  };
}

const cost =
  (places: Places) =>
  (args: Args): number => {
    const { N, C, F, G, taps, outputs } = read(args, places);
    return ((PRODUCT_NS * N * F * C) / G) * taps * outputs;
  };

const scratch = (places: Places): NonNullable<Split["scratch"]> => ({
  at: () => places.numbers - 1,
  bytes: (k, args) => k.conv2dWorkspace(...numbersOf(args, places)),
});

const FORWARD: Places = { x: 0, w: 1, bias: 2, out: 3, numbers: 5, kept: 23 };
const INPUT: Places = { out: 0, w: 1, x: 2, numbers: 4 };
const WEIGHT: Places = { out: 0, x: 1, w: 2, numbers: 4 };

export const conv2d: Split = {
  cost: cost(FORWARD),
  cut: (args, _, k) => {
    const { N, G } = read(args, FORWARD);
    return N > 1 ? images(args, FORWARD) : G > 1 ? groups(args, FORWARD) : filters(args, FORWARD, k);
  },
  scratch: scratch(FORWARD),
};

export const conv2dGradInput: Split = {
  cost: cost(INPUT),
  cut: (args) => {
    const { N, G } = read(args, INPUT);
    // The channels of one image stay together: their number decides between two ways that round differently.
    return N > 1 ? images(args, INPUT) : G > 1 ? groups(args, INPUT) : undefined;
  },
  scratch: scratch(INPUT),
};

const ALIGN = 64;

/** Collects the calls of a part and hands out its scratch. */
class Steps {
  readonly calls: Call[] = [];
  #bytes = 0;

  room(floats: number): number {
    const at = this.#bytes;
    this.#bytes += Math.ceil((4 * floats) / ALIGN) * ALIGN;
    return at;
  }

  /** Rows of `width` floats, `fromRow` floats apart, copied to rows `toRow` apart. Of the two addresses, 0 and 1, one is in scratch. */
  copy(from: number, to: number, rows: number, width: number, fromRow: number, toRow: number, inScratch: 0 | 1): void {
    this.calls.push({ kernel: "copy32", args: [from, to, 1, 1, rows, width, 0, 0, fromRow, 1, 0, 0, toRow, 1], scratch: [inScratch] });
  }
}

/** Channels or filters of a part: the first one, and how many. */
type Share = readonly [first: number, count: number];

/** The weight gradient of some channels and filters. Those of all images are brought together first, unless there is one image. */
function weights(args: Args, [channel, C]: Share, [filter, F]: Share, G: number): Call[] {
  const all = read(args, WEIGHT);
  const { x, w, out, numbers } = WEIGHT;
  const steps = new Steps();
  const inScratch = [numbers - 1];
  const bring = (at: number, [first, count]: Share, of: number, plane: number): [number, number] => {
    const from = moved(args, at, first * plane);
    if (all.N === 1 || count === of) return from;
    const to = steps.room(all.N * count * plane);
    steps.copy(from[1], to, all.N, count * plane, of * plane, count * plane, 1);
    inScratch.push(at);
    return [at, to];
  };
  const g = bring(out, [filter, F], all.F, all.outputs);
  const image = bring(x, [channel, C], all.C, all.pixels);
  const row = (C / G) * all.taps;
  const rowOfAll = (all.C / all.G) * all.taps;
  // Some channels of all filters lie across dw.
  const across = row !== rowOfAll;
  const dw = across ? steps.room(F * row) : moved(args, w, filter * rowOfAll)[1];
  if (across) inScratch.push(w);
  const own = withArgs(args, [g, image, [w, dw], [numbers - 1, steps.room(0)], [all.at.C, C], [all.at.F, F], [all.at.G, G]]);
  steps.calls.push({ kernel: "conv2dGradWeight", args: own, scratch: inScratch });
  if (across) steps.copy(dw, moved(args, w, channel * all.taps)[1], F, row, row, rowOfAll, 0);
  return steps.calls;
}

export const conv2dGradWeight: Split = {
  cost: cost(WEIGHT),
  cut: (args) => {
    const { C, F, G } = read(args, WEIGHT);
    if (G > 1) {
      const share = (of: number, from: number, size: number): Share => [(from * of) / G, (size * of) / G];
      const part = (from: number, size: number) => weights(args, share(C, from, size), share(F, from, size), size);
      return { total: G, unit: FEWEST_GROUPS, rounds: 1, part };
    }
    // Filters share the patches of their channels, so channels come first.
    return best(
      { total: C, unit: FEWEST, rounds: 1, part: (from, size) => weights(args, [from, size], [0, F], 1) },
      { total: F, unit: FEWEST, rounds: 1, part: (from, size) => weights(args, [0, C], [from, size], 1) },
    );
  },
  scratch: scratch(WEIGHT),
};
