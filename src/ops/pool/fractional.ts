// Maxima over windows whose steps are irregular (Graham, "Fractional Max-Pooling", 2014). r: images times channels; o windows of k elements
// along an axis.
import { isGiven } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { arange, full, zeros } from "../../tensor/create.js";
import { checkGenerator, defaultGenerator, type Generator, rand } from "../../tensor/random.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec, sameShape, sizeOf } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { convert } from "../elementwise/cast.js";
import { floor } from "../elementwise/unary.js";
import { gather } from "../move/gather.js";
import { cat } from "../move/join.js";
import { reshape } from "../move/shape.js";
import { narrow } from "../move/slice.js";
import { argmax, type ValuesAndIndices } from "../reduce/reduce.js";
import { batched, type Pair, perAxis, type Triple } from "./window.js";

/** Options of fractional pooling; one of the sizes must be given. */
export interface FractionalMaxPoolOptions<Size extends Pair | Triple> {
  /** Size of the result: one number for all axes, or one for each. */
  outputSize?: Size | null | undefined;
  /** Size of the result as a part of that of x, between 0 and 1: one number for all axes, or one for each. */
  outputRatio?: Size | null | undefined;
  /** Numbers from 0 to 1 that decide where windows begin, float32 [N, C, axes]; drawn unless given. */
  _randomSamples?: Tensor | null | undefined;
  /** Where they are drawn from. */
  generator?: Generator;
}

interface Read {
  readonly kernel: readonly number[];
  /** The size of the result along an axis of a size. */
  sizeAt(i: number, size: number): number;
  readonly samples: Tensor | null | undefined;
  readonly generator: Generator;
}

/** @internal Reads and checks the arguments. */
export function fractionalOptions(op: string, kernelSize: Pair | Triple, options: unknown, axes: number): Read {
  const { outputSize, outputRatio, _randomSamples, generator } = readOptions<Required<FractionalMaxPoolOptions<Pair | Triple>>>(
    op,
    options,
    {
      outputSize: undefined,
      outputRatio: undefined,
      _randomSamples: undefined,
      generator: defaultGenerator,
    },
  );
  const kernel = perAxis(op, "kernelSize", kernelSize, 1, axes);
  checkGenerator(op, generator);
  if (isGiven(outputSize) === isGiven(outputRatio)) throw new ArgError(`${op}: takes either outputSize or outputRatio`);
  const sizes = isGiven(outputSize) && perAxis(op, "outputSize", outputSize, 1, axes);
  const ratios: readonly number[] = Array.isArray(outputRatio) ? outputRatio : new Array(axes).fill(outputRatio);
  if (!sizes && !(ratios.length === axes && ratios.every((ratio) => ratio > 0 && ratio < 1)))
    throw new ArgError(`${op}: outputRatio must be between 0 and 1, once or for each axis, got ${describe(outputRatio)}`);
  const sizeAt = (i: number, size: number): number => (sizes || ratios.map((ratio) => Math.trunc(size * ratio)))[i] as number;
  return { kernel, sizeAt, samples: _randomSamples, generator };
}

/** Positions of the windows' elements along an axis, int32 [r, 1, o, 1, k], for samples [r, 1]. */
function places(samples: Tensor, size: number, o: number, k: number): Tensor {
  const step = Math.fround((size - k) / (o - 1)); // PyTorch computes in float32
  const begins = sub(floor(mul(add(arange(o - 1), samples), step)), floor(mul(samples, step)));
  const r = samples.shape[0] as number;
  const all = convert("fractionalMaxPool", cat([begins, full([r, 1], size - k)], 1), "int32");
  return add(reshape(all, [r, 1, o, 1, 1]), arange(k, { dtype: "int32" }));
}

function pool(op: string, x: Tensor, kernelSize: Pair | Triple, options: unknown, axes: number): ValuesAndIndices {
  const { kernel, sizeAt, samples, generator } = fractionalOptions(op, kernelSize, options, axes);
  return batched(op, x, axes, (y) => {
    const [n, c, ...size] = y.shape as [number, number, ...number[]];
    const out = size.map((d, i) => sizeAt(i, d));
    if (!out.every((o, i) => o > 0 && o + (kernel[i] as number) - 1 <= (size[i] as number)))
      throw new ShapeError(`${op}: ${out.join("x")} windows of ${kernel.join("x")} do not fit into ${formatSpec(y)}`);
    const wanted = [n, c, axes];
    if (isGiven(samples)) {
      checkAlive(op, samples, "_randomSamples");
      checkForm(op, samples, sameShape(samples.shape, wanted), `[${wanted}]`, "_randomSamples");
      if (!samples.toTypedArray().every((s) => s >= 0 && s <= 1)) throw new ArgError(`${op}: _randomSamples must be from 0 to 1`);
    }
    return scope(() => {
      const r = n * c;
      const values = reshape(y, [r, sizeOf(size)]);
      const indices = noGrad(() => {
        const drawn = reshape(samples ?? rand(wanted, { generator }), [r, axes]);
        let all = zeros([r, 1, 1], { dtype: "int32" });
        for (const [i, d] of size.entries()) {
          const [, windows, elements] = all.shape as [number, number, number];
          const [o, k] = [out[i] as number, kernel[i] as number];
          const at = axes === 2 ? 1 - i : i; // PyTorch's samples of images are [width, height]
          const along = places(narrow(drawn, 1, at, 1), d, o, k);
          all = reshape(add(mul(reshape(all, [r, windows, 1, elements, 1]), d), along), [r, windows * o, elements * k]);
        }
        const found = reshape(gather(values, 1, reshape(all, [r, sizeOf(out) * sizeOf(kernel)])), all.shape);
        return reshape(gather(all, 2, argmax(found, -1, { keepdim: true })), [r, sizeOf(out)]);
      });
      const shape = [n, c, ...out];
      return { values: reshape(gather(values, 1, indices), shape), indices: reshape(indices, shape) };
    });
  });
}

/**
 * Largest value of each window, whose steps are irregular and of two sizes; NaN wins. x: float32 [N, C, H, W] or [C, H, W] -> [N, C, ...outputSize],
 * or `floor(outputRatio H)` and so on. Where the windows begin is drawn for each channel. Options: `FractionalMaxPoolOptions`.
 * Gradient: to the element chosen, the first of equals.
 * Errors: `ShapeError` if the windows do not fit or `_randomSamples` are not [N, C, 2], `ArgError` for options outside their range, and unless one of `outputSize` and
 * `outputRatio` is given; `DTypeError` unless x is float32.
 * Source: Graham, "Fractional Max-Pooling", 2014; windows and samples are PyTorch's.
 * @example fractionalMaxPool2d(ones([1, 1, 5, 5]), 2, { outputSize: 3 }).shape; // [1, 1, 3, 3]
 */
export function fractionalMaxPool2d(x: Tensor, kernelSize: Pair, options: FractionalMaxPoolOptions<Pair>): Tensor {
  return scope(() => pool("fractionalMaxPool2d", x, kernelSize, options, 2).values);
}

/**
 * `fractionalMaxPool2d` together with where each maximum was found, int32: flat within the image (`row * W + column`). x: float32
 * [N, C, H, W] or [C, H, W] -> values and indices [N, C, ...outputSize]. Gradient: of the values to the element chosen; the indices have none.
 * Errors: those of `fractionalMaxPool2d`.
 * @example fractionalMaxPool2dWithIndices(ones([1, 1, 3, 3]), 2, { outputSize: 1 }).indices; // [[[[4]]]]
 */
export function fractionalMaxPool2dWithIndices(x: Tensor, kernelSize: Pair, options: FractionalMaxPoolOptions<Pair>): ValuesAndIndices {
  return pool("fractionalMaxPool2dWithIndices", x, kernelSize, options, 2);
}

/**
 * `fractionalMaxPool2d` of volumes. x: float32 [N, C, D, H, W] or [C, D, H, W] -> [N, C, ...outputSize].
 * Options: `FractionalMaxPoolOptions`. Gradient: to the element chosen, the first of equals.
 * Errors: those of `fractionalMaxPool2d`.
 * @example fractionalMaxPool3d(ones([1, 1, 5, 5, 5]), 2, { outputRatio: 0.5 }).shape; // [1, 1, 2, 2, 2]
 */
export function fractionalMaxPool3d(x: Tensor, kernelSize: Triple, options: FractionalMaxPoolOptions<Triple>): Tensor {
  return scope(() => pool("fractionalMaxPool3d", x, kernelSize, options, 3).values);
}

/**
 * `fractionalMaxPool3d` together with where each maximum was found, int32: flat within the volume. x: float32 [N, C, D, H, W] or
 * [C, D, H, W] -> values and indices [N, C, ...outputSize]. Gradient: of the values to the element chosen; the indices have none.
 * Errors: those of `fractionalMaxPool2d`.
 * @example fractionalMaxPool3dWithIndices(ones([1, 1, 3, 3, 3]), 2, { outputSize: 1 }).indices; // [[[[[13]]]]]
 */
export function fractionalMaxPool3dWithIndices(x: Tensor, kernelSize: Triple, options: FractionalMaxPoolOptions<Triple>): ValuesAndIndices {
  return pool("fractionalMaxPool3dWithIndices", x, kernelSize, options, 3);
}
