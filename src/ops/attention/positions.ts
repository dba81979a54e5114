// What tells attention where a query or a key is. [.., t, d] positions and features; f counts frequencies, d / 2.
import { checkBoolean, checkPositive, checkThat, checkWhole, isGiven } from "../../checks.js";
import { ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { arange, tensor } from "../../tensor/create.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { add, mul, sub } from "../elementwise/arithmetic.js";
import { abs } from "../elementwise/unary.js";
import { cos, sin } from "../math/unary.js";
import { cat, stack } from "../move/join.js";
import { reshape, unsqueeze } from "../move/shape.js";
import { narrow, select } from "../move/slice.js";

/** Positions up to 2^14 times a number of this many bits have no rounding error in float32. */
const EXACT = 2 ** 9;

/**
 * Sine and cosine [t, f] of `(offset + t) base^(-2 f / d)`. The frequency is split into a part of 10 bits and a small rest, so that the
 * rounding of the product does not grow with the position: a float32 angle of 10,000 is known to 0.0005 only.
 */
export function waves(length: number, d: number, base: number, offset: number): { sines: Tensor; cosines: Tensor } {
  const positions = unsqueeze(arange(offset, offset + length), 1);
  const frequencies = Array.from({ length: Math.ceil(d / 2) }, (_, f) => base ** ((-2 * f) / d));
  const coarse = frequencies.map((f) => {
    const unit = 2 ** Math.floor(Math.log2(f)) / EXACT;
    return Math.round(f / unit) * unit;
  });
  const large = mul(positions, tensor(coarse));
  const small = mul(positions, tensor(frequencies.map((f, i) => f - (coarse[i] as number))));
  const [sa, ca, sb, cb] = [sin(large), cos(large), sin(small), cos(small)];
  return { sines: add(mul(sa, cb), mul(ca, sb)), cosines: sub(mul(ca, cb), mul(sa, sb)) };
}

/** Options of `rotaryEmbedding`. */
export interface RotaryOptions {
  /** Features that turn, the first ones, an even number; all unless given. */
  dim?: number | null;
  /** The slowest pair of features turns by about `1 / base` per position; 10000 unless given. */
  base?: number;
  /** Whether a pair is the features 2 i and 2 i + 1, as in the paper, and not i and i + dim / 2, as in Llama's files; false unless given. */
  interleaved?: boolean;
}

export const ROTARY: Required<RotaryOptions> = { dim: null, base: 10000, interleaved: false };

/** Checks the options of rotary positions. */
export function checkRotary<Settings extends Required<RotaryOptions>>(op: string, settings: Settings): Settings {
  checkPositive(op, "base", settings.base);
  checkBoolean(op, "interleaved", settings.interleaved);
  checkThat(op, !isGiven(settings.dim) || checkWhole(op, "dim", settings.dim, 2) % 2 === 0, "dim must be even", settings.dim);
  return settings;
}

/**
 * Rotary positions: turns each pair of features (a, b) of position t by the angle `t base^(-2 i / dim)` to
 * `(a cos - b sin, a sin + b cos)`, so that products of queries and keys depend on how far they are apart. x: float32 [..., T, D], for
 * instance [B, heads, T, D] -> same. Position 0 is `offset`, the number of positions before x, as in a cache.
 * Gradient: g turned back.
 * Errors: `ShapeError` for x with fewer than two dimensions or with fewer than `dim` features; `ArgError` for an odd dim or options outside
 * their range; `DTypeError` unless x is float32.
 * Source: Su et al., 2021, RoFormer.
 * @example rotaryEmbedding(randn([2, 4, 5, 8]), { offset: 3 }).shape; // [2, 4, 5, 8]
 */
export function rotaryEmbedding(x: Tensor, options?: RotaryOptions & { offset?: number }): Tensor {
  const op = "rotaryEmbedding";
  const { base, interleaved, offset, dim: first } = checkRotary(op, readOptions(op, options, { ...ROTARY, offset: 0 }));
  checkWhole(op, "offset", offset, 0);
  checkAlive(op, x, "x");
  checkFloat(op, x);
  checkForm(op, x, x.ndim > 1, "[..., positions, features]");
  const [length, features] = x.shape.slice(-2) as [number, number];
  const turning = first ?? features;
  if (turning > features || turning % 2 === 1)
    throw new ShapeError(`${op}: ${turning} features cannot turn in ${formatSpec(x)}; dim must be even and at most ${features}`);
  return scope(() => {
    const half = turning / 2;
    const { sines, cosines } = waves(length, turning, base, offset);
    const part = narrow(x, -1, 0, turning);
    const dim = interleaved ? -1 : -2;
    const pairs = reshape(part, [...x.shape.slice(0, -1), ...(interleaved ? [half, 2] : [2, half])]);
    const [a, b] = [select(pairs, dim, 0), select(pairs, dim, 1)];
    const turned = [sub(mul(a, cosines), mul(b, sines)), add(mul(a, sines), mul(b, cosines))];
    const all = reshape(stack(turned, dim), part.shape);
    return turning === features ? all : cat([all, narrow(x, -1, turning, features - turning)], -1);
  });
}

/** The slopes of ALiBi: powers of `2^(-8 / n)` for n heads, a power of two; for other n, those of the power below, then every other one of the power above. */
function slopes(heads: number): number[] {
  const below = 2 ** Math.floor(Math.log2(heads));
  const powers = (n: number, step: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => 2 ** ((-8 / n) * (1 + step * i)));
  return [...powers(below, 1, below), ...powers(2 * below, 2, heads - below)];
}

/**
 * Attention with linear biases: `-slope |i - j|` for each head, a float32 mask [heads, queries, keys] to add to the scores. The last query
 * is at the position of the last key, so the queries of a step after a cache are few and the keys many. `keys` is `queries` unless given.
 * Gradient: none.
 * Errors: `ArgError` unless heads is a whole number of at least 1, and the others of at least 0.
 * Source: Press et al., 2021, Train Short, Test Long; slopes as in its code.
 * @example alibiBias(2, 3).shape; // [2, 3, 3]
 */
export function alibiBias(heads: number, queries: number, keys: number = queries): Tensor {
  checkWhole("alibiBias", "heads", heads, 1);
  checkWhole("alibiBias", "queries", queries, 0);
  checkWhole("alibiBias", "keys", keys, 0);
  return scope(() => {
    const away = abs(sub(unsqueeze(arange(keys - queries, keys), 1), arange(keys)));
    return mul(away, reshape(tensor(slopes(heads).map((s) => -s)), [heads, 1, 1]));
  });
}
