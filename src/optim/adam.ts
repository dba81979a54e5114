// Adam and its relatives: AdamW, NAdam, RAdam, Adamax.
import { type Count, ElementwiseOptimizer, power } from "./elementwise.js";
import type { Parameters, PartialOptions } from "./optimizer.js";
import { type Rule, step } from "./rule.js";

/** Options that `Adam` and its relatives share. */
export interface AdaptiveOptions {
  /** Learning rate; 1e-3 unless given (`NAdam`, `Adamax`: 2e-3). */
  lr: number;
  /** How much of the running mean of the gradient, and of its square, each step keeps; [0.9, 0.999] unless given. */
  betas: readonly [number, number];
  /** Added to the root of the squared mean; 1e-8 unless given. */
  eps: number;
  /** Penalty on the squared weights, added to the gradient; 0 unless given. If decoupled, the share of the weights taken off, times lr. */
  weightDecay: number;
  /** Climbs instead of descending; false unless given. */
  maximize: boolean;
}

/** Options of `RAdam`. */
export interface RAdamOptions extends AdaptiveOptions {
  /** Whether weight decay acts on the weights and not on the gradient, as in AdamW; false unless given (`AdamW`: true). */
  decoupledWeightDecay: boolean;
}

/** Options of `Adam` and `AdamW`. The weight decay of `AdamW` is 0.01 unless given. */
export interface AdamOptions extends RAdamOptions {
  /** Divides by the largest squared mean so far (Reddi et al., 2018); false unless given. */
  amsgrad: boolean;
}

/** Options of `NAdam`. */
export interface NAdamOptions extends RAdamOptions {
  /** How fast the momentum grows towards beta1; 4e-3 unless given. */
  momentumDecay: number;
}

const adamStep: Rule = /* @__PURE__ */ step("adam");

const AMSGRAD = 2;
const MAXIMUM = 4;
const UNSCALED = 8;

abstract class AdamFamily<Options extends AdaptiveOptions> extends ElementwiseOptimizer<Options> {
  constructor(name: string, parameters: Parameters<Options>, defaults: Options, options: PartialOptions<Options> | undefined, more = {}) {
    super({ name, rule: adamStep, keys: ["exp_avg", "exp_avg_sq"], ...more }, parameters, defaults, options);
  }

  /** @internal The arguments of the kernel (assembly/optim/step.ts): those with defaults are Adam's. */
  protected arguments(
    { lr, betas, eps, weightDecay, maximize, decoupledWeightDecay = false }: Options & Partial<RAdamOptions>,
    step: number,
    flags = 0,
    correct = 1,
    near = 1,
    ahead = 0,
  ): readonly number[] {
    const [decay, shrink] = decoupledWeightDecay ? [0, 1 - lr * weightDecay] : [weightDecay, 1];
    return [flags + Number(maximize), decay as number, ...betas, step, near, ahead, correct, eps, shrink as number];
  }
}

const DEFAULTS = { lr: 1e-3, betas: [0.9, 0.999] as const, eps: 1e-8, weightDecay: 0, maximize: false };

/**
 * Adam: `p = p - lr m / (sqrt(v) + eps)`, m and v the running means of the gradient and its square, corrected for their start at 0.
 * State: `step`, `exp_avg`, `exp_avg_sq`, with amsgrad also `max_exp_avg_sq`.
 * parameters: a list of float32 leaves, or of groups `{ params, lr, .. }` with options of their own. Frozen ones (`requiresGrad = false`)
 * are taken, and left as they are while they are frozen.
 * Errors: `ArgError` for unknown options, those that are not finite numbers of at least 0, betas outside [0, 1), parameters that are not a
 * list, or an empty one; `StateError` for disposed parameters and those of another copy of the library.
 * Source: Kingma and Ba, 2015; semantics of PyTorch's `Adam`.
 * @example new optim.Adam(model.parameters(), { lr: 1e-3 });
 */
export class Adam extends AdamFamily<AdamOptions> {
  constructor(parameters: Parameters<AdamOptions>, options?: PartialOptions<AdamOptions>);
  /** @internal */
  constructor(parameters: Parameters<AdamOptions>, options?: PartialOptions<AdamOptions>, name?: string, more?: Partial<AdamOptions>);
  constructor(parameters: Parameters<AdamOptions>, options?: PartialOptions<AdamOptions>, name = "Adam", more: Partial<AdamOptions> = {}) {
    const defaults = { ...DEFAULTS, amsgrad: false, decoupledWeightDecay: false, ...more };
    super(name, parameters, defaults, options, { keys: ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] });
  }

  /** @internal */
  override uses({ amsgrad }: AdamOptions): readonly boolean[] {
    return [true, true, amsgrad];
  }

  /** @internal */
  protected numbers(o: AdamOptions, { step }: Count): readonly number[] {
    const [b1, b2] = o.betas;
    return this.arguments(o, o.lr / (1 - power(b1, step)), AMSGRAD * Number(o.amsgrad), 1 / Math.sqrt(1 - power(b2, step)));
  }
}

/**
 * Adam with weight decay apart from the gradient: `p = p - lr weightDecay p` before each step, 0.01 unless given. State: that of `Adam`.
 * Errors: those of `Adam`.
 * Source: Loshchilov and Hutter, 2019.
 * @example new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.1 });
 */
export class AdamW extends Adam {
  constructor(parameters: Parameters<AdamOptions>, options?: PartialOptions<AdamOptions>) {
    super(parameters, options, "AdamW", { weightDecay: 0.01, decoupledWeightDecay: true });
  }
}

/**
 * Adam with Nesterov's momentum: `p = p - lr (mu' m / (1 - P mu mu') + (1 - mu) g / (1 - P)) / (sqrt(v) + eps)` with
 * `mu = beta1 (1 - 0.96^(t momentumDecay) / 2)`, mu' that of the next step, P the product of all mu so far, and v corrected as in Adam; lr is
 * 2e-3 unless given. The numbers are those of PyTorch 1.13; PyTorch 2 divides by `1 - P mu'` instead.
 * State: `step`, `mu_product`, `exp_avg`, `exp_avg_sq`. Errors: those of `Adam`.
 * Source: Dozat, 2016; semantics of PyTorch's `NAdam`.
 * @example new optim.NAdam(model.parameters(), { momentumDecay: 0.01 });
 */
export class NAdam extends AdamFamily<NAdamOptions> {
  constructor(parameters: Parameters<NAdamOptions>, options?: PartialOptions<NAdamOptions>) {
    const defaults = { ...DEFAULTS, lr: 2e-3, momentumDecay: 4e-3, decoupledWeightDecay: false };
    super("NAdam", parameters, defaults, options, { productKey: "mu_product" });
  }

  /** @internal */
  protected numbers(o: NAdamOptions, state: Count): readonly number[] {
    const [b1, b2] = o.betas;
    const mu = (step: number): number => b1 * (1 - 0.5 * 0.96 ** (step * o.momentumDecay));
    const [now, next] = [mu(state.step), mu(state.step + 1)];
    state.product *= now;
    const near = next / (1 - state.product * now * next); // with mu twice, as in PyTorch 1.13; version 2 has it once
    return this.arguments(o, o.lr, 0, 1 / Math.sqrt(1 - power(b2, state.step)), near, (1 - now) / (1 - state.product));
  }
}

/**
 * Adam whose step is rectified by the variance of v: while there are too few steps to know it (rho <= 5), `p = p - lr m`, then
 * `p = p - lr r m / (sqrt(v) + eps)`, with m and v corrected as in Adam. State: `step`, `exp_avg`, `exp_avg_sq`.
 * Errors: those of `Adam`.
 * Source: Liu et al., 2020; semantics of PyTorch's `RAdam`, which adds eps to the root of v before the correction.
 * @example new optim.RAdam(model.parameters());
 */
export class RAdam extends AdamFamily<RAdamOptions> {
  constructor(parameters: Parameters<RAdamOptions>, options?: PartialOptions<RAdamOptions>) {
    super("RAdam", parameters, { ...DEFAULTS, decoupledWeightDecay: false }, options);
  }

  /** @internal */
  protected numbers(o: RAdamOptions, { step }: Count): readonly number[] {
    const [b1, b2] = o.betas;
    const lr = o.lr / (1 - power(b1, step));
    const left = 1 - power(b2, step);
    const most = 2 / (1 - b2) - 1;
    const rho = most - (2 * step * (1 - left)) / left;
    if (!(rho > 5)) return this.arguments(o, lr, UNSCALED);
    const rect = Math.sqrt(((rho - 4) * (rho - 2) * most) / ((most - 4) * (most - 2) * rho));
    return this.arguments(o, lr * rect * Math.sqrt(left));
  }
}

/**
 * Adam with the largest gradient in place of the squared mean: `u = max(beta2 u, |g| + eps)`, `p = p - lr m / u`, m corrected as in Adam;
 * lr is 2e-3 unless given. State: `step`, `exp_avg`, `exp_inf`. Errors: those of `Adam`.
 * Source: Kingma and Ba, 2015; semantics of PyTorch's `Adamax`.
 * @example new optim.Adamax(model.parameters());
 */
export class Adamax extends AdamFamily<AdaptiveOptions> {
  constructor(parameters: Parameters<AdaptiveOptions>, options?: PartialOptions<AdaptiveOptions>) {
    super("Adamax", parameters, { ...DEFAULTS, lr: 2e-3 }, options, { keys: ["exp_avg", "exp_inf"] });
  }

  /** @internal */
  protected numbers(o: AdaptiveOptions, { step }: Count): readonly number[] {
    return this.arguments(o, o.lr / (1 - power(o.betas[0], step)), MAXIMUM);
  }
}
