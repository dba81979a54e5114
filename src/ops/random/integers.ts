// Random integers of any dtype.
import { checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { checkDType, withGradient } from "../../tensor/create.js";
import { type DType, dtypes } from "../../tensor/dtype.js";
import { checkGenerator, integersIn, RANDOM, type RandomOptions } from "../../tensor/random.js";
import { scope } from "../../tensor/scope.js";
import { checkShape, type Shape } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { to } from "../elementwise/cast.js";

function drawn(op: string, low: number, high: number, shape: Shape, options: unknown, own: DType): Tensor {
  const { dtype, requiresGrad, generator } = readOptions<Required<RandomOptions>>(op, options, { ...RANDOM, dtype: own });
  checkGenerator(op, generator);
  checkDType(op, dtype);
  const { min, max } = dtypes[dtype];
  const [least, most] = [Math.max(min, dtypes.int32.min), Math.min(max, dtypes.int32.max)];
  checkWhole(op, "low", low, least, most);
  checkWhole(op, "high", high, low + 1, most + 1);
  const checked = checkShape(op, shape);
  return withGradient(
    scope(() => to(integersIn(checked, low, high, generator), dtype)),
    requiresGrad,
  );
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
