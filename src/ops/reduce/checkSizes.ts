// The error for a tensor of another shape than an operation takes.
import { ShapeError } from "../../errors.js";
import { formatSpec, type Spec } from "../../tensor/shape.js";

/**
 * Throws `ShapeError` unless the tensor `fits`; `wanted` says in words what fits, `hint` what to do.
 * @example checkSizes("bincount", "x", x, x.ndim === 1, "[n]");
 */
export function checkSizes(op: string, name: string, x: Spec, fits: boolean, wanted: string, hint = ""): void {
  if (!fits) throw new ShapeError(`${op}: ${name} must be ${wanted}, got ${formatSpec(x)}${hint}`);
}
