// Work that is bound by memory, compared with a plain copy of as many bytes: those that must be read and written at least.
import { goals } from "../goals.mjs";
import { copyOf, row } from "./row.mjs";

const FLOAT = 4;

function moving(name, floats, goal, work) {
  const bytes = floats * FLOAT;
  return row({ group: "memory", name, work, amount: bytes, references: { copy: copyOf(bytes) }, goal: goals.nearCopy(goal) });
}

const MILLION = 1_000_000;

export const memory = [
  moving("layer norm 1024 x 768", 2 * 1024 * 768, 3, { kind: "layerNorm", rows: 1024, cols: 768 }),
  moving("sums of rows 1024 x 1024", 1024 * 1025, 1.5, { kind: "sum", rows: 1024, cols: 1024, dim: 1 }),
  moving("sums of columns 1024 x 1024", 1024 * 1025, 1.5, { kind: "sum", rows: 1024, cols: 1024, dim: 0 }),
  moving("transpose 1000 x 1000", 2 * MILLION, 1.6, { kind: "transpose", rows: 1000, cols: 1000 }),
  // Reads weight, gradient and both means; writes all but the gradient.
  moving("Adam, 1M weights", 7 * MILLION, 1.6, { kind: "adam", n: MILLION, lr: 0.1 }),
];
