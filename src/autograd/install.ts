// Gives Tensor its `backward` method.
import { Tensor } from "../tensor/tensor.js";
import { type BackwardOptions, backward } from "./engine.js";

declare module "../tensor/tensor.js" {
  interface Tensor {
    /**
     * Adds the gradient of this scalar (or of `sum(gradient * this)`) to `.grad` of every leaf it was computed from, and
     * frees the graph unless `retainGraph` or `createGraph` is given.
     * Errors: `GradError` for a non-scalar without `gradient`, a second call on a freed graph, no path to a leaf, or a
     * saved value that was edited in place.
     * @example loss.backward();
     */
    backward(options?: BackwardOptions): void;
  }
}

Tensor.prototype.backward = function (this: Tensor, options?: BackwardOptions): void {
  backward(this, options);
};
