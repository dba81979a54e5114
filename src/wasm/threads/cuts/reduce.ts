// Cuts of assembly/reduce: rows of the outer axis, or columns of the inner axis. threads/stretches.ts cuts a single long row.
// x [outer, n, inner] -> out [outer, inner].
import { along, COLUMNS, type Split, type Splits } from "./cut.js";

/** The unit of columns in narrow matrices, whose rows are one or two cache lines: the columns of a vector. */
const VECTOR = 4;

/** VECTOR for fewer than 2 * COLUMNS columns, COLUMNS for more. */
const UNIT = `inner/${2 * COLUMNS}*${COLUMNS - VECTOR}+${VECTOR} min ${COLUMNS}`;

const reduction = (ns: number): Split<"x" | "out", "outer" | "n" | "inner" | "columns"> => ({
  cost: [ns, "outer", "n", "inner"],
  cuts: [along("outer", 1, { x: "4*n*inner", out: "4*inner" }, { least: "two each" }), along("columns", UNIT, { x: 4, out: 4 })],
});

/** Nanoseconds for an addition or a comparison; argmax and argmin look at each element twice. */
const NS = 0.1;

export const reduce = {
  sum: reduction(NS),
  sumI32: reduction(NS),
  amax: reduction(NS),
  amin: reduction(NS),
  argmax: reduction(2 * NS),
  argmin: reduction(2 * NS),
} satisfies Splits;
