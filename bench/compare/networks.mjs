// Networks as data: each contestant builds them from its own layers, with the same weights.
// A layer is ["conv", in, out, kernel], ["linear", in, out], ["relu"], ["pool"] (2x2) or ["flatten"].
import { numbers } from "./inputs.mjs";

/** @typedef {readonly [name: string, ...sizes: number[]]} Layer */
/** @typedef {{ kind: "train", input: readonly number[], layers: readonly Layer[], batch: number }} Training */

export const CLASSES = 10;

/**
 * With this learning rate, a network does not learn its batch in a thousand steps. If it did, its gradients would become denormal, and
 * arithmetic on denormals takes longer.
 */
export const LEARNING_RATE = 1e-6;

/** Dense layers of the given widths with relu between them. */
const dense = (...widths) => widths.slice(1).flatMap((width, i) => [...(i > 0 ? [["relu"]] : []), ["linear", widths[i], width]]);

export const networks = {
  "MLP 784-128-10": { input: [784], layers: dense(784, 128, CLASSES) },
  "MLP 784-512-512-10": { input: [784], layers: dense(784, 512, 512, CLASSES) },
  "CNN conv32-conv64-pool-dense128": {
    input: [1, 28, 28],
    layers: [["conv", 1, 32, 3], ["relu"], ["conv", 32, 64, 3], ["relu"], ["pool"], ["flatten"], ...dense(64 * 12 * 12, 128, CLASSES)],
  },
};

/** Weight [out, in, ...kernel] and bias [out] of a layer, with values as at the start of training; empty for layers without weights. */
export function parametersOf([name, inputs, outputs, kernel], position) {
  if (name !== "conv" && name !== "linear") return undefined;
  const shape = name === "conv" ? [outputs, inputs, kernel, kernel] : [outputs, inputs];
  const count = shape.reduce((product, size) => product * size, 1);
  const bound = 1 / Math.sqrt(count / outputs);
  return {
    weight: { shape, values: numbers(100 + position, count, bound) },
    bias: { shape: [outputs], values: numbers(200 + position, outputs, bound) },
  };
}

/** One batch: x [batch, ...input] and a class for each sample. */
export function batchOf({ input, batch }) {
  const shape = [batch, ...input];
  const count = shape.reduce((product, size) => product * size, 1);
  return { x: { shape, values: numbers(1, count) }, labels: Int32Array.from({ length: batch }, (_, i) => i % CLASSES) };
}
