// Work that orders, selects and moves elements, in TensorFlow.js.
import * as tf from "@tensorflow/tfjs";
import { inputsOf } from "../../inputs.mjs";
import { make, toNCHW, toNHWC } from "./make.mjs";

/** A work that is one call with the inputs in their order. */
const calling = (call) => (work) => {
  const inputs = Object.values(inputsOf(work, make));
  return { run: () => call(work, ...inputs) };
};

/** The values of `topk`; its indices are freed. */
function largest(x, k) {
  const { values, indices } = tf.topk(x, k, true);
  indices.dispose();
  return values;
}

function interpolate(work) {
  const image = toNHWC(inputsOf(work, make).x);
  const size = work.shape.slice(2).map((n) => n * work.factor);
  const bilinear = work.mode === "bilinear";
  const resize = bilinear ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
  return { run: () => resize(image, size, false, bilinear), read: (out) => toNCHW(out).dataSync() };
}

const paddings = (by) => [
  [0, 0],
  [0, 0],
  [by, by],
  [by, by],
];

export const tensors = {
  // It has no sort of its own: all elements of topk are in descending order.
  sort: calling(({ cols }, x) => tf.tidy(() => tf.reverse(largest(x, cols), 1))),
  topk: calling(({ k }, x) => largest(x, k)),
  cumsum: calling(({ dim }, x) => tf.cumsum(x, dim)),
  indexSelect: calling((_, x, index) => tf.gather(x, index, 0)),
  indexAdd(work) {
    const { x, index } = inputsOf(work, make);
    const places = tf.expandDims(index, 1);
    return { run: () => tf.scatterND(places, x, [work.rows, work.cols]) };
  },
  mask(work) {
    const { x } = inputsOf(work, make);
    const chosen = tf.greater(x, 0);
    return { run: () => tf.booleanMaskAsync(x, chosen) };
  },
  pairs(work) {
    const { x, i, j } = inputsOf(work, make);
    const places = tf.stack([i, j], 1);
    return { run: () => tf.gatherND(x, places) };
  },
  cat: calling(({ dim }, ...parts) => tf.concat(parts, dim)),
  permute: calling(({ dims }, x) => tf.transpose(x, dims)),
  pad: calling(({ by, mode }, x) => (mode === "constant" ? tf.pad(x, paddings(by)) : tf.mirrorPad(x, paddings(by), mode))),
  interpolate,
};
