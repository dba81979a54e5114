// Tensors of TensorFlow.js from the shared inputs. Its images are NHWC.
import * as tf from "@tensorflow/tfjs";

/** @param {import("../../inputs.mjs").Input} input */
export const make = ({ values, shape }) => tf.tensor(values, shape);

export const toNHWC = (x) => tf.transpose(x, [0, 2, 3, 1]);
export const toNCHW = (x) => tf.transpose(x, [0, 3, 1, 2]);
