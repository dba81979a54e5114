// Stochastic gradient descent.
import { checkFinite } from "../checks.js";
import { ArgError } from "../errors.js";
import { defineEdit } from "../tensor/op.js";
import type { Tensor } from "../tensor/tensor.js";
import { optimKernels } from "../wasm/generated/groups/optim.js";
import { Optimizer, type Parameters, type PartialOptions, stateLike } from "./optimizer.js";

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

type Inputs = [p: Tensor, g: Tensor, buffer: Tensor | undefined];

interface Numbers extends SGDOptions {
  /** Whether the buffer is still empty. */
  readonly first: boolean;
}

const sgdStep: (...args: [...Inputs, Numbers]) => Tensor = defineEdit<Inputs, Numbers>({
  name: "sgdStep",
  inputs: 3,
  optional: [2],
  mutates: [0, 2],
  forward: ([p, g, buffer], { lr, momentum, dampening, weightDecay, nesterov, first, maximize }) => {
    const flags = [Number(nesterov), Number(first), Number(maximize)] as const;
    optimKernels.sgd(p.ptr, g.ptr, buffer?.ptr ?? 0, p.size, lr, momentum, dampening, weightDecay, ...flags);
  },
});

interface State {
  /** Present from the first step with momentum on. */
  buffer: Tensor | undefined;
}

/**
 * Gradient descent with momentum: `b = momentum b + (1 - dampening) g; p = p - lr b`, after adding `weightDecay p` to g.
 * The first b is g.
 * parameters: a list of float32 leaves, or of groups `{ params, lr, .. }` with options of their own.
 * Errors: those of `Adam`, and `ArgError` for Nesterov without momentum or with dampening.
 * Source: PyTorch's `SGD`; Sutskever et al., 2013.
 * @example new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 */
export class SGD extends Optimizer<SGDOptions, State> {
  constructor(parameters: Parameters<SGDOptions>, options: PartialOptions<SGDOptions> = {}) {
    super("SGD", parameters, { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }, options);
  }

  protected check(name: string, { lr, momentum, dampening, weightDecay, nesterov }: SGDOptions): void {
    for (const [option, value] of Object.entries({ lr, momentum, weightDecay })) checkFinite(name, option, value, 0);
    checkFinite(name, "dampening", dampening);
    if (nesterov && (momentum <= 0 || dampening !== 0))
      throw new ArgError(`${name}: nesterov needs momentum above 0 and dampening 0, got ${momentum} and ${dampening}`);
  }

  protected init(): State {
    return { buffer: undefined };
  }

  protected update(p: Tensor, g: Tensor, state: State, options: SGDOptions): void {
    const first = state.buffer === undefined;
    if (options.momentum !== 0) state.buffer ??= stateLike(p);
    sgdStep(p, g, options.momentum === 0 ? undefined : state.buffer, { ...options, first });
  }

  protected tensorsOf({ buffer }: State): readonly (Tensor | undefined)[] {
    return [buffer];
  }
}
