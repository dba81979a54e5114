// Activations that few models use, and their gradients: name(x, out, n, parameters) sets out[i] = name(x[i]) for n floats, and
// nameGrad(g, x, out, n, parameters) sets out[i] = g[i] * name'(x[i]). out may be one of the inputs. NaN gives NaN.
// Largest errors in ulp for results above 1e-36: softplus 2.9, elu 1.1 (beta, alpha and scale 1), mish 4.
import { at, magnitude, one, two } from "../lib/constants";
import { mapPower, none } from "../lib/loop";
import { atMost88, bounded, log1pTo1, Natural, power, powerOf } from "../lib/math";
import { loadUpTo4, madd, nmadd, storeUpTo4 } from "../lib/simd";

/** x for x > 0, alpha (exp(scale x) - 1) else */
@unmanaged class Elu {
  @inline z(x: v128, scale: v128): v128 { return bounded(f32x4.neg(f32x4.mul(x, scale))); }
  @inline c(_x: v128, _p: v128): v128 { return none(); }
  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, _scale: v128, alpha: v128): v128 {
    const scale = power(k);
    const below = f32x4.mul(alpha, nmadd(o, scale, f32x4.sub(scale, one())));
    return v128.bitselect(x, below, f32x4.gt(x, f32x4.splat(0)));
  }
}

/** 1 for x > 0, alpha exp(scale x) else */
@unmanaged class EluGrad {
  @inline z(x: v128, scale: v128): v128 { return bounded(f32x4.neg(f32x4.mul(x, scale))); }
  @inline c(_x: v128, _p: v128): v128 { return none(); }
  @inline y(x: v128, _c: v128, o: v128, k: v128, g: v128, _scale: v128, alpha: v128): v128 {
    return v128.bitselect(g, f32x4.mul(f32x4.mul(g, alpha), powerOf(o, k)), f32x4.gt(x, f32x4.splat(0)));
  }
}

/** log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold */
@unmanaged class Softplus {
  @inline z(x: v128, beta: v128): v128 { return atMost88(magnitude(f32x4.mul(x, beta))); }
  @inline c(_x: v128, _beta: v128): v128 { return none(); }
  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, beta: v128, threshold: v128): v128 {
    const y = f32x4.add(f32x4.pmax(x, f32x4.splat(0)), f32x4.div(log1pTo1(powerOf(o, k)), beta));
    return v128.bitselect(x, y, f32x4.gt(f32x4.mul(x, beta), threshold));
  }
}

const MISH: usize = memory.data<f32>([-20]);

/** x tanh(log(1 + e)) = x w / (w + 2) with e = exp x and w = e (e + 2); above 20 it is x. */
@unmanaged class Mish {
  @inline z(x: v128, _p: v128): v128 { return f32x4.pmax(atMost88(f32x4.neg(x)), at(MISH, 0)); }
  @inline c(_x: v128, _p: v128): v128 { return none(); }
  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    const e = powerOf(o, k);
    const w = f32x4.mul(e, f32x4.add(e, two()));
    return f32x4.mul(x, f32x4.div(w, f32x4.add(w, two())));
  }
}

/** a + b x, and exactly a where b is 0, also for an infinite x; with b = -0 an infinite x gives NaN, as in a product. */
@inline
function line(x: v128, a: f32, b: v128): v128 {
  return f32x4.add(f32x4.splat(a), v128.andnot(f32x4.mul(b, x), i32x4.eq(b, i32x4.splat(0))));
}

/**
 * A function in three pieces: a0 + b0 x below lo, a1 + b1 x + c1 x^2 between lo and hi, a2 + b2 x above hi. The bounds belong to the outer
 * pieces if `outer` is 1, to the one between if it is 0. A c1 other than 0 needs a b1 other than 0. NaN gives NaN.
 */
export function pieces(
  x: usize, out: usize, n: i32, lo: f32, hi: f32, outer: i32, a0: f32, b0: f32, a1: f32, b1: f32, c1: f32, a2: f32, b2: f32,
): void {
  const edges = i32x4.splat(-outer);
  for (; n > 0; n -= 4, x += 16, out += 16) {
    const v = loadUpTo4(x, n);
    const between = line(v, a1, madd(v, f32x4.splat(c1), f32x4.splat(b1)));
    const isAbove = v128.or(f32x4.gt(v, f32x4.splat(hi)), v128.and(f32x4.ge(v, f32x4.splat(hi)), edges));
    const isBelow = v128.or(f32x4.lt(v, f32x4.splat(lo)), v128.and(f32x4.le(v, f32x4.splat(lo)), edges));
    const y = v128.bitselect(line(v, a2, f32x4.splat(b2)), between, isAbove);
    storeUpTo4(out, v128.or(v128.bitselect(line(v, a0, f32x4.splat(b0)), y, isBelow), f32x4.ne(v, v)), n);
  }
}

export function softplus(x: usize, out: usize, n: i32, beta: f32, threshold: f32): void {
  mapPower<Softplus, Natural>(x, x, out, n, beta, threshold);
}
export function elu(x: usize, out: usize, n: i32, scale: f32, alpha: f32): void { mapPower<Elu, Natural>(x, x, out, n, scale, alpha); }
export function mish(x: usize, out: usize, n: i32): void { mapPower<Mish, Natural>(x, x, out, n, 0, 0); }

export function eluGrad(g: usize, x: usize, out: usize, n: i32, scale: f32, alpha: f32): void {
  mapPower<EluGrad, Natural>(x, g, out, n, scale, alpha);
}
