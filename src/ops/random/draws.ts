// Random tensors whose distribution tensors describe, and random values in place.
import { checkFinite, checkThat, checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { withGradient, zeros } from "../../tensor/create.js";
import { dtypes } from "../../tensor/dtype.js";
import { defineOp, type Op, type Operand } from "../../tensor/op.js";
import {
  checkGenerator,
  defaultGenerator,
  fillNormal,
  fillUniform,
  type Generator,
  generatorFrom,
  RANDOM,
  type RandomOptions,
  rand,
  randn,
} from "../../tensor/random.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, checkShape, type Shape } from "../../tensor/shape.js";
import { noGrad } from "../../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { randomKernels } from "../../wasm/generated/groups/random.js";
import { k } from "../../wasm/kernels.js";
import { add, mul } from "../elementwise/arithmetic.js";
import { broadcast } from "../elementwise/broadcast.js";
import { float } from "../elementwise/cast.js";
import { gt, lt } from "../elementwise/compare.js";
import { copy_ } from "../move/inplace.js";
import { reshape } from "../move/shape.js";
import { endsOf } from "../reduce/more.js";
import { amin, sum } from "../reduce/reduce.js";

/** Where the random numbers come from; the default generator unless given. @inline */
type From = { generator?: Generator };

const likeOther =
  (op: string, make: (shape: Shape, options: RandomOptions) => Tensor) =>
  (x: Tensor, options?: RandomOptions): Tensor => {
    checkAlive(op, x, "x");
    return make(x.shape, readOptions(op, options, { ...RANDOM, dtype: x.dtype }));
  };

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
  const [low, high] = scope(() => endsOf(x));
  checkThat(op, low >= least && high <= most, `${what} must be from ${least} to ${most}`, [low, high]);
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
 * float32. Gradient: none. Options: those of `randn`.
 * Errors: `ArgError` for a negative standard deviation, `ShapeError` if shapes do not broadcast, `DTypeError` for other dtypes.
 * @example normal(0, 0.02, [2, 3]).shape; // [2, 3]
 * @example normal(tensor([0, 10]), 1);
 */
export function normal(
  mean: Operand,
  std: Operand,
  ...rest: readonly [shape: Shape, options?: RandomOptions] | readonly [options?: RandomOptions]
): Tensor {
  const parts = [mean, std].map((part, i) => {
    const name = i ? "std" : "mean";
    if (typeof part === "number") return checkFinite("normal", name, part, i ? 0 : undefined);
    checkAlive("normal", part, name);
    checkAll("normal", name, part, i ? 0 : -Infinity, Infinity);
    return part;
  });
  const [a, b] = parts.filter((part) => typeof part !== "number");
  const shape = a ? broadcast("normal", a, b ?? a) : checkShape("normal", rest[0] as Shape);
  const { requiresGrad, ...options } = readOptions("normal", rest[a ? 0 : 1], RANDOM);
  const [center, spread] = parts as [Operand, Operand];
  return withGradient(
    noGrad(() => add(mul(randn(shape, options), spread), center)),
    requiresGrad,
  );
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
 * @example multinomial(tensor([0, 3, 1]), 2).shape; // [2]
 */
export function multinomial(x: Tensor, numSamples: number, options?: From & { replacement?: boolean }): Tensor {
  const op = "multinomial";
  const { replacement, generator } = readOptions(op, options, { replacement: false, generator: defaultGenerator });
  checkAlive(op, x, "x");
  checkGenerator(op, generator);
  checkWhole(op, "numSamples", numSamples, 1);
  const n = x.shape.at(-1) as number;
  checkForm(op, x, (x.ndim === 1 || x.ndim === 2) && n > 0 && n <= 2 ** 24, "[n] or [m, n] with n from 1 to 2^24");
  checkAll(op, "weights", x, 0, dtypes.float32.max);
  return scope(() => {
    const rows = reshape(x, [x.size / n, n]);
    const least = replacement ? 1 : numSamples;
    const most = x.size === 0 ? least : amin(sum(float(gt(rows, 0)), 1)).item();
    checkThat(op, most >= least, `each row needs ${least} weights above 0`, most);
    const draw = { count: numSamples, replacement, stream: generator.reserve((x.size / n) * numSamples) };
    return reshape(multinomialOp(rows, draw), [...x.shape.slice(0, -1), numSamples]);
  });
}

const refilled =
  (op: string, write: (out: Tensor, a: number, b: number, generator: Generator) => void, least?: number) =>
  (x: Tensor, a = 0, b = 1, options?: From): Tensor => {
    const generator = generatorFrom(op, options);
    checkAlive(op, x, "x");
    checkFloat(op, x);
    const from = checkFinite(op, "the first number", a);
    checkFinite(op, "the second number", b, least ?? from);
    scope(() => {
      const values = zeros(x.shape);
      write(values, a, b, generator);
      copy_(x, values);
    });
    return x;
  };

/**
 * Sets every element to a uniform number in [from, to), by default [0, 1). Returns `x`. x: float32, any shape. Option: `generator`. Gradient: none
 * is recorded.
 * Errors: `ArgError` for bounds that are not finite or fall; `GradError` if x requires a gradient, outside `noGrad`; `DTypeError`.
 * @example zeros(3).uniform_(-1, 1);
 */
export const uniform_: (x: Tensor, from?: number, to?: number, options?: { generator?: Generator }) => Tensor = refilled(
  "uniform_",
  fillUniform,
);

/**
 * Sets every element to a normal number, of mean 0 and standard deviation 1 unless given. Returns `x`. x: float32, any shape. Option:
 * `generator`. Gradient: none is recorded.
 * Errors: `ArgError` for a mean that is not finite or a negative `std`; `GradError` if x requires a gradient, outside `noGrad`; `DTypeError`.
 * @example zeros(3).normal_(0, 0.02);
 */
export const normal_: (x: Tensor, mean?: number, std?: number, options?: { generator?: Generator }) => Tensor = refilled(
  "normal_",
  fillNormal,
  0,
);
