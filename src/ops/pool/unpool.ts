// The inverse of maximum pooling: every value at the place where it was found, zeros elsewhere.
import { ArgError, describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec, sameShape, sizeOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { scatter } from "../indexing/scatter.js";
import { reshape, unsqueeze } from "../move/shape.js";
import { batched, type Pair, perAxis, sizesBefore, type Triple } from "./window.js";

/** Options of `maxUnpool1d`. */
export interface MaxUnpool1dOptions {
  /** Step of the windows of the pooling; their size unless given. */
  stride?: number | null;
  /** Border of the pooling; 0 unless given. */
  padding?: number;
  /** Length of the result, or its whole shape; `(L - 1) stride - 2 padding + kernelSize` unless given. */
  outputSize?: number | readonly number[] | null;
}

/** Options of `maxUnpool2d`; each pair is one number for both axes or [height, width]. */
export interface MaxUnpool2dOptions {
  /** Step of the windows of the pooling; their size unless given. */
  stride?: Pair | null;
  /** Border of the pooling; 0 unless given. */
  padding?: Pair;
  /** [height, width] of the result, or its whole shape; `(H - 1) stride - 2 padding + kernelSize` unless given. */
  outputSize?: readonly number[] | null;
}

/** Options of `maxUnpool3d`; each triple is one number for all axes or [depth, height, width]. */
export interface MaxUnpool3dOptions {
  /** Step of the windows of the pooling; their size unless given. */
  stride?: Triple | null;
  /** Border of the pooling; 0 unless given. */
  padding?: Triple;
  /** [depth, height, width] of the result, or its whole shape; `(D - 1) stride - 2 padding + kernelSize` unless given. */
  outputSize?: readonly number[] | null;
}

interface Read {
  readonly stride: Triple | null;
  readonly padding: Triple;
  readonly outputSize: number | readonly number[] | null;
}

/** @internal Checks the window, and returns its numbers along each axis. */
export function unpoolOptions(
  op: string,
  kernelSize: Triple | Pair,
  options: unknown,
  axes: number,
): Record<"kernel" | "stride" | "padding", number[]> & Pick<Read, "outputSize"> {
  const { stride, padding, outputSize } = readOptions<Read>(op, options, { stride: null, padding: 0, outputSize: null });
  return {
    kernel: perAxis(op, "kernelSize", kernelSize, 1, axes),
    stride: perAxis(op, "stride", stride ?? kernelSize, 1, axes),
    padding: perAxis(op, "padding", padding, 0, axes),
    outputSize,
  };
}

function unpool(op: string, x: Tensor, indices: Tensor, kernelSize: Triple | Pair, options: unknown, axes: number): Tensor {
  const { kernel, stride, padding, outputSize } = unpoolOptions(op, kernelSize, options, axes);
  checkAlive(op, indices, "indices");
  return batched(op, x, axes, (y) => {
    const places = y === x ? indices : unsqueeze(indices, 0);
    checkForm(op, places, sameShape(places.shape, y.shape), `of the shape of ${formatSpec(y)}`, "indices");
    const usual = sizesBefore(y.shape.slice(2), kernel, stride, padding);
    const wanted = outputSize === null ? usual : [outputSize].flat().slice(-axes);
    const near = (size: number, i: number): boolean =>
      Number.isInteger(size) && Math.abs(size - (usual[i] as number)) < (stride[i] as number);
    if (wanted.length !== axes || !wanted.every((size, i) => size > 0 && (outputSize === null || near(size, i))))
      throw new ArgError(
        `${op}: outputSize must be within the stride ${stride.join("x")} of ${usual.join("x")} for ${formatSpec(y)}, got ${describe(outputSize)}`,
      );
    const [n, c] = y.shape as [number, number];
    return scope(() => {
      const rows = (t: Tensor): Tensor => reshape(t, [n * c, sizeOf(y.shape.slice(2))]);
      return reshape(scatter(zeros(n * c, sizeOf(wanted)), 1, rows(places), rows(y)), [n, c, ...wanted]);
    });
  });
}

/**
 * The inverse of `maxPool1d`: zeros, and every value of x at its index. x: float32 [N, C, L] or [C, L], indices int32 of the same shape, as
 * `maxPool1dWithIndices` gives them -> [N, C, OL], `OL = (L - 1) stride - 2 padding + kernelSize`. Options: `MaxUnpool1dOptions`.
 * Gradient: of each value g at its index.
 * Errors: `ShapeError` for indices of another shape, `IndexError` for one outside the result, `ArgError` for options outside their range,
 * `DTypeError` unless x is float32.
 * @example maxUnpool1d(tensor([[[3, 2]]]), tensor([[[1, 2]]], { dtype: "int32" }), 2); // [[[0, 3, 2, 0]]]
 */
export function maxUnpool1d(x: Tensor, indices: Tensor, kernelSize: number, options?: MaxUnpool1dOptions): Tensor {
  return unpool("maxUnpool1d", x, indices, kernelSize, options, 1);
}

/**
 * The inverse of `maxPool2d`: zeros, and every value of x at its index. x: float32 [N, C, H, W] or [C, H, W], indices int32 of the same shape,
 * as `maxPool2dWithIndices` gives them -> [N, C, OH, OW], `OH = (H - 1) stride - 2 padding + kernelSize`. Options: `MaxUnpool2dOptions`.
 * Gradient: of each value g at its index.
 * Errors: `ShapeError` for indices of another shape, `IndexError` for one outside the result, `ArgError` for options outside their range,
 * `DTypeError` unless x is float32.
 * @example maxUnpool2d(tensor([[[[3]]]]), tensor([[[[1]]]], { dtype: "int32" }), 2); // [[[[0, 3], [0, 0]]]]
 */
export function maxUnpool2d(x: Tensor, indices: Tensor, kernelSize: Pair, options?: MaxUnpool2dOptions): Tensor {
  return unpool("maxUnpool2d", x, indices, kernelSize, options, 2);
}

/**
 * The inverse of `maxPool3d`: zeros, and every value of x at its index. x: float32 [N, C, D, H, W] or [C, D, H, W], indices int32 of the same
 * shape, as `maxPool3dWithIndices` gives them -> [N, C, OD, OH, OW], sizes as of `maxUnpool2d`. Options: `MaxUnpool3dOptions`.
 * Gradient: of each value g at its index.
 * Errors: `ShapeError` for indices of another shape, `IndexError` for one outside the result, `ArgError` for options outside their range,
 * `DTypeError` unless x is float32.
 * @example maxUnpool3d(tensor([[[[[3]]]]]), tensor([[[[[5]]]]], { dtype: "int32" }), 2); // [[[[[0, 0], [0, 0]], [[0, 3], [0, 0]]]]]
 */
export function maxUnpool3d(x: Tensor, indices: Tensor, kernelSize: Triple, options?: MaxUnpool3dOptions): Tensor {
  return unpool("maxUnpool3d", x, indices, kernelSize, options, 3);
}
