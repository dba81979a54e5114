// Tensors of this library from the shared inputs, and gradients of one operation.
import { simdgrad } from "./library.mjs";

/** @param {import("../../inputs.mjs").Input} input */
export const make = ({ values, shape }) => simdgrad.tensor(values, { shape });

/** The same, asking for its gradient. @param {import("../../inputs.mjs").Input} input */
export const makeLeaf = ({ values, shape }) => simdgrad.tensor(values, { shape, requiresGrad: true });

/** The gradient of `leaf` from a recorded result; nothing else requires one, so only its rule runs. */
export function gradientOf(leaf, result, gradient) {
  return {
    run() {
      result.backward({ gradient, retainGraph: true });
      const { grad } = leaf;
      leaf.grad = null;
      return grad;
    },
  };
}
