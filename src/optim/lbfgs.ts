// L-BFGS.
import { checkGradient } from "../autograd/engine.js";
import { checkOneOf, checkWhole } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { mul, sub } from "../ops/elementwise/arithmetic.js";
import { neg } from "../ops/elementwise/unary.js";
import { copy_ } from "../ops/move/inplace.js";
import { cat } from "../ops/move/join.js";
import { clone, detach, reshape } from "../ops/move/shape.js";
import { narrow } from "../ops/move/slice.js";
import { sum } from "../ops/reduce/reduce.js";
import { zeros } from "../tensor/create.js";
import { keep, scope } from "../tensor/scope.js";
import { enableGrad, withRecording } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer, type Parameters, type PartialOptions, type Slot } from "./optimizer.js";
import { blend, gradNorm } from "./rule.js";
import { type LoadedSlot, mapTensors, misfit, numberOf } from "./stateDict.js";
import { strongWolfe, type Trial } from "./strongWolfe.js";

/** Options of `LBFGS`. */
export interface LBFGSOptions {
  /** Length of a step, or of the first trial of the line search; 1 unless given. */
  lr: number;
  /** Iterations of each `step`; 20 unless given. */
  maxIter: number;
  /** Calls of the closure in each `step`; 1.25 maxIter unless given. */
  maxEval: number | null;
  /** Ends when no gradient is larger; 1e-7 unless given. */
  toleranceGrad: number;
  /** Ends when neither the loss nor a weight changes by more; 1e-9 unless given. */
  toleranceChange: number;
  /** Earlier steps to remember; 100 unless given. */
  historySize: number;
  /** The line search; null unless given: fixed steps. */
  lineSearchFn: "strong_wolfe" | null;
}

/** The state, with PyTorch's names: the last direction and gradient, changes of the gradient and steps, as flat tensors, and numbers. */
interface Memory {
  func_evals: number;
  n_iter: number;
  t?: number;
  H_diag?: number;
  prev_loss?: number;
  d?: Tensor;
  prev_flat_grad?: Tensor;
  readonly old_dirs: Tensor[];
  readonly old_stps: Tensor[];
  readonly ro: number[];
}

const emptyMemory = (): Memory => ({ func_evals: 0, n_iter: 0, old_dirs: [], old_stps: [], ro: [] });

const NUMBERS = ["func_evals", "n_iter", "t", "H_diag", "prev_loss", "ro"];
const VECTORS = ["d", "prev_flat_grad", "old_dirs", "old_stps"];

const dot = (a: Tensor, b: Tensor): number => scope(() => sum(mul(a, b)).item());
const largest = (x: Tensor): number => scope(() => gradNorm(x, 0).item());

/**
 * L-BFGS: steps along `-H g`, H an approximation of the inverse Hessian matrix from the last steps. For small problems whose loss is computed
 * on all data. `step(closure)` calls a function several times, which must compute the loss and its gradients anew.
 * parameters: one group. State, kept with the first parameter: `func_evals`, `n_iter`, `d`, `t`, `old_dirs`, `old_stps`, `ro`, `H_diag`,
 * `prev_flat_grad`, `prev_loss`.
 * Errors: those of `Adam`, and `ArgError` for several groups and a step without a closure.
 * Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 7.4, 3.5, 3.6; semantics of PyTorch's `LBFGS`.
 * @example
 * const optimizer = new optim.LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" });
 * const loss = optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const loss = model.call(x).square().mean();
 *   loss.backward();
 *   return loss;
 * });
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  constructor(parameters: Parameters<LBFGSOptions>, options?: PartialOptions<LBFGSOptions>) {
    const defaults = {
      lr: 1,
      maxIter: 20,
      maxEval: null,
      toleranceGrad: 1e-7,
      toleranceChange: 1e-9,
      historySize: 100,
      lineSearchFn: null,
    };
    super({ name: "LBFGS", keys: [] }, parameters, defaults, options);
  }

  /** @internal */
  override check(name: string, o: LBFGSOptions): void {
    checkWhole(name, "maxIter", o.maxIter, 1);
    if (o.maxEval !== null) checkWhole(name, "maxEval", o.maxEval, 1);
    checkWhole(name, "historySize", o.historySize, 1);
    if (o.lineSearchFn !== null) checkOneOf(name, "lineSearchFn", o.lineSearchFn, ["strong_wolfe"]);
  }

  protected override checkParams(name: string): void {
    if (this.groups.length > 0) throw new ArgError(`${name}: takes one group of parameters, got more`);
  }

  protected advance(): void {}

  /** The state is kept with the first parameter. */
  get #slot(): Slot {
    return this.slots[0]?.[0] as Slot;
  }

  #params(): Tensor[] {
    return (this.slots[0] as Slot[]).flatMap(({ param }) => (param.requiresGrad ? [param] : []));
  }

  /** The gradients one after the other, zeros where there is none. */
  #flatGrad(params: readonly Tensor[]): Tensor {
    return cat(
      params.map((p) => {
        if (!p.grad) return zeros(p.size);
        checkGradient("step", p, p.grad);
        return reshape(p.grad, p.size);
      }),
    );
  }

  /** Moves the parameters by t along d. */
  #move(params: readonly Tensor[], t: number, d: Tensor): void {
    let from = 0;
    const pairs = params.map((p) => {
      from += p.size;
      return [p, narrow(d, 0, from - p.size, p.size)] as const;
    });
    blend(pairs, 1, t);
  }

  /**
   * Takes up to `maxIter` steps. closure: zeroes the gradients, computes the loss, calls `backward()`, and returns the loss.
   * Result: the loss before the first of them. Errors: `ArgError` for a step without a closure.
   * @example
   * const optimizer = new optim.LBFGS(model.parameters());
   * optimizer.step(() => {
   *   optimizer.zeroGrad();
   *   const loss = model.call(x).square().mean();
   *   loss.backward();
   *   return loss;
   * });
   */
  override step(): never;
  override step<T>(closure: () => T): T;
  override step<T>(closure?: () => T): T {
    if (typeof closure !== "function") throw new ArgError("LBFGS: step needs a closure that computes the loss and its gradients");
    const first = enableGrad(closure);
    scope(() => withRecording(false, () => this.#minimize(closure, Number(first))));
    this.endStep();
    return first;
  }

  #minimize(closure: () => unknown, firstLoss: number): void {
    const [{ options }] = this.groups as unknown as [{ options: LBFGSOptions }];
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = options;
    this.#slot.extra ??= emptyMemory();
    const m = this.#slot.extra as Memory;
    const mostEvals = m.func_evals++ + (maxEval ?? Math.floor((maxIter * 5) / 4));
    const params = this.#params();
    const lossNow = (): number => {
      m.func_evals++;
      return scope(() => Number(enableGrad(closure)));
    };
    let loss = firstLoss;
    let grad = this.#flatGrad(params);
    if (largest(grad) <= toleranceGrad) return;
    for (let i = 1; i <= maxIter; i++) {
      m.n_iter++;
      const isFirst = m.d === undefined;
      const d = isFirst ? neg(grad) : direction(m, grad, historySize);
      m.H_diag ??= 1;
      m.d = keep(d, m.d);
      m.prev_flat_grad = keep(grad, m.prev_flat_grad);
      m.prev_loss = loss;
      m.t = isFirst ? Math.min(1, 1 / scope(() => gradNorm(grad, 1).item())) * lr : lr;
      const slope = dot(grad, d);
      if (slope > -toleranceChange) break;
      if (lineSearchFn) {
        const start = params.map((p) => clone(p));
        const tryAt = (t: number): Trial => {
          this.#move(params, t, d);
          const f = lossNow();
          const g = this.#flatGrad(params);
          for (const [j, p] of params.entries()) copy_(p, start[j] as Tensor);
          return { t, f, g, slope: dot(g, d) };
        };
        const now = { t: 0, f: loss, g: grad, slope };
        ({ t: m.t, f: loss, g: grad } = strongWolfe(tryAt, now, m.t, largest(d), toleranceChange, mostEvals - m.func_evals));
      }
      this.#move(params, m.t, d);
      if (!lineSearchFn && i !== maxIter) {
        loss = lossNow();
        grad = this.#flatGrad(params);
      }
      if (m.func_evals >= mostEvals || largest(grad) <= toleranceGrad) break;
      if (largest(d) * m.t <= toleranceChange || Math.abs(loss - m.prev_loss) < toleranceChange) break;
    }
  }

  /** @internal */
  override saveSlot({ extra }: Slot): Record<string, unknown> | undefined {
    return mapTensors(extra, detach) as Record<string, unknown> | undefined;
  }

  /** @internal */
  override loadSlot(
    slot: Slot,
    saved: Readonly<Record<string, unknown>>,
    _: LBFGSOptions,
    problem: (key: string, what: string) => void,
  ): LoadedSlot {
    if (slot !== this.#slot) problem("the state", "must be that of the first");
    const size = (this.slots[0] as Slot[]).reduce((total, { param }) => total + param.size, 0);
    const extra: Record<string, unknown> = { ...emptyMemory() };
    for (const key of [...NUMBERS, ...VECTORS]) {
      const value = saved[key] ?? extra[key];
      const isList = Array.isArray(extra[key]);
      if (isList && !Array.isArray(value)) problem(key, `must be a list, got ${describe(value)}`);
      else if (value !== undefined) {
        const items = (isList ? (value as unknown[]) : [value]).map((item) => {
          const isVector = VECTORS.includes(key);
          const read = isVector ? item : numberOf(item);
          const isNumber = typeof read === "number";
          const wrong = isVector
            ? misfit(item, { shape: [size], dtype: "float32" })
            : !isNumber && `must be a number, got ${describe(read)}`;
          if (wrong) problem(key, wrong);
          return read;
        });
        extra[key] = isList ? items : items[0];
      }
    }
    const { d, old_dirs, old_stps, ro } = extra as unknown as Memory;
    if (old_dirs.length !== ro.length || old_stps.length !== ro.length) problem("old_dirs", "must be as many as old_stps and ro");
    for (const key of d ? ["prev_flat_grad", "t"] : []) if (extra[key] === undefined) problem(key, "is missing");
    return { step: 0, product: 1, tensors: [], extra };
  }
}

/** -H grad by the two loops over the history, to which the last step and what it changed are added before. */
function direction(m: Memory, grad: Tensor, historySize: number): Tensor {
  const { old_dirs: dirs, old_stps: steps, ro } = m;
  const y = sub(grad, m.prev_flat_grad as Tensor);
  const s = mul(m.d as Tensor, m.t as number);
  const ys = dot(y, s);
  if (ys > 1e-10) {
    if (ro.length === historySize) {
      for (const list of [dirs, steps]) list.shift()?.dispose();
      ro.shift();
    }
    dirs.push(keep(y));
    steps.push(keep(s));
    ro.push(1 / ys);
    m.H_diag = ys / dot(y, y);
  }
  const q = neg(grad);
  const alphas: number[] = [];
  for (let i = ro.length - 1; i >= 0; i--) {
    alphas[i] = dot(steps[i] as Tensor, q) * (ro[i] as number);
    blend([[q, dirs[i] as Tensor]], 1, -(alphas[i] as number));
  }
  const d = mul(q, m.H_diag as number);
  for (const [i, r] of ro.entries()) blend([[d, steps[i] as Tensor]], 1, (alphas[i] as number) - dot(dirs[i] as Tensor, d) * r);
  return d;
}
