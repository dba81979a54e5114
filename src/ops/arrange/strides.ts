// Elements of a tensor at any start and strides, as a copy, and the inverse: windows and diagonals are made of these two.
import { defineOp, type Op } from "../../tensor/op.js";
import { type Shape, stridesOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { fill } from "../../tensor/values.js";
import { arrangeKernels } from "../../wasm/generated/groups/arrange.js";
import { stridedCopy } from "../move/strided.js";

/** Which elements of a tensor of shape `of` are taken: for each position i of `shape` the one at `start + sum i*strides`. */
export interface Places {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly start: number;
  readonly of: Shape;
  /** Whether an element can be taken more than once. */
  readonly overlap: boolean;
}

/** The elements at these places. */
export const take: Op<[x: Tensor], Places> = defineOp<[x: Tensor], Places>({
  name: "take places",
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  forward: (out, [x], { start, strides, shape }) => stridedCopy(x, start, strides, out, 0, stridesOf(shape), shape),
  backward: [(g, { attr }) => spread(g, attr)],
});

/** Zeros with the elements of `x` at these places; their sum where places are the same, which needs float32. */
export const spread: Op<[x: Tensor], Places> = defineOp<[x: Tensor], Places>({
  name: "spread",
  infer: ([x], { of }) => ({ shape: of, dtype: x.dtype }),
  forward: (out, [x], { start, strides, shape, overlap }) => {
    fill(out, 0);
    stridedCopy(x, 0, stridesOf(shape), out, start, strides, shape, overlap ? arrangeKernels.addStrided : undefined);
  },
  backward: [(g, { attr }) => take(g, attr)],
});
