// Gradients of the activations: nameGrad(g, x, out, n, parameters) sets out[i] = g[i] * name'(x[i]) for n floats. relu, sigmoid
// and tanh take their output y in place of x, so x may be freed. out may be g, x or y.
// Largest absolute errors for g = 1: silu and geluTanh 2e-7, gelu 1.6e-7, sigmoid and tanh 1.2e-7.
import { at, one } from "../lib/constants";
import { GeluGrad, RoughHalfSquare } from "../lib/gelu";
import { GeluTanhGrad, RoughCubic } from "../lib/gelu_tanh";
import { mapPower, zip, zipWith } from "../lib/loop";
import { Natural, powerOf } from "../lib/math";
import { madd } from "../lib/simd";

/** 0 where y <= 0, else g, also where y is NaN. */
@unmanaged class Relu {
  @inline v(g: v128, y: v128): v128 {
    return v128.andnot(g, f32x4.le(y, f32x4.splat(0)));
  }
}

/** y (1 - y) */
@unmanaged class Sigmoid {
  @inline v(g: v128, y: v128): v128 {
    return f32x4.mul(f32x4.mul(g, f32x4.sub(one(), y)), y);
  }
}

/** 1 - y^2 as a product, which keeps its accuracy where y is close to 1 */
@unmanaged class Tanh {
  @inline v(g: v128, y: v128): v128 {
    return f32x4.mul(g, f32x4.mul(f32x4.sub(one(), y), f32x4.add(one(), y)));
  }
}

const SILU_BOUNDS: usize = memory.data<f32>([-87, 87]);

/** s + x s (1 - s) with s = 1 / (1 + e), 1 - s = e s, e = exp -x; outside the bounds it is 0 or 1. */
@unmanaged class Silu {
  @inline z(x: v128, _p: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, at(SILU_BOUNDS, 0)), at(SILU_BOUNDS, 1));
  }
  @inline c(x: v128, p: v128): v128 { return this.z(x, p); }
  @inline y(_x: v128, z: v128, o: v128, k: v128, g: v128, _p: v128, _q: v128): v128 {
    const e = powerOf(o, k);
    const s = f32x4.div(one(), f32x4.add(e, one()));
    return f32x4.mul(g, madd(f32x4.mul(z, s), f32x4.mul(e, s), s));
  }
}

@unmanaged class LeakyRelu {
  @inline v(g: v128, x: v128, slope: v128, _: v128): v128 {
    return v128.bitselect(g, f32x4.mul(g, slope), f32x4.gt(x, f32x4.splat(0)));
  }
}

/** g where lo <= x <= hi, 0 elsewhere and for NaN */
@unmanaged class Clamp {
  @inline v(g: v128, x: v128, lo: v128, hi: v128): v128 {
    return v128.and(g, v128.and(f32x4.ge(x, lo), f32x4.le(x, hi)));
  }
}

export function reluGrad(g: usize, y: usize, out: usize, n: i32): void { zip<Relu>(g, y, out, n); }
export function sigmoidGrad(g: usize, y: usize, out: usize, n: i32): void { zip<Sigmoid>(g, y, out, n); }
export function tanhGrad(g: usize, y: usize, out: usize, n: i32): void { zip<Tanh>(g, y, out, n); }
export function siluGrad(g: usize, x: usize, out: usize, n: i32): void { mapPower<Silu, Natural>(x, g, out, n, 0, 0); }
export function geluGrad(g: usize, x: usize, out: usize, n: i32): void { mapPower<GeluGrad, RoughHalfSquare>(x, g, out, n, 0, 0); }
export function geluTanhGrad(g: usize, x: usize, out: usize, n: i32): void { mapPower<GeluTanhGrad, RoughCubic>(x, g, out, n, 0, 0); }
export function leakyReluGrad(g: usize, x: usize, out: usize, n: i32, slope: f32): void {
  zipWith<LeakyRelu>(g, x, out, n, slope, 0);
}
export function clampGrad(g: usize, x: usize, out: usize, n: i32, lo: f32, hi: f32): void {
  zipWith<Clamp>(g, x, out, n, lo, hi);
}
