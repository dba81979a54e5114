// Cuts of assembly/indexing: outer blocks, so that all writes to one place stay in their order on one thread.
import { along, HEAVY, LIGHT, type Splits } from "./cut.js";

/** x, index [outer, ni, inner], out [outer, nx, inner]; elements of `bytes` bytes. */
const blocks = (bytes: number, { outer, nx, ni, inner }: Readonly<Record<"outer" | "nx" | "ni" | "inner", number>>) =>
  along("outer", outer, 1, { x: bytes * ni * inner, index: 4 * ni * inner, out: bytes * nx * inner });

export const indexing = {
  scatter: { cost: [HEAVY, "outer", "ni", "inner"], cut: (args) => blocks(args.bytes, args) },
  scatterReduce: { cost: [HEAVY, "outer", "ni", "inner"], updates: () => true, cut: (args) => blocks(4, args) },
  indexCopy: {
    cost: [LIGHT / 4, "outer", "ni", "sizeBytes"],
    cut: ({ outer, nx, ni, sizeBytes }) => along("outer", outer, 1, { x: ni * sizeBytes, index: 0, out: nx * sizeBytes }),
  },
} satisfies Splits;
