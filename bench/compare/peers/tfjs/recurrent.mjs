// Training steps of recurrent networks in TensorFlow.js, and one step of a cell. They are composed of its operations: its own layers keep the
// biases and the gates of a GRU in other forms than PyTorch.
import * as tf from "@tensorflow/tfjs";
import { LEARNING_RATE } from "../../networks.mjs";
import { batchOf, cellInputs, layerOf, weightsOf } from "../../recurrent.mjs";

const make = ({ values, shape }) => tf.tensor(values, shape);
const variable = (x) => tf.variable(make(x));
/** Weights as variables, matrices transposed. */
const turned = (x) => tf.variable(tf.transpose(make(x)));
const layer = ({ wih, whh, bih, bhh }) => ({ wih: turned(wih), whh: turned(whh), bih: variable(bih), bhh: variable(bhh) });

const steps = {
  /** `gates` is the input's part of the sums. */
  LSTM(gates, [h, c], { whh, bhh }) {
    const [i, f, g, o] = tf.split(gates.add(h.matMul(whh)).add(bhh), 4, 1);
    const cell = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    return [o.sigmoid().mul(cell.tanh()), cell];
  },
  GRU(gates, [h], { whh, bhh }) {
    const [xr, xz, xn] = tf.split(gates, 3, 1);
    const [hr, hz, hn] = tf.split(h.matMul(whh).add(bhh), 3, 1);
    const n = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh();
    return [n.add(xz.add(hz).sigmoid().mul(h.sub(n)))];
  },
};

/** The outputs [T, B, H] of a layer. */
function sequence(cell, x, weights, { T, B, H }) {
  const gates = tf.unstack(
    x
      .reshape([T * B, -1])
      .matMul(weights.wih)
      .add(weights.bih)
      .reshape([T, B, -1]),
  );
  let state = [tf.zeros([B, H]), tf.zeros([B, H])];
  return tf.stack(
    gates.map((part) => {
      state = steps[cell](part, state, weights);
      return state[0];
    }),
  );
}

/** @param {import("../../recurrent.mjs").Recurrent} work */
function recurrentStep(work) {
  const { cell, T, B, H, classes, vocabulary } = work;
  const weights = weightsOf(work);
  const embedding = vocabulary && variable(weights.embedding);
  const layers = weights.layers.map(layer);
  const [weight, bias] = [turned(weights.weight), variable(weights.bias)];
  const optimizer = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-8);
  const batch = batchOf(work);
  // Its wasm backend has no gradient of gather, so an embedding is a product.
  const x = vocabulary ? tf.oneHot(tf.tensor1d(batch.x.values, "int32"), vocabulary).toFloat() : make(batch.x);
  const labels = tf.oneHot(tf.tensor1d(batch.labels.values, "int32"), classes).toFloat();
  const loss = () => {
    const y = layers.reduce((rows, each) => sequence(cell, rows, each, work), embedding ? x.matMul(embedding) : x);
    const rows = embedding ? y.reshape([T * B, H]) : tf.unstack(y)[T - 1];
    return tf.losses.softmaxCrossEntropy(labels, rows.matMul(weight).add(bias));
  };
  return { run: () => optimizer.minimize(loss, true) };
}

function cellStep(work) {
  const weights = layer(layerOf(work));
  const [x, h, c] = cellInputs(work).map(make);
  return { run: () => tf.tidy(() => steps[work.cell](x.matMul(weights.wih).add(weights.bih), [h, c], weights)[0]) };
}

export const recurrent = { recurrentStep, cellStep };
