// Cuts of assembly/conv: images if there are several, else groups, else the filters or channels of the result. A part keeps the sizes
// of the whole, from which the kernel chooses its algorithm, and asks for some of the channels and filters.
// x [N, C, H, W], w [F, C/G, KH, KW], out and g [N, F, OH, OW].
import { along, outermost, type Splits } from "./cut.js";

/** Channels or filters that fill the tiles of a matrix product or of Winograd's algorithm. */
const TILE = 8;

/** Most parts per thread: several if a part has little to prepare, one if it makes patches, flips filters or transforms pixels. */
const LIGHT_ROUNDS = 2;
const HEAVY_ROUNDS = 1;

/** Nanoseconds for a product of a weight and a pixel; Winograd's algorithm needs fewer products. */
const NS = 0.05;

const SIZES = "N,C,H,W,F,KH,KW,OH,OW,SH,SW,PT,PL,DH,DW,G,fast";

/** Bytes of an image's plane, of a plane of the result, and of a filter's taps for one channel. */
const [PLANE, OUTPUT, TAPS] = ["4*H*W", "4*OH*OW", "4*KH*KW"];
/** The channels, the filters and the bytes of weights of a group. */
const [CHANNELS, FILTERS, WEIGHTS] = ["C/G", "F/G", `F/G*${TAPS}*C/G`];

/** What the three kernels have in common. */
const COST = { cost: [NS, "N", "F", "C", "KH", "KW", "OH", "OW"], costPer: "G", scratch: `conv2dWorkspace(${SIZES})` } as const;

const heavy = { rounds: HEAVY_ROUNDS };

export const conv = {
  conv2d: {
    ...COST,
    cuts: [
      outermost("N", { x: `${PLANE}*C`, w: 0, bias: 0, out: `${OUTPUT}*F`, transformed: 0 }, LIGHT_ROUNDS),
      {
        ...outermost("G", { x: `${CHANNELS}*${PLANE}`, w: WEIGHTS, bias: `${FILTERS}*4`, out: `${FILTERS}*${OUTPUT}`, transformed: 0 }),
        ...{ counts: { filters: FILTERS }, rounds: LIGHT_ROUNDS },
      },
      along(
        "F",
        TILE,
        { x: 0, w: `${CHANNELS}*${TAPS}`, bias: 4, out: OUTPUT, transformed: `keptFilterBytes(${SIZES})/F` },
        { counts: { filters: 1 }, ...heavy },
      ),
    ],
  },
  conv2dGradInput: {
    ...COST,
    writes: ["dx"],
    cuts: [
      outermost("N", { g: `${OUTPUT}*F`, w: 0, dx: `${PLANE}*C` }, LIGHT_ROUNDS),
      {
        ...outermost("G", { g: `${FILTERS}*${OUTPUT}`, w: WEIGHTS, dx: `${CHANNELS}*${PLANE}` }),
        ...{ counts: { channels: CHANNELS }, rounds: LIGHT_ROUNDS },
      },
      along("C", TILE, { g: 0, w: TAPS, dx: PLANE }, { counts: { channels: 1 }, least: "two", ...heavy }),
      along("C", 1, { g: 0, w: TAPS, dx: PLANE }, { counts: { channels: 1 }, ...heavy }),
    ],
  },
  conv2dGradWeight: {
    ...COST,
    writes: ["dw"],
    cuts: [
      {
        ...outermost("G", { g: `${FILTERS}*${OUTPUT}`, x: `${CHANNELS}*${PLANE}`, dw: WEIGHTS }),
        ...{ counts: { channels: CHANNELS, filters: FILTERS }, ...heavy },
      },
      // Filters share the patches of their channels, so channels come first.
      along("C", TILE, { g: 0, x: PLANE, dw: TAPS }, { counts: { channels: 1 }, ...heavy }),
      along("F", TILE, { g: OUTPUT, x: 0, dw: `${TAPS}*C` }, { counts: { filters: 1 }, ...heavy }),
    ],
  },
} satisfies Splits;
