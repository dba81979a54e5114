// A form that is linear in each of two inputs.
import { ShapeError } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import { formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { mul } from "../elementwise/arithmetic.js";
import { linear } from "../gemm/linear.js";
import { reshape, unsqueeze } from "../move/shape.js";

/**
 * `y[..., o] = sum over i, j of x1[..., i] * weight[o, i, j] * x2[..., j]`, plus the bias.
 * x1 [..., I], x2 [..., J], weight [O, I, J], bias [O] or none -> [..., O]. float32. It needs memory for the products [..., I, J].
 * Gradient: that of `linear` and `mul`.
 * Errors: `ShapeError` for inputs that do not fit the weight or each other, `DTypeError` unless all are float32.
 * @example bilinear(tensor([[1, 2]]), tensor([[3, 4]]), ones([1, 2, 2])); // [[21]]
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  for (const [name, t] of Object.entries({ x1, x2, weight })) {
    checkAlive("bilinear", t, name);
    checkFloat("bilinear", t);
  }
  const [out, rows, columns] = weight.shape as [number, number, number];
  const lead = x1.shape.slice(0, -1);
  if (weight.ndim !== 3 || !sameShape([...lead, rows], x1.shape) || !sameShape([...lead, columns], x2.shape))
    throw new ShapeError(
      `bilinear: x1 [..., I] and x2 [..., J] must fit the weight [O, I, J], got ${[x1, x2, weight].map(formatSpec).join(", ")}`,
    );
  return scope(() => {
    const products = mul(unsqueeze(x1, -1), unsqueeze(x2, -2));
    return linear(reshape(products, [...lead, rows * columns]), reshape(weight, [out, rows * columns]), bias);
  });
}
