// Edits in place, for code that manages weights by hand. The tape notices when a value it saved was edited.
import { checkNumber } from "../checks.js";
import { GradError, ShapeError } from "../errors.js";
import { dtypes } from "../tensor/dtype.js";
import { scope } from "../tensor/scope.js";
import { formatSpec, sameShape } from "../tensor/shape.js";
import { isGradEnabled } from "../tensor/tape.js";
import { checkAlive, type Tensor } from "../tensor/tensor.js";
import { checkFits, fill } from "../tensor/values.js";
import { k } from "../wasm/kernels.js";
import { to } from "./cast.js";
import { copyAll } from "./strided.js";

function checkEditable(op: string, x: Tensor): void {
  checkAlive(op, x, "x");
  if (x.requiresGrad && isGradEnabled()) {
    throw new GradError(`${op}: ${formatSpec(x)} requires a gradient and cannot be edited in place; wrap the edit in noGrad(() => ...)`);
  }
}

/**
 * Overwrites `x` with the values of `source`, which is converted to its dtype. Returns `x`. Both may be views that overlap: `x` gets what
 * `source` held before.
 * Errors: `ShapeError` unless the shapes are equal; `GradError` when `x` requires a gradient, outside `noGrad`.
 * @example noGrad(() => weight.copy_(average));
 */
export function copy_(x: Tensor, source: Tensor): Tensor {
  checkEditable("copy_", x);
  checkAlive("copy_", source, "source");
  if (!sameShape(x.shape, source.shape))
    throw new ShapeError(`copy_: ${formatSpec(source)} does not fit ${formatSpec(x)}; shapes must be equal`);
  scope(() => moveInto(x, to(source, x.dtype)));
  x.storage.version++;
  return x;
}

/** The elements of one tensor to another of its shape and dtype, which may share memory. */
function moveInto(x: Tensor, source: Tensor): void {
  const sizeBytes = x.size * dtypes[x.dtype].bytes;
  if (Math.abs(x.ptr - source.ptr) < sizeBytes) k.moveBytes(source.ptr, x.ptr, sizeBytes);
  else copyAll(source, x);
}

/**
 * Sets every element to `value`. Returns `x`. Errors: `ArgError` for a value that the dtype does not hold; `GradError` as `copy_`.
 * @example noGrad(() => bias.fill_(0));
 */
export function fill_(x: Tensor, value: number): Tensor {
  checkEditable("fill_", x);
  checkFits("fill_", "value", checkNumber("fill_", "value", value), x.dtype);
  fill(x, value);
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
