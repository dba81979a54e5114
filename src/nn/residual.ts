// Residual connections.
import { ShapeError } from "../errors.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { readOptions } from "../options.js";
import { formatSpec, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkModule, Module } from "./module.js";

/**
 * `body(x) + x`, or `body(x) + shortcut(x)`. x: float32, what the body takes -> float32, what it gives, which has
 * the shape of x or of the shortcut's result.
 * Gradient: g through both. State-dict names begin with `body` and `shortcut`.
 * Errors: `ArgError` for what is no module, `ShapeError` if the two have different shapes, which is not broadcast.
 * Source: He et al., 2016.
 * @example new nn.Residual(new nn.Linear(3, 3)).call(x).shape; // [2, 3]
 * @example new nn.Residual(new nn.Linear(3, 8), { shortcut: new nn.Linear(3, 8) });
 */
export class Residual extends Module {
  /** What is added to the module's own way. */
  readonly shortcut: Module | undefined;

  constructor(
    /** The module around which x is led. */
    readonly body: Module,
    options?: { shortcut?: Module | undefined },
  ) {
    super();
    checkModule("Residual", "body", body);
    const { shortcut } = readOptions<{ shortcut?: Module | undefined }>("Residual", options, { shortcut: undefined });
    if (shortcut !== undefined) checkModule("Residual", "shortcut", shortcut);
    this.shortcut = shortcut;
  }

  forward(x: Tensor): Tensor {
    const y = this.body.call(x) as Tensor;
    const around = this.shortcut ? (this.shortcut.call(x) as Tensor) : x;
    if (!sameShape(y.shape, around.shape))
      throw new ShapeError(
        `Residual: the body gives ${formatSpec(y)} and the ${this.shortcut ? "shortcut" : "input"} is ${formatSpec(around)}; shapes must be equal`,
      );
    return add(y, around);
  }
}
