// sin, cos and tan on four lanes. The angle is reduced to |r| <= pi / 4 in float64, so that results keep their relative accuracy near the
// zeros, which are multiples of an irrational number.
import { at64, half, magnitude, one, signOf } from "./constants";
import { poly2 } from "./poly";
import { lowWords, madd, narrow, nmadd, widenHigh, widenLow } from "./simd";

/** sin r = r + r^3 P(r^2): 0.07, cos r = 1 - r^2 / 2 + r^4 Q(r^2): 0.005, in units of 2^-24, |r| <= pi / 4. */
const SIN_P: usize = memory.data<f32>([-0.16666655, 0.008332189, -0.00019518285]);
const COS_Q: usize = memory.data<f32>([0.041666664, -0.0013888077, 2.4508761e-5]);

/** ROUND is 1.5 * 2^52. pi / 2 is split into two parts; the first has 30 bits, so that its product with n < 2^23 is exact. */
const enum Circle { TWO_OVER_PI, ROUND, HALF_PI_HIGH, HALF_PI_LOW }
const CIRCLE: usize = memory.data<f64>([0.6366197723675814, 6755399441055744, 1.570796325802803, 9.920935796805404e-10]);
const HUGE: f32 = 8388608;

/** 1 / (2 pi) in binary, 32 bits an entry from 2^-1 down: enough for the exponent of every float32. */
const TURNS: usize = memory.data<u32>([0x28be60db, 0x9391054a, 0x7f09d5f4, 0x7d4d3770, 0x36d8a566, 0x4f10e410, 0x7f9458ea]);
const RADIANS: f64 = 3.4061215800865545e-19; // 2 pi / 2^64

/**
 * x modulo 2 pi, between -pi and pi, for huge x (Payne and Hanek 1983). With x = m 2^e, the first e bits of 1 / (2 pi) contribute whole
 * turns and are dropped; the next 96 bits times m give the fraction of a turn.
 */
function reduceHuge(x: f32): f64 {
  if (!(x >= HUGE && x < Infinity)) return x;
  const bits = reinterpret<u32>(x);
  const e = (bits >> 23) - 150;
  const m = <u64>((bits & 0x7fffff) | 0x800000);
  const words = TURNS + ((e >> 5) << 2);
  const shift = <u64>(e & 31);
  const w0 = (<u64>load<u32>(words) << 32) | load<u32>(words, 4);
  const w2 = (<u64>load<u32>(words, 8) << 32) | load<u32>(words, 12);
  const high = (w0 << shift) | (((w2 >> 32) << shift) >> 32);
  const low = (w2 << shift) >> 32;
  return <f64><i64>(m * high + ((m * low) >> 32)) * RADIANS;
}

/** n + ROUND with n = round(x / (pi / 2)), two lanes of float64. */
@inline
function quarters(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, at64(CIRCLE, Circle.TWO_OVER_PI)), at64(CIRCLE, Circle.ROUND));
}

/** x - n pi / 2 for n + ROUND. */
@inline
function remainder(x: v128, n: v128): v128 {
  n = f64x2.sub(n, at64(CIRCLE, Circle.ROUND));
  const high = f64x2.sub(x, f64x2.mul(n, at64(CIRCLE, Circle.HALF_PI_HIGH)));
  return f64x2.sub(high, f64x2.mul(n, at64(CIRCLE, Circle.HALF_PI_LOW)));
}

@inline
function reduceHugePair(x: f32, y: f32): v128 {
  return f64x2.replace_lane(f64x2.splat(reduceHuge(x)), 1, reduceHuge(y));
}

/** sin(x + quarterTurns * pi / 2) for x >= 0, or the tangent, which in odd quadrants is the negative of the cotangent of the rest. */
@inline
export function turned(x: v128, quarterTurns: i32, isTangent: bool): v128 {
  let low = widenLow(x);
  let high = widenHigh(x);
  if (v128.any_true(f32x4.ge(x, f32x4.splat(HUGE)))) {
    low = reduceHugePair(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1));
    high = reduceHugePair(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3));
  }
  const nLow = quarters(low);
  const nHigh = quarters(high);
  const r = narrow(remainder(low, nLow), remainder(high, nHigh));
  const quadrant = i32x4.add(lowWords(nLow, nHigh), i32x4.splat(quarterTurns));
  const rr = f32x4.mul(r, r);
  const sine = madd(f32x4.mul(r, rr), poly2(rr, SIN_P), r);
  const cosine = madd(f32x4.mul(rr, rr), poly2(rr, COS_Q), nmadd(rr, half(), one()));
  const isOdd = i32x4.shr_s(i32x4.shl(quadrant, 31), 31);
  const y = v128.bitselect(cosine, sine, isOdd);
  if (isTangent) return v128.xor(f32x4.div(y, v128.bitselect(sine, cosine, isOdd)), signOf(isOdd));
  return v128.xor(y, i32x4.shl(i32x4.shr_u(quadrant, 1), 31));
}

/** sin of every float32, NaN at the infinities: 1.6 ulp, 2.4 near the zeros above 2^23. */
@inline
export function sin(x: v128): v128 {
  return v128.xor(turned(magnitude(x), 0, false), signOf(x));
}

/** cos of every float32, NaN at the infinities: 1.6 ulp, 2.4 near the zeros above 2^23. */
@inline
export function cos(x: v128): v128 {
  return turned(magnitude(x), 1, false);
}
