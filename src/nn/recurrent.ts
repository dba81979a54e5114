// Recurrent layers: RNN, LSTM, GRU. T counts steps, B sequences, I features of the input, H units; D is 2 if bidirectional, else 1.
import { checkFinite, checkOneOf, checkThat, checkWhole, isGiven } from "../checks.js";
import { ShapeError } from "../errors.js";
import { cat, stack } from "../ops/move/join.js";
import { reshape, transpose, unsqueeze } from "../ops/move/shape.js";
import { at } from "../ops/move/slice.js";
import { dropout } from "../ops/random/dropout.js";
import type { RecurrentLayer, RecurrentWeights } from "../ops/rnn/layers.js";
import { gruLayer, lstmLayer, reluLayer, tanhLayer } from "../ops/rnn/recurrent.js";
import { readOptions } from "../options.js";
import { zeros } from "../tensor/create.js";
import { fillUniform } from "../tensor/random.js";
import { checkForm, formatShape, formatSpec, sameShape } from "../tensor/shape.js";
import { checkAlive, checkFloat, Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { checkPacked, inOrder, type PackedSequence } from "./packed.js";
import { Parameter } from "./parameter.js";
import { shown } from "./shown.js";
import { checkCount } from "./weights.js";

/** Options of all recurrent layers. */
export interface RecurrentOptions {
  /** Layers, each of which takes what the one before gives; 1 unless given. */
  numLayers?: number;
  /** Whether there are the biases b_ih and b_hh; true unless given. */
  bias?: boolean;
  /** Whether inputs and outputs are [B, T, ...] and not [T, B, ...]; false unless given. */
  batchFirst?: boolean;
  /** Probability of a zero in what each layer but the last gives, while training; 0 unless given. */
  dropout?: number;
  /** Whether each layer also runs from the last step to the first; false unless given. */
  bidirectional?: boolean;
}

/** Options of `RNN`. */
export interface RNNOptions extends RecurrentOptions {
  /** The activation; "tanh" unless given. */
  nonlinearity?: "tanh" | "relu";
}

/** Options of `LSTM`. */
export interface LSTMOptions extends RecurrentOptions {
  /** Size to which h is projected, below `hiddenSize`; 0, for no projection, unless given. */
  projSize?: number;
}

const DEFAULTS: Required<RecurrentOptions> = { numLayers: 1, bias: true, batchFirst: false, dropout: 0, bidirectional: false };

/** A state to begin with: that given, checked, or zeros. */
export function checkedState(layer: string, name: string, given: Tensor, shape: readonly number[]): Tensor {
  checkAlive(layer, given, name);
  checkFloat(layer, given);
  checkForm(layer, given, sameShape(given.shape, shape), formatShape(shape), name);
  return given;
}

const NAMES = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"] as const;

/** Modules with weights of recurrent layers, in fields that have the names of PyTorch's state dicts. */
export abstract class WithWeights extends Module {
  constructor(
    /** Features of the input. */
    readonly inputSize: number,
    /** Units. */
    readonly hiddenSize: number,
  ) {
    super();
    checkCount(new.target.name, "inputSize", inputSize);
    checkCount(new.target.name, "hiddenSize", hiddenSize);
  }

  /** @internal Adds the weights of one direction of one layer; `size` is that of h. */
  protected addWeights(suffix: string, rows: number, features: number, size: number, bias: boolean): void {
    const { hiddenSize } = this;
    const projection = size === hiddenSize ? undefined : [size, hiddenSize];
    const shapes = [[rows, features], [rows, size], bias ? [rows] : undefined, bias ? [rows] : undefined, projection];
    const bound = 1 / Math.sqrt(hiddenSize);
    for (const [i, shape] of shapes.entries()) {
      if (!shape) continue;
      const weight = Parameter.zeros(shape);
      fillUniform(weight, -bound, bound);
      (this as Record<string, unknown>)[NAMES[i] + suffix] = weight;
    }
  }

  /** @internal The weights of one direction of one layer. */
  protected weightsOf(suffix: string): RecurrentWeights {
    const fields = this as unknown as Record<string, Tensor | undefined>;
    return NAMES.map((name) => fields[name + suffix] ?? null) as unknown as RecurrentWeights;
  }
}

/** All recurrent layers: the weights and the loop over layers and directions. */
abstract class Recurrent extends WithWeights {
  /** Weights of layer k: `weight_ih_l0`, with `_reverse` at the end for the second direction. */
  readonly [weight: `weight_${string}`]: Parameter;
  /** Biases of layer k: `bias_ih_l0`, with `_reverse` at the end for the second direction. */
  readonly [bias: `bias_${string}`]: Parameter;
  /** Layers. */
  readonly numLayers: number;
  /** Whether there are biases. */
  readonly bias: boolean;
  /** Whether the batch is the first dimension. */
  readonly batchFirst: boolean;
  /** Probability of a zero between layers. */
  readonly dropout: number;
  /** Whether there are two directions. */
  readonly bidirectional: boolean;
  readonly #layer: RecurrentLayer;
  /** Sizes of the parts of the state, h first. */
  readonly #sizes: readonly number[];

  constructor(
    layer: RecurrentLayer,
    gates: number,
    inputSize: number,
    hiddenSize: number,
    options: Required<RecurrentOptions>,
    sizes: readonly number[],
  ) {
    super(inputSize, hiddenSize);
    const kind = new.target.name;
    this.numLayers = checkCount(kind, "numLayers", options.numLayers);
    this.dropout = checkFinite(kind, "dropout", options.dropout, 0, 1);
    this.bias = options.bias;
    this.batchFirst = options.batchFirst;
    this.bidirectional = options.bidirectional;
    this.#layer = layer;
    this.#sizes = sizes;
    const size = sizes[0] as number;
    for (const [suffix, first] of this.#suffixes())
      this.addWeights(suffix, gates * hiddenSize, first ? inputSize : this.#directions * size, size, this.bias);
  }

  get #directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** The ends of the names of each layer and direction, in order. */
  #suffixes(): [suffix: string, first: boolean][] {
    return Array.from({ length: this.numLayers * this.#directions }, (_, i) => {
      const layer = Math.floor(i / this.#directions);
      return [`_l${layer}${i % this.#directions ? "_reverse" : ""}`, layer === 0];
    });
  }

  /** All layers over rows of all steps; `states` are the initial ones [numLayers D, B, size]. */
  #run(rows: Tensor, sizes: readonly number[], states: readonly Tensor[]): [y: Tensor, last: Tensor[]] {
    const last: Tensor[][] = states.map(() => []);
    let y = rows;
    let outputs: Tensor[] = [];
    for (const [i, [suffix]] of this.#suffixes().entries()) {
      const reverse = i % this.#directions === 1;
      const how = { reverse, packed: !this.training };
      const state = states.map((s) => at(s, i));
      const result = this.#layer(y, sizes, state, this.weightsOf(suffix), how);
      outputs.push(result.y);
      for (const [part, s] of result.last.entries()) (last[part] as Tensor[]).push(s);
      if (outputs.length < this.#directions) continue;
      y = outputs.length === 1 ? result.y : cat(outputs, 1);
      outputs = [];
      if (this.training && i < this.numLayers * this.#directions - 1) y = dropout(y, { p: this.dropout });
    }
    return [y, last.map((parts) => stack(parts))];
  }

  /** Runs the layers over an input, with the parts of the state by name. */
  protected over(
    input: Tensor | PackedSequence,
    given: Readonly<Record<string, Tensor | undefined>>,
  ): [output: Tensor | PackedSequence, last: Tensor[]] {
    const kind = this.constructor.name;
    const isTensor = input instanceof Tensor;
    if (!isTensor) checkPacked(kind, input);
    const data = isTensor ? input : input.data;
    checkAlive(kind, data, "input");
    checkFloat(kind, data);
    const unbatched = isTensor && data.ndim === 2;
    const swapped = isTensor && this.batchFirst && !unbatched;
    const wanted = isTensor
      ? `[${this.batchFirst ? "B, T" : "T, B"}, ${this.inputSize}] or [T, ${this.inputSize}]`
      : `[n, ${this.inputSize}]`;
    const fits = data.ndim === (isTensor && !unbatched ? 3 : 2) && data.shape.at(-1) === this.inputSize;
    checkForm(kind, data, fits, wanted, "the input");
    const steps = swapped ? transpose(data, 0, 1) : unbatched ? unsqueeze(data, 1) : data;
    if (steps.shape[0] === 0) throw new ShapeError(`${kind}: the input needs at least one step, got ${formatSpec(data)}`);
    const [length, batch] = (isTensor ? steps.shape : [input.batchSizes.length, input.batchSizes[0]]) as [number, number];
    const sizes = isTensor ? new Array<number>(length).fill(batch) : input.batchSizes;
    const [before, after] = isTensor ? [null, null] : [input.sortedIndices, input.unsortedIndices];
    const states = Object.entries(given).map(([name, state], part) => {
      const whole = [this.numLayers * this.#directions, batch, this.#sizes[part] as number] as const;
      if (!isGiven(state)) return zeros(whole);
      const checked = checkedState(kind, name, state, unbatched ? [whole[0], whole[2]] : whole);
      return inOrder(reshape(checked, whole), 1, before);
    });
    const [y, last] = this.#run(isTensor ? reshape(steps, [length * batch, this.inputSize]) : data, sizes, states);
    const ends = last.map((s) => (unbatched ? reshape(s, [s.shape[0] as number, s.shape[2] as number]) : inOrder(s, 1, after)));
    if (!isTensor) return [{ ...input, data: y }, ends];
    const features = y.shape[1] as number;
    if (unbatched) return [y, ends];
    const output = reshape(y, [length, batch, features]);
    return [swapped ? transpose(output, 0, 1) : output, ends];
  }

  /** @internal Each weight matrix is used once per step. */
  override multiplyAdds(input: unknown): number {
    const rows = input instanceof Tensor ? input.size / this.inputSize : ((input as PackedSequence).data.shape[0] as number);
    return this.parameters().reduce((sum, p) => (p.ndim === 2 ? sum + p.size : sum), 0) * rows;
  }

  override extraRepr(): string {
    const { inputSize, hiddenSize, ...rest } = this;
    const options = Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value !== "object"));
    return shown([inputSize, hiddenSize], options, { ...DEFAULTS, projSize: 0, nonlinearity: "tanh" });
  }
}

/** Layers whose state is h alone. */
abstract class OneState extends Recurrent {
  /** `forward` in a scope of its own. Errors: those of `forward`. */
  override call(input: Tensor, hx?: Tensor | null): [output: Tensor, hn: Tensor];
  override call(input: PackedSequence, hx?: Tensor | null): [output: PackedSequence, hn: Tensor];
  override call(...inputs: Parameters<this["forward"]>): ReturnType<this["forward"]>;
  // biome-ignore lint/suspicious/noExplicitAny: the declarations above are what callers see
  override call(...inputs: any): any {
    return super.call(...(inputs as Parameters<this["forward"]>));
  }

  forward(input: Tensor | PackedSequence, hx?: Tensor | null): [output: Tensor | PackedSequence, hn: Tensor] {
    checkThat(this.constructor.name, !isGiven(hx) || hx instanceof Tensor, "hx must be a tensor", hx);
    const [output, [hn]] = this.over(input, { hx: hx ?? undefined });
    return [output, hn as Tensor];
  }
}

/**
 * Recurrent layers of Elman: `h = tanh(W_ih x + b_ih + W_hh h' + b_hh)` with h' of the step before, or with relu. input: float32 [T, B, I],
 * [B, T, I] with `batchFirst`, [T, I] for one sequence, or a packed sequence; hx [numLayers D, B, H], zeros unless given (without B for one
 * sequence) -> [output [T, B, D H] of the last layer (or packed), hn as hx]. For lengths that differ use `utils.rnn.packPaddedSequence`.
 * State dict: weight_ih_l0 [H, I] (from layer 1 on [H, D H]), weight_hh_l0 [H, H], bias_ih_l0 and bias_hh_l0 [H]; the same with `_reverse`.
 * All start uniform within 1 / sqrt(H). Gradient: that of the formula, through all steps.
 * Errors: `ArgError` for options outside their range, `ShapeError` for shapes that do not fit and for no steps, `DTypeError`.
 * @example new nn.RNN(3, 5).call(randn([4, 2, 3])).map((x) => x.shape); // [[4, 2, 5], [1, 2, 5]]
 */
export class RNN extends OneState {
  /** The activation. */
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: number, hiddenSize: number, options?: RNNOptions) {
    const read = readOptions<Required<RNNOptions>>("RNN", options, { ...DEFAULTS, nonlinearity: "tanh" });
    checkOneOf("RNN", "nonlinearity", read.nonlinearity, ["tanh", "relu"]);
    super(read.nonlinearity === "relu" ? reluLayer : tanhLayer, 1, inputSize, hiddenSize, read, [hiddenSize]);
    this.nonlinearity = read.nonlinearity;
  }
}

/**
 * Gated recurrent units: `r = sigmoid(W_ir x + b_ir + W_hr h' + b_hr)`, `z` alike, `n = tanh(W_in x + b_in + r (W_hn h' + b_hn))`,
 * `h = (1 - z) n + z h'` with h' of the step before. input: float32 [T, B, I], or as of `RNN`, whose results and options it has.
 * State dict: weight_ih_l0 [3 H, I] (from layer 1 on [3 H, D H]), weight_hh_l0 [3 H, H], bias_ih_l0 and bias_hh_l0 [3 H], rows in the order
 * r, z, n; the same with `_reverse`. All start uniform within 1 / sqrt(H). Gradient: that of the formula, through all steps.
 * Errors: those of `RNN`: `ArgError`, `ShapeError`, `DTypeError`.
 * Source: Cho et al., 2014, in the form of PyTorch, where r comes after the product with W_hn.
 * @example new nn.GRU(3, 5, { batchFirst: true }).call(randn([2, 4, 3])).map((x) => x.shape); // [[2, 4, 5], [1, 2, 5]]
 */
export class GRU extends OneState {
  constructor(inputSize: number, hiddenSize: number, options?: RecurrentOptions) {
    super(gruLayer, 3, inputSize, hiddenSize, readOptions("GRU", options, DEFAULTS), [hiddenSize]);
  }
}

/** The two parts of the state of an LSTM. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** Throws unless a state has its two parts; returns them, or nothing. */
export function partsOf(kind: string, hx: LSTMState | null | undefined): { h0: Tensor | undefined; c0: Tensor | undefined } {
  if (!isGiven(hx)) return { h0: undefined, c0: undefined };
  checkThat(kind, Array.isArray(hx) && hx.length === 2, "the state must be [h0, c0]", hx);
  return { h0: hx[0], c0: hx[1] };
}

/**
 * Long short-term memory: `i, f, o = sigmoid` and `g = tanh` of `W_ih x + b_ih + W_hh h' + b_hh`, `c = f c' + i g`, `h = o tanh(c)` with h'
 * and c' of the step before; with `projSize` P then `h = W_hr h`. input: float32 [T, B, I], or as of `RNN`; the state [h0, c0] is [numLayers D, B, H] each (h0 with
 * P for H), zeros unless given -> [output [T, B, D H] of the last layer (or packed), [hn, cn] as the state].
 * State dict: weight_ih_l0 [4 H, I] (from layer 1 on [4 H, D H]), weight_hh_l0 [4 H, H], bias_ih_l0 and bias_hh_l0 [4 H], rows in the order
 * i, f, g, o; weight_hr_l0 [P, H]; the same with `_reverse`. With P, outputs and weight_hh have P for H. All start uniform within
 * 1 / sqrt(H). Gradient: that of the formula, through all steps.
 * Errors: those of `RNN`: `ArgError`, `ShapeError`, `DTypeError`.
 * Source: Hochreiter and Schmidhuber, 1997; with forget gates: Gers et al., 2000; projections: Sak et al., 2014.
 * @example
 * const [y, [hn, cn]] = new nn.LSTM(3, 5, { numLayers: 2 }).call(randn([4, 2, 3]));
 * [y.shape, hn.shape, cn.shape]; // [[4, 2, 5], [2, 2, 5], [2, 2, 5]]
 */
export class LSTM extends Recurrent {
  /** Size to which h is projected, or 0. */
  readonly projSize: number;

  constructor(inputSize: number, hiddenSize: number, options?: LSTMOptions) {
    const read = readOptions<Required<LSTMOptions>>("LSTM", options, { ...DEFAULTS, projSize: 0 });
    const projSize = checkWhole("LSTM", "projSize", read.projSize, 0, checkCount("LSTM", "hiddenSize", hiddenSize) - 1);
    super(lstmLayer, 4, inputSize, hiddenSize, read, [projSize || hiddenSize, hiddenSize]);
    this.projSize = projSize;
  }

  /** `forward` in a scope of its own. Errors: those of `forward`. */
  override call(input: Tensor, hx?: LSTMState | null): [output: Tensor, state: [hn: Tensor, cn: Tensor]];
  override call(input: PackedSequence, hx?: LSTMState | null): [output: PackedSequence, state: [hn: Tensor, cn: Tensor]];
  override call(...inputs: Parameters<this["forward"]>): ReturnType<this["forward"]>;
  // biome-ignore lint/suspicious/noExplicitAny: the declarations above are what callers see
  override call(...inputs: any): any {
    return super.call(...(inputs as Parameters<this["forward"]>));
  }

  forward(input: Tensor | PackedSequence, hx?: LSTMState | null): [output: Tensor | PackedSequence, state: [hn: Tensor, cn: Tensor]] {
    const [output, last] = this.over(input, partsOf("LSTM", hx));
    return [output, last as [Tensor, Tensor]];
  }
}
