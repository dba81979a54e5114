// Cuts of assembly/norm: rows or images; channels or columns where a kernel sums over all rows or images.
import { along, COLUMNS, LIGHT, type Splits } from "./cut.js";

export const norm = {
  // x [rows, n]
  layerNorm: {
    cost: [2 * LIGHT, "rows", "n"],
    writes: ["out", "mean", "rest", "rstd"],
    cuts: [along("rows", 1, { x: "4*n", w: 0, b: 0, out: "4*n", mean: 4, rest: 4, rstd: 4 })],
  },
  layerNormGrad: {
    cost: [2 * LIGHT, "rows", "n"],
    writes: ["dx"],
    cuts: [along("rows", 1, { g: "4*n", x: "4*n", mean: 4, rest: 4, rstd: 4, w: 0, dx: "4*n" })],
  },
  layerNormGradWeight: {
    cost: [2 * LIGHT, "rows", "n"],
    writes: ["dw"],
    cuts: [along("columns", COLUMNS, { g: 4, x: 4, mean: 0, rest: 0, rstd: 0, dw: 4 })],
  },
  // x [N, C, S]
  batchNormStats: {
    cost: [2 * LIGHT, "N", "S", "channels"],
    writes: ["mean", "rest", "variance"],
    cuts: [along("channels", 1, { x: "4*S", mean: 4, rest: 4, variance: 4 })],
  },
  batchNorm: {
    cost: [LIGHT, "N", "C", "S"],
    cuts: [along("N", 1, { x: "4*C*S", mean: 0, rest: 0, variance: 0, w: 0, b: 0, out: "4*C*S" })],
  },
  batchNormGrad: {
    cost: [2 * LIGHT, "N", "S", "channels"],
    writes: ["dx", "dw", "db"],
    cuts: [along("channels", 1, { g: "4*S", x: "4*S", mean: 4, rest: 4, variance: 4, w: 4, dx: "4*S", dw: 4, db: 4 })],
  },
} satisfies Splits;
