// Edits in place, for code that manages weights itself. If a value that the tape saved is edited, `backward()` throws an error.
import { checkNumber } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { dtypes } from "../../tensor/dtype.js";
import { defineEdit } from "../../tensor/op.js";
import { formatSpec, sameShape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { checkFits, fill } from "../../tensor/values.js";
import { k } from "../../wasm/kernels.js";
import { convert } from "../elementwise/cast.js";
import { copyAll } from "./strided.js";

/** Copies the elements of a tensor to another one with the same shape and dtype; the two may overlap in memory. */
const copyInto: (x: Tensor, source: Tensor) => Tensor = defineEdit<[x: Tensor, source: Tensor]>({
  name: "copy_",
  inputs: 2,
  forward: ([x, source]) => {
    const sizeBytes = x.size * dtypes[x.dtype].bytes;
    if (Math.abs(x.ptr - source.ptr) < sizeBytes) k.moveBytes(source.ptr, x.ptr, sizeBytes);
    else copyAll(source, x);
  },
});

const fillWith: (x: Tensor, value: number) => Tensor = defineEdit<[x: Tensor], number>({
  name: "fill_",
  inputs: 1,
  forward: ([x], value) => fill(x, value),
});

/**
 * Overwrites `x` with the values of `source`, which is converted to its dtype. Returns `x`. x, source: any dtypes, equal shapes. Both may
 * be views that overlap: `x` gets what `source` held before. Gradient: none is recorded.
 * Errors: `ShapeError` unless the shapes are equal; `GradError` if either requires a gradient, outside `noGrad`, because that would be
 * lost.
 * @example noGrad(() => weight.copy_(average));
 */
export function copy_(x: Tensor, source: Tensor): Tensor {
  checkAlive("copy_", x, "x");
  checkAlive("copy_", source, "source");
  if (!sameShape(x.shape, source.shape))
    throw new ShapeError(`copy_: ${formatSpec(source)} does not fit ${formatSpec(x)}; shapes must be equal`);
  if (source.dtype === x.dtype) return copyInto(x, source);
  const converted = convert("copy_", source, x.dtype);
  try {
    return copyInto(x, converted);
  } finally {
    converted.dispose();
  }
}

/**
 * Sets every element to `value`. Returns `x`. x: any dtype, any shape. Gradient: none is recorded.
 * Errors: `ArgError` for a value that the dtype does not hold; `GradError` if x requires a gradient, outside `noGrad`.
 * @example zeros(2).fill_(3); // [3, 3]
 */
export function fill_(x: Tensor, value: number): Tensor {
  checkAlive("fill_", x, "x");
  checkFits("fill_", "value", checkNumber("fill_", "value", value), x.dtype);
  return fillWith(x, value);
}

/**
 * Sets every element to 0. Returns `x`. x: any dtype, any shape. Gradient: none is recorded.
 * Errors: `GradError` if x requires a gradient, outside `noGrad`.
 * @example ones(2).zero_(); // [0, 0]
 */
export function zero_(x: Tensor): Tensor {
  return fill_(x, 0);
}
