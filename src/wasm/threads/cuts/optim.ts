// Cuts of assembly/optim: the elements of all parameters of a group as one sequence.
import { along, ELEMENTS, HEAVY, LIGHT, type Splits } from "./cut.js";

/** A rule reads and writes the parameters and their state, which the table has the addresses of. */
const rule = (ns: number) => ({
  cost: [ns, "n"] as [number, "n"],
  writes: [] as const,
  updates: 1,
  cuts: [along<"table", "n">("n", ELEMENTS, { table: 0 }, { steps: { from: 1 } })],
});

export const optim = {
  sgd: rule(LIGHT),
  adam: rule(HEAVY),
  rmsprop: rule(HEAVY),
  adadelta: rule(HEAVY),
  lion: rule(LIGHT),
  scheduleFree: rule(HEAVY),
  blend: rule(LIGHT),
} satisfies Splits;
