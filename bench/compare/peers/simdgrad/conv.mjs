// Convolutions and their gradients.
import { inputsOf, numbers, outSize, padding } from "../../inputs.mjs";
import { simdgrad } from "./library.mjs";
import { gradientOf, make, makeLeaf } from "./make.mjs";

/** Unless a work says otherwise, filters are constants of a model, as in the other libraries that have models. */
function apply(work, x, weight) {
  const { stride, G: groups, packed = true } = work;
  return simdgrad.conv2d(x, weight, null, { stride, padding: padding(work), groups, packed });
}

/** The opt-in mode has different rounding errors from the default, so equal bytes mean that this build does not have the option. */
function fast(work, x, weight) {
  const run = () => simdgrad.conv2d(x, weight, null, { padding: padding(work), fast: true, packed: true });
  const [usual, quick] = [apply(work, x, weight), run()].map((out) => out.toTypedArray());
  if (usual.every((value, i) => value === quick[i])) throw new Error("this build has no fast mode");
  return { run };
}

function conv(work) {
  const { x, weight } = inputsOf(work, make);
  return work.fast ? fast(work, x, weight) : { run: () => apply(work, x, weight) };
}

/** The gradient of the result of a layer. */
function gradient(work) {
  const shape = [work.N, work.F, outSize(work), outSize(work)];
  return make({ shape, values: numbers(3, shape[0] * shape[1] * shape[2] * shape[3]) });
}

function convGradInput(work) {
  const x = inputsOf(work, makeLeaf).x;
  const { weight } = inputsOf(work, make);
  return gradientOf(x, apply(work, x, weight), gradient(work));
}

function convGradWeight(work) {
  const { x } = inputsOf(work, make);
  const weight = inputsOf(work, makeLeaf).weight;
  return gradientOf(weight, apply(work, x, weight), gradient(work));
}

export const convolutions = { conv, convGradInput, convGradWeight };
