// L-BFGS.
import { checkGradient } from "../autograd/engine.js";
import { checkFinite, checkOneOf, checkWhole } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { mul, sub } from "../ops/elementwise/arithmetic.js";
import { neg } from "../ops/elementwise/unary.js";
import { copy_ } from "../ops/move/inplace.js";
import { cat } from "../ops/move/join.js";
import { clone, detach, reshape } from "../ops/move/shape.js";
import { narrow } from "../ops/move/slice.js";
import { sum } from "../ops/reduce/reduce.js";
import { zeros } from "../tensor/create.js";
import { scope } from "../tensor/scope.js";
import { enableGrad, withRecording } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import { Optimizer, type ParameterGroup, type Parameters, type PartialOptions, type Slot } from "./optimizer.js";
import { blend, gradNorm } from "./rule.js";
import { type LoadedSlot, misfit, numberOf, ownCopy } from "./stateDict.js";
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

/** Numbers and flat tensors, with PyTorch's names. */
interface Memory {
  func_evals: number;
  n_iter: number;
  t?: number;
  H_diag?: number;
  prev_loss?: number;
  d?: Tensor;
  prev_flat_grad?: Tensor;
  old_dirs: Tensor[];
  old_stps: Tensor[];
  ro: number[];
}

const NUMBERS = ["func_evals", "n_iter", "t", "H_diag", "prev_loss"] as const;
const VECTORS = ["d", "prev_flat_grad"] as const;
const LISTS = ["old_dirs", "old_stps"] as const;

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
  #memory: Memory | undefined;

  constructor(parameters: Parameters<LBFGSOptions>, options?: PartialOptions<LBFGSOptions>) {
    const tolerances = { toleranceGrad: 1e-7, toleranceChange: 1e-9 };
    const defaults = { lr: 1, maxIter: 20, maxEval: null, ...tolerances, historySize: 100, lineSearchFn: null };
    super({ name: "LBFGS", keys: [] }, parameters, defaults, options ?? {});
    if (this.groups.length !== 1) throw new ArgError(`LBFGS: takes one group of parameters, got ${this.groups.length}`);
  }

  /** @internal */
  check(name: string, o: LBFGSOptions): void {
    checkFinite(name, "lr", o.lr, 0);
    checkWhole(name, "maxIter", o.maxIter, 1);
    if (o.maxEval !== null) checkWhole(name, "maxEval", o.maxEval, 1);
    checkFinite(name, "toleranceGrad", o.toleranceGrad, 0);
    checkFinite(name, "toleranceChange", o.toleranceChange, 0);
    checkWhole(name, "historySize", o.historySize, 1);
    if (o.lineSearchFn !== null) checkOneOf(name, "lineSearchFn", o.lineSearchFn, ["strong_wolfe"]);
  }

  /** Refuses: there is one group. */
  override addParamGroup(_: ParameterGroup<LBFGSOptions>): void {
    throw new ArgError("LBFGS: takes one group of parameters");
  }

  protected advance(): void {}

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
   * Result: the loss before the first of them. Errors: `ArgError` for a closure that is no function or returns neither a number nor a tensor.
   * @example new optim.LBFGS([x]).step(() => 0);
   */
  override step(closure?: () => unknown): never;
  override step<T>(closure: () => T): T;
  override step<T>(closure?: () => T): T {
    if (typeof closure !== "function") throw new ArgError("LBFGS: step needs a closure that computes the loss and its gradients");
    const first = enableGrad(closure);
    scope(() => withRecording(false, () => this.#minimize(closure, Number(first))));
    this.endStep();
    return first;
  }

  #minimize(closure: () => unknown, firstLoss: number): void {
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = (this.groups[0] as { options: LBFGSOptions })
      .options;
    const most = maxEval ?? Math.floor((maxIter * 5) / 4);
    const params = this.#params();
    this.#memory ??= { func_evals: 0, n_iter: 0, old_dirs: [], old_stps: [], ro: [] };
    const m = this.#memory;
    const lossNow = (): number => scope(() => Number(enableGrad(closure)));
    let loss = firstLoss;
    let evals = 1;
    m.func_evals++;
    let grad = this.#flatGrad(params);
    if (largest(grad) <= toleranceGrad) return;
    let { d, t = 0, prev_flat_grad: before, prev_loss: lossBefore = loss } = m;
    for (let i = 1; i <= maxIter; i++) {
      m.n_iter++;
      if (d === undefined || before === undefined) {
        d = neg(grad);
        m.H_diag = 1;
      } else d = this.#direction(m, grad, sub(grad, before), mul(d, t), historySize);
      before = grad;
      lossBefore = loss;
      t = m.n_iter === 1 ? Math.min(1, 1 / scope(() => gradNorm(grad, 1).item())) * lr : lr;
      const slope = dot(grad, d);
      if (slope > -toleranceChange) break;
      const direction = d;
      if (lineSearchFn) {
        const start = params.map((p) => clone(p));
        const tryAt = (step: number): Trial => {
          this.#move(params, step, direction);
          const f = lossNow();
          const g = this.#flatGrad(params);
          params.forEach((p, j) => void copy_(p, start[j] as Tensor));
          return { t: step, f, g, slope: dot(g, direction) };
        };
        const from = { t: 0, f: loss, g: grad, slope };
        const { best, count } = strongWolfe(tryAt, from, t, largest(d), toleranceChange, most - evals);
        ({ t, f: loss, g: grad } = best);
        this.#move(params, t, d);
        evals += count;
        m.func_evals += count;
      } else {
        this.#move(params, t, d);
        if (i !== maxIter) {
          loss = lossNow();
          grad = this.#flatGrad(params);
          evals++;
          m.func_evals++;
        }
      }
      if (evals >= most || largest(grad) <= toleranceGrad) break;
      if (largest(d) * t <= toleranceChange || Math.abs(loss - lossBefore) < toleranceChange) break;
    }
    const old = [m.d, m.prev_flat_grad];
    Object.assign(m, { d: ownCopy(d as Tensor), prev_flat_grad: ownCopy(before as Tensor), t, prev_loss: lossBefore });
    for (const tensor of old) tensor?.dispose();
  }

  /** -H grad by the two loops over the history, to which the change y of the gradient over the step s is added before. */
  #direction(m: Memory, grad: Tensor, y: Tensor, s: Tensor, historySize: number): Tensor {
    const ys = dot(y, s);
    if (ys > 1e-10) {
      if (m.old_dirs.length === historySize) {
        for (const list of LISTS) m[list].shift()?.dispose();
        m.ro.shift();
      }
      m.old_dirs.push(ownCopy(y));
      m.old_stps.push(ownCopy(s));
      m.ro.push(1 / ys);
      m.H_diag = ys / dot(y, y);
    }
    const q = neg(grad);
    const alphas: number[] = [];
    for (let i = m.ro.length - 1; i >= 0; i--) {
      alphas[i] = dot(m.old_stps[i] as Tensor, q) * (m.ro[i] as number);
      blend([[q, m.old_dirs[i] as Tensor]], 1, -(alphas[i] as number));
    }
    const d = mul(q, m.H_diag as number);
    for (const [i, ro] of m.ro.entries()) {
      blend([[d, m.old_stps[i] as Tensor]], 1, (alphas[i] as number) - dot(m.old_dirs[i] as Tensor, d) * ro);
    }
    return d;
  }

  /** @internal */
  override saveSlot(slot: Slot): Record<string, unknown> | undefined {
    const m = this.#memory;
    if (!m || slot !== this.slots[0]?.[0]) return undefined;
    const copy = (x: unknown): unknown => (x instanceof Tensor ? detach(x) : Array.isArray(x) ? x.map(copy) : x);
    return Object.fromEntries(Object.entries(m).map(([key, value]) => [key, copy(value)]));
  }

  /** @internal */
  override loadSlot(
    slot: Slot,
    saved: Readonly<Record<string, unknown>>,
    _: LBFGSOptions,
    problem: (key: string, what: string) => void,
  ): LoadedSlot {
    const flat = { shape: [this.#params().reduce((total, { size }) => total + size, 0)] } as unknown as Tensor;
    const tensors: Tensor[] = [];
    const memory: Memory = { func_evals: 0, n_iter: 0, old_dirs: [], old_stps: [], ro: [] };
    const take = (key: string, value: unknown): Tensor => {
      const wrong = misfit(value, flat);
      if (wrong) problem(key, wrong);
      return value as Tensor;
    };
    for (const key of NUMBERS) {
      const value = numberOf(saved[key] ?? memory[key]);
      if (value !== undefined && !Number.isFinite(value)) problem(key, `must be a number, got ${describe(value)}`);
      Object.assign(memory, { [key]: value });
    }
    for (const key of VECTORS) if (saved[key]) memory[key] = take(key, saved[key]);
    for (const key of [...LISTS, "ro"] as const) {
      const list = saved[key] ?? [];
      if (!Array.isArray(list)) problem(key, "must be a list");
      else memory[key] = list.map((item) => (key === "ro" ? numberOf(item) : take(key, item))) as never;
    }
    return { step: 0, product: 1, tensors };
  }

  /** Gives back the memory of the state. */
  override dispose(): void {
    for (const tensor of [this.#memory?.d, this.#memory?.prev_flat_grad, ...LISTS.flatMap((key) => this.#memory?.[key] ?? [])]) {
      tensor?.dispose();
    }
    this.#memory = undefined;
    super.dispose();
  }
}
