// Averages of weights over training: stochastic weight averaging, and exponential moving averages.
import { checkFinite, checkThat } from "../checks.js";
import { describe, StateError } from "../errors.js";
import { copy_, fill_ } from "../ops/move/inplace.js";
import { clone } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import { tensor } from "../tensor/create.js";
import { scope } from "../tensor/scope.js";
import { sameShape } from "../tensor/shape.js";
import { withRecording } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import type { HasParameters } from "./groups.js";
import { blend } from "./rule.js";
import { checkSaved, misfit, numberOf, ownCopy, refuse } from "./stateDict.js";

/** A model whose weights are averaged: any `nn.Module`. */
export interface Averageable extends HasParameters {
  /** Parameters and buffers by path, which share memory with the model. */
  stateDict(): Record<string, Tensor>;
}

/** Options of `AveragedModel`. */
export interface AveragedOptions {
  /** How much of the average each update keeps (EMA); the plain mean of all updates unless given (SWA). */
  decay?: number | undefined;
  /** Whether buffers, such as running statistics, are averaged too; false unless given: the last ones are kept. */
  useBuffers?: boolean | undefined;
}

/**
 * Averages of the parameters of a model: after each `update()` their plain mean (SWA), or `average = decay average + (1 - decay) p` (EMA).
 * It starts with a copy of the model, which the first update replaces. Buffers are copied, or averaged with `useBuffers`; those that are not
 * float32 are always copied. The model's own weights are changed only while the averages are swapped in.
 * Errors: `ArgError` for what is no model, for a decay outside [0, 1] and for unknown options.
 * Source: Izmailov et al., "Averaging Weights Leads to Wider Optima", 2018; Polyak and Juditsky, 1992; PyTorch's `AveragedModel`.
 * @example
 * const average = new optim.AveragedModel(model, { decay: 0.999 });
 * average.update(); // after each step of the optimizer
 * average.evaluate(() => model.call(x)); // with the averages
 */
export class AveragedModel {
  readonly #model: Averageable;
  readonly #decay: number | undefined;
  readonly #useBuffers: boolean;
  readonly #averages: ReadonlyMap<string, Tensor>;
  #count = 0;
  #swapped = false;

  constructor(model: Averageable, options?: AveragedOptions) {
    const name = "AveragedModel";
    checkThat(name, typeof model?.namedParameters === "function" && typeof model.stateDict === "function", "takes a module", model);
    const { decay, useBuffers } = readOptions(name, options, { decay: undefined as number | undefined, useBuffers: false });
    if (decay !== undefined) checkFinite(name, "decay", decay, 0, 1);
    this.#decay = decay;
    this.#useBuffers = useBuffers;
    this.#model = model;
    this.#averages = scope(() => new Map(Object.entries(model.stateDict()).map(([path, x]) => [path, ownCopy(x)])));
  }

  /** Updates so far. */
  get numAveraged(): number {
    return this.#count;
  }

  /** Whether the model holds the averages at present. */
  get isSwapped(): boolean {
    return this.#swapped;
  }

  #edit(work: (own: Record<string, Tensor>) => void): void {
    scope(() => withRecording(false, () => work(this.#model.stateDict())));
  }

  #checkSwap(method: string): void {
    if (this.#swapped) throw new StateError(`AveragedModel: ${method}() while the averages are in the model; call swap() before`);
  }

  /**
   * Takes the present weights of the model into the averages. Errors: `StateError` while the averages are swapped in, and for a model whose
   * parameters are others than at the start.
   * @example new optim.AveragedModel(model).update();
   */
  update(): void {
    this.#checkSwap("update");
    const share = this.#decay === undefined ? 1 / (this.#count + 1) : 1 - this.#decay;
    const parameters = new Set([...this.#model.namedParameters()].map(([path]) => path));
    this.#edit((own) => {
      const pairs: [Tensor, Tensor][] = [];
      const copies: [Tensor, Tensor][] = [];
      for (const [path, average] of this.#averages) {
        const x = own[path];
        if (!x || !sameShape(x.shape, average.shape)) throw new StateError(`AveragedModel: the model no longer has ${path} as it was`);
        const averages = this.#count > 0 && x.dtype === "float32" && (this.#useBuffers || parameters.has(path));
        (averages ? pairs : copies).push([average, x]);
      }
      blend(pairs, 1 - share, share);
      for (const [average, x] of copies) copy_(average, x);
    });
    this.#count++;
  }

  /**
   * Exchanges the weights of the model and the averages; a second call exchanges them back. Errors: none.
   * @example
   * const average = new optim.AveragedModel(model);
   * average.swap();
   * average.swap();
   */
  swap(): void {
    this.#edit((own) => {
      for (const [path, average] of this.#averages) {
        const x = own[path] as Tensor;
        const before = clone(x);
        copy_(x, average);
        copy_(average, before);
        before.dispose();
      }
    });
    this.#swapped = !this.#swapped;
  }

  /**
   * Runs `work` with the averages in the model, and puts the weights back when it is done, or its promise is. Result: that of `work`.
   * Errors: those of `work`; `StateError` while the averages are swapped in.
   * @example new optim.AveragedModel(model).evaluate(() => model.call(x));
   */
  evaluate<T>(work: () => T): T {
    this.#checkSwap("evaluate");
    this.swap();
    let waits = false;
    try {
      const result = work();
      waits = result instanceof Promise;
      return result instanceof Promise ? (result.finally(() => this.swap()) as T) : result;
    } finally {
      if (!waits) this.swap();
    }
  }

  /**
   * The averages by path, with `module.` before it, and `n_averaged`, as in PyTorch. The tensors are copies. Errors: none.
   * @example new optim.AveragedModel(model).stateDict();
   */
  stateDict(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { n_averaged: tensor(this.#count, { dtype: "int32" }) };
    const own = this.#swapped ? this.#model.stateDict() : undefined;
    for (const [path, average] of this.#averages) state[`module.${path}`] = withRecording(false, () => clone(own?.[path] ?? average));
    return state;
  }

  /**
   * Takes over saved averages. Errors: `StateError` that lists all that does not fit, and while the averages are swapped in; nothing is
   * changed then.
   * @example
   * const average = new optim.AveragedModel(model);
   * average.loadStateDict(average.stateDict());
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>): void {
    checkSaved(state);
    const problems = this.#swapped ? ["the averages are in the model"] : [];
    const count = numberOf(state["n_averaged"]);
    if (!(Number.isInteger(count) && (count as number) >= 0)) problems.push(`n_averaged is ${describe(count)}`);
    const known = new Set(["n_averaged", ...[...this.#averages.keys()].map((path) => `module.${path}`)]);
    for (const key of Object.keys(state)) if (!known.has(key)) problems.push(`${key} is not known`);
    for (const [path, average] of this.#averages) {
      const wrong = misfit(state[`module.${path}`], average);
      if (wrong) problems.push(`module.${path} ${wrong}`);
    }
    refuse("AveragedModel", problems);
    withRecording(false, () => {
      for (const [path, average] of this.#averages) copy_(average, state[`module.${path}`] as Tensor);
    });
    this.#count = count as number;
  }

  /** Gives back the memory of the averages. @example new optim.AveragedModel(model).dispose(); */
  dispose(): void {
    for (const average of this.#averages.values()) average.dispose();
  }
}

/** A model with batch normalisation: any `nn.Module`. */
export interface HasStatistics {
  /** Whether it trains. */
  training: boolean;
  /** Switches to training. */
  train(mode?: boolean): unknown;
  /** Computes outputs. */
  call(input: Tensor): unknown;
  /** The modules in it, with the model itself. */
  namedModules(): Iterable<readonly [path: string, module: object]>;
}

/** The fields of a batch normalisation. */
interface Statistics {
  runningMean: Tensor;
  runningVar: Tensor;
  numBatchesTracked: Tensor;
  momentum: number | null;
}

/**
 * Computes the running statistics of all batch normalisations anew, as plain means over the batches: needed after weights were averaged.
 * A batch is an input of the model, of any shape and dtype that it takes, or a list whose first item is one. The modes of all modules are as before afterwards.
 * Errors: `ArgError` for what is no model; those of the model for its inputs.
 * Source: PyTorch's `update_bn`.
 * @example optim.updateBn([x, x], model);
 */
export function updateBn(batches: Iterable<Tensor | readonly Tensor[]>, model: HasStatistics): void {
  checkThat("updateBn", typeof model?.namedModules === "function", "the second argument must be a module", model);
  const modules = [...model.namedModules()].map(([, module]) => module as Partial<Statistics> & { training: boolean });
  const norms = modules.filter(
    (m): m is typeof m & Statistics => m.runningMean instanceof Tensor && "momentum" in m && "numBatchesTracked" in m,
  );
  if (norms.length === 0) return;
  const before = modules.map(({ training, momentum }) => ({ training, momentum }));
  withRecording(false, () => {
    for (const norm of norms) {
      fill_(norm.runningMean, 0);
      fill_(norm.runningVar, 1);
      fill_(norm.numBatchesTracked, 0);
      norm.momentum = null;
    }
    try {
      model.train();
      for (const batch of batches) scope(() => void model.call(batch instanceof Tensor ? batch : (batch[0] as Tensor)));
    } finally {
      modules.forEach((module, i) => {
        const { training, momentum } = before[i] as (typeof before)[number];
        module.training = training;
        if (momentum !== undefined) module.momentum = momentum;
      });
    }
  });
}
