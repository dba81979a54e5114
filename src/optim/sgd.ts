// Stochastic gradient descent.
import { ArgError } from "../errors.js";
import { type Count, ElementwiseOptimizer } from "./elementwise.js";
import type { Parameters, PartialOptions } from "./optimizer.js";
import { type Rule, step } from "./rule.js";

/** Options of `SGD`. */
export interface SGDOptions {
  /** Learning rate; 1e-3 unless given. */
  lr: number;
  /** Share of the previous step that the next one keeps; 0 unless given. */
  momentum: number;
  /** Share of the gradient that momentum leaves out; 0 unless given. */
  dampening: number;
  /** Penalty on the squared weights, added to the gradient; 0 unless given. */
  weightDecay: number;
  /** Looks one step of momentum ahead; needs momentum and no dampening. False unless given. */
  nesterov: boolean;
  /** Climbs instead of descending; false unless given. */
  maximize: boolean;
}

const sgdStep: Rule = /* @__PURE__ */ step("sgd");

/**
 * Gradient descent with momentum: `b = momentum b + (1 - dampening) g; p = p - lr b`, after adding `weightDecay p` to g.
 * The first b is g. State: `momentum_buffer`.
 * parameters: a list of float32 leaves, or of groups `{ params, lr, .. }` with options of their own.
 * Errors: those of `Adam`, and `ArgError` for Nesterov without momentum or with dampening.
 * Source: PyTorch's `SGD`; Sutskever et al., 2013.
 * @example new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 */
export class SGD extends ElementwiseOptimizer<SGDOptions> {
  constructor(parameters: Parameters<SGDOptions>, options?: PartialOptions<SGDOptions>) {
    const traits = { name: "SGD", rule: sgdStep, keys: ["momentum_buffer"], uncounted: true };
    super(traits, parameters, { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }, options);
  }

  /** @internal */
  override uses({ momentum }: SGDOptions): readonly boolean[] {
    return [momentum !== 0];
  }

  /** @internal */
  override check(name: string, { momentum, dampening, nesterov }: SGDOptions): void {
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new ArgError(`${name}: nesterov needs momentum above 0 and dampening 0, got ${momentum} and ${dampening}`);
  }

  /** @internal */
  protected numbers(o: SGDOptions, { step }: Count): readonly number[] {
    const flags = Number(o.maximize) + 2 * Number(o.momentum !== 0) + 4 * Number(step === 1) + 8 * Number(o.nesterov);
    return [flags, o.weightDecay, o.lr, o.momentum, o.dampening];
  }
}
