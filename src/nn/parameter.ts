// The tensors of a module: parameters, which are trained, and buffers, which are not.

import { ArgError, describe } from "../errors.js";
import { copy_ } from "../ops/move/inplace.js";
import { readOptions } from "../options.js";
import { zeros } from "../tensor/create.js";
import { bytesPerElement, type DType } from "../tensor/dtype.js";
import { scope } from "../tensor/scope.js";
import type { Shape } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, Tensor, withoutValues } from "../tensor/tensor.js";

/** A tensor that a module owns: a copy, which no scope disposes of. */
class Owned extends Tensor {
  constructor(op: string, data: Tensor, check: (op: string, data: Tensor) => void = checkAlive) {
    if (Array.isArray(data)) throw new ArgError(`${op}: takes a tensor; for zeros write ${op}.zeros(${describe(data)})`);
    checkAlive(op, data);
    check(op, data);
    const storage = Storage.of(data.isMeta ? 0 : data.size * bytesPerElement[data.dtype]);
    super(storage, storage.ptr, data.shape, data.dtype, data.size);
    if (data.isMeta) withoutValues(this);
    else noGrad(() => copy_(this, data));
  }
}

/** Throws unless a parameter may have this dtype. */
function checkStored(op: string, data: Tensor): void {
  if (!data.dtype.endsWith("float16")) checkFloat(op, data);
}

/**
 * A weight: a copy of a float32 tensor that requires a gradient, found by `parameters()` when a module holds it in a field. Without
 * `requiresGrad` it is frozen, and may be float16 or bfloat16.
 * Errors: `DTypeError` for other dtypes, `ArgError` for data that is not a tensor.
 * @example class Scale extends nn.Module { factor = new nn.Parameter(ones(1)); forward(x: Tensor) { return x.mul(this.factor); } }
 * @example new nn.Parameter(ones(3), { requiresGrad: false });
 */
export class Parameter extends Owned {
  constructor(data: Tensor, options?: { requiresGrad?: boolean }) {
    const { requiresGrad } = readOptions("Parameter", options, { requiresGrad: true });
    super("Parameter", data, requiresGrad ? checkFloat : checkStored);
    this.requiresGrad = requiresGrad;
  }

  /**
   * A weight of zeros. Errors: `ArgError` and `ShapeError` for a shape as in `zeros`.
   * @example nn.Parameter.zeros([10]);
   */
  static zeros(shape: Shape): Parameter {
    return scope(() => new Parameter(zeros(shape)));
  }
}

/**
 * A state that is saved and loaded with the weights but not trained: a copy of a tensor of any dtype.
 * Errors: `ArgError` for data that is not a tensor, `StateError` for a disposed one.
 * @example new nn.Buffer(ones(3));
 */
export class Buffer extends Owned {
  constructor(data: Tensor) {
    super("Buffer", data);
  }

  /**
   * A state of zeros. Errors: `ArgError` and `ShapeError` for a shape as in `zeros`, `DTypeError` for an unknown dtype.
   * @example nn.Buffer.zeros([], "int32");
   */
  static zeros(shape: Shape, dtype: DType = "float32"): Buffer {
    return scope(() => new Buffer(zeros(shape, { dtype })));
  }
}
