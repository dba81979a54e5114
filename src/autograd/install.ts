// Gives Tensor its `backward` method.
import type { Hook } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import { type BackwardOptions, backward, registerHook } from "./engine.js";

declare module "../tensor/tensor.js" {
  interface Tensor {
    /**
     * Adds the gradient of this scalar (or of `sum(gradient * this)`) to `.grad` of every leaf it was computed from, and
     * frees the graph unless `retainGraph` or `createGraph` is given. With `inputs`, only to that of these leaves.
     * Errors: `GradError` for a non-scalar without `gradient`, a second call on a freed graph, no path to a leaf, `inputs` that
     * are no leaves, or a saved value that was edited in place.
     * @example loss.backward();
     */
    backward(options?: BackwardOptions): void;
    /**
     * Calls `hook` with the gradient of this tensor, a leaf or a result, each time one was computed: the sum of all its parts, before it
     * is added to `.grad` or goes on to the inputs. A tensor that the hook returns takes its place. Hooks run in the order of their
     * registration. Each runs in a scope of its own: `keep(g)` what is to stay. With `createGraph` they are recorded.
     * Result: an object whose `remove()` takes the hook away.
     * Errors: `GradError` for a tensor that needs no gradient, `ArgError` for what is no function; in `backward()` `ShapeError`, `DTypeError`
     * and `ArgError` if the hook returns anything but a float32 tensor of the gradient's shape.
     * @example w.registerHook((g) => g.clamp({ min: -1, max: 1 }));
     */
    registerHook(hook: Hook["call"]): { remove(): void };
  }
}

Tensor.prototype.backward = function (this: Tensor, options?: BackwardOptions): void {
  backward(this, options);
};

Tensor.prototype.registerHook = function (this: Tensor, hook: Hook["call"]): { remove(): void } {
  return registerHook(this, hook);
};
