// Windows along one dimension.
import { checkWhole } from "../../checks.js";
import { checkForm, stridesOf } from "../../tensor/shape.js";
import { dimOf, type Tensor } from "../../tensor/tensor.js";
import { take } from "./strides.js";

/**
 * The windows of `size` elements along `dim`, `step` elements apart, as a copy: [..., n, ...] -> [..., (n - size) / step + 1, ..., size].
 * The method of it is `x.unfold(dim, size, step)`, as in PyTorch; the function `unfold` takes the patches of images.
 * x: any dtype, any shape. Gradient: of an element the sum over its windows.
 * Errors: `ShapeError` for a window longer than the dimension, `ArgError` for a negative size or a step below 1, `IndexError` for a
 * dimension outside the rank.
 * @example unfoldDim(arange(5), 0, 3, 2); // [[0, 1, 2], [2, 3, 4]]
 */
export function unfold(x: Tensor, dim: number, size: number, step: number): Tensor {
  const d = dimOf("unfold", x, dim);
  checkWhole("unfold", "size", size, 0);
  checkWhole("unfold", "step", step, 1);
  const n = x.ndim === 0 ? 1 : (x.shape[d] as number);
  checkForm("unfold", x, size <= n, `at least ${size} long in dim ${d}`);
  const strides = stridesOf(x.shape);
  const stride = strides[d] ?? 1;
  if (x.ndim > 0) strides[d] = stride * step;
  const shape = x.shape.map((length, i) => (i === d ? Math.floor((n - size) / step) + 1 : length));
  return take(x, { shape: [...shape, size], strides: [...strides, stride], start: 0, of: x.shape, overlap: step < size });
}
