// The feed-forward part of newer transformers.
import { silu } from "../ops/elementwise/activation.js";
import { mul } from "../ops/elementwise/arithmetic.js";
import { readOptions } from "../options.js";
import type { Tensor } from "../tensor/tensor.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";

/**
 * A feed-forward part with a gate: `w2(silu(w1 x) * w3 x)`. x: float32 [..., dim] -> same. State dict: w1.weight and w3.weight [hidden, dim],
 * w2.weight [dim, hidden], with `bias` (false unless given) also their biases: the names of Llama.
 * Gradient: that of the formula. Errors: `ArgError` for sizes below 1, `ShapeError` for another last dimension, `DTypeError`.
 * Source: Shazeer, 2020, GLU Variants Improve Transformer.
 * @example new nn.SwiGLU(8, 16).call(randn([2, 5, 8])).shape; // [2, 5, 8]
 */
export class SwiGLU extends Module {
  /** To the gate. */
  readonly w1: Linear;
  /** Back to the features. */
  readonly w2: Linear;
  /** To what is gated. */
  readonly w3: Linear;

  constructor(dim: number, hidden: number, options?: { bias?: boolean }) {
    super();
    const read = readOptions("SwiGLU", options, { bias: false });
    this.w1 = new Linear(dim, hidden, read);
    this.w2 = new Linear(hidden, dim, read);
    this.w3 = new Linear(dim, hidden, read);
  }

  forward(x: Tensor): Tensor {
    return this.w2.call(mul(silu(this.w1.call(x)), this.w3.call(x)));
  }
}
