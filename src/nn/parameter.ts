// What a module owns: parameters that are trained, buffers that are only carried along.

import { copy_ } from "../ops/inplace.js";
import { bytesPerElement, type DType } from "../tensor/dtype.js";
import { checkShape, type Shape, sizeOf } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import { k } from "../wasm/kernels.js";

/** A tensor a module owns: no scope disposes of it. */
class Owned extends Tensor {
  constructor(shape: Shape, dtype: DType = "float32") {
    const checked = checkShape("Parameter", shape);
    const storage = new Storage(sizeOf(checked) * bytesPerElement[dtype]);
    super(storage, storage.ptr, checked, dtype);
    if (bytesPerElement[dtype] === 4) k.fill32(this.ptr, this.size, 0);
    else k.fill8(this.ptr, this.size, 0);
  }
}

/**
 * A weight: float32, requires a gradient, found by `parameters()` when a module holds it in a field. Starts as zeros, or
 * as a copy of the given tensor.
 * @example class Scale extends nn.Module { factor = new nn.Parameter([1]); forward(x) { return x.mul(this.factor); } }
 */
export class Parameter extends Owned {
  constructor(from: Shape | Tensor) {
    super(from instanceof Tensor ? from.shape : from);
    if (from instanceof Tensor) noGrad(() => copy_(this, from));
    this.requiresGrad = true;
  }
}

/** A state that is saved and loaded with the weights but not trained, such as running statistics. Starts as zeros. */
export class Buffer extends Owned {}
