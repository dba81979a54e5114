// Cuts of assembly/signal: rows.
import { along, HEAVY, type Splits } from "./cut.js";

export const signal = {
  fft: {
    cost: [8 * HEAVY, "rows", "n"],
    scratch: "n max padded*16",
    // Real numbers, of kind 1, have 4 bytes; complex ones, of kind 0 or 2, have 8.
    cuts: [along("rows", 1, { x: "from%2*-4+8*nx", out: "to%2*-4+8*ny", table: 0 })],
  },
} satisfies Splits;
