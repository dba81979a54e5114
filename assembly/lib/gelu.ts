// gelu(x) = x F(x), F the normal distribution or its tanh form, and the slopes of both, accurate down the whole negative tail.
// Far out the true slope is 0 or 1; at -Infinity gelu is NaN, as in PyTorch.
import { at, at64, half, magnitude, one, two } from "./constants";
import { expScaled, gaussian, poly4, poly8 } from "./math";
import { lowWords, madd, narrow, nmadd, widenHigh, widenLow } from "./simd";

const enum Tail { NEAR, END, DENSITY }
/** NEAR is where the two forms of F meet, END where every tail has vanished, DENSITY is 1 / sqrt(2 pi). */
const TAIL: usize = memory.data<f32>([0.85, 14.5, 0.3989423]);
/** F(x) = 1/2 + x P(x^2) while near: 0.08 * 2^-24. */
const NEAR_P: usize = memory.data<f32>([0.39894226, -0.06648985, 0.009969528, -0.0011747335, 9.790419e-5]);
/** 1 - F(t) = exp(-t^2 / 2) P(v) / (t + 2) with v = 2 / (t + 2), from NEAR to 13.4: 0.26 * 2^-24. */
const TAIL_P: usize = memory.data<f32>([
  0.3989658, 0.39820758, 0.30893654, 0.028281232, 0.19339736, -1.0957428, 1.3123378, -0.67943305, 0.13479644,
]);
/** F(x) + x F'(x) = 1/2 + x P(x^2) while near: 0.28 * 2^-24. */
const NEAR_SLOPE_P: usize = memory.data<f32>([0.79788435, -0.26595557, 0.059795335, -0.009352648, 0.0009481952]);

/** |x|, but no further than END, which keeps squares finite. */
@inline
function distance(x: v128): v128 {
  return f32x4.pmin(magnitude(x), at(TAIL, Tail.END));
}

/** 1/2 + x P(x^2). */
@inline
function near(x: v128, t: v128, table: usize): v128 {
  const tt = f32x4.mul(t, t);
  return madd(x, poly4(tt, f32x4.mul(tt, tt), table), half());
}

/** P(v) */
@inline
function tailPoly(v: v128): v128 {
  return poly8(v, f32x4.mul(v, v), TAIL_P);
}

/** 3.8 ulp. t / (t + 2) = 1 - v takes the product with t into the quotient: one rounding less. x - x is 0, but NaN at -Infinity. */
@inline
export function gelu(x: v128): v128 {
  const t = distance(x);
  const u = f32x4.div(t, f32x4.add(t, two()));
  const tail = gaussian(f32x4.mul(u, tailPoly(f32x4.sub(one(), u))), t, half());
  const relu = v128.bitselect(f32x4.sub(x, x), x, f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.mul(x, near(x, t, NEAR_P)), f32x4.sub(relu, tail), f32x4.lt(t, at(TAIL, Tail.NEAR)));
}

/** F(x) + x F'(x), where F'(x) = DENSITY exp(-x^2 / 2): within 1.6e-7. */
@inline
export function geluSlope(x: v128): v128 {
  const t = distance(x);
  const w = f32x4.div(one(), f32x4.add(t, two()));
  const ratio = f32x4.mul(w, tailPoly(f32x4.add(w, w)));
  const tail = gaussian(nmadd(t, at(TAIL, Tail.DENSITY), ratio), t, half());
  const far = v128.bitselect(tail, f32x4.sub(one(), tail), f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(near(x, t, NEAR_SLOPE_P), far, f32x4.lt(t, at(TAIL, Tail.NEAR)));
}

const enum Inner { LINEAR, CUBIC, LOG2_E, ROUND, LN2 }
/** 2 sqrt(2 / pi), that times 0.044715; ROUND is 1.5 * 2^52. */
const INNER: usize = memory.data<f64>([
  1.5957691216057308, 0.07135481627260025, 1.4426950408889634, 6755399441055744, 0.6931471805599453,
]);
const enum Bound { LOWEST, LOWEST_SLOPE, HIGHEST, LINEAR, THREE_CUBIC }
/** Below LOWEST exp(-inner) overflows; above HIGHEST it no longer counts beside 1. */
const BOUNDS: usize = memory.data<f32>([-10.08, -9, 9, 1.5957692, 0.21406445]);

/** -x (LINEAR + CUBIC x^2), two lanes of float64. */
@inline
function inner(x: v128): v128 {
  const slope = f64x2.add(at64(INNER, Inner.LINEAR), f64x2.mul(f64x2.mul(x, x), at64(INNER, Inner.CUBIC)));
  return f64x2.neg(f64x2.mul(x, slope));
}

@inline
function exponent(y: v128): v128 {
  return f64x2.add(f64x2.mul(y, at64(INNER, Inner.LOG2_E)), at64(INNER, Inner.ROUND));
}

@inline
function remainder(y: v128, n: v128): v128 {
  return f64x2.sub(y, f64x2.mul(f64x2.sub(n, at64(INNER, Inner.ROUND)), at64(INNER, Inner.LN2)));
}

/** exp(-2 sqrt(2 / pi) (x + 0.044715 x^3)): the argument goes to 89 and its rounding to float32 alone would cost 60 ulp. */
@inline
function expInner(x: v128): v128 {
  const low = inner(widenLow(x));
  const high = inner(widenHigh(x));
  const nLow = exponent(low);
  const nHigh = exponent(high);
  return expScaled(lowWords(nLow, nHigh), narrow(remainder(low, nLow), remainder(high, nHigh)));
}

/** x (1 + tanh u) / 2 = x / (1 + exp(-2u)): 2.4 ulp. */
@inline
export function geluTanh(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, at(BOUNDS, Bound.LOWEST)), at(BOUNDS, Bound.HIGHEST));
  return f32x4.div(x, f32x4.add(expInner(bounded), one()));
}

/** s + x s (1 - s) (2u)', s = 1 / (1 + e), 1 - s = e s: within 2e-7. */
@inline
export function geluTanhSlope(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, at(BOUNDS, Bound.LOWEST_SLOPE)), at(BOUNDS, Bound.HIGHEST));
  const e = expInner(x);
  const s = f32x4.div(one(), f32x4.add(e, one()));
  const du = madd(f32x4.mul(x, x), at(BOUNDS, Bound.THREE_CUBIC), at(BOUNDS, Bound.LINEAR));
  return madd(f32x4.mul(f32x4.mul(x, du), f32x4.mul(e, s)), s, s);
}
