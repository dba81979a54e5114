// Adam and AdamW.
import { checkFinite } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { defineEdit } from "../tensor/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { optimKernels } from "../wasm/generated/groups/optim.js";
import { Optimizer, type Parameters, type PartialOptions, stateLike } from "./optimizer.js";

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate; 1e-3 unless given. */
  lr: number;
  /** How much of the running mean of the gradient, and of its square, each step keeps; [0.9, 0.999] unless given. */
  betas: readonly [number, number];
  /** Added to the root of the squared mean; 1e-8 unless given. */
  eps: number;
  /**
   * Adam: penalty on the squared weights, added to the gradient; 0 unless given. AdamW: share of the weights taken off, times lr; 0.01
   * unless given.
   */
  weightDecay: number;
  /** Divides by the largest squared mean so far (Reddi et al., 2018); false unless given. */
  amsgrad: boolean;
  /** Climbs instead of descending; false unless given. */
  maximize: boolean;
}

type Inputs = [p: Tensor, g: Tensor, mean: Tensor, square: Tensor, largest: Tensor | undefined];

interface Numbers extends AdamOptions {
  readonly decoupled: boolean;
  /** beta^t for both means, which start at 0. They are computed by multiplication, because engines differ in the last bit of powers. */
  readonly power1: number;
  readonly power2: number;
}

const adamStep: (...args: [...Inputs, Numbers]) => Tensor = defineEdit<Inputs, Numbers>({
  name: "adamStep",
  inputs: 5,
  optional: [4],
  mutates: [0, 2, 3, 4],
  forward: ([p, g, mean, square, largest], { lr, betas, eps, weightDecay, decoupled, power1, power2, maximize }) => {
    const flags = [Number(decoupled), 1 - power1, 1 - power2, Number(maximize)] as const;
    optimKernels.adam(p.ptr, g.ptr, mean.ptr, square.ptr, largest?.ptr ?? 0, p.size, lr, ...betas, eps, weightDecay, ...flags);
  },
});

interface State {
  power1: number;
  power2: number;
  readonly mean: Tensor;
  readonly square: Tensor;
  largest: Tensor | undefined;
}

const DEFAULTS = { lr: 1e-3, betas: [0.9, 0.999] as const, eps: 1e-8, amsgrad: false, maximize: false };

abstract class AdamFamily extends Optimizer<AdamOptions, State> {
  /** Whether weight decay acts on the weights themselves. */
  protected abstract readonly decoupled: boolean;

  protected check(name: string, { lr, betas, eps, weightDecay }: AdamOptions): void {
    for (const [option, value] of Object.entries({ lr, eps, weightDecay })) checkFinite(name, option, value, 0);
    const isShare = (beta: unknown): boolean => typeof beta === "number" && beta >= 0 && beta < 1;
    if (!Array.isArray(betas) || betas.length !== 2 || !betas.every(isShare)) {
      throw new ArgError(`${name}: betas must be two numbers within [0, 1), such as [0.9, 0.999], got ${describe(betas)}`);
    }
  }

  protected init(parameter: Tensor, { amsgrad }: AdamOptions): State {
    return {
      power1: 1,
      power2: 1,
      mean: stateLike(parameter),
      square: stateLike(parameter),
      largest: amsgrad ? stateLike(parameter) : undefined,
    };
  }

  protected update(p: Tensor, g: Tensor, state: State, options: AdamOptions): void {
    state.power1 *= options.betas[0];
    state.power2 *= options.betas[1];
    const { mean, square, largest, ...powers } = state;
    adamStep(p, g, mean, square, largest, { ...options, ...powers, decoupled: this.decoupled });
  }

  protected tensorsOf({ mean, square, largest }: State): readonly (Tensor | undefined)[] {
    return [mean, square, largest];
  }
}

/**
 * Adam: `p = p - lr m / (sqrt(v) + eps)`, m and v the running means of the gradient and its square, corrected for their start at 0.
 * parameters: a list of float32 leaves, or of groups `{ params, lr, .. }` with options of their own. Frozen ones (`requiresGrad = false`)
 * are taken, and left as they are while they are frozen.
 * Errors: `ArgError` for unknown options, those that are not finite numbers of at least 0, betas outside [0, 1), parameters that are not a
 * list, or an empty one; `StateError` for disposed parameters and those of another copy of the library.
 * Source: Kingma and Ba, 2015; semantics of PyTorch's `Adam`.
 * @example new optim.Adam(model.parameters(), { lr: 1e-3 });
 */
export class Adam extends AdamFamily {
  protected readonly decoupled = false;

  constructor(parameters: Parameters<AdamOptions>, options: PartialOptions<AdamOptions> = {}) {
    super("Adam", parameters, { ...DEFAULTS, weightDecay: 0 }, options);
  }
}

/**
 * Adam with weight decay apart from the gradient: `p = p - lr weightDecay p` before each step, 0.01 unless given.
 * Errors: those of `Adam`.
 * Source: Loshchilov and Hutter, 2019.
 * @example new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.1 });
 */
export class AdamW extends AdamFamily {
  protected readonly decoupled = true;

  constructor(parameters: Parameters<AdamOptions>, options: PartialOptions<AdamOptions> = {}) {
    super("AdamW", parameters, { ...DEFAULTS, weightDecay: 0.01 }, options);
  }
}
