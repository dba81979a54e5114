// Cuts of assembly/int8: rows of a product; for quantization, the outermost axis that is longer than 1.
import { along, ELEMENTS, HEAVY, outermost, type Splits } from "./cut.js";

/** Nanoseconds for a product of two numbers. */
const NS = 0.025;
/** Rows of whole tiles in both builds. */
const ROWS = 12;

export const int8 = {
  gemmInt8: {
    cost: [NS, "m", "n", "k"],
    writes: ["c"],
    scratch: "gemmInt8Workspace(m,k)",
    cuts: [along("m", ROWS, { a: "lda", packed: 0, scaleA: "4*aStep", scaleB: 0, bias: 0, c: "4*ldc" })],
  },
  quantizeInt8: {
    cost: [HEAVY, "outer", "channels", "inner"],
    cuts: [
      outermost("outer", { x: "4*channels*inner", scale: 0, out: "channels*inner" }),
      outermost("channels", { x: "4*inner", scale: 4, out: "inner" }),
      along("inner", ELEMENTS, { x: 4, scale: 0, out: 1 }),
    ],
  },
} satisfies Splits;
