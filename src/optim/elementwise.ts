// Optimizers whose step changes each element by itself: one kernel call for all parameters that have taken equally many steps.
import type { Tensor } from "../tensor/tensor.js";
import { type Group, Optimizer, type Parameters, type PartialOptions, type Slot, type Traits } from "./optimizer.js";
import { type Rule, run } from "./rule.js";

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

  constructor(
    traits: Traits & { readonly rule: Rule },
    parameters: Parameters<Options>,
    defaults: Options,
    given: PartialOptions<Options> | undefined,
  ) {
    super(traits, parameters, defaults, given ?? {});
    this.#rule = traits.rule;
  }

  /** @internal The arguments of the kernel for parameters with this state, whose `step` counts this step; changes their running product. */
  protected abstract numbers(options: Options, state: Count, values: Group<Options>["values"]): readonly number[];

  protected advance(slots: readonly Slot[], { options, values }: Group<Options>): void {
    const uses = this.uses(options);
    const last = uses.lastIndexOf(true, this.traits.keys.length - 1);
    for (let rest = slots; rest.length > 0; ) {
      const { step, product } = rest[0] as Slot;
      const alike: Slot[] = [];
      const others: Slot[] = [];
      const tensors: Tensor[] = [];
      const states: number[] = [];
      for (const slot of rest) {
        if (slot.step !== step || slot.product !== product) {
          others.push(slot);
          continue;
        }
        alike.push(slot);
        tensors.push(slot.param, slot.param.grad as Tensor);
        for (let key = 0; key <= last; key++) {
          const state = slot.tensors[uses[key] ? key : last] as Tensor; // the kernel skips what is not used
          states.push(state.ptr);
          state.storage.version++;
        }
      }
      const next = { step: step + 1, product };
      run(this.#rule, tensors, states, this.numbers(options, next, values));
      for (const slot of alike) {
        slot.step = next.step;
        slot.product = next.product;
      }
      rest = others;
    }
  }
}
