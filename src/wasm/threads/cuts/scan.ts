// How running results along a dimension are split.
import { along, COLUMNS, LIGHT, type Split, type Splits } from "./cut.js";

/** Running sums: outer blocks, or the columns if there is one block. */
const cumulateCut: Split<"x" | "out", "outer" | "n" | "inner" | "reverse" | "columns"> = {
  cost: [LIGHT, "outer", "n", "columns"],
  cut: ({ outer, n, inner, columns }) =>
    outer === 1 ? along("columns", columns, COLUMNS, { x: 4, out: 4 }) : along("outer", outer, 1, { x: 4 * n * inner, out: 4 * n * inner }),
};

export const scan = {
  cumsum: cumulateCut,
  cumsumI32: cumulateCut,
} satisfies Splits;
