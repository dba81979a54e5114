// Optimizers whose step changes each element by itself: one kernel call for all parameters that have taken equally many steps.
import { isIntercepted } from "../tensor/dispatch.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Group, Optimizer, type Parameters, type PartialOptions, type Slot, type Traits } from "./optimizer.js";
import { addressOf, ROW, type Rule, run, runTable, type Table } from "./rule.js";

/** The numbers of a parameter's state. */
export type Count = Pick<Slot, "step" | "product">;

/** x to the power of a whole number, by multiplication, because engines differ in the last bit of powers. */
export function power(x: number, n: number): number {
  let result = 1;
  for (let square = x; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2 === 1) result *= square;
  return result;
}

/** The base of optimizers whose rule is applied to every element. */
export abstract class ElementwiseOptimizer<Options extends { lr: number }> extends Optimizer<Options> {
  readonly #rule: Rule;
  /** The batches of each group in its last step, and the list that they are made of. */
  readonly #batches = new Map<object, readonly [slots: readonly Slot[], batches: Batch[]]>();

  constructor(
    traits: Traits & { readonly rule: Rule },
    parameters: Parameters<Options>,
    defaults: Options,
    given: PartialOptions<Options> | undefined,
  ) {
    super(traits, parameters, defaults, given);
    this.#rule = traits.rule;
  }

  /** @internal The arguments of the kernel for parameters with this state, whose `step` counts this step; changes their running product. */
  protected abstract numbers(options: Options, state: Count, values: Group<Options>["values"]): readonly number[];

  protected advance(slots: readonly Slot[], group: Group<Options>): void {
    const { options, values } = group;
    const last = this.#batches.get(group);
    const batches = last?.[0] === slots ? last[1] : batchesOf(slots);
    this.#batches.set(group, [slots, batches]);
    for (const batch of batches) {
      const { step, product } = batch.slots[0] as Slot;
      const next = { step: step + 1, product };
      const numbers = this.numbers(options, next, values);
      const intercepted = isIntercepted();
      if (intercepted) runOpenly(this.#rule, batch, numbers);
      count(batch, next); // an interceptor may have refused the step
      if (!intercepted) runTable(this.#rule, batch.table, numbers);
    }
  }
}

/** Parameters that have taken equally many steps, and their table. */
interface Batch {
  readonly slots: readonly Slot[];
  readonly table: Table;
}

/** The table of parameters and their state; the addresses of the gradients are written in each step. */
function stateTable(slots: readonly Slot[]): Table {
  const words = new Int32Array(ROW * slots.length);
  let total = 0;
  for (let i = 0, at = 0; i < slots.length; i++, at += ROW) {
    const { param, tensors } = slots[i] as Slot;
    words[at] = param.size;
    words[at + 1] = addressOf(param);
    for (let key = 0; key < tensors.length; key++) words[at + 3 + key] = tensors[key]?.ptr ?? 0;
    total += param.size;
  }
  return { words, total };
}

/** Runs a rule as an operation, which interceptors see. */
function runOpenly(rule: Rule, { slots, table }: Batch, numbers: readonly number[]): void {
  const states = Array.from(table.words).filter((_, i) => i % ROW > 2);
  run(
    rule,
    slots.flatMap(({ param }) => [param, param.grad as Tensor]),
    states,
    numbers,
  );
}

function batchesOf(slots: readonly Slot[]): Batch[] {
  const batches: Slot[][] = [];
  let alike: Slot[] | undefined;
  for (const slot of slots) {
    const { step, product } = slot;
    if (alike?.[0]?.step !== step || alike[0].product !== product) {
      alike = batches.find((batch) => batch[0]?.step === step && batch[0].product === product);
      alike ??= batches[batches.push([]) - 1] as Slot[];
    }
    alike.push(slot);
  }
  return batches.map((batch) => ({ slots: batch, table: stateTable(batch) }));
}

/** Writes the addresses of the gradients, and counts the step. */
function count({ slots, table: { words } }: Batch, { step, product }: Count): void {
  for (let i = 0, at = 2; i < slots.length; i++, at += ROW) {
    const slot = slots[i] as Slot;
    words[at] = slot.gradient;
    slot.step = step;
    if (slot.product !== product) slot.product = product;
    slot.param.storage.version++;
  }
}
