// Random tensors whose distribution tensors describe, and random values in place.
import { checkBoolean, checkFinite, checkPositive, checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { zeros } from "../../tensor/create.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import {
  checkGenerator,
  defaultGenerator,
  fillNormal,
  fillUniform,
  type Generator,
  generatorFrom,
  type RandomOptions,
  rand,
  randn,
} from "../../tensor/random.js";
import { scope } from "../../tensor/scope.js";
import { broadcastShapes, checkShape, formatSpec, type Shape } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { randomKernels } from "../../wasm/generated/groups/random.js";
import { k } from "../../wasm/kernels.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { float } from "../elementwise/cast.js";
import { gt, lt } from "../elementwise/compare.js";
import { log } from "../elementwise/unary.js";
import { copy_ } from "../move/inplace.js";
import { reshape } from "../move/shape.js";
import { amax, amin, sum } from "../reduce/reduce.js";

/** Where the random numbers come from; the default generator unless given. @inline */
type From = { generator?: Generator };

function likeOther(op: string, make: (shape: Shape, options: RandomOptions) => Tensor) {
  return (x: Tensor, options?: RandomOptions): Tensor => {
    checkAlive(op, x, "x");
    return make(x.shape, readOptions(op, options, { dtype: x.dtype, requiresGrad: false, generator: defaultGenerator }));
  };
}

/**
 * Uniform numbers in [0, 1) in the shape of another tensor. x: float32, or with `dtype` "float32" any dtype. Gradient: none flows to x.
 * Errors: those of `rand`.
 * @example randLike(zeros(2, 3)).shape; // [2, 3]
 */
export const randLike: (x: Tensor, options?: RandomOptions) => Tensor = likeOther("randLike", rand);

/**
 * Normal numbers of mean 0 and variance 1 in the shape of another tensor. x: float32, or with `dtype` "float32" any dtype. Gradient: none flows
 * to x. Errors: those of `randn`.
 * @example randnLike(zeros(2, 3)).shape; // [2, 3]
 */
export const randnLike: (x: Tensor, options?: RandomOptions) => Tensor = likeOther("randnLike", randn);

/** Throws unless all elements lie within [least, most]; NaN does not. */
function checkAll(op: string, what: string, x: Tensor, least: number, most: number): void {
  checkFloat(op, x);
  if (x.size === 0) return;
  const [low, high] = scope(() => [amin(x).item(), amax(x).item()]);
  if (!((low as number) >= least && (high as number) <= most))
    throw new ArgError(`${op}: ${what} must be within [${least}, ${most}], got ${low} to ${high}`);
}

/**
 * 1 with the probability that each element says, else 0. x: float32, any shape -> same. Gradient: 0, so none is recorded. Option: `generator`.
 * Errors: `ArgError` for a probability outside [0, 1], `DTypeError` for other dtypes.
 * @example bernoulli(tensor([0, 1])); // [0, 1]
 */
export function bernoulli(x: Tensor, options?: From): Tensor {
  const generator = generatorFrom("bernoulli", options);
  checkAlive("bernoulli", x, "x");
  checkAll("bernoulli", "probabilities", x, 0, 1);
  return noGrad(() => float(lt(rand(x.shape, { generator }), x)));
}

/**
 * Normal numbers with the given means and standard deviations: numbers or float32 tensors, which broadcast; two numbers need a shape. Result:
 * float32. Gradient: none. Options: `generator`, and with numbers those of `zeros`.
 * Errors: `ArgError` for a negative standard deviation, `ShapeError` if shapes do not broadcast, `DTypeError` for other dtypes.
 * @example normal(0, 0.02, [2, 3]).shape; // [2, 3]
 * @example normal(tensor([0, 10]), 1);
 */
export function normal(
  mean: Operand,
  std: Operand,
  ...rest: readonly [shape: Shape, options?: RandomOptions] | readonly [options?: From]
): Tensor {
  const parts = [mean, std].map((part, i) => {
    const name = i ? "std" : "mean";
    if (typeof part === "number") return checkFinite("normal", name, part, i ? 0 : undefined);
    checkAlive("normal", part, name);
    checkFloat("normal", part);
    if (i) checkAll("normal", "std", part, 0, Number.POSITIVE_INFINITY);
    return part;
  });
  const shapes = parts.filter((part) => typeof part !== "number").map((part) => part.shape);
  const options = shapes.length > 0 ? { generator: generatorFrom("normal", rest[0]) } : (rest[1] as RandomOptions | undefined);
  const shape = shapes.length > 0 ? broadcastShapes(shapes[0] as Shape, shapes[1] ?? []) : checkShape("normal", rest[0] as Shape);
  if (!shape) throw new ShapeError(`normal: mean ${describe(mean)} and std ${describe(std)} must broadcast`);
  const out = noGrad(() => add(mul(randn(shape, { ...options, requiresGrad: false }), parts[1] as Operand), parts[0] as Operand));
  if ((options as RandomOptions | undefined)?.requiresGrad) out.requiresGrad = true;
  return out;
}

interface Draw {
  readonly count: number;
  readonly replacement: boolean;
  readonly stream: ReturnType<Generator["reserve"]>;
}

const multinomialOp: Op<[x: Tensor], Draw> = defineOp<[x: Tensor], Draw>({
  name: "multinomial",
  infer: ([x], { count }) => ({ shape: [x.shape[0] as number, count], dtype: "int32" }),
  forward: (out, [x], { count, replacement, stream }, _, scratch) => {
    const [rows, n] = x.shape as [number, number];
    const weights = scratch(4 * x.size);
    k.moveBytes(x.ptr, weights, 4 * x.size);
    randomKernels.randomBits(out.ptr, out.size, ...stream);
    randomKernels.multinomial(weights, scratch(8 * n), out.ptr, rows, n, count, replacement);
  },
  backward: [null],
});

/**
 * Positions drawn with probabilities in proportion to the weights of a row: [n] -> int32 [numSamples], [m, n] -> [m, numSamples]. x: float32.
 * Options: `replacement`, whether a position may be drawn again, false unless given; `generator`. Gradient: none.
 * Errors: `ArgError` for weights that are negative or not finite, a row of zeros, or fewer positive weights than draws without replacement;
 * `ShapeError` for other shapes, `DTypeError` for other dtypes.
 * @example multinomial(tensor([0, 3, 1]), 2); // 1 and 2, in either order
 */
export function multinomial(x: Tensor, numSamples: number, options?: From & { replacement?: boolean }): Tensor {
  const op = "multinomial";
  const { replacement, generator } = readOptions(op, options, { replacement: false, generator: defaultGenerator });
  checkAlive(op, x, "x");
  checkBoolean(op, "replacement", replacement);
  checkGenerator(op, generator);
  checkWhole(op, "numSamples", numSamples, 1);
  const n = x.shape.at(-1) ?? 0;
  if (x.ndim < 1 || x.ndim > 2 || n === 0 || n > 2 ** 24)
    throw new ShapeError(`${op}: needs weights [n] or [m, n] with n from 1 to 2^24, got ${formatSpec(x)}`);
  checkAll(op, "weights", x, 0, 3.4028234663852886e38);
  return scope(() => {
    const rows = reshape(
      x,
      [-1, n].map((size) => (x.size === 0 && size < 0 ? 0 : size)),
    );
    const most = x.size === 0 ? numSamples : amin(sum(gt(rows, 0), 1)).item();
    if (most < (replacement ? 1 : numSamples))
      throw new ArgError(
        `${op}: a row has ${most} weights above 0, too few for ${numSamples} draws ${replacement ? "with" : "without"} replacement`,
      );
    const stream = generator.reserve((x.size / n) * numSamples);
    return reshape(multinomialOp(rows, { count: numSamples, replacement, stream }), [...x.shape.slice(0, -1), numSamples]);
  });
}

/** Overwrites `x` with what `make` gives in its shape. */
function redraw(op: string, x: Tensor, make: (into: Tensor) => Tensor): Tensor {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  scope(() => {
    copy_(
      x,
      noGrad(() => make(zeros(x.shape))),
    );
  });
  return x;
}

/**
 * Sets every element to a uniform number in [from, to), by default [0, 1). Returns `x`. x: float32, any shape. Option: `generator`. Gradient: none
 * is recorded.
 * Errors: `ArgError` for bounds that are not finite or fall; `GradError` if x requires a gradient, outside `noGrad`; `DTypeError`.
 * @example zeros(3).uniform_(-1, 1);
 */
export function uniform_(x: Tensor, from = 0, to = 1, options?: From): Tensor {
  const generator = generatorFrom("uniform_", options);
  checkFinite("uniform_", "to", to, checkFinite("uniform_", "from", from));
  return redraw("uniform_", x, (out) => {
    fillUniform(out, from, to, generator);
    return out;
  });
}

/**
 * Sets every element to a normal number. Returns `x`. x: float32, any shape. Option: `generator`. Gradient: none is recorded.
 * Errors: `ArgError` for a mean that is not finite or a negative `std`; `GradError` if x requires a gradient, outside `noGrad`; `DTypeError`.
 * @example zeros(3).normal_(0, 0.02);
 */
export function normal_(x: Tensor, mean = 0, std = 1, options?: From): Tensor {
  const generator = generatorFrom("normal_", options);
  checkFinite("normal_", "mean", mean);
  checkFinite("normal_", "std", std, 0);
  return redraw("normal_", x, (out) => {
    fillNormal(out, mean, std, generator);
    return out;
  });
}

/**
 * Sets every element to an exponential number with rate `lambd`, so with mean 1 / lambd. Returns `x`. x: float32, any shape. Option: `generator`.
 * Gradient: none is recorded.
 * Errors: `ArgError` for a rate that is not above 0; `GradError` if x requires a gradient, outside `noGrad`; `DTypeError`.
 * @example zeros(3).exponential_(2);
 */
export function exponential_(x: Tensor, lambd = 1, options?: From): Tensor {
  const generator = generatorFrom("exponential_", options);
  checkPositive("exponential_", "lambd", lambd);
  return redraw("exponential_", x, (out) => mul(log(sub(1, rand(out.shape, { generator }))), -1 / lambd));
}

/**
 * Sets every element to 1 with probability `p`, else to 0. Returns `x`. x: float32, any shape. Option: `generator`. Gradient: none is recorded.
 * Errors: `ArgError` for a probability outside [0, 1]; `GradError` if x requires a gradient, outside `noGrad`; `DTypeError`.
 * @example zeros(3).bernoulli_(0.5);
 */
export function bernoulli_(x: Tensor, p = 0.5, options?: From): Tensor {
  const generator = generatorFrom("bernoulli_", options);
  checkFinite("bernoulli_", "p", p, 0, 1);
  return redraw("bernoulli_", x, (out) => float(lt(rand(out.shape, { generator }), p)));
}
