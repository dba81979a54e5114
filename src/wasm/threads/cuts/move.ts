// Cuts of assembly/move: axes of a strided copy; outer blocks or rows of the results of indexing.
import { along, ELEMENTS, HEAVY, LIGHT, outermost, type Split, type Splits } from "./cut.js";

type Axes = "d0" | "d1" | "d2" | "d3" | "xs0" | "xs1" | "xs2" | "xs3" | "os0" | "os1" | "os2" | "os3";

/** Strided copies of elements of `bytes` bytes: the outermost axis that is long enough, else the longest. */
const copyCut = (bytes: number): Split<"x" | "out", Axes> => ({
  cost: [LIGHT * (bytes / 4), "d0", "d1", "d2", "d3"],
  cuts: ([0, 1, 2, 3] as const).map((axis) =>
    along(`d${axis}`, axis === 3 ? ELEMENTS : 1, { x: `${bytes}*xs${axis}`, out: `${bytes}*os${axis}` }, { least: "two each" }),
  ),
});

/** Elements of `bytes` bytes selected by index: outer blocks, or the indices if there is one block. */
const gatherCut = (bytes: number): Split<"x" | "index" | "out", "outer" | "nx" | "ni" | "inner"> => ({
  cost: [HEAVY, "outer", "ni", "inner"],
  cuts: [
    outermost("outer", { x: `${bytes}*nx*inner`, index: "4*ni*inner", out: `${bytes}*ni*inner` }),
    along("ni", 1, { x: 0, index: "4*inner", out: `${bytes}*inner` }),
  ],
});

// x [outer, nx, inner], out [outer, ni, inner], index [outer, ni, inner] or [ni]. For additions, g [outer, ni, inner] and
// out [outer, nx, inner].
export const move = {
  copy8: copyCut(1),
  copy16: copyCut(2),
  copy32: copyCut(4),
  copy64: copyCut(8),
  gather8: gatherCut(1),
  gather16: gatherCut(2),
  gather32: gatherCut(4),
  gather64: gatherCut(8),
  scatterAdd: {
    cost: [HEAVY, "outer", "ni", "inner"],
    updates: 1,
    cuts: [along("outer", 1, { g: "4*ni*inner", index: "4*ni*inner", out: "4*nx*inner" })],
  },
  indexSelect: {
    cost: [LIGHT / 4, "outer", "ni", "sizeBytes"],
    cuts: [outermost("outer", { x: "nx*sizeBytes", index: 0, out: "ni*sizeBytes" }), along("ni", 1, { x: 0, index: 4, out: "sizeBytes" })],
  },
  indexAdd: {
    cost: [LIGHT, "outer", "ni", "inner"],
    updates: 1,
    cuts: [
      outermost("outer", { g: "4*ni*inner", index: 0, out: "4*nx*inner" }),
      // Each part reads all indices and adds only to its own rows.
      along("rows", 1, { g: 0, index: 0, out: 0 }, { steps: { first: 1 } }),
    ],
  },
} satisfies Splits;
