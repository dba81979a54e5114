// Optimizers that divide each gradient by its usual size: RMSprop, Adagrad, Adadelta; and Lion, which takes only its sign.
import { checkFinite } from "../checks.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Count, ElementwiseOptimizer } from "./elementwise.js";
import { filled, type Parameters, type PartialOptions } from "./optimizer.js";
import { type Rule, step } from "./rule.js";

/** Options that these optimizers share. */
export interface ScaledOptions {
  /** Learning rate; 1e-2 unless given (`Adadelta`: 1). */
  lr: number;
  /** Penalty on the squared weights, added to the gradient; 0 unless given. */
  weightDecay: number;
  /** Climbs instead of descending; false unless given. */
  maximize: boolean;
  /** Added to the root of the squares; 1e-8 unless given (`Adagrad`: 1e-10, `Adadelta`: 1e-6, added below the root). */
  eps: number;
}

/** Options of `RMSprop`. */
export interface RMSpropOptions extends ScaledOptions {
  /** How much of the running mean of the squares each step keeps; 0.99 unless given. */
  alpha: number;
  /** Share of the previous step that the next one keeps; 0 unless given. */
  momentum: number;
  /** Divides by the standard deviation of the gradient instead; false unless given. */
  centered: boolean;
}

/** Options of `Adagrad`. */
export interface AdagradOptions extends ScaledOptions {
  /** Divides lr by 1 + lrDecay t, t the steps before; 0 unless given. */
  lrDecay: number;
  /** Start of the sum of squares; 0 unless given. */
  initialAccumulatorValue: number;
}

/** Options of `Adadelta`. */
export interface AdadeltaOptions extends ScaledOptions {
  /** How much of both running means each step keeps; 0.9 unless given. */
  rho: number;
}

/** Options of `Lion`. */
export interface LionOptions {
  /** Learning rate; 1e-4 unless given, about a tenth of that of AdamW. */
  lr: number;
  /** Share of the running mean in the direction, and the share that the running mean keeps; [0.9, 0.99] unless given. */
  betas: readonly [number, number];
  /** Share of the weights taken off, times lr; 0 unless given. */
  weightDecay: number;
  /** Climbs instead of descending; false unless given. */
  maximize: boolean;
}

const rmspropStep: Rule = /* @__PURE__ */ step("rmsprop");
const adadeltaStep: Rule = /* @__PURE__ */ step("adadelta");
const lionStep: Rule = /* @__PURE__ */ step("lion");

const DEFAULTS = { lr: 1e-2, weightDecay: 0, maximize: false };

/**
 * RMSprop: `p = p - lr g / (sqrt(v) + eps)`, v the running mean of g^2; `centered` takes v minus the squared mean of g; `momentum` adds the
 * moves up in a buffer. State: `step`, `square_avg`, `grad_avg`, `momentum_buffer`.
 * Errors: those of `Adam`. A variance that rounding made negative counts as 0.
 * Source: Hinton's lecture 6 of 2012, Graves, 2013; semantics of PyTorch's `RMSprop`.
 * @example new optim.RMSprop(model.parameters(), { alpha: 0.9, momentum: 0.9 });
 */
export class RMSprop extends ElementwiseOptimizer<RMSpropOptions> {
  constructor(parameters: Parameters<RMSpropOptions>, options?: PartialOptions<RMSpropOptions>) {
    const traits = { name: "RMSprop", rule: rmspropStep, keys: ["square_avg", "grad_avg", "momentum_buffer"] };
    super(traits, parameters, { ...DEFAULTS, eps: 1e-8, alpha: 0.99, momentum: 0, centered: false }, options);
  }

  /** @internal */
  override uses({ centered, momentum }: RMSpropOptions): readonly boolean[] {
    return [true, centered, momentum > 0];
  }

  /** @internal */
  protected numbers(o: RMSpropOptions): readonly number[] {
    const flags = Number(o.maximize) + 2 * Number(o.centered) + 4 * Number(o.momentum > 0);
    return [flags, o.weightDecay, o.lr, o.alpha, 1 - o.alpha, o.eps, o.momentum];
  }
}

/**
 * Adagrad: `p = p - lr g / (sqrt(s) + eps)`, s the sum of all g^2 so far. State: `step`, `sum`. Errors: those of `Adam`.
 * Source: Duchi et al., 2011; semantics of PyTorch's `Adagrad`.
 * @example new optim.Adagrad(model.parameters(), { lr: 0.1 });
 */
export class Adagrad extends ElementwiseOptimizer<AdagradOptions> {
  constructor(parameters: Parameters<AdagradOptions>, options?: PartialOptions<AdagradOptions>) {
    const defaults = { ...DEFAULTS, lrDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 };
    super({ name: "Adagrad", rule: rmspropStep, keys: ["sum"] }, parameters, defaults, options);
  }

  /** @internal */
  protected override init(_: number, param: Tensor, { initialAccumulatorValue }: AdagradOptions): Tensor {
    return filled(param, initialAccumulatorValue);
  }

  /** @internal */
  protected numbers(o: AdagradOptions, { step }: Count): readonly number[] {
    return [Number(o.maximize), o.weightDecay, o.lr / (1 + (step - 1) * o.lrDecay), 1, 1, o.eps, 0];
  }
}

/**
 * Adadelta: `p = p - lr d`, `d = sqrt(u + eps) / sqrt(v + eps) g`, v and u the running means of g^2 and of the d^2 before; lr is 1 unless
 * given. State: `step`, `square_avg`, `acc_delta`. Errors: those of `Adam`, and `ArgError` for rho outside [0, 1].
 * Source: Zeiler, 2012; semantics of PyTorch's `Adadelta`.
 * @example new optim.Adadelta(model.parameters());
 */
export class Adadelta extends ElementwiseOptimizer<AdadeltaOptions> {
  constructor(parameters: Parameters<AdadeltaOptions>, options?: PartialOptions<AdadeltaOptions>) {
    const traits = { name: "Adadelta", rule: adadeltaStep, keys: ["square_avg", "acc_delta"] };
    super(traits, parameters, { ...DEFAULTS, lr: 1, rho: 0.9, eps: 1e-6 }, options);
  }

  /** @internal */
  override check(name: string, { rho }: AdadeltaOptions): void {
    checkFinite(name, "rho", rho, 0, 1);
  }

  /** @internal */
  protected numbers(o: AdadeltaOptions): readonly number[] {
    return [Number(o.maximize), o.weightDecay, o.lr, o.rho, o.eps];
  }
}

/**
 * Lion: `p = p - lr (sign(beta1 m + (1 - beta1) g) + weightDecay p)`, then `m = beta2 m + (1 - beta2) g`. State: `exp_avg`.
 * Errors: those of `Adam`.
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2.
 * @example new optim.Lion(model.parameters(), { lr: 1e-4, weightDecay: 0.1 });
 */
export class Lion extends ElementwiseOptimizer<LionOptions> {
  constructor(parameters: Parameters<LionOptions>, options?: PartialOptions<LionOptions>) {
    const traits = { name: "Lion", rule: lionStep, keys: ["exp_avg"], uncounted: true };
    super(traits, parameters, { ...DEFAULTS, lr: 1e-4, betas: [0.9, 0.99] as const }, options);
  }

  /** @internal */
  protected numbers(o: LionOptions): readonly number[] {
    return [Number(o.maximize), 0, o.lr, ...o.betas, 1 - o.lr * o.weightDecay];
  }
}
