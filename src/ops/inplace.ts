// Edits in place, for code that manages weights by hand. The tape notices when a value it saved was edited.
import { checkNumber } from "../checks.js";
import { GradError, ShapeError } from "../errors.js";
import { bytesPerElement } from "../tensor/dtype.js";
import { formatSpec, sameShape } from "../tensor/shape.js";
import { isGradEnabled } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { checkFits, elementOf } from "../tensor/values.js";
import { k } from "../wasm/kernels.js";
import { to } from "./cast.js";

function checkEditable(op: string, x: Tensor): void {
  checkAlive(op, x, "x");
  if (x.requiresGrad && isGradEnabled()) {
    throw new GradError(`${op}: ${formatSpec(x)} requires a gradient and cannot be edited in place; wrap the edit in noGrad(() => ...)`);
  }
}

/**
 * Overwrites `x` with the values of `source`, which is converted to its dtype. Returns `x`.
 * Errors: `ShapeError` unless the shapes are equal; `GradError` when `x` requires a gradient, outside `noGrad`.
 * @example noGrad(() => weight.copy_(average));
 */
export function copy_(x: Tensor, source: Tensor): Tensor {
  checkEditable("copy_", x);
  checkAlive("copy_", source, "source");
  if (!sameShape(x.shape, source.shape))
    throw new ShapeError(`copy_: ${formatSpec(source)} does not fit ${formatSpec(x)}; shapes must be equal`);
  const converted = to(source, x.dtype);
  const flat = [x.size, 0, 0, 0, 1, 0, 0, 0, 1] as const;
  (bytesPerElement[x.dtype] === 4 ? k.copy32 : k.copy8)(converted.ptr, x.ptr, 1, 1, 1, ...flat);
  converted.dispose();
  x.storage.version++;
  return x;
}

/**
 * Sets every element to `value`. Returns `x`. Errors: `ArgError` for a value that the dtype does not hold; `GradError` as `copy_`.
 * @example noGrad(() => bias.fill_(0));
 */
export function fill_(x: Tensor, value: number): Tensor {
  checkEditable("fill_", x);
  checkFits("fill_", "value", checkNumber("fill_", "value", value), x.dtype);
  if (x.dtype === "float32") k.fill32(x.ptr, x.size, new Int32Array(Float32Array.of(value).buffer)[0] as number);
  else if (x.dtype === "int32") k.fill32(x.ptr, x.size, value);
  else k.fill8(x.ptr, x.size, elementOf(value, x.dtype));
  x.storage.version++;
  return x;
}

/**
 * Sets every element to 0. Returns `x`. Errors: `GradError` as `copy_`.
 * @example noGrad(() => bias.zero_());
 */
export function zero_(x: Tensor): Tensor {
  return fill_(x, 0);
}
