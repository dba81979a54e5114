// exp and log on four lanes. They have no branches, NaN gives NaN, and no lane depends on its neighbours.
// Polynomials are minimax fits made for this library: one coefficient after the other was rounded to float32 and the others were fitted
// again. The number after a formula is the largest error of the polynomial, in units of 2^-24.
import { at, half, infinity, magnitude, minusInfinity, one, two } from "./constants";
import { pairs4, pairs5, poly2, poly3 } from "./poly";
import { madd, nmadd } from "./simd";

// exp x = 2^n e^r with n = round(x / ln 2). Adding ROUND = 1.5 * 2^23 rounds to an integer and leaves n in the low bits of the sum, so a
// shift by 23 makes it an exponent. LN2_HIGH has 16 bits, so n * LN2_HIGH is exact.
const enum Exp { LOG2_E, ROUND, LN2_HIGH, LN2_LOW, OVERFLOWS, VANISHES, LOWEST, HIGHEST }
const EXP: usize = memory.data<f32>([1.442695, 12582912, 0.693145751953125, 1.4286068e-6, 89, -104.5, -89, 88]);
const enum ExpBits { ONE, ROUND, USUAL }
const EXP_BITS: usize = memory.data<u32>([0x3f800000, 0x4b400000, 0x42ae0000]);
/** e^r = 1 + r + r^2 P(r), |r| <= ln 2 / 2: 0.11, and 0.26 against e^r - 1. */
const EXP_P: usize = memory.data<f32>([0.5, 0.16666532, 0.041666165, 0.008368012, 0.0013972895]);
/** P(-r) */
const EXP_MINUS_P: usize = memory.data<f32>([0.5, -0.16666532, 0.041666165, -0.008368012, 0.0013972895]);
/** 1 - 2^-r = r P(r), |r| <= 1/2: 0.21 */
const EXP2_MINUS_P: usize = memory.data<f32>([
  0.6931472, -0.24022594, 0.055503663, -0.00962544, 0.0013387912, -0.00013334806,
]);

/** 2^n for an integer n in the low 9 bits: 0 for -127, Infinity for 128. */
@inline
export function power(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), at(EXP_BITS, ExpBits.ONE));
}

/** ROUND: adding it rounds to an integer, and subtracting it gives the integer back. */
@inline
export function rounding(): v128 {
  return at(EXP, Exp.ROUND);
}

/** n + ROUND. */
@inline
function exponent(x: v128): v128 {
  return madd(x, at(EXP, Exp.LOG2_E), rounding());
}

/** e^r for x = r + n ln 2. */
@inline
function expRest(x: v128, n: v128): v128 {
  n = f32x4.sub(n, rounding());
  const r = nmadd(n, at(EXP, Exp.LN2_LOW), nmadd(n, at(EXP, Exp.LN2_HIGH), x));
  const rr = f32x4.mul(r, r);
  return f32x4.add(madd(rr, pairs4(r, rr, EXP_P), r), one());
}

/** Whether exp of a lane of a or b may be denormal, infinite or NaN. */
@inline
export function isUnusualExp(a: v128, b: v128): bool {
  const bits = i32x4.max_s(magnitude(a), magnitude(b));
  return i32x4.bitmask(i32x4.gt_s(bits, at(EXP_BITS, ExpBits.USUAL))) != 0;
}

/** The same as `exp`, bit for bit, for |x| <= 87. */
@inline
export function usualExp(x: v128): v128 {
  const n = exponent(x);
  return f32x4.mul(expRest(x, n), power(n));
}

/** exp of every float32, including denormal results: 1.1 ulp. */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, at(EXP, Exp.OVERFLOWS)), at(EXP, Exp.VANISHES));
  const n = exponent(x);
  const k = i32x4.sub(n, at(EXP_BITS, ExpBits.ROUND));
  const k1 = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(expRest(x, n), power(k1)), power(i32x4.sub(k, k1)));
}

/** exp(-z) = 2^n (1 - o), n in the low bits of k, for `mapPower`: z = r - n ln 2. */
@unmanaged
export class Natural {
  @inline n(z: v128): v128 {
    return nmadd(z, at(EXP, Exp.LOG2_E), rounding());
  }

  @inline r(z: v128, k: v128): v128 {
    const n = f32x4.sub(k, rounding());
    return madd(n, at(EXP, Exp.LN2_LOW), madd(n, at(EXP, Exp.LN2_HIGH), z));
  }

  @inline o(r: v128): v128 {
    const rr = f32x4.mul(r, r);
    return nmadd(rr, pairs4(r, rr, EXP_MINUS_P), r);
  }
}

/** 2^-z = 2^n (1 - o), n in the low bits of k: z = r - n. */
@unmanaged
export class Binary {
  @inline n(z: v128): v128 {
    return f32x4.sub(rounding(), z);
  }

  @inline r(z: v128, k: v128): v128 {
    return f32x4.add(z, f32x4.sub(k, rounding()));
  }

  @inline o(r: v128): v128 {
    return f32x4.mul(r, pairs5(r, f32x4.mul(r, r), EXP2_MINUS_P));
  }
}

/** min(z, 88): above 88, exp(-z) is 0, so that no result is denormal. */
@inline
export function atMost88(z: v128): v128 {
  return f32x4.pmin(z, at(EXP, Exp.HIGHEST));
}

/** z clamped to the bounds where exp(-z) becomes 0 and Infinity. */
@inline
export function bounded(z: v128): v128 {
  return f32x4.pmax(atMost88(z), at(EXP, Exp.LOWEST));
}

/** exp(-z) = 2^n (1 - o). */
@inline
export function powerOf(o: v128, k: v128): v128 {
  return f32x4.mul(f32x4.sub(one(), o), power(k));
}

/** 1 + exp(-z) */
@inline
export function onePlusPower(o: v128, k: v128): v128 {
  return madd(f32x4.sub(one(), o), power(k), one());
}

/** exp(-z) for z >= 0: 1.1 ulp up to 87.7, and 0 from there on. */
@inline
export function expMinus(z: v128): v128 {
  const how = changetype<Natural>(0);
  z = atMost88(z);
  const k = how.n(z);
  return powerOf(how.o(how.r(z, k)), k);
}

const enum Log { LEAST_NORMAL, TWO_TO_23, LN2_HIGH, LN2_LOW }
/** ln 2 divided by 2^23, because exponents are used unshifted, as integers times 2^23. */
const LOG: usize = memory.data<f32>([1.17549435e-38, 8388608, 8.262941e-8, 1.703032e-13]);
const enum LogBits { SQRT_HALF, EXPONENT, TWENTY_THREE, LEAST_NORMAL, TWICE }
const LOG_BITS: usize = memory.data<u32>([0x3f3504f3, 0xff800000, 0x0b800000, 0x00800000, 0x01000000]);
/** 2 atanh s = 2s + s^3 P(s^2), s <= 0.1716: 0.03. */
const LOG_P: usize = memory.data<f32>([0.66666675, 0.39987594, 0.296416]);

/** The bits of 2^e minus the bits of 1, for normal x = 2^e m with m near 1. */
@inline
function exponentBits(x: v128): v128 {
  return v128.and(i32x4.sub(x, at(LOG_BITS, LogBits.SQRT_HALF)), at(LOG_BITS, LogBits.EXPONENT));
}

/** log m + e ln 2 / 2^23. f = m - 1, s = f / (2 + f): log m = 2 atanh s = f - (f^2 / 2 - s (f^2 / 2 + s^2 P)), which keeps f exact. */
@inline
function logOf(m: v128, e: v128): v128 {
  const f = f32x4.sub(m, one());
  const s = f32x4.div(f, f32x4.add(f, two()));
  const ss = f32x4.mul(s, s);
  const ff = f32x4.mul(f32x4.mul(f, f), half());
  const low = madd(s, madd(ss, poly2(ss, LOG_P), ff), f32x4.mul(e, at(LOG, Log.LN2_LOW)));
  return madd(e, at(LOG, Log.LN2_HIGH), f32x4.sub(f, f32x4.sub(ff, low)));
}

/** Whether a lane of a or b is not positive, denormal, infinite or NaN: its bits are outside 0x00800000 to 0x7f7fffff. */
@inline
export function isUnusualLog(a: v128, b: v128): bool {
  const least = at(LOG_BITS, LogBits.LEAST_NORMAL);
  const bits = i32x4.min_s(i32x4.add(a, least), i32x4.add(b, least));
  return i32x4.bitmask(i32x4.lt_s(bits, at(LOG_BITS, LogBits.TWICE))) != 0;
}

/** The same as `log`, bit for bit, for positive normal numbers. */
@inline
export function usualLog(x: v128): v128 {
  const e = exponentBits(x);
  return logOf(i32x4.sub(x, e), f32x4.convert_i32x4_s(e));
}

/** log of every float32: -Infinity at 0, NaN for negative numbers, 0.9 ulp. */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, at(LOG, Log.LEAST_NORMAL));
  const normal = v128.bitselect(f32x4.mul(x, at(LOG, Log.TWO_TO_23)), x, tiny);
  const e = exponentBits(normal);
  const shift = v128.and(tiny, at(LOG_BITS, LogBits.TWENTY_THREE));
  const y = logOf(i32x4.sub(normal, e), f32x4.convert_i32x4_s(i32x4.sub(e, shift)));
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
  return madd(f32x4.mul(s, ss), poly3(ss, LOG1P_P), f32x4.add(s, s));
}
