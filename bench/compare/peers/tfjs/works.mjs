// Each kind of work in TensorFlow.js.
import * as tf from "@tensorflow/tfjs";
import { inputsOf, padding } from "../../inputs.mjs";
import { make, toNCHW, toNHWC } from "./make.mjs";
import { tensors } from "./tensors.mjs";

/** [out, in, height, width] -> [height, width, in, out]; for depthwise, in and out are swapped. */
const toHWIO = (weight, depthwise) => tf.transpose(weight, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]);

function conv(work) {
  const depthwise = work.G > 1;
  const { x, weight } = inputsOf(work, make);
  const [image, kernel] = [toNHWC(x), toHWIO(weight, depthwise)];
  const apply = depthwise ? tf.depthwiseConv2d : tf.conv2d;
  return {
    run: () => apply(image, kernel, work.stride, padding(work), "NHWC", 1, "floor"),
    read: (out) => toNCHW(out).dataSync(),
  };
}

function layerNorm(work) {
  const { x, weight, bias } = inputsOf(work, make);
  return {
    run: () =>
      tf.tidy(() => {
        const { mean, variance } = tf.moments(x, 1, true);
        return x.sub(mean).mul(variance.add(1e-5).rsqrt()).mul(weight).add(bias);
      }),
  };
}

function adam(work) {
  const { weight, gradient } = inputsOf(work, make);
  const variable = tf.variable(weight);
  const optimizer = tf.train.adam(work.lr, 0.9, 0.999, 1e-8);
  return {
    run() {
      optimizer.applyGradients({ [variable.name]: gradient });
      return variable;
    },
    free() {},
  };
}

export const works = {
  matmul(work) {
    const { a, b } = inputsOf(work, make);
    return { run: () => tf.matMul(a, b, work.aT, work.bT) };
  },
  conv,
  unary(work) {
    const { x } = inputsOf(work, make);
    return { run: () => tf[work.op](x) };
  },
  softmax(work) {
    const { x } = inputsOf(work, make);
    return { run: () => tf.softmax(x, work.dim) };
  },
  layerNorm,
  sum(work) {
    const { x } = inputsOf(work, make);
    return { run: () => tf.sum(x, work.dim) };
  },
  transpose(work) {
    const { x } = inputsOf(work, make);
    return { run: () => tf.transpose(x) };
  },
  adam,
  ...tensors,
};
