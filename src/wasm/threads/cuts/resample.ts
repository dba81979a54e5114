// Cuts of assembly/resample: outer blocks, images, or channels of one image.
import { along, HEAVY, outermost, type Splits } from "./cut.js";

/** Outputs of a group of the table, whose start takes 4 bytes. */
const GROUP = 4;

// resample: x [outer, nx, inner], out [outer, n, inner]. The others: x and dx [N, C, S], index, w and dw [N, K, P], g and out [N, C, P].
export const resampling = {
  resample: {
    cost: [HEAVY, "outer", "n", "inner"],
    cuts: [
      outermost("outer", { x: "4*nx*inner", starts: 0, taps: 0, out: "4*n*inner" }),
      along("n", GROUP, { x: 0, starts: 1, taps: 0, out: "4*inner" }),
    ],
  },
  // x [planes, ny, nx], out [planes, my, mx]
  resamplePlanes: {
    cost: [HEAVY, "planes", "my", "mx"],
    scratch: "resamplePlanesWorkspace(mx)",
    cuts: [outermost("planes", { x: "4*ny*nx", startsY: 0, tapsY: 0, startsX: 0, tapsX: 0, out: "4*my*mx" })],
  },
  sample: {
    cost: [HEAVY, "N", "C", "K", "P"],
    cuts: [
      outermost("N", { x: "4*C*S", index: "4*K*P", w: "4*K*P", out: "4*C*P" }),
      along("C", 1, { x: "4*S", index: 0, w: 0, out: "4*P" }),
    ],
  },
  sampleGradX: {
    cost: [HEAVY, "N", "C", "K", "P"],
    writes: ["dx"],
    updates: 1,
    cuts: [outermost("N", { g: "4*C*P", index: "4*K*P", w: "4*K*P", dx: "4*C*S" }), along("C", 1, { g: "4*P", index: 0, w: 0, dx: "4*S" })],
  },
  sampleGradW: {
    cost: [HEAVY, "N", "C", "K", "P"],
    writes: ["dw"],
    cuts: [along("N", 1, { g: "4*C*P", x: "4*C*S", index: "4*K*P", dw: "4*K*P" })],
  },
} satisfies Splits;
