// gelu(x) = x F(x), with F the distribution function of the normal distribution, and the derivative of gelu, for `mapPower`. gelu is
// accurate in the whole negative tail. For large |x| the true derivative is 0 or 1. At -Infinity gelu is NaN, as in PyTorch.
import { at, half, magnitude, minusZero, one, shortened } from "./constants";
import { Binary, power, rounding } from "./math";
import { pairs7, poly3, poly4, poly5 } from "./poly";
import { madd, nmadd } from "./simd";

const enum Bound { END, SLOPE_END }
/** For |x| > END, 1 - F is 0; for |x| > SLOPE_END, the derivative has reached its limit. */
const BOUNDS: usize = memory.data<f32>([13.1, 10]);

const enum Half { LOG2_E, LN2_HIGH, LN2_LOW }
/** Constants for exp(-z^2 / 2): log2 e / 2, and 2 ln 2 in two parts. */
const HALF: usize = memory.data<f32>([0.7213475, 1.38629150390625, 2.8572136e-6]);
/** 1 - exp(-r / 2) = r P(r), |r| <= ln 2. */
const HALF_P: usize = memory.data<f32>([0.5, -0.125, 0.020833164, -0.0026041353, 0.00026150036, -2.1832648e-05]);

/** z^2, rounded. The baseline build squares a shortened z, which is exact. */
@inline
function square(z: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) z = shortened(z);
  return f32x4.mul(z, z);
}

/** `square` minus z^2. Half an ulp of 160 is 8e-6, which is too large an error in an exponent. */
@inline
function squareError(z: v128, h: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return nmadd(z, z, h);
  const s = shortened(z);
  return f32x4.mul(f32x4.add(z, s), f32x4.sub(s, z));
}

/** exp(-z^2 / 2) = 2^n (1 - o), n in the low bits of k. */
@unmanaged
export class HalfSquare {
  @inline n(z: v128): v128 {
    return nmadd(square(z), at(HALF, Half.LOG2_E), rounding());
  }

  @inline r(z: v128, k: v128): v128 {
    const n = f32x4.sub(k, rounding());
    const h = square(z);
    const low = nmadd(n, at(HALF, Half.LN2_LOW), squareError(z, h));
    return f32x4.sub(madd(n, at(HALF, Half.LN2_HIGH), h), low);
  }

  @inline o(r: v128): v128 {
    return f32x4.mul(r, poly5(r, HALF_P));
  }
}

export const enum Tail { SHIFT, CENTER, AT_CENTER }
/** CENTER is chosen so that the terms of P cancel least, SHIFT so that the fit is best. */
export const TAIL: usize = memory.data<f32>([2.921875, 0.40625, 0.8274928]);
/** t (1 - F(t)) = exp(-t^2 / 2) u (AT_CENTER + s P(s)) with u = t / (t + SHIFT), s = CENTER - u, from 0 to 13.2: 0.37 * 2^-24. */
export const TAIL_P: usize = memory.data<f32>([
  1.1666089, 0.9332532, 0.20546423, -0.28101426, -0.11855387, 0.1481829, 0.038661774, -0.08060108,
]);

/** max(x, 0) - |x| (1 - F(|x|)), to be used with `HalfSquare` powers: 3.8 ulp. */
@unmanaged
export class Gelu {
  @inline z(x: v128, _p: v128): v128 {
    return magnitude(x);
  }

  @inline c(x: v128, _p: v128): v128 {
    const t = magnitude(x);
    const u = f32x4.div(t, f32x4.add(t, at(TAIL, Tail.SHIFT)));
    const s = f32x4.sub(at(TAIL, Tail.CENTER), u);
    return f32x4.mul(u, madd(s, pairs7(s, f32x4.mul(s, s), TAIL_P), at(TAIL, Tail.AT_CENTER)));
  }

  @inline y(x: v128, m: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    const tail = i32x4.add(nmadd(o, m, m), i32x4.shl(k, 23));
    const relu = f32x4.sub(x, f32x4.pmin(x, f32x4.splat(0)));
    return f32x4.sub(relu, v128.andnot(tail, f32x4.gt(magnitude(x), at(BOUNDS, Bound.END))));
  }
}

const HALF_LOG2_E: usize = memory.data<f32>([0.7213475]);

/** exp(-z^2 / 2) as `HalfSquare`, but computed as a power of 2 with an error of 5e-8. */
@unmanaged
export class RoughHalfSquare {
  @inline n(z: v128): v128 {
    return changetype<Binary>(0).n(f32x4.mul(f32x4.mul(z, z), at(HALF_LOG2_E, 0)));
  }

  @inline r(z: v128, k: v128): v128 {
    return changetype<Binary>(0).r(f32x4.mul(f32x4.mul(z, z), at(HALF_LOG2_E, 0)), k);
  }

  @inline o(r: v128): v128 {
    return changetype<Binary>(0).o(r);
  }
}

/** The derivative F(x) + x F'(x) at x = -t is exp(-t^2 / 2) P(t) / Q(t), within 3e-9. */
const SLOPE_P: usize = memory.data<f32>([0.5, -0.242009923, -0.412107825, -0.179995254, -0.0271055382]);
const SLOPE_Q: usize = memory.data<f32>([1, 1.11174953, 0.449875444, 0.0680201948]);

/** 1/2 + y for x > 0, 1/2 - y for x < 0 */
@inline
export function aroundHalf(y: v128, x: v128): v128 {
  return f32x4.add(half(), v128.xor(y, v128.and(x, minusZero())));
}

/** g times the derivative, to be used with `RoughHalfSquare` powers. */
@unmanaged
export class GeluGrad {
  @inline z(x: v128, _p: v128): v128 {
    return f32x4.pmin(magnitude(x), at(BOUNDS, Bound.SLOPE_END));
  }

  @inline c(x: v128, p: v128): v128 {
    const t = this.z(x, p);
    return f32x4.div(poly4(t, SLOPE_P), poly3(t, SLOPE_Q));
  }

  @inline y(x: v128, m: v128, o: v128, k: v128, g: v128, _p: v128, _q: v128): v128 {
    const below = f32x4.mul(nmadd(o, m, m), power(k));
    return f32x4.mul(g, aroundHalf(f32x4.sub(half(), below), x));
  }
}
