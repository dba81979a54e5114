// Cuts of assembly/conv: images if there are several, else groups, else the filters or channels of the result. A part keeps the sizes
// of the whole, from which the kernel chooses its algorithm, and asks for some of the channels and filters.
// x [N, C, H, W], w [F, C/G, KH, KW], out and g [N, F, OH, OW].
import type { Kernels } from "../../generated/kernels.js";
import { type Args, along, best, type Cut, type Splits } from "./cut.js";

/** Channels or filters that fill the tiles of a matrix product or of Winograd's algorithm. */
const TILE = 8;

/** Most parts per thread: several if a part has little to prepare, one if it makes patches, flips filters or transforms pixels. */
const LIGHT_ROUNDS = 2;
const HEAVY_ROUNDS = 1;

/** Nanoseconds for a product of a weight and a pixel; Winograd's algorithm needs fewer products. */
const NS = 0.05;

const SIZES = ["N", "C", "H", "W", "F", "KH", "KW", "OH", "OW", "SH", "SW", "PT", "PL", "DH", "DW", "G", "fast"] as const;

type Sizes = Args<(typeof SIZES)[number]>;

/** The sizes in the order in which kernels take them. */
const sizesInOrder = (args: Sizes) => SIZES.map((name) => args[name]) as Parameters<Kernels["conv2dWorkspace"]>;

/**
 * Bytes of a channel's plane of x, of a filter's plane of the result, of a filter's taps for one channel, of an image of x and of the
 * result; and the channels and filters of a group.
 */
function bytesOf({ C, H, W, F, KH, KW, OH, OW, G }: Sizes) {
  const [plane, output, taps] = [4 * H * W, 4 * OH * OW, 4 * KH * KW];
  return { plane, output, taps, image: C * plane, outputs: F * output, c: C / G, f: F / G };
}

const scratch = (k: Kernels, args: Sizes): number => k.conv2dWorkspace(...sizesInOrder(args));

/** What the three kernels have in common. */
const COST = { cost: [NS, "N", "F", "C", "KH", "KW", "OH", "OW"], costPer: "G", scratch } as const;

/** A cut along the groups; `counts` are the channels and filters of a group. */
const cutGroups = <P extends string, N extends string>(
  args: Sizes,
  counts: Record<N, number>,
  advance: Record<P, number>,
  rounds: number,
): Cut<P, N> => ({
  total: args.G,
  unit: 1,
  rounds,
  advance,
  counts,
});

export const conv = {
  conv2d: {
    ...COST,
    cut: (args, _, k) => {
      const { N, F, G, transformed } = args;
      const { plane, output, taps, image, outputs, c, f } = bytesOf(args);
      if (N > 1) return along("N", N, 1, { x: image, w: 0, bias: 0, out: outputs, transformed: 0 }, LIGHT_ROUNDS);
      if (G > 1)
        return cutGroups(
          args,
          { filters: f },
          { x: c * plane, w: f * c * taps, bias: 4 * f, out: f * output, transformed: 0 },
          LIGHT_ROUNDS,
        );
      const perFilter = transformed ? k.keptFilterBytes(...sizesInOrder(args)) / F : 0;
      return along("filters", F, TILE, { x: 0, w: c * taps, bias: 4, out: output, transformed: perFilter }, HEAVY_ROUNDS);
    },
  },
  conv2dGradInput: {
    ...COST,
    writes: ["dx"],
    cut: (args) => {
      const { N, C, G } = args;
      const { plane, output, taps, image, outputs, c, f } = bytesOf(args);
      if (N > 1) return along("N", N, 1, { g: outputs, w: 0, dx: image }, LIGHT_ROUNDS);
      if (G > 1) return cutGroups(args, { channels: c }, { g: f * output, w: f * c * taps, dx: c * plane }, LIGHT_ROUNDS);
      return along("channels", C, C < 2 * TILE ? 1 : TILE, { g: 0, w: taps, dx: plane }, HEAVY_ROUNDS);
    },
  },
  conv2dGradWeight: {
    ...COST,
    writes: ["dw"],
    cut: (args) => {
      const { C, F, G } = args;
      const { plane, output, taps, c, f } = bytesOf(args);
      if (G > 1) {
        return cutGroups(args, { channels: c, filters: f }, { g: f * output, x: c * plane, dw: f * c * taps }, HEAVY_ROUNDS);
      }
      // Filters share the patches of their channels, so channels come first.
      return best(
        along("channels", C, TILE, { g: 0, x: plane, dw: taps }, HEAVY_ROUNDS),
        along("filters", F, TILE, { g: output, x: 0, dw: C * taps }, HEAVY_ROUNDS),
      );
    },
  },
} satisfies Splits;
