// Attention of all positions to all, or to those before, forward and backward. The number of heads keeps the amount of work near the same.
import { columns } from "../contestants.mjs";
import { goals } from "../goals.mjs";
import { row } from "./row.mjs";

const racing = columns.filter((column) => !column.startsWith("ort") && column !== "tfjs");

/** Products forward and backward, each of two flops per query, key and feature. */
const PRODUCTS = 7;

const HEADS = new Map([
  [64, 64],
  [256, 16],
  [1024, 4],
  [4096, 1],
]);

export const attentions = [true, false].flatMap((causal) =>
  [32, 64].flatMap((width) =>
    [...HEADS].map(([length, heads]) =>
      row({
        group: "attention, forward and backward",
        name: `${heads} heads of ${width}, ${length} positions${causal ? ", causal" : ""}`,
        work: { kind: "attention", heads, length, width, causal },
        amount: (2 * PRODUCTS * heads * length * length * width) / (causal ? 2 : 1),
        racing,
        goal: causal ? goals.causalAttention : goals.attention,
      }),
    ),
  ),
);
