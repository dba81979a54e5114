// Cuts of assembly/indexing: outer blocks, so that all writes to one place stay in their order on one thread.
import { along, HEAVY, LIGHT, type Splits } from "./cut.js";

// x, index [outer, ni, inner], out [outer, nx, inner].
export const indexing = {
  scatter: {
    cost: [HEAVY, "outer", "ni", "inner"],
    cuts: [along("outer", 1, { x: "ni*inner*bytes", index: "4*ni*inner", out: "nx*inner*bytes" })],
  },
  scatterReduce: {
    cost: [HEAVY, "outer", "ni", "inner"],
    updates: 1,
    cuts: [along("outer", 1, { x: "4*ni*inner", index: "4*ni*inner", out: "4*nx*inner" })],
  },
  indexCopy: {
    cost: [LIGHT / 4, "outer", "ni", "sizeBytes"],
    cuts: [along("outer", 1, { x: "ni*sizeBytes", index: 0, out: "nx*sizeBytes" })],
  },
} satisfies Splits;
