// AdamW whose averages of the weights take the place of a schedule.
import { checkPositive, checkWhole } from "../checks.js";
import { StateError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { ElementwiseOptimizer, power } from "./elementwise.js";
import type { Group, Parameters, PartialOptions, Slot } from "./optimizer.js";
import { filled } from "./optimizer.js";
import { blend, type Rule, step } from "./rule.js";
import { ownCopy } from "./stateDict.js";

/** Options of `ScheduleFreeAdamW`. */
export interface ScheduleFreeOptions {
  /** Learning rate; 2.5e-3 unless given. */
  lr: number;
  /** Where between the fast weights and their average the gradient is taken, above 0, and the share that the mean of squares keeps. */
  betas: readonly [number, number];
  /** Added to the root of the squared mean; 1e-8 unless given. */
  eps: number;
  /** Share of the weights taken off, times lr; 0 unless given. */
  weightDecay: number;
  /** Steps in which lr grows from 0; 0 unless given. */
  warmupSteps: number;
  /** Power of the step in the weights of the average; 0 unless given. */
  r: number;
  /** Power of the largest lr so far in the weights of the average; 2 unless given. */
  weightLrPower: number;
}

const scheduleFreeStep: Rule = /* @__PURE__ */ step("scheduleFree");

/**
 * AdamW without a schedule: `z = z - lr g / (sqrt(v) + eps)` are fast weights, `x` their weighted average, and the gradient is taken at
 * `y = (1 - beta1) z + beta1 x`. While training, the parameters are y. Call `eval()` before validation and saving, which makes them x, and
 * `train()` before the next step. A new optimizer is in training mode. betas: [0.9, 0.999] unless given.
 * State: `z`, `exp_avg_sq`; in groups `k`, `weight_sum`, `lr_max`, `train_mode`. With batch normalisation, call `updateBn` after `eval()`.
 * Errors: those of `Adam`, and `ArgError` for a beta1 of 0; `StateError` for a step in evaluation mode.
 * Source: Defazio et al., "The Road Less Scheduled", 2024, and the authors' `AdamWScheduleFree`.
 * @example
 * const optimizer = new optim.ScheduleFreeAdamW(model.parameters(), { warmupSteps: 100 });
 * optimizer.eval(); // the average, for validation
 * optimizer.train();
 */
export class ScheduleFreeAdamW extends ElementwiseOptimizer<ScheduleFreeOptions> {
  constructor(parameters: Parameters<ScheduleFreeOptions>, options?: PartialOptions<ScheduleFreeOptions>) {
    const names = { name: "ScheduleFreeAdamW", keys: ["z", "exp_avg_sq"], uncounted: true };
    const traits = { ...names, rule: scheduleFreeStep, valueKeys: ["k", "weightSum", "lrMax", "trainMode"] };
    const defaults = { lr: 2.5e-3, betas: [0.9, 0.999] as const, eps: 1e-8, weightDecay: 0, warmupSteps: 0, r: 0, weightLrPower: 2 };
    super(traits, parameters, defaults, options);
  }

  /** @internal */
  override check(name: string, { betas, warmupSteps }: ScheduleFreeOptions): void {
    checkPositive(name, "betas[0]", betas[0]); // the average is computed by dividing by it
    checkWhole(name, "warmupSteps", warmupSteps, 0);
  }

  /** @internal */
  protected override init(key: number, param: Tensor): Tensor {
    return key === 0 ? ownCopy(param) : filled(param, 0);
  }

  /** @internal */
  protected override update(): void {
    if (this.groups.some(({ values }) => values["trainMode"] === false)) {
      throw new StateError("ScheduleFreeAdamW: step() in evaluation mode; call train() before training");
    }
    super.update();
  }

  /** @internal */
  protected override advance(slots: readonly Slot[], group: Group<ScheduleFreeOptions>): void {
    const { options: o, values } = group;
    const k = Number(values["k"] ?? 0) + 1;
    const lr = o.lr * Math.min(1, k / Math.max(1, o.warmupSteps));
    const lrMax = Math.max(lr, Number(values["lrMax"] ?? 0));
    const weight = k ** o.r * lrMax ** o.weightLrPower;
    const weightSum = Number(values["weightSum"] ?? 0) + weight;
    Object.assign(values, { k, lrMax, weightSum, trainMode: true });
    const { betas, eps, weightDecay } = o;
    const share = weightSum === 0 ? 0 : weight / weightSum;
    const correct = 1 / Math.sqrt(1 - power(betas[1], k));
    this.#numbers = [0, weightDecay, lr, betas[1], correct, eps, share, lr * (betas[0] * (1 - share) - 1)];
    super.advance(slots, group);
  }

  /** Those of the step that is being taken. */
  #numbers: readonly number[] = [];

  /** @internal */
  protected numbers(): readonly number[] {
    return this.#numbers;
  }

  #turn(train: boolean): void {
    this.groups.forEach(({ options: { betas }, values }, i) => {
      if ((values["trainMode"] ?? true) === train) return;
      const pairs = (this.slots[i] as Slot[]).flatMap(({ param, tensors: [z] }) => (z ? [[param, z] as const] : []));
      const share = train ? 1 - betas[0] : 1 - 1 / betas[0];
      blend(pairs, 1 - share, share);
      values["trainMode"] = train;
    });
  }

  /** Makes the parameters the points at which gradients are taken. Errors: none. @example new optim.ScheduleFreeAdamW(model.parameters()).train(); */
  train(): void {
    this.#turn(true);
  }

  /** Makes the parameters their average, for evaluation and saving. Errors: none. @example new optim.ScheduleFreeAdamW(model.parameters()).eval(); */
  eval(): void {
    this.#turn(false);
  }
}
