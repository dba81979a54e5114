// Cuts of assembly/signal: rows. Each part computes the roots of unity again, so a part is at least a few rows.
import { along, type Splits } from "./cut.js";

/** Nanoseconds for a number of a transform. */
const NS = 5;

export const signal = {
  fft: {
    cost: [NS, "rows", "n"],
    scratch: (k, { n }) => k.fftWorkspace(n),
    cut: ({ rows, n }) => along("rows", rows, 1, { x: 8 * n, out: 8 * n }, 1),
  },
  rfft: {
    cost: [NS / 2, "rows", "n"],
    scratch: (k, { n }) => k.rfftWorkspace(n),
    cut: ({ rows, n }) => along("rows", rows, 1, { x: 4 * n, out: 8 * (Math.floor(n / 2) + 1) }, 1),
  },
  irfft: {
    cost: [NS / 2, "rows", "n"],
    scratch: (k, { n }) => k.rfftWorkspace(n),
    cut: ({ rows, n }) => along("rows", rows, 1, { x: 8 * (Math.floor(n / 2) + 1), out: 4 * n }, 1),
  },
} satisfies Splits;
