// Cuts of assembly/scan: outer blocks, or the columns if there is one block.
import { along, COLUMNS, LIGHT, outermost, type Split, type Splits } from "./cut.js";

/** x [outer, n, inner]; a block of the results has `out` bytes. */
const blocks = (out: string): Split<"x" | "out", "outer" | "n" | "inner" | "columns"> => ({
  cost: [LIGHT, "outer", "n", "columns"],
  cuts: [outermost("outer", { x: "4*n*inner", out }), along("columns", COLUMNS, { x: 4, out: 4 })],
});

const running = blocks("4*n*inner");
const reduction = blocks("4*inner");

export const scan = {
  cumsum: running,
  cumsumI32: running,
  cumprod: running,
  cumprodI32: running,
  cummax: running,
  prod: reduction,
  prodI32: reduction,
} satisfies Splits;
