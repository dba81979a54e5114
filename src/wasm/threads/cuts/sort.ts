// Cuts of assembly/sort: outer blocks or rows, or the columns if there is one block.
import { along, COLUMNS, HEAVY, type Splits } from "./cut.js";

export const sort = {
  argsort: {
    cost: [20 * HEAVY, "outer", "n", "columns"],
    scratch: (_, { n }) => 16 * n + 4096,
    cut: ({ outer, n, inner, columns }) =>
      outer === 1
        ? along("columns", columns, COLUMNS, { x: 4, out: 4 })
        : along("outer", outer, 1, { x: 4 * n * inner, out: 4 * n * inner }),
  },
  topk: {
    cost: [HEAVY, "rows", "n"],
    scratch: (_, { k }) => 8 * k,
    cut: ({ rows, n, k }) => along("rows", rows, 1, { x: 4 * n, out: 4 * k }),
  },
} satisfies Splits;
