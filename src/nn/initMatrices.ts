// Initial weights that are more than random numbers of one distribution. Names and defaults as torch.nn.init.
import { checkFinite, checkPositive, checkThat, checkWhole } from "../checks.js";
import { checkRank } from "../ops/arrange/checks.js";
import { diagonal } from "../ops/arrange/diagonal.js";
import { tile } from "../ops/arrange/repeat.js";
import { clamp } from "../ops/elementwise/activation.js";
import { add, mul, sub } from "../ops/elementwise/arithmetic.js";
import { float } from "../ops/elementwise/cast.js";
import { lt } from "../ops/elementwise/compare.js";
import { where } from "../ops/elementwise/select.js";
import { sign } from "../ops/elementwise/unary.js";
import { qr } from "../ops/linalg/orthogonal.js";
import { erf, erfinv } from "../ops/math/unary.js";
import { oneHot } from "../ops/move/gather.js";
import { copy_ } from "../ops/move/inplace.js";
import { reshape, transpose, unsqueeze } from "../ops/move/shape.js";
import { split } from "../ops/move/slice.js";
import { argsort } from "../ops/sort/sort.js";
import { readOptions } from "../options.js";
import { eye as identity, tensor, zeros } from "../tensor/create.js";
import { checkGenerator, defaultGenerator, fillNormal, fillUniform, type Generator, generatorFrom } from "../tensor/random.js";
import { checkForm, type Shape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";

/** What the functions take that draw random numbers. @inline */
interface WithGenerator {
  /** Where the random numbers come from; the default generator unless given. */
  generator?: Generator;
}

const GENERATOR = { generator: defaultGenerator };

/** Checks the tensor and its rank, and overwrites it with values. */
function overwritten(op: string, x: Tensor, ranks: readonly number[], make: (shape: Shape) => Tensor): Tensor {
  checkAlive(op, x, "x");
  checkFloat(op, x);
  if (ranks.length > 0) checkForm(op, x, ranks.includes(x.ndim), `of ${ranks.join(", ")} dimensions`);
  return x.size === 0 ? x : noGrad(() => copy_(x, make(x.shape)));
}

/** New random numbers in a shape. */
function drawn(fill: typeof fillUniform, shape: Shape, first: number, second: number, generator: Generator): Tensor {
  const values = zeros(shape);
  fill(values, first, second, generator);
  return values;
}

/**
 * Fills a matrix with the identity: 1 on the diagonal, 0 elsewhere. x: float32 [n, m]; it is overwritten and returned. Gradient: none is recorded.
 * Errors: `ShapeError` unless x has two dimensions, `DTypeError` unless x is float32.
 * @example nn.init.eye(zeros(2, 2)); // [[1, 0], [0, 1]]
 */
export function eye(x: Tensor): Tensor {
  return overwritten("init.eye", x, [2], ([n, m]) => identity(n as number, m as number));
}

/**
 * Fills the weight of a convolution so that it passes on as many channels as it has: in each group, output d is input d. x: float32 [out, in, k1, ...]
 * with one to three sizes of the kernel; it is overwritten and returned. Option: `groups`, 1 unless given. Gradient: none is recorded.
 * Errors: `ShapeError` for another rank, `ArgError` for groups that do not divide out, `DTypeError` unless x is float32.
 * @example nn.init.dirac(zeros(1, 1, 3)); // [[[0, 1, 0]]]
 */
export function dirac(x: Tensor, options?: { groups?: number }): Tensor {
  const op = "init.dirac";
  const { groups } = readOptions(op, options, { groups: 1 });
  checkWhole(op, "groups", groups, 1);
  return overwritten(op, x, [3, 4, 5], ([out, inputs, ...kernel]) => {
    checkThat(op, (out as number) % groups === 0, `groups must divide the ${out} outputs`, groups);
    const pairs = tile(identity((out as number) / groups, inputs as number), [groups, 1]);
    const center = (size: number): Tensor => float(oneHot(tensor(size >> 1, { dtype: "int32" }), size));
    return kernel.reduce((weight, size) => mul(unsqueeze(weight, -1), center(size)), pairs);
  });
}

/**
 * Fills a tensor with normal numbers, those outside [a, b] drawn anew. x: float32, any shape; it is overwritten and returned. The mean is 0, the
 * standard deviation 1, and the bounds are -2 and 2 unless given. Gradient: none is recorded.
 * Errors: `ArgError` for a std that is not above 0 or bounds that are not finite and in order, `DTypeError` unless x is float32.
 * @example nn.init.truncNormal(weight, 0, 0.02);
 */
export function truncNormal(x: Tensor, mean = 0, std = 1, a = -2, b = 2, options?: WithGenerator): Tensor {
  const op = "init.truncNormal";
  const generator = generatorFrom(op, options);
  checkFinite(op, "mean", mean);
  checkPositive(op, "std", std);
  checkFinite(op, "a", a);
  checkFinite(op, "b", b, a);
  return overwritten(op, x, [], (shape) => {
    // The distribution function is (1 + erf) / 2; its inverse makes normal numbers of uniform ones.
    const [low, high] = split(erf(tensor([a, b].map((bound) => (bound - mean) / (std * Math.SQRT2)))), 1) as [Tensor, Tensor];
    const values = erfinv(add(mul(drawn(fillUniform, shape, 0, 1, generator), sub(high, low)), low));
    return clamp(add(mul(values, std * Math.SQRT2), mean), { min: a, max: b });
  });
}

/**
 * Fills a weight, taken as a matrix [out, all the rest], with orthogonal rows of length `gain`, or orthogonal columns if it has more rows. x: float32
 * of at least two dimensions; it is overwritten and returned. Options: `gain` 1, `generator`. Gradient: none is recorded.
 * Errors: `ShapeError` below two dimensions, `ArgError` for a gain that is not finite, `DTypeError` unless x is float32.
 * Source: Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2014.
 * @example nn.init.orthogonal(weight, { gain: 2 });
 */
export function orthogonal(x: Tensor, options?: WithGenerator & { gain?: number }): Tensor {
  const op = "init.orthogonal";
  const { gain, generator } = readOptions(op, options, { gain: 1, ...GENERATOR });
  checkFinite(op, "gain", gain);
  checkGenerator(op, generator);
  checkRank(op, x, 2);
  return overwritten(op, x, [], (shape) => {
    const m = shape[0] as number;
    const n = x.size / m;
    const { Q, R } = qr(drawn(fillNormal, [Math.max(m, n), Math.min(m, n)], 0, 1, generator));
    // With the signs of R the distribution is uniform.
    const columns = mul(Q, mul(sign(diagonal(R)), gain));
    return reshape(m < n ? transpose(columns, 0, 1) : columns, shape);
  });
}

/**
 * Fills a matrix with normal numbers of mean 0, and sets a share of each column to 0: `ceil(sparsity rows)` elements. x: float32 [rows, columns]; it
 * is overwritten and returned. Options: `std` 0.01, `generator`. Gradient: none is recorded.
 * Errors: `ShapeError` unless x has two dimensions, `ArgError` for a sparsity outside [0, 1] or a negative std, `DTypeError` unless x is float32.
 * Source: Martens, Deep learning via Hessian-free optimization, 2010.
 * @example nn.init.sparse(weight, 0.9);
 */
export function sparse(x: Tensor, sparsity: number, options?: WithGenerator & { std?: number }): Tensor {
  const op = "init.sparse";
  const { std, generator } = readOptions(op, options, { std: 0.01, ...GENERATOR });
  checkFinite(op, "sparsity", sparsity, 0, 1);
  checkFinite(op, "std", std, 0);
  checkGenerator(op, generator);
  return overwritten(op, x, [2], (shape) => {
    const values = drawn(fillNormal, shape, 0, std, generator);
    const order = argsort(argsort(drawn(fillUniform, shape, 0, 1, generator), 0), 0);
    return where(lt(order, Math.ceil(sparsity * (shape[0] as number))), 0, values);
  });
}
