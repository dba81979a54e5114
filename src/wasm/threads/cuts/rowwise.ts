// Cuts of the kernels of assembly/reduce that work on one row after the other: softmax; and of assembly/loss. x [rows, n].
import { along, COLUMNS, flat, HEAVY, LIGHT, outermost, type Split, type Splits } from "./cut.js";

/** x [rows, n] -> out [rows, n] */
const rowCut = (ns: number): Split<"x" | "out", "rows" | "n"> => ({
  cost: [ns, "rows", "n"],
  cuts: [along("rows", 1, { x: "4*n", out: "4*n" })],
});

/** g, y [rows, n] -> out [rows, n] */
const rowGradCut = (ns: number): Split<"g" | "y" | "out", "rows" | "n"> => ({
  cost: [ns, "rows", "n"],
  cuts: [along("rows", 1, { g: "4*n", y: "4*n", out: "4*n" })],
});

/** The same along the middle axis of [outer, n, inner]: outer blocks, or the columns if there is one block. */
const columnCut = (ns: number): Split<"x" | "out", "outer" | "n" | "inner" | "columns"> => ({
  cost: [ns, "outer", "n", "columns"],
  cuts: [outermost("outer", { x: "4*n*inner", out: "4*n*inner" }), along("columns", COLUMNS, { x: 4, out: 4 })],
});
const columnGradCut = (ns: number): Split<"g" | "y" | "out", "outer" | "n" | "inner" | "columns"> => ({
  cost: [ns, "outer", "n", "columns"],
  cuts: [outermost("outer", { g: "4*n*inner", y: "4*n*inner", out: "4*n*inner" }), along("columns", COLUMNS, { g: 4, y: 4, out: 4 })],
});

export const rowwise = {
  softmax: rowCut(2 * HEAVY),
  logSoftmax: rowCut(HEAVY),
  softmaxGrad: rowGradCut(LIGHT),
  logSoftmaxGrad: rowGradCut(HEAVY),
  softmaxColumns: columnCut(2 * HEAVY),
  logSoftmaxColumns: columnCut(HEAVY),
  softmaxGradColumns: columnGradCut(LIGHT),
  logSoftmaxGradColumns: columnGradCut(HEAVY),
  crossEntropy: {
    cost: [LIGHT, "rows", "n"],
    writes: ["loss", "rowWeight"],
    cuts: [along("rows", 1, { logp: "4*n", target: 4, weight: 0, loss: 4, rowWeight: 4 })],
  },
  binaryCrossEntropy: flat(LIGHT, { p: 4, q: 4, t: 4, out: 4 }),
  ctc: {
    cost: [1, "samples", "sizeBytes"],
    writes: ["loss", "out"],
    scratch: "sizeBytes",
    cuts: [along("samples", 1, { logp: "4*C", labels: 0, info: 12, loss: 4, g: 4, out: "4*C" })],
  },
  crossEntropyGrad: {
    cost: [HEAVY, "rows", "n"],
    cuts: [along("rows", 1, { logp: "4*n", target: 4, weight: 0, g: 4, out: "4*n" })],
  },
} satisfies Splits;
