// erf(x, out, n) sets out[i] = erf(x[i]) for n floats: a polynomial near 0, and 1 minus a power of 2 further out. NaN gives NaN. x and out
// may be the same address. Largest error over all float32: 1.4 ulp.
import { at, magnitude, one, signOf } from "../lib/constants";
import { mapPower, none } from "../lib/loop";
import { Binary, power } from "../lib/math";
import { poly5 } from "../lib/poly";
import { madd } from "../lib/simd";

const enum Bound { NEAR_SQUARED, ONE_FROM }
const BOUNDS: usize = memory.data<f32>([0.7225, 4]);
/** erf x = x + x P(x^2) for |x| <= 0.85: 0.12 * 2^-24. */
const NEAR_P: usize = memory.data<f32>([0.12837917, -0.3761259, 0.11282865, -0.026807288, 0.0050577037, -0.00063485187]);
/** 1 - erf x = 2^-(x Q(x)) for x > 0.85: 0.06 * 2^-24. */
const FAR_Q: usize = memory.data<f32>([1.6281202, 0.9170866, 0.15194088, -0.033074405, 0.0046540853, -0.000310633]);

@unmanaged
class Erf {
  @inline z(x: v128, _p: v128): v128 {
    const t = f32x4.pmin(magnitude(x), at(BOUNDS, Bound.ONE_FROM));
    return f32x4.mul(t, poly5(t, FAR_Q));
  }

  @inline c(_x: v128, _p: v128): v128 {
    return none();
  }

  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    const xx = f32x4.mul(x, x);
    const near = madd(x, poly5(xx, NEAR_P), x);
    const scale = power(k);
    const far = madd(o, scale, f32x4.sub(one(), scale));
    return v128.bitselect(v128.or(far, signOf(x)), near, f32x4.ge(xx, at(BOUNDS, Bound.NEAR_SQUARED)));
  }
}

export function erf(x: usize, out: usize, n: i32): void { mapPower<Erf, Binary>(x, x, out, n, 0, 0); }
