// Optimizers whose step changes each element by itself: one kernel call for all parameters that have taken equally many steps.
import { isIntercepted } from "../tensor/dispatch.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Group, Optimizer, type Parameters, type PartialOptions, type Slot, type Traits } from "./optimizer.js";
import { ROW, type Rule, run, runTable, type Table, tableOf } from "./rule.js";

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
  /** By the list of slots. */
  readonly #batches = new WeakMap<readonly Slot[], Batch[]>();

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

  protected advance(slots: readonly Slot[], { options, values }: Group<Options>): void {
    const batches = this.#batches.get(slots) ?? batchesOf(slots);
    this.#batches.set(slots, batches);
    for (const batch of batches) {
      const { step, product } = batch.slots[0] as Slot;
      const next = { step: step + 1, product };
      const numbers = this.numbers(options, next, values);
      const intercepted = isIntercepted();
      if (intercepted) run(this.#rule, numbers, ...listsOf(batch.slots));
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

/** Each parameter with its gradient, and the addresses of three state tensors of each; 0 where there is none. */
function listsOf(slots: readonly Slot[]): [tensors: Tensor[], states: number[]] {
  const pairs: Tensor[] = [];
  const states: number[] = [];
  for (const { param, tensors } of slots) {
    pairs.push(param, param.grad as Tensor);
    for (let key = 0; key < 3; key++) states.push(tensors[key]?.ptr ?? 0);
  }
  return [pairs, states];
}

function batchesOf(slots: readonly Slot[]): Batch[] {
  const batches: Slot[][] = [];
  let alike: Slot[] = [];
  for (const slot of slots) {
    const fits = (list: readonly Slot[]): boolean => list[0]?.step === slot.step && list[0].product === slot.product;
    if (!fits(alike)) {
      const found = batches.find(fits);
      alike = found ?? [];
      if (!found) batches.push(alike);
    }
    alike.push(slot);
  }
  return batches.map((batch) => ({ slots: batch, table: tableOf(2, ...listsOf(batch)) }));
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
