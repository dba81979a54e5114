// Padding layers: constants, reflections, the edge, or the other end around the last one, two or three dimensions.
import { checkNumber, checkWhole } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { type PadMode, pad } from "../ops/resample/pad.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

/** Elements at both ends of an axis: one number for all sides, or a pair (before, after) for each axis, from the last one on. @inline */
type Amounts1d = number | readonly [left: number, right: number];
/** @inline */
type Amounts2d = number | readonly [left: number, right: number, top: number, bottom: number];
/** @inline */
type Amounts3d = number | readonly [left: number, right: number, top: number, bottom: number, front: number, back: number];

/** The base of the layers. */
abstract class Padded extends Module {
  /** Elements before and after each axis, from the last one on. */
  readonly padding: readonly number[];
  /** What "constant" pads with. */
  readonly value: number;
  readonly #mode: PadMode;

  constructor(axes: number, mode: PadMode, padding: number | readonly number[], value = 0) {
    super();
    const { name } = new.target;
    const list = Array.isArray(padding) ? padding : (new Array(2 * axes).fill(padding) as number[]);
    if (list.length !== 2 * axes)
      throw new ArgError(`${name}: padding must be a whole number, or ${2 * axes} of them, got ${describe(padding)}`);
    for (const amount of list) checkWhole(name, "padding", amount);
    this.padding = list;
    this.value = checkNumber(name, "value", value);
    this.#mode = mode;
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: this.#mode, value: this.value });
  }

  override extraRepr(): string {
    return JSON.stringify(this.padding) + (this.value === 0 ? "" : `, value=${this.value}`);
  }
}

/**
 * Zeros around sequences, as `pad` with the mode "constant"; negative amounts cut off. `padding`: one number or (left, right).
 * x: any dtype and shape with at least one dimension; the last dimension is padded. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers, `ShapeError` for fewer dimensions or where nothing would be left.
 * @example new nn.ZeroPad1d(1).call(tensor([[[1, 2, 3]]])); // [[[0, 1, 2, 3, 0]]]
 */
export class ZeroPad1d extends Padded {
  constructor(padding: Amounts1d) {
    super(1, "constant", padding);
  }
}

/**
 * Zeros around images, as `pad` with the mode "constant"; negative amounts cut off. `padding`: one number or (left, right, top, bottom).
 * x: any dtype and shape with at least two dimensions; the last two dimensions are padded. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers, `ShapeError` for fewer dimensions or where nothing would be left.
 * @example new nn.ZeroPad2d(1).call(images).shape; // [4, 3, 10, 10]
 */
export class ZeroPad2d extends Padded {
  constructor(padding: Amounts2d) {
    super(2, "constant", padding);
  }
}

/**
 * Zeros around volumes, as `pad` with the mode "constant"; negative amounts cut off. `padding`: one number or (left, right, top, bottom, front, back).
 * x: any dtype and shape with at least three dimensions; the last three dimensions are padded. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers, `ShapeError` for fewer dimensions or where nothing would be left.
 * @example new nn.ZeroPad3d(1).call(ones([1, 1, 2, 2, 2])).shape; // [1, 1, 4, 4, 4]
 */
export class ZeroPad3d extends Padded {
  constructor(padding: Amounts3d) {
    super(3, "constant", padding);
  }
}

/**
 * A number around sequences, as `pad` with the mode "constant"; negative amounts cut off. `padding`: one number or (left, right); `value`: the number.
 * x: any dtype and shape with at least one dimension; the last dimension is padded. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or a value that is no number, `ShapeError` for fewer dimensions or where nothing would be left.
 * @example new nn.ConstantPad1d(1, 9).call(tensor([[[1, 2, 3]]])); // [[[9, 1, 2, 3, 9]]]
 */
export class ConstantPad1d extends Padded {
  constructor(padding: Amounts1d, value: number) {
    super(1, "constant", padding, value);
  }
}

/**
 * A number around images, as `pad` with the mode "constant"; negative amounts cut off. `padding`: one number or (left, right, top, bottom); `value`: the number.
 * x: any dtype and shape with at least two dimensions; the last two dimensions are padded. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or a value that is no number, `ShapeError` for fewer dimensions or where nothing would be left.
 * @example new nn.ConstantPad2d(1, 9).call(images).shape; // [4, 3, 10, 10]
 */
export class ConstantPad2d extends Padded {
  constructor(padding: Amounts2d, value: number) {
    super(2, "constant", padding, value);
  }
}

/**
 * A number around volumes, as `pad` with the mode "constant"; negative amounts cut off. `padding`: one number or (left, right, top, bottom, front, back); `value`: the number.
 * x: any dtype and shape with at least three dimensions; the last three dimensions are padded. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or a value that is no number, `ShapeError` for fewer dimensions or where nothing would be left.
 * @example new nn.ConstantPad3d(1, 9).call(ones([1, 1, 2, 2, 2])).shape; // [1, 1, 4, 4, 4]
 */
export class ConstantPad3d extends Padded {
  constructor(padding: Amounts3d, value: number) {
    super(3, "constant", padding, value);
  }
}

/**
 * Reflections without the edge itself around sequences, as `pad` with the mode "reflect"; negative amounts cut off. `padding`: one number or (left, right).
 * x: any dtype, [N, C, L] or [C, L]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or too large to reflect, `ShapeError` for another number of dimensions.
 * @example new nn.ReflectionPad1d(1).call(tensor([[[1, 2, 3]]])); // [[[2, 1, 2, 3, 2]]]
 */
export class ReflectionPad1d extends Padded {
  constructor(padding: Amounts1d) {
    super(1, "reflect", padding);
  }
}

/**
 * Reflections without the edge itself around images, as `pad` with the mode "reflect"; negative amounts cut off. `padding`: one number or (left, right, top, bottom).
 * x: any dtype, [N, C, H, W] or [C, H, W]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or too large to reflect, `ShapeError` for another number of dimensions.
 * @example new nn.ReflectionPad2d(1).call(images).shape; // [4, 3, 10, 10]
 */
export class ReflectionPad2d extends Padded {
  constructor(padding: Amounts2d) {
    super(2, "reflect", padding);
  }
}

/**
 * Reflections without the edge itself around volumes, as `pad` with the mode "reflect"; negative amounts cut off. `padding`: one number or (left, right, top, bottom, front, back).
 * x: any dtype, [N, C, D, H, W] or [C, D, H, W]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or too large to reflect, `ShapeError` for another number of dimensions.
 * @example new nn.ReflectionPad3d(1).call(ones([1, 1, 2, 2, 2])).shape; // [1, 1, 4, 4, 4]
 */
export class ReflectionPad3d extends Padded {
  constructor(padding: Amounts3d) {
    super(3, "reflect", padding);
  }
}

/**
 * Copies of the edge around sequences, as `pad` with the mode "replicate"; negative amounts cut off. `padding`: one number or (left, right).
 * x: any dtype, [N, C, L] or [C, L]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers, `ShapeError` for another number of dimensions.
 * @example new nn.ReplicationPad1d(1).call(tensor([[[1, 2, 3]]])); // [[[1, 1, 2, 3, 3]]]
 */
export class ReplicationPad1d extends Padded {
  constructor(padding: Amounts1d) {
    super(1, "replicate", padding);
  }
}

/**
 * Copies of the edge around images, as `pad` with the mode "replicate"; negative amounts cut off. `padding`: one number or (left, right, top, bottom).
 * x: any dtype, [N, C, H, W] or [C, H, W]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers, `ShapeError` for another number of dimensions.
 * @example new nn.ReplicationPad2d(1).call(images).shape; // [4, 3, 10, 10]
 */
export class ReplicationPad2d extends Padded {
  constructor(padding: Amounts2d) {
    super(2, "replicate", padding);
  }
}

/**
 * Copies of the edge around volumes, as `pad` with the mode "replicate"; negative amounts cut off. `padding`: one number or (left, right, top, bottom, front, back).
 * x: any dtype, [N, C, D, H, W] or [C, D, H, W]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers, `ShapeError` for another number of dimensions.
 * @example new nn.ReplicationPad3d(1).call(ones([1, 1, 2, 2, 2])).shape; // [1, 1, 4, 4, 4]
 */
export class ReplicationPad3d extends Padded {
  constructor(padding: Amounts3d) {
    super(3, "replicate", padding);
  }
}

/**
 * The other end around sequences, as `pad` with the mode "circular"; negative amounts cut off. `padding`: one number or (left, right).
 * x: any dtype, [N, C, L] or [C, L]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or larger than the size, `ShapeError` for another number of dimensions.
 * @example new nn.CircularPad1d(1).call(tensor([[[1, 2, 3]]])); // [[[3, 1, 2, 3, 1]]]
 */
export class CircularPad1d extends Padded {
  constructor(padding: Amounts1d) {
    super(1, "circular", padding);
  }
}

/**
 * The other end around images, as `pad` with the mode "circular"; negative amounts cut off. `padding`: one number or (left, right, top, bottom).
 * x: any dtype, [N, C, H, W] or [C, H, W]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or larger than the size, `ShapeError` for another number of dimensions.
 * @example new nn.CircularPad2d(1).call(images).shape; // [4, 3, 10, 10]
 */
export class CircularPad2d extends Padded {
  constructor(padding: Amounts2d) {
    super(2, "circular", padding);
  }
}

/**
 * The other end around volumes, as `pad` with the mode "circular"; negative amounts cut off. `padding`: one number or (left, right, top, bottom, front, back).
 * x: any dtype, [N, C, D, H, W] or [C, D, H, W]. Gradient: that of `pad`.
 * Errors: `ArgError` for amounts that are no whole numbers or larger than the size, `ShapeError` for another number of dimensions.
 * @example new nn.CircularPad3d(1).call(ones([1, 1, 2, 2, 2])).shape; // [1, 1, 4, 4, 4]
 */
export class CircularPad3d extends Padded {
  constructor(padding: Amounts3d) {
    super(3, "circular", padding);
  }
}
