// Loss and metrics over all batches of a pass: averages as they come, everything else from all samples at the end.
import { isPromise } from "../data/dataset.js";
import { ArgError, describe } from "../errors.js";
import { tensor } from "../tensor/create.js";
import type { DType, TypedArray } from "../tensor/dtype.js";
import { scope, tensorsIn } from "../tensor/scope.js";
import { formatSpec, type Shape, sameShape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * A number that says how good outputs are, such as `accuracy` or `f1`.
 *
 * It is called once per pass with the outputs and targets of all samples, joined along dimension 0, so the way the data is cut into
 * batches has no say. The joined values are kept outside of the tensors' memory until then. A metric that is a mean over samples, such as
 * `accuracy`, says so with `averages` (see `averaged`): it is called for each batch, and nothing is kept.
 * It gives a number, or a tensor of one element. Of a model of several results or targets it gets all, and has to be `averaged`.
 */
export type Metric<Output = Tensor, Target = Tensor> = ((output: Output, target: Target) => number | Tensor) & {
  /** Whether the metric is a mean over the elements of the target, so that the mean of its batches is right. */
  readonly averages?: boolean;
};

/** Metrics by the name that they have in the history. */
export type Metrics<Output = Tensor, Target = Tensor> = Readonly<Record<string, Metric<Output, Target>>>;

/**
 * A metric to be averaged over batches, weighted by the elements of the target, instead of computed from all samples at once: for a mean
 * over samples, for outputs too large to be kept, and for those that cannot be joined.
 * metric: a function of output and target, tensors of any shape and dtype -> a number, or a tensor of one element. Gradient: none.
 * Errors: `ArgError` unless it is given a function.
 * @example averaged((output, target) => output.sub(target).abs().lt(0.1).float().mean());
 */
export function averaged<Output = Tensor, Target = Tensor>(
  metric: (output: Output, target: Target) => number | Tensor,
): Metric<Output, Target> {
  if (typeof metric !== "function") throw new ArgError(`averaged: takes a function of output and target, got ${describe(metric)}`);
  return Object.assign((output: Output, target: Target) => metric(output, target), { averages: true });
}

/** Throws `ArgError` unless all are functions. */
export function checkMetrics(op: string, metrics: unknown): void {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    throw new ArgError(`${op}: metrics are an object of functions by name, such as { accuracy }, got ${describe(metrics)}`);
  }
  for (const [name, metric] of Object.entries(metrics)) {
    if (typeof metric !== "function") throw new ArgError(`${op}: metric "${name}" must be a function, got ${describe(metric)}`);
  }
}

/** Collects the tensors of all batches as plain values, and joins them to one tensor at the end. */
class JoinedBatches {
  readonly #parts: TypedArray[] = [];
  #first: { readonly shape: Shape; readonly dtype: DType } | undefined;
  #rows = 0;
  #size = 0;

  /** Whether the tensor can be joined to the earlier ones. */
  fits({ shape, dtype }: Tensor): boolean {
    if (shape.length === 0) return false;
    return !this.#first || (dtype === this.#first.dtype && sameShape(shape.slice(1), this.#first.shape.slice(1)));
  }

  add(part: Tensor): void {
    this.#first ??= { shape: part.shape, dtype: part.dtype };
    this.#parts.push(part.toTypedArray());
    this.#rows += part.shape[0] as number;
    this.#size += part.size;
  }

  toTensor(): Tensor {
    const { shape, dtype } = this.#first as { shape: Shape; dtype: DType };
    const all = new ((this.#parts[0] as TypedArray).constructor as new (length: number) => TypedArray)(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return tensor(all, { shape: [this.#rows, ...shape.slice(1)], dtype });
  }
}

/** The loss and the metrics of one pass over the data. */
export class Measurements {
  readonly #op: string;
  readonly #metrics: Metrics<never, never>;
  readonly #sums = new Map<string, number>();
  readonly #whole: string[];
  readonly #outputs = new JoinedBatches();
  readonly #targets = new JoinedBatches();
  #count = 0;
  #batches = 0;

  constructor(op: string, metrics: Metrics<never, never>) {
    this.#op = op;
    this.#metrics = metrics;
    this.#whole = Object.keys(metrics).filter((name) => metrics[name]?.averages !== true);
  }

  /** Adds one batch. */
  add(output: unknown, target: unknown, loss?: number): void {
    if (this.#whole.length > 0) this.#addToJoined(output, target);
    let weight = 0;
    for (const { size } of tensorsIn(target)) weight += size;
    this.#count += weight;
    this.#batches++;
    const sum = (name: string, value: number): void => {
      if (weight > 0) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value * weight);
    };
    if (loss !== undefined) sum("loss", loss);
    for (const [name, metric] of Object.entries(this.#metrics)) {
      if (metric.averages) sum(name, this.#valueOf(name, output, target));
    }
  }

  /** The averages so far: the loss, and the metrics that are averages. */
  get averages(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
  }

  /** All values: the loss first, then the metrics in their order. Empty if there were no batches. */
  values(): Record<string, number> {
    const values = this.averages;
    if (this.#batches === 0) return values;
    if (this.#whole.length > 0) {
      scope(() => {
        const [output, target] = [this.#outputs.toTensor(), this.#targets.toTensor()];
        for (const name of this.#whole) values[name] = this.#valueOf(name, output, target);
      });
    }
    const names = ["loss", ...Object.keys(this.#metrics)].filter((name) => name in values);
    return Object.fromEntries(names.map((name) => [name, values[name] as number]));
  }

  #addToJoined(output: unknown, target: unknown): void {
    const fits = (part: unknown, joined: JoinedBatches): part is Tensor => part instanceof Tensor && joined.fits(part);
    if (fits(output, this.#outputs) && fits(target, this.#targets)) {
      this.#outputs.add(output);
      this.#targets.add(target);
    } else {
      const wrong = fits(output, this.#outputs) ? target : output;
      const what = wrong instanceof Tensor ? formatSpec(wrong) : describe(wrong);
      throw new ArgError(
        `${this.#op}: metric "${this.#whole[0]}" is computed from all samples at once, and ${what} cannot be joined to the batches before it along dimension 0; write averaged(${this.#whole[0]}) for the mean over batches`,
      );
    }
  }

  #valueOf(name: string, output: unknown, target: unknown): number {
    return noGrad(() => this.#toNumber(name, (this.#metrics[name] as Metric<unknown, unknown>)(output, target)));
  }

  #toNumber(name: string, value: unknown): number {
    if (typeof value === "number") return value;
    if (value instanceof Tensor && value.size === 1) return value.item();
    if (isPromise(value)) value.catch(() => undefined); // the error below is the one to see
    const what = value instanceof Tensor ? formatSpec(value) : isPromise(value) ? "a promise" : describe(value);
    throw new ArgError(`${this.#op}: metric "${name}" must give a number or a tensor of one element, got ${what}`);
  }
}
