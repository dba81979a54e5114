// The tanh form of gelu, x (1 + tanh u) / 2 = x / (1 + exp(-2u)) with u = sqrt(2 / pi) (x + 0.044715 x^3), and its derivative, for
// `mapPower`. It is accurate in the whole negative tail. At -Infinity it is NaN, as in PyTorch.
import { at, at64, half, magnitude, one } from "./constants";
import { aroundHalf } from "./gelu";
import { none } from "./loop";
import { Binary, onePlusPower, powerOf } from "./math";
import { lowWords, madd, narrow, nmadd, widenHigh, widenLow } from "./simd";

// exp(-2u) = 2^-(LINEAR z + CUBIC z^3). The exponent reaches 128, and rounding it to float32 would cost 60 ulp. So without FMA it is
// computed in float64, and with FMA as a sum of two floats.
const enum Inner { LINEAR, CUBIC, ROUND }
/** ROUND is 1.5 * 2^52. */
const INNER: usize = memory.data<f64>([2.302208198144325, 0.1029432395800235, 6755399441055744]);
const enum Part { LINEAR, LINEAR_REST, CUBIC, CUBIC_REST }
/** LINEAR has 8 bits, so that the rounding error of its sum with a product can be computed exactly. */
const PARTS: usize = memory.data<f32>([2.296875, 0.005333198234438896, 0.10294324159622192, -2.016198319410023e-09]);

/** LINEAR z + CUBIC z^3 in two lanes of float64. */
@inline
function inner(z: v128): v128 {
  const slope = f64x2.add(f64x2.mul(f64x2.mul(z, z), at64(INNER, Inner.CUBIC)), at64(INNER, Inner.LINEAR));
  return f64x2.mul(z, slope);
}

/** n + ROUND, where n is the integer nearest to -y. */
@inline
function exponent(y: v128): v128 {
  return f64x2.sub(at64(INNER, Inner.ROUND), y);
}

@inline
function fraction(y: v128): v128 {
  return f64x2.add(y, f64x2.sub(exponent(y), at64(INNER, Inner.ROUND)));
}

/** LINEAR + CUBIC z^2 */
@inline
function slopeOf(z: v128): v128 {
  return madd(f32x4.mul(z, z), at(PARTS, Part.CUBIC), at(PARTS, Part.LINEAR));
}

/** y, the exponent rounded to float32, minus the exact exponent. */
@inline
function excess(z: v128, slope: v128, y: v128): v128 {
  const zz = f32x4.mul(z, z);
  const lost = madd(zz, at(PARTS, Part.CUBIC), f32x4.sub(at(PARTS, Part.LINEAR), slope));
  const small = nmadd(nmadd(z, z, zz), at(PARTS, Part.CUBIC), madd(zz, at(PARTS, Part.CUBIC_REST), at(PARTS, Part.LINEAR_REST)));
  return nmadd(z, f32x4.add(lost, small), nmadd(z, slope, y));
}

/** exp(-2u) as a power of 2, for `mapPower`. */
@unmanaged
export class Cubic {
  @inline n(z: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) return changetype<Binary>(0).n(f32x4.mul(z, slopeOf(z)));
    return lowWords(exponent(inner(widenLow(z))), exponent(inner(widenHigh(z))));
  }

  @inline r(z: v128, k: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) {
      const slope = slopeOf(z);
      const y = f32x4.mul(z, slope);
      return f32x4.sub(changetype<Binary>(0).r(y, k), excess(z, slope, y));
    }
    return narrow(fraction(inner(widenLow(z))), fraction(inner(widenHigh(z))));
  }

  @inline o(r: v128): v128 {
    return changetype<Binary>(0).o(r);
  }
}

const enum Bound { LOWEST, HIGHEST }
/** At LOWEST, exp(-2u) overflows; from HIGHEST on, adding it to 1 gives 1. */
const BOUNDS: usize = memory.data<f32>([-10.06, 9]);

/** geluTanh, to be used with `Cubic` powers: 2.4 ulp. */
@unmanaged
export class GeluTanh {
  @inline z(x: v128, _p: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, at(BOUNDS, Bound.LOWEST)), at(BOUNDS, Bound.HIGHEST));
  }

  @inline c(_x: v128, _p: v128): v128 {
    return none();
  }

  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    return f32x4.div(x, onePlusPower(o, k));
  }
}

const enum Slope { LINEAR, CUBIC, OUTER_LINEAR, OUTER_CUBIC }
/** 2u in units of ln 2, and 2u' as polynomials. */
const SLOPE: usize = memory.data<f32>([2.3022082, 0.10294324, 1.5957692, 0.21406445]);

/** exp(-2u) as `Cubic`, but with the exponent rounded to float32. */
@unmanaged
export class RoughCubic {
  @inline y(z: v128): v128 {
    return f32x4.mul(z, madd(f32x4.mul(z, z), at(SLOPE, Slope.CUBIC), at(SLOPE, Slope.LINEAR)));
  }

  @inline n(z: v128): v128 {
    return changetype<Binary>(0).n(this.y(z));
  }

  @inline r(z: v128, k: v128): v128 {
    return changetype<Binary>(0).r(this.y(z), k);
  }

  @inline o(r: v128): v128 {
    return changetype<Binary>(0).o(r);
  }
}

/**
 * g times the derivative, to be used with `RoughCubic` powers. At x = -t the derivative is b - 2u' t b s with s = 1 / (1 + e),
 * b = 1 - s = e s and e = exp(-2u).
 */
@unmanaged
export class GeluTanhGrad {
  @inline z(x: v128, _p: v128): v128 {
    return f32x4.pmin(magnitude(x), at(BOUNDS, Bound.HIGHEST));
  }

  @inline c(x: v128, p: v128): v128 {
    const t = this.z(x, p);
    return f32x4.mul(t, madd(f32x4.mul(t, t), at(SLOPE, Slope.OUTER_CUBIC), at(SLOPE, Slope.OUTER_LINEAR)));
  }

  @inline y(x: v128, tdu: v128, o: v128, k: v128, g: v128, _p: v128, _q: v128): v128 {
    const e = powerOf(o, k);
    const s = f32x4.div(one(), f32x4.add(e, one()));
    const below = f32x4.mul(f32x4.mul(e, s), nmadd(tdu, s, one()));
    return f32x4.mul(g, aroundHalf(f32x4.sub(half(), below), x));
  }
}
