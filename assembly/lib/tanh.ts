// tanh, for `mapPower`: a polynomial near 0, and 1 - 2 / (exp(2|x|) + 1) further out. Error 1.5 ulp.
import { at, minusZero, one, signOf, two } from "./constants";
import { none } from "./loop";
import { power } from "./math";
import { poly4 } from "./poly";
import { madd, nmadd } from "./simd";

const enum Bound { NEAR_SQUARED, ONE_FROM }
const BOUNDS: usize = memory.data<f32>([0.3025, -10]);
/** tanh x = x + x^3 P(x^2) for |x| <= 0.55: 0.02 * 2^-24. */
const NEAR_P: usize = memory.data<f32>([-0.33333316, 0.13332544, -0.053847548, 0.021050714, -0.0062428494]);

@unmanaged
export class Tanh {
  /** -2|x| */
  @inline z(x: v128, _p: v128): v128 {
    const t = f32x4.pmax(v128.or(x, minusZero()), at(BOUNDS, Bound.ONE_FROM));
    return f32x4.add(t, t);
  }

  @inline c(_x: v128, _p: v128): v128 {
    return none();
  }

  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    const xx = f32x4.mul(x, x);
    const near = madd(f32x4.mul(x, xx), poly4(xx, NEAR_P), x);
    const scale = power(k);
    const e = nmadd(o, scale, f32x4.add(scale, one()));
    const far = f32x4.sub(one(), f32x4.div(two(), e));
    return v128.or(v128.bitselect(far, near, f32x4.ge(xx, at(BOUNDS, Bound.NEAR_SQUARED))), signOf(x));
  }
}
