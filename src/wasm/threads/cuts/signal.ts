// Cuts of assembly/signal: rows.
import { along, HEAVY, type Splits } from "./cut.js";

/** Bytes of a number: real ones, of kind 1, are floats. */
const bytesOf = (kind: number): number => (kind === 1 ? 4 : 8);

export const signal = {
  fft: {
    cost: [8 * HEAVY, "rows", "n"],
    scratch: (_, { n, padded }) => 16 * (padded || n),
    cut: ({ rows, nx, ny, from, to }) => along("rows", rows, 1, { x: bytesOf(from) * nx, out: bytesOf(to) * ny, table: 0 }),
  },
} satisfies Splits;
