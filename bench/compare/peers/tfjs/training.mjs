// One step of training in TensorFlow.js: forward, cross-entropy, backward, Adam.
import * as tf from "@tensorflow/tfjs";
import { batchOf, CLASSES, LEARNING_RATE, parametersOf } from "../../networks.mjs";

const make = ({ values, shape }) => tf.tensor(values, shape);

/** Each layer as a function of x, with its weights as variables in the layout that is fastest for TensorFlow.js. */
const parts = {
  conv({ weight, bias }) {
    const kernel = tf.variable(tf.transpose(make(weight), [2, 3, 1, 0]));
    const shift = tf.variable(make(bias));
    return (x) => tf.conv2d(x, kernel, 1, "valid").add(shift);
  },
  linear({ weight, bias }) {
    const matrix = tf.variable(tf.transpose(make(weight)));
    const shift = tf.variable(make(bias));
    return (x) => tf.matMul(x, matrix).add(shift);
  },
  relu: () => tf.relu,
  pool: () => (x) => tf.maxPool(x, 2, 2, "valid"),
  flatten: () => (x) => tf.reshape(x, [x.shape[0], -1]),
};

/** @param {import("../../networks.mjs").Training} work */
export function train(work) {
  const layers = work.layers.map((layer, i) => parts[layer[0]](parametersOf(layer, i)));
  const optimizer = tf.train.adam(LEARNING_RATE, 0.9, 0.999, 1e-8);
  const batch = batchOf(work);
  const given = make(batch.x);
  const x = given.rank === 4 ? tf.transpose(given, [0, 2, 3, 1]) : given;
  const labels = tf.oneHot(tf.tensor1d(batch.labels, "int32"), CLASSES).toFloat();
  const loss = () =>
    tf.losses.softmaxCrossEntropy(
      labels,
      layers.reduce((value, layer) => layer(value), x),
    );
  return { run: () => optimizer.minimize(loss, true) };
}
