// Cuts of assembly/sort: outer blocks or rows, or the columns if there is one block.
import { along, COLUMNS, HEAVY, outermost, type Splits } from "./cut.js";

export const sort = {
  argsort: {
    cost: [20 * HEAVY, "outer", "n", "columns"],
    scratch: "16*n+4096",
    cuts: [outermost("outer", { x: "4*n*inner", out: "4*n*inner" }), along("columns", COLUMNS, { x: 4, out: 4 })],
  },
  topk: {
    cost: [HEAVY, "rows", "n"],
    scratch: "8*k",
    cuts: [along("rows", 1, { x: "4*n", out: "4*k" })],
  },
} satisfies Splits;
