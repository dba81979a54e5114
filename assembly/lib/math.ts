// exp, log, tanh, erf and their kin on four lanes: branch-free, NaN to NaN, each lane the same whatever its neighbours hold.
// Polynomials are minimax fits made for this library, lowest power first: each coefficient rounded to float32 in turn, the rest
// fitted again. The figure beside one is its largest error against the function it serves, in units of 2^-24.
import { at, half, infinity, magnitude, minusInfinity, one, shortened, signOf, two } from "./constants";
import { madd, nmadd } from "./simd";

/** c[0] + c[1] x, with c from entry `i` on. */
@inline
function line(x: v128, c: usize, i: i32): v128 {
  return madd(x, at(c, i + 1), at(c, i));
}

/** A polynomial of degree 2. Those of higher degree go by pairs of coefficients: shorter chains, and fewer ulp without FMA. */
@inline
export function poly2(x: v128, c: usize): v128 {
  return madd(x, line(x, c, 1), at(c, 0));
}

/** Degree 3; xx is x * x. */
@inline
export function poly3(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, line(x, c, 2), line(x, c, 0));
}

/** Degree 4. */
@inline
export function poly4(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, madd(xx, at(c, 4), line(x, c, 2)), line(x, c, 0));
}

/** Degree 5. */
@inline
export function poly5(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, madd(xx, line(x, c, 4), line(x, c, 2)), line(x, c, 0));
}

/** Degree 8. */
@inline
export function poly8(x: v128, xx: v128, c: usize): v128 {
  return madd(xx, madd(xx, madd(xx, madd(xx, at(c, 8), line(x, c, 6)), line(x, c, 4)), line(x, c, 2)), line(x, c, 0));
}

// exp x = 2^n e^r with n = round(x / ln 2). ROUND = 1.5 * 2^23 rounds what is added to it and holds n in its low bits, so a shift
// by 23 makes them an exponent. LN2_HIGH has 16 bits: n * LN2_HIGH is exact.
const enum Exp { LOG2_E, ROUND, LN2_HIGH, LN2_LOW, OVERFLOWS, FLUSHES, VANISHES }
const EXP: usize = memory.data<f32>([1.442695, 12582912, 0.693145751953125, 1.4286068e-6, 89, -86.6, -104.5]);
const enum ExpBits { ONE, HALF, ROUND_PLUS_1 }
const EXP_BITS: usize = memory.data<u32>([0x3f800000, 0x3f000000, 0x4b400001]);
/** e^r = 1 + r + r^2 P(r), |r| <= ln 2 / 2: 0.11, and 0.26 against e^r - 1. */
const EXP_P: usize = memory.data<f32>([0.5, 0.16666532, 0.041666165, 0.008368012, 0.0013972895]);

/** n + ROUND. */
@inline
function exponent(x: v128): v128 {
  return madd(x, at(EXP, Exp.LOG2_E), at(EXP, Exp.ROUND));
}

/** r = x - n ln 2 for n + ROUND. */
@inline
function remainder(x: v128, n: v128): v128 {
  n = f32x4.sub(n, at(EXP, Exp.ROUND));
  return nmadd(n, at(EXP, Exp.LN2_LOW), nmadd(n, at(EXP, Exp.LN2_HIGH), x));
}

/** e^r - 1, |r| <= ln 2 / 2. */
@inline
export function expm1Core(r: v128): v128 {
  const rr = f32x4.mul(r, r);
  return madd(rr, poly4(r, rr, EXP_P), r);
}

/** 2^n for n + ROUND, or for any integer n in the low 9 bits. */
@inline
function power(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), at(EXP_BITS, ExpBits.ONE));
}

/** 2^n e^r for n in the low 9 bits, -126 < n <= 129, as 2^(n - 1) times 2 e^r: n = 128 can be finite, overflow gives Infinity. */
@inline
export function expScaled(n: v128, r: v128): v128 {
  const doubled = madd(expm1Core(r), two(), two());
  return f32x4.mul(doubled, i32x4.add(i32x4.shl(n, 23), at(EXP_BITS, ExpBits.HALF)));
}

/** exp of x <= 89: 1.1 ulp, but 0 below -86.6, where results would soon be denormal and slow. */
@inline
export function expBelow89(x: v128): v128 {
  const n = exponent(x);
  return v128.andnot(expScaled(n, remainder(x, n)), f32x4.lt(x, at(EXP, Exp.FLUSHES)));
}

/** exp for layers: `expBelow89`, and Infinity where float32 overflows. */
@inline
export function expFlush(x: v128): v128 {
  return expBelow89(f32x4.pmin(x, at(EXP, Exp.OVERFLOWS)));
}

/** exp of every float32, with denormal results: 1.1 ulp. */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, at(EXP, Exp.OVERFLOWS)), at(EXP, Exp.VANISHES));
  const n = exponent(x);
  const doubled = madd(expm1Core(remainder(x, n)), two(), two());
  const k = i32x4.sub(n, at(EXP_BITS, ExpBits.ROUND_PLUS_1));
  const k1 = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(doubled, power(k1)), power(i32x4.sub(k, k1)));
}

const EXPM1: usize = memory.data<f32>([-87]);

/** exp x - 1 for x <= 0: 1.1 ulp. */
@inline
export function expm1Below0(x: v128): v128 {
  x = f32x4.pmax(x, at(EXPM1, 0));
  const n = exponent(x);
  const scale = power(n);
  return madd(expm1Core(remainder(x, n)), scale, f32x4.sub(scale, one()));
}

const enum Log { LEAST_NORMAL, TWO_TO_23, TWENTY_THREE }
const LOG: usize = memory.data<f32>([1.17549435e-38, 8388608, 23]);
const SQRT_HALF_BITS: usize = memory.data<u32>([0x3f3504f3]);
/** 2 atanh s = 2s + s^3 P(s^2), s <= 0.1716: 0.03. */
const LOG_P: usize = memory.data<f32>([0.66666675, 0.39987594, 0.296416]);

/**
 * log of every float32, -Infinity at 0, NaN below: 0.9 ulp. x = 2^e m with m around 1, f = m - 1, s = f / (2 + f):
 * log m = 2 atanh s, written as f - (f^2 / 2 - s (f^2 / 2 + s^2 P)) to keep f exact.
 */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, at(LOG, Log.LEAST_NORMAL));
  const normal = v128.bitselect(f32x4.mul(x, at(LOG, Log.TWO_TO_23)), x, tiny);
  const shift = i32x4.shr_s(i32x4.sub(normal, at(SQRT_HALF_BITS, 0)), 23);
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(shift, 23)), one());
  const e = f32x4.sub(f32x4.convert_i32x4_s(shift), v128.and(tiny, at(LOG, Log.TWENTY_THREE)));
  const s = f32x4.div(f, f32x4.add(f, two()));
  const ss = f32x4.mul(s, s);
  const ff = f32x4.mul(f32x4.mul(f, f), half());
  const low = madd(s, madd(ss, poly2(ss, LOG_P), ff), f32x4.mul(e, at(EXP, Exp.LN2_LOW)));
  const y = madd(e, at(EXP, Exp.LN2_HIGH), f32x4.sub(f, f32x4.sub(ff, low)));
  const finite = v128.bitselect(y, x, f32x4.lt(x, infinity()));
  const signed = v128.or(finite, f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(minusInfinity(), signed, f32x4.eq(x, f32x4.splat(0)));
}

/** 2 atanh s = 2s + s^3 P(s^2), s <= 1/3: 0.08. */
const LOG1P_P: usize = memory.data<f32>([0.6666642, 0.40021437, 0.28003025, 0.28006786]);

/** log(1 + x) for 0 <= x <= 1. */
@inline
export function log1pTo1(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(x, two()));
  const ss = f32x4.mul(s, s);
  return madd(f32x4.mul(s, ss), poly3(ss, f32x4.mul(ss, ss), LOG1P_P), f32x4.add(s, s));
}

const TANH_BOUND: usize = memory.data<f32>([0.55]);
/** tanh x = x + x^3 P(x^2) up to the bound: 0.02. */
const TANH_P: usize = memory.data<f32>([-0.33333316, 0.13332544, -0.053847548, 0.021050714, -0.0062428494]);

/** tanh: a polynomial near 0, 1 - 2 / (exp(2|x|) + 1) behind: 1.5 ulp. */
@inline
export function tanh(x: v128): v128 {
  const t = magnitude(x);
  const tt = f32x4.mul(t, t);
  const near = madd(f32x4.mul(t, tt), poly4(tt, f32x4.mul(tt, tt), TANH_P), t);
  const far = f32x4.sub(one(), f32x4.div(two(), f32x4.add(expFlush(f32x4.add(t, t)), one())));
  return v128.or(v128.bitselect(near, far, f32x4.lt(t, at(TANH_BOUND, 0))), signOf(x));
}

/** 1 / (1 + exp -x): 2.5 ulp. Below x = -88.72 it is 0, not denormal. */
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(one(), f32x4.add(expFlush(f32x4.neg(x)), one()));
}

/** x / (1 + exp -x): 2.5 ulp, with the same flush. */
@inline
export function silu(x: v128): v128 {
  return f32x4.div(x, f32x4.add(expFlush(f32x4.neg(x)), one()));
}

const SILU_BOUNDS: usize = memory.data<f32>([-87, 87]);

/** The slope of silu, s + x s (1 - s) with s = 1 / (1 + e), 1 - s = e s, e = exp -x; behind the bounds it is 0 or 1. */
@inline
export function siluSlope(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, at(SILU_BOUNDS, 0)), at(SILU_BOUNDS, 1));
  const e = expBelow89(f32x4.neg(x));
  const s = f32x4.div(one(), f32x4.add(e, one()));
  return madd(f32x4.mul(x, s), f32x4.mul(e, s), s);
}

/** log(1 + exp x) = max(x, 0) + log(1 + exp -|x|): 2.9 ulp. */
@inline
export function softplus(x: v128): v128 {
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log1pTo1(expBelow89(f32x4.neg(magnitude(x)))));
}

const enum Erf { NEAR, ONE_FROM }
const ERF: usize = memory.data<f32>([0.85, 4]);
/** erf x = x + x P(x^2) while near: 0.12. */
const ERF_P: usize = memory.data<f32>([0.12837917, -0.3761259, 0.11282865, -0.026807288, 0.0050577037, -0.00063485187]);
/** 1 - erf x = exp(-x Q(x)) behind: 0.06. */
const ERF_Q: usize = memory.data<f32>([1.1285295, 0.6356664, 0.105330996, -0.022934724, 0.0032290337, -0.00021570586]);

/** The error function: 1.4 ulp. */
@inline
export function erf(x: v128): v128 {
  const t = f32x4.pmin(magnitude(x), at(ERF, Erf.ONE_FROM));
  const tt = f32x4.mul(t, t);
  const near = madd(t, poly5(tt, f32x4.mul(tt, tt), ERF_P), t);
  const far = f32x4.sub(one(), expBelow89(f32x4.neg(f32x4.mul(t, poly5(t, tt, ERF_Q)))));
  return v128.or(v128.bitselect(near, far, f32x4.lt(t, at(ERF, Erf.NEAR))), signOf(x));
}

/**
 * m exp(-c t^2) for 0 <= c t^2 <= 106, c = 1/2 or 1; 0 where the exponential is below 2.5e-38.
 * t^2 is kept in two parts, because half an ulp of 80 is 4e-6.
 */
@inline
export function gaussian(m: v128, t: v128, c: v128): v128 {
  const th = shortened(t);
  const high = f32x4.neg(f32x4.mul(f32x4.mul(th, th), c));
  const low = f32x4.mul(f32x4.mul(f32x4.add(t, th), f32x4.sub(t, th)), c);
  const x = f32x4.sub(high, low);
  const n = exponent(x);
  const r = f32x4.sub(remainder(high, n), low);
  const y = f32x4.mul(madd(expm1Core(r), m, m), power(n));
  return v128.andnot(y, f32x4.lt(x, at(EXP, Exp.FLUSHES)));
}

const ERF_SLOPE: usize = memory.data<f32>([1.1283792, 10]);

/** The slope of erf, 2 / sqrt(pi) exp(-x^2): 1.5 ulp. */
@inline
export function erfSlope(x: v128): v128 {
  return gaussian(at(ERF_SLOPE, 0), f32x4.pmin(magnitude(x), at(ERF_SLOPE, 1)), one());
}
