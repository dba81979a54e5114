// Maxima over windows chosen so that the output has a wanted size.
import { scope } from "../../tensor/scope.js";
import type { Tensor } from "../../tensor/tensor.js";
import { poolKernels } from "../../wasm/generated/groups/pool.js";
import type { ValuesAndIndices } from "../reduce/reduce.js";
import { adaptiveShape, checkOutputSize, type MaxOp, maxOp, planes, type Sizes, sizes } from "./pool2d.js";
import { batched } from "./window.js";

/** The wanted size of a result: one number for all axes, or one for each, of which `null` keeps that of the input. */
export type Wanted2d = number | readonly [number | null, number | null];

export const adaptiveMaxOp: MaxOp<Sizes> = /* @__PURE__ */ maxOp<Sizes>("adaptiveMaxPool", (x, values, indices, s) =>
  poolKernels.adaptiveMaxPool2d(x, values, indices, planes(s.x), ...sizes(s.x), ...sizes(s.out)),
);

/** The values and indices over one or two axes. */
function adaptive(op: string, x: Tensor, outputSize: number | Wanted2d, axes: 1 | 2): ValuesAndIndices {
  const wanted = checkOutputSize(op, outputSize, axes);
  return batched(op, x, axes, (y) => {
    const [values, indices] = adaptiveMaxOp(y, { x: y.shape, out: adaptiveShape(op, y, wanted) });
    return { values, indices };
  });
}

/**
 * Largest values of windows chosen so that the output has a given length. x: float32 [N, C, L] or [C, L] -> [N, C, outputSize].
 * Window i of O over L: `floor(i L / O)` to `ceil((i+1) L / O)`. Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` for sequences without elements, `ArgError` for a size below 1, `DTypeError` unless x is float32.
 * @example adaptiveMaxPool1d(tensor([[[1, 3, 2, 0]]]), 2); // [[[3, 2]]]
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: number): Tensor {
  return scope(() => adaptive("adaptiveMaxPool1d", x, outputSize, 1).values);
}

/**
 * `adaptiveMaxPool1d` together with where each maximum was found, int32 [N, C, outputSize]: the position along L.
 * x: float32 [N, C, L] or [C, L]. Gradient: of the values to the element chosen; the indices have none.
 * Errors: `ShapeError`, `ArgError` and `DTypeError` as of `adaptiveMaxPool1d`.
 * @example adaptiveMaxPool1dWithIndices(tensor([[[1, 3, 2, 0]]]), 2).indices; // [[[1, 2]]]
 */
export function adaptiveMaxPool1dWithIndices(x: Tensor, outputSize: number): ValuesAndIndices {
  return adaptive("adaptiveMaxPool1dWithIndices", x, outputSize, 1);
}

/**
 * Largest values of windows chosen so that the output has a given size; `null` keeps an axis. x: float32 [N, C, H, W] or [C, H, W]
 * -> [N, C, ...outputSize]. Window i of O over H: rows `floor(i H / O)` to `ceil((i+1) H / O)`.
 * Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` for images without elements, `ArgError` for sizes below 1, `DTypeError` unless x is float32.
 * @example adaptiveMaxPool2d(tensor([[[[1, 3], [2, 0]]]]), [null, 1]); // [[[[3], [2]]]]
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: Wanted2d): Tensor {
  return scope(() => adaptive("adaptiveMaxPool2d", x, outputSize, 2).values);
}

/**
 * `adaptiveMaxPool2d` together with where each maximum was found, int32 [N, C, ...outputSize]: flat within the image (`row * W + column`).
 * x: float32 [N, C, H, W] or [C, H, W]. Gradient: of the values to the element chosen; the indices have none.
 * Errors: `ShapeError`, `ArgError` and `DTypeError` as of `adaptiveMaxPool2d`.
 * @example adaptiveMaxPool2dWithIndices(tensor([[[[1, 3], [2, 0]]]]), 1).indices; // [[[[1]]]]
 */
export function adaptiveMaxPool2dWithIndices(x: Tensor, outputSize: Wanted2d): ValuesAndIndices {
  return adaptive("adaptiveMaxPool2dWithIndices", x, outputSize, 2);
}
