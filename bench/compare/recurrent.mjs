// Recurrent networks as data: an optional embedding, an LSTM or a GRU, and a linear layer over its last step, or with a vocabulary over all.
import { indices, numbers } from "./inputs.mjs";

/**
 * Sizes: I features (of the embedding, if there is a vocabulary), H units, T steps, B sequences.
 * @typedef {{ kind: "recurrentStep", cell: "LSTM" | "GRU", layers: number, I: number, H: number, T: number, B: number, classes: number,
 *   vocabulary?: number }} Recurrent
 */

const GATES = { LSTM: 4, GRU: 3 };

/** A weight or bias with values as at the start of training. */
function parameter(seed, shape, scale) {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, values: numbers(seed, count, scale) };
}

/** Weights and biases of one layer, as PyTorch has them. */
export function layerOf({ cell, I, H }, layer = 0) {
  const rows = GATES[cell] * H;
  const shapes = [[rows, layer === 0 ? I : H], [rows, H], [rows], [rows]];
  const [wih, whh, bih, bhh] = shapes.map((shape, i) => parameter(100 + 4 * layer + i, shape, 1 / Math.sqrt(H)));
  return { wih, whh, bih, bhh };
}

/** All weights: the embedding, if there is one, the layers and what follows them. */
export function weightsOf(work) {
  const { layers, I, H, classes, vocabulary } = work;
  return {
    embedding: vocabulary && parameter(90, [vocabulary, I], 1),
    layers: Array.from({ length: layers }, (_, layer) => layerOf(work, layer)),
    weight: parameter(91, [classes, H], 1 / Math.sqrt(H)),
    bias: parameter(92, [classes], 1 / Math.sqrt(H)),
  };
}

/** x [T, B, I], or indices [T, B] of a vocabulary, and the class of each sequence, or of each of its steps. */
export function batchOf({ I, T, B, classes, vocabulary }) {
  return {
    x: vocabulary ? indices(1, [T, B], vocabulary) : parameter(1, [T, B, I], 1),
    labels: indices(2, [vocabulary ? T * B : B], classes),
  };
}

/** x [1, I] and the state [1, H] each of one step. */
export const cellInputs = ({ I, H }) => [parameter(1, [1, I], 1), parameter(2, [1, H], 1), parameter(3, [1, H], 1)];
