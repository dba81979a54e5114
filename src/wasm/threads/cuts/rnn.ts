// Cuts of assembly/rnn: sequences, which depend on nothing of each other. Letters as there.
import { along, type Splits } from "./cut.js";

/** Nanoseconds for a product of two numbers, and for the gates. */
const NS = 0.06;
/** Sequences of a part: fewer would waste rows of a tile of sums. */
const FEW = 4;
/** Each part reads all panels of the weights. */
const ROUNDS = { rounds: 2 };

export const rnn = {
  recurrent: {
    cost: [NS, "T", "batch", "C", "P"],
    writes: ["gates", "y", "h", "c", "before", "u", "v", "m"],
    updates: 1,
    scratch: "recurrentWorkspace(batch,C,H)",
    cuts: [
      along(
        "batch",
        FEW,
        {
          ...{ starts: 0, lengths: 4, w: 0, panels: 0, bias: 0, wp: 0, wpPanels: 0, gates: "4*C", y: "4*P", h0: "4*P", c0: "4*H" },
          ...{ h: "4*P", c: "4*H", before: "4*P", u: "4*H", v: "4*H", m: "4*H" },
        },
        ROUNDS,
      ),
    ],
  },
  recurrentGrad: {
    cost: [NS, "T", "batch", "C", "P"],
    writes: ["dg", "ds", "dh", "dc", "dp"],
    scratch: "recurrentWorkspace(batch,C,H)",
    cuts: [
      along(
        "batch",
        FEW,
        {
          ...{ starts: 0, lengths: 4, w: 0, panels: 0, wp: 0, wpPanels: 0, gates: "4*C", before: "4*P", u: "4*H", v: "4*H" },
          ...{ dy: "4*P", dhLast: "4*P", dcLast: "4*H", dg: "4*C", ds: "4*C", dh: "4*P", dc: "4*H", dp: "4*P" },
        },
        ROUNDS,
      ),
    ],
  },
} satisfies Splits;
