// One direction of one recurrent layer: what a fused kernel does in one call.
// n counts rows. The rows of all steps lie one after the other; sizes[t] of them belong to step t, and a step never has more than the step
// before, so its sequences are the first ones of all. A batch of equal lengths is the case of equal sizes. i, h: input and hidden size.
import type { Tensor } from "../../tensor/tensor.js";
import { relu, sigmoid, tanh } from "../elementwise/activation.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { linearBy } from "../gemm/linear.js";
import { cat } from "../move/join.js";
import { narrow, split } from "../move/slice.js";

/**
 * Weights of one direction of one layer: [g h, i] of the input and [g h, h] of the state, their biases [g h] or `null`, and the projection
 * [p, h] of an LSTM or `null`. g is 1 for RNN, 3 for GRU (r, z, n), and 4 for LSTM (i, f, g, o).
 */
export type RecurrentWeights = readonly [wih: Tensor, whh: Tensor, bih: Tensor | null, bhh: Tensor | null, whr: Tensor | null];

/** The state of each sequence: [h], of LSTM [h, c]. */
export type RecurrentState = readonly Tensor[];

/** x [n, i] and the states [b, h] before -> y [n, h] of all steps, and the states [b, h] after the last step of each sequence. */
export type RecurrentLayer = (
  x: Tensor,
  sizes: readonly number[],
  state: RecurrentState,
  weights: RecurrentWeights,
  how: { readonly reverse: boolean; readonly packed: boolean },
) => { readonly y: Tensor; readonly last: RecurrentState };

/** One step: the input's part of the gates [b, g h] and the state before -> the state after. */
type Step = (gates: Tensor, state: RecurrentState, weights: RecurrentWeights, packed: boolean) => RecurrentState;

const sum = (a: Tensor | null, b: Tensor | null): Tensor | null => a && b && add(a, b);
const rows = (state: RecurrentState, start: number, count: number): Tensor[] => state.map((s) => narrow(s, 0, start, count));
const joined = (first: RecurrentState, ...more: readonly RecurrentState[]): Tensor[] =>
  first.map((s, i) => (more.length === 0 ? s : cat([s, ...more.map((other) => other[i] as Tensor)])));

/** A layer from its step. The input's part of all gates is one product over all steps. */
function layer(step: Step, biasOf: (weights: RecurrentWeights) => Tensor | null): RecurrentLayer {
  return (x, sizes, state, weights, { reverse, packed }) => {
    const gates = linearBy(x, weights[0], biasOf(weights), packed);
    const starts: number[] = [];
    let total = 0;
    for (const size of sizes) total = starts.push(total) && total + size;
    const outputs: Tensor[] = [];
    const ended: RecurrentState[] = [];
    let count = sizes[reverse ? sizes.length - 1 : 0] as number;
    let now: RecurrentState = rows(state, 0, count);
    for (let i = 0; i < sizes.length; i++) {
      const t = reverse ? sizes.length - 1 - i : i;
      const size = sizes[t] as number;
      if (size < count) {
        ended.unshift(rows(now, size, count - size));
        now = rows(now, 0, size);
      } else if (size > count) now = joined(now, rows(state, count, size - count));
      count = size;
      now = step(narrow(gates, 0, starts[t] as number, size), now, weights, packed);
      outputs[t] = now[0] as Tensor;
    }
    return { y: cat(outputs), last: joined(now, ...ended) };
  };
}

const bothBiases = ([, , bih, bhh]: RecurrentWeights): Tensor | null => sum(bih, bhh);
const recurrent = (h: Tensor, [, whh]: RecurrentWeights, packed: boolean, bias: Tensor | null = null): Tensor =>
  linearBy(h, whh, bias, packed);

const elman =
  (activation: (x: Tensor) => Tensor): Step =>
  (gates, [h], weights, packed) => [activation(add(gates, recurrent(h as Tensor, weights, packed)))];

/** `h' = tanh(W_ih x + b_ih + W_hh h + b_hh)`. */
export const tanhLayer: RecurrentLayer = /* @__PURE__ */ layer(/* @__PURE__ */ elman(tanh), bothBiases);
/** The same with `relu`. */
export const reluLayer: RecurrentLayer = /* @__PURE__ */ layer(/* @__PURE__ */ elman(relu), bothBiases);

/** `c' = f c + i g`, `h' = o tanh(c')` with i, f, o = sigmoid and g = tanh of `W_ih x + b_ih + W_hh h + b_hh`; then the projection. */
export const lstmLayer: RecurrentLayer = /* @__PURE__ */ layer((gates, [h, c], weights, packed) => {
  const all = add(gates, recurrent(h as Tensor, weights, packed));
  const [i, f, g, o] = split(all, (weights[1].shape[0] as number) / 4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const cell = add(mul(sigmoid(f), c as Tensor), mul(sigmoid(i), tanh(g)));
  const out = mul(sigmoid(o), tanh(cell));
  return [weights[4] ? linearBy(out, weights[4], null, packed) : out, cell];
}, bothBiases);

/** `n = tanh(W_in x + b_in + r (W_hn h + b_hn))`, `h' = (1 - z) n + z h` with r, z = sigmoid of the sums of their parts. */
export const gruLayer: RecurrentLayer = /* @__PURE__ */ layer(
  (gates, [h], weights, packed) => {
    const size = (weights[1].shape[0] as number) / 3;
    const [xr, xz, xn] = split(gates, size, 1) as [Tensor, Tensor, Tensor];
    const [hr, hz, hn] = split(recurrent(h as Tensor, weights, packed, weights[3]), size, 1) as [Tensor, Tensor, Tensor];
    const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), hn)));
    return [add(n, mul(sigmoid(add(xz, hz)), sub(h as Tensor, n)))];
  },
  ([, , bih]) => bih,
);
