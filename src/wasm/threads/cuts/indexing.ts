// Cuts of assembly/indexing: outer blocks, so that all writes to one place stay in their order on one thread.
import { along, ELEMENTS, HEAVY, LIGHT, type Splits } from "./cut.js";

const updates = (): boolean => true;

/** x, index [outer, ni, inner], out [outer, nx, inner]; elements of `bytes` bytes. */
const blocks = (bytes: number, { outer, nx, ni, inner }: Readonly<Record<"outer" | "nx" | "ni" | "inner", number>>) =>
  along("outer", outer, 1, { x: bytes * ni * inner, index: 4 * ni * inner, out: bytes * nx * inner });

export const indexing = {
  coordinates: {
    cost: [2 * HEAVY, "n"],
    cut: ({ n, step }) => along("n", n, ELEMENTS, { x: 4, out: 4 * step }),
  },
  scatter: { cost: [HEAVY, "outer", "ni", "inner"], updates, cut: (args) => blocks(args.bytes, args) },
  scatterReduce: { cost: [HEAVY, "outer", "ni", "inner"], updates, cut: (args) => blocks(4, args) },
  indexCopy: {
    cost: [LIGHT / 4, "outer", "ni", "sizeBytes"],
    updates,
    cut: ({ outer, nx, ni, sizeBytes }) => along("outer", outer, 1, { x: ni * sizeBytes, index: 0, out: nx * sizeBytes }),
  },
} satisfies Splits;
