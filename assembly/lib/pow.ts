// a^b on four lanes, computed in float64: |b log2 a| reaches 150, so log2 needs 8 bits more than float32 has. The result is rounded
// once, with an error of 0.54 ulp including denormals. Special cases are those of C's powf.
import { at64, half, infinity, magnitude, one, signOf } from "./constants";
import { narrow, widenHigh, widenLow } from "./simd";

/** log2((1 + s) / (1 - s)) = s P(s^2), s <= 0.1716, to 2^-37. */
const LOG2_P: usize = memory.data<f64>([
  2.8853900817900917, 0.9617966733340911, 0.5770835865636005, 0.4116726171374977, 0.340732092414837,
]);
/** 2^r = P(r), |r| <= 1/2, to 2^-28. P(0) is exactly 1, so that powers of 2 are exact and ties round to even. */
const EXP2_P: usize = memory.data<f64>([
  1, 0.6931472029850304, 0.24022647896881505, 0.05550332162779771, 0.009618438601025374, 0.0013399003533617353,
  0.00015353258138832996,
]);
const enum Pow { ONE, ROUND, LOWEST, HIGHEST, INFINITY, MINUS_INFINITY }
/** ROUND is 1.5 * 2^52. Results outside 2^LOWEST to 2^HIGHEST are 0 or Infinity in float32. */
const POW: usize = memory.data<f64>([1, 6755399441055744, -160, 160, Infinity, -Infinity]);
/** The bits of sqrt(1/2), and the exponent of 1. */
const POW_BITS: usize = memory.data<u64>([0x3fe6a09e667f3bcd, 0x3ff0000000000000]);

/** a x + b in two lanes of float64. */
@inline
function step(a: v128, x: v128, b: v128): v128 {
  return f64x2.add(f64x2.mul(a, x), b);
}

/** log2 a for a >= 0. */
@inline
export function log2(a: v128): v128 {
  const shifted = i64x2.sub(a, at64(POW_BITS, 0));
  const e = i64x2.shr_s(shifted, 52);
  const m = i64x2.sub(a, i64x2.shl(e, 52));
  const s = f64x2.div(f64x2.sub(m, at64(POW, Pow.ONE)), f64x2.add(m, at64(POW, Pow.ONE)));
  const ss = f64x2.mul(s, s);
  let p = step(at64(LOG2_P, 4), ss, at64(LOG2_P, 3));
  p = step(p, ss, at64(LOG2_P, 2));
  p = step(p, ss, at64(LOG2_P, 1));
  p = step(p, ss, at64(LOG2_P, 0));
  const exponent = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(e, e, 0, 2, 0, 2));
  const finite = v128.bitselect(step(p, s, exponent), a, f64x2.lt(a, at64(POW, Pow.INFINITY)));
  return v128.bitselect(at64(POW, Pow.MINUS_INFINITY), finite, f64x2.eq(a, f64x2.splat(0)));
}

/** x, of which 2^x is neither below 2^LOWEST nor above 2^HIGHEST. */
@inline
function clampExponent(x: v128): v128 {
  return f64x2.pmin(f64x2.pmax(x, at64(POW, Pow.LOWEST)), at64(POW, Pow.HIGHEST));
}

/** (2^r - 1) / r */
@inline
function exp2Series(r: v128): v128 {
  let p = step(at64(EXP2_P, 6), r, at64(EXP2_P, 5));
  p = step(p, r, at64(EXP2_P, 4));
  p = step(p, r, at64(EXP2_P, 3));
  p = step(p, r, at64(EXP2_P, 2));
  return step(p, r, at64(EXP2_P, 1));
}

/** 2^n for a whole n plus ROUND, whose low bits are n. */
@inline
function powerOf2(n: v128): v128 {
  return i64x2.add(i64x2.shl(n, 52), at64(POW_BITS, 1));
}

/** 2^x - 1, relative to itself to 2^-24.5: 2^n q + (2^n - 1) with 2^r = 1 + q. */
@inline
export function exp2m1(x: v128): v128 {
  x = clampExponent(x);
  const n = f64x2.add(x, at64(POW, Pow.ROUND));
  const r = f64x2.sub(x, f64x2.sub(n, at64(POW, Pow.ROUND)));
  const scale = powerOf2(n);
  return f64x2.add(f64x2.mul(f64x2.mul(exp2Series(r), r), scale), f64x2.sub(scale, at64(POW, Pow.ONE)));
}

/** 2^x */
@inline
export function exp2(x: v128): v128 {
  x = clampExponent(x);
  const n = f64x2.add(x, at64(POW, Pow.ROUND));
  const r = f64x2.sub(x, f64x2.sub(n, at64(POW, Pow.ROUND)));
  return f64x2.mul(step(exp2Series(r), r, at64(EXP2_P, 0)), powerOf2(n));
}

/** a^b for a >= 0 in two lanes of float64. */
function powPair(a: v128, b: v128): v128 {
  return exp2(f64x2.mul(b, log2(a)));
}

/** Not inlined: a call is cheap compared to this function, and the loops around it stay small. */
function powVector(a: v128, b: v128): v128 {
  const base = magnitude(a);
  const y = narrow(powPair(widenLow(base), widenLow(b)), powPair(widenHigh(base), widenHigh(b)));
  const halved = f32x4.mul(b, half());
  const isFraction = f32x4.ne(f32x4.floor(b), b);
  const isOdd = v128.andnot(f32x4.ne(f32x4.floor(halved), halved), isFraction);
  const signed = v128.or(y, v128.and(signOf(a), isOdd));
  const isFiniteNegative = v128.and(f32x4.lt(a, f32x4.splat(0)), f32x4.lt(base, infinity()));
  const real = v128.or(signed, v128.and(isFiniteNegative, isFraction));
  const isUnit = v128.and(f32x4.eq(base, one()), f32x4.eq(magnitude(b), infinity()));
  const isOne = v128.or(v128.or(f32x4.eq(a, one()), f32x4.eq(b, f32x4.splat(0))), isUnit);
  return v128.bitselect(one(), real, isOne);
}

@inline
export function pow(a: v128, b: v128): v128 {
  return powVector(a, b);
}
