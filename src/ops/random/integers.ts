// Random integers of any dtype.
import { ArgError, describe } from "../../errors.js";
import { readOptions } from "../../options.js";
import { checkDType, type TensorOptions } from "../../tensor/create.js";
import { type DType, holds } from "../../tensor/dtype.js";
import { checkGenerator, defaultGenerator, type Generator, integersIn, type RandomOptions } from "../../tensor/random.js";
import { scope } from "../../tensor/scope.js";
import { checkShape, type Shape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { to } from "../elementwise/cast.js";

function drawn(op: string, low: number, high: number, shape: Shape, options: unknown, own: DType): Tensor {
  const defaults = { dtype: own, requiresGrad: false, generator: defaultGenerator };
  const { dtype, requiresGrad, generator } = readOptions<Required<TensorOptions> & { generator: Generator }>(op, options, defaults);
  checkGenerator(op, generator);
  checkDType(op, dtype);
  const limit = 2 ** 31;
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high || low < -limit || high > limit)
    throw new ArgError(`${op}: needs whole numbers low < high within int32, got ${describe(low)} and ${describe(high)}`);
  if (!holds(dtype, low) || !holds(dtype, high - 1)) throw new ArgError(`${op}: ${dtype} does not hold all of ${low} to ${high - 1}`);
  const checked = checkShape(op, shape);
  const out = scope(() => to(integersIn(checked, low, high, generator), dtype));
  out.requiresGrad = requiresGrad;
  return out;
}

/**
 * Integers of `low .. high - 1` in the shape given; with a shape as the second argument, of `0 .. low - 1`. int32 unless `dtype` says otherwise.
 * From the default generator or the `generator` given.
 * Errors: `ArgError` unless low < high, both integers within int32 and the dtype; for the shape and the options those of `zeros`.
 * @example randint(0, 10, [5]);
 * @example randint(10, [5], { dtype: "float32" });
 */
export function randint(
  low: number,
  ...rest: readonly [high: number, shape: Shape, options?: RandomOptions] | readonly [shape: Shape, options?: RandomOptions]
): Tensor {
  const [high, shape, options] = (Array.isArray(rest[0]) ? [low, ...rest] : rest) as [number, Shape, RandomOptions?];
  return drawn("randint", Array.isArray(rest[0]) ? 0 : low, high, shape, options, "int32");
}

/**
 * Integers of `low .. high - 1` in the shape and dtype of another tensor, unless `dtype` says otherwise; with one number, of `0 .. low - 1`.
 * Gradient: none flows to x. Errors: those of `randint`.
 * @example randintLike(zeros(3), 10);
 */
export function randintLike(
  x: Tensor,
  low: number,
  ...rest: readonly [high: number, options?: RandomOptions] | readonly [options?: RandomOptions]
): Tensor {
  checkAlive("randintLike", x, "x");
  const two = typeof rest[0] === "number";
  return drawn("randintLike", two ? low : 0, two ? (rest[0] as number) : low, x.shape, two ? rest[1] : rest[0], x.dtype);
}
