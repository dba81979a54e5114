// Gradients of a single operation, for the tasks that measure backward kernels.
import { randn, type Tensor } from "simdgrad";

/**
 * A call that computes the gradient of `input` from a recorded `result`. Only its rule runs if nothing else requires a
 * gradient; following the tape costs a few microseconds.
 */
export function gradientOf(input: Tensor, result: Tensor): () => Tensor {
  const gradient = randn(result.shape);
  return () => {
    result.backward({ gradient, retainGraph: true });
    const { grad } = input;
    input.grad = null;
    return grad as Tensor;
  };
}
