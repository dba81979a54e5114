// Cuts of assembly/int8: rows of a product; for quantization, the outermost axis that is longer than 1.
import { along, ELEMENTS, HEAVY, type Splits } from "./cut.js";

/** Nanoseconds for a product of two numbers. */
const NS = 0.025;
/** Rows of whole tiles in both builds. */
const ROWS = 12;

/** The axis of [outer, channels, inner] that is cut, and how many elements and scales one unit of it has. */
function splitAxis({ outer, channels, inner }: Readonly<Record<"outer" | "channels" | "inner", number>>) {
  if (outer > 1) return { count: "outer", total: outer, unit: 1, elements: channels * inner, scales: 0 } as const;
  if (channels > 1) return { count: "channels", total: channels, unit: 1, elements: inner, scales: 1 } as const;
  return { count: "inner", total: inner, unit: ELEMENTS, elements: 1, scales: 0 } as const;
}

export const int8 = {
  gemmInt8: {
    cost: [NS, "m", "n", "k"],
    writes: ["c"],
    scratch: (kernels, { m, k }) => kernels.gemmInt8Workspace(m, k),
    cut: ({ m, lda, aStep, ldc }) => along("m", m, ROWS, { a: lda, packed: 0, scaleA: 4 * aStep, scaleB: 0, bias: 0, c: 4 * ldc }),
  },
  quantizeInt8: {
    cost: [HEAVY, "outer", "channels", "inner"],
    cut: (args) => {
      const { count, total, unit, elements, scales } = splitAxis(args);
      return along(count, total, unit, { x: 4 * elements, scale: 4 * scales, out: elements });
    },
  },
} satisfies Splits;
