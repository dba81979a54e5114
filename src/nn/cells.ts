// One step of the recurrent layers. B sequences, I features of the input, H units.
import { checkOneOf, isGiven } from "../checks.js";
import { reshape, unsqueeze } from "../ops/move/shape.js";
import type { RecurrentLayer } from "../ops/rnn/layers.js";
import { gruLayer, lstmLayer, reluLayer, tanhLayer } from "../ops/rnn/recurrent.js";
import { readOptions } from "../options.js";
import { zeros } from "../tensor/create.js";
import { checkForm } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import type { Parameter } from "./parameter.js";
import { checkedState, type LSTMState, partsOf, WithWeights } from "./recurrent.js";
import { shown } from "./shown.js";

/** Options of all cells. @inline */
interface CellOptions {
  /** Whether there are the biases b_ih and b_hh; true unless given. */
  bias?: boolean;
}

const DEFAULTS: Required<CellOptions> = { bias: true };

/** One step of a layer with one direction. */
abstract class Cell extends WithWeights {
  /** Weight of the input, [g H, I]. */
  declare readonly weight_ih: Parameter;
  /** Weight of the state, [g H, H]. */
  declare readonly weight_hh: Parameter;
  /** Bias of the input's part, [g H], if there is one. */
  declare readonly bias_ih?: Parameter;
  /** Bias of the state's part, [g H], if there is one. */
  declare readonly bias_hh?: Parameter;
  readonly #layer: RecurrentLayer;

  constructor(layer: RecurrentLayer, gates: number, inputSize: number, hiddenSize: number, { bias }: { bias: boolean }) {
    super(inputSize, hiddenSize);
    this.addWeights("", gates * hiddenSize, inputSize, hiddenSize, bias);
    this.#layer = layer;
  }

  /** The state after the step, from the parts of that before by name. */
  protected step(input: Tensor, given: Readonly<Record<string, Tensor | undefined>>): Tensor[] {
    const kind = this.constructor.name;
    checkAlive(kind, input, "input");
    checkFloat(kind, input);
    const one = input.ndim === 1;
    const fits = (one || input.ndim === 2) && input.shape.at(-1) === this.inputSize;
    checkForm(kind, input, fits, `[B, ${this.inputSize}] or [${this.inputSize}]`, "the input");
    const x = one ? unsqueeze(input, 0) : input;
    const batch = x.shape[0] as number;
    const whole = [batch, this.hiddenSize];
    const state = Object.entries(given).map(([name, part]) =>
      isGiven(part) ? reshape(checkedState(kind, name, part, one ? [this.hiddenSize] : whole), whole) : zeros(whole),
    );
    const { last } = this.#layer(x, [batch], state, this.weightsOf(""), { reverse: false, packed: !this.training });
    return last.map((part) => (one ? reshape(part, [this.hiddenSize]) : part));
  }

  /** @internal Each weight matrix is used once per row. */
  override multiplyAdds(input: unknown): number {
    return ((this.weight_ih.size + this.weight_hh.size) * (input as Tensor).size) / this.inputSize;
  }

  override extraRepr(): string {
    return shown([this.inputSize, this.hiddenSize], { bias: this.bias_ih !== undefined }, DEFAULTS);
  }
}

/**
 * One step of an `RNN`: `h' = tanh(W_ih x + b_ih + W_hh h + b_hh)`, or with relu. input: float32 [B, I] or [I]; hx: [B, H] or [H], zeros unless
 * given -> h' as hx. State dict: weight_ih [H, I], weight_hh [H, H], bias_ih and bias_hh [H], uniform within 1 / sqrt(H) at first.
 * Gradient: that of the formula.
 * Errors: `ArgError` for sizes below 1 or another nonlinearity, `ShapeError` for shapes that do not fit, `DTypeError`.
 * @example new nn.RNNCell(3, 5).call(randn([2, 3])).shape; // [2, 5]
 */
export class RNNCell extends Cell {
  constructor(
    inputSize: number,
    hiddenSize: number,
    options?: CellOptions & {
      /** The activation; "tanh" unless given. */
      nonlinearity?: "tanh" | "relu";
    },
  ) {
    const read = readOptions("RNNCell", options, { ...DEFAULTS, nonlinearity: "tanh" as "tanh" | "relu" });
    checkOneOf("RNNCell", "nonlinearity", read.nonlinearity, ["tanh", "relu"]);
    super(read.nonlinearity === "relu" ? reluLayer : tanhLayer, 1, inputSize, hiddenSize, read);
  }

  forward(input: Tensor, hx?: Tensor | null): Tensor {
    return this.step(input, { hx: hx ?? undefined })[0] as Tensor;
  }
}

/**
 * One step of a `GRU`, whose formula it has. input: float32 [B, I] or [I]; hx: [B, H] or [H], zeros unless given -> h as hx. State dict: weight_ih
 * [3 H, I], weight_hh [3 H, H], bias_ih and bias_hh [3 H], rows in the order r, z, n, uniform within 1 / sqrt(H) at first.
 * Gradient: that of the formula.
 * Errors: `ArgError` for sizes below 1, `ShapeError` for shapes that do not fit, `DTypeError`.
 * @example new nn.GRUCell(3, 5).call(randn([2, 3]), zeros([2, 5])).shape; // [2, 5]
 */
export class GRUCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options?: CellOptions) {
    super(gruLayer, 3, inputSize, hiddenSize, readOptions("GRUCell", options, DEFAULTS));
  }

  forward(input: Tensor, hx?: Tensor | null): Tensor {
    return this.step(input, { hx: hx ?? undefined })[0] as Tensor;
  }
}

/**
 * One step of an `LSTM`, whose formula it has. input: float32 [B, I] or [I]; hx: [h, c], each [B, H] or [H], zeros unless given -> [h, c].
 * State dict: weight_ih [4 H, I], weight_hh [4 H, H], bias_ih and bias_hh [4 H], rows in the order i, f, g, o, uniform within 1 / sqrt(H) at
 * first. Gradient: that of the formula.
 * Errors: `ArgError` for sizes below 1 or a state that is not [h, c], `ShapeError` for shapes that do not fit, `DTypeError`.
 * @example new nn.LSTMCell(3, 5).call(randn([2, 3])).map((x) => x.shape); // [[2, 5], [2, 5]]
 */
export class LSTMCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options?: CellOptions) {
    super(lstmLayer, 4, inputSize, hiddenSize, readOptions("LSTMCell", options, DEFAULTS));
  }

  forward(input: Tensor, hx?: LSTMState | null): [h: Tensor, c: Tensor] {
    return this.step(input, partsOf("LSTMCell", hx)) as [Tensor, Tensor];
  }
}
