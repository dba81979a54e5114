// Gradients of the activations: nameGrad(g, x, out, n, parameters) sets out[i] = g[i] * name'(x[i]) for n floats. relu, sigmoid
// and tanh take their output y in place of x, so x may be freed. out may be g, x or y.
// Largest errors for g = 1, as parts of 1: silu and geluTanh 2e-7, gelu 1.6e-7, erf 1.3e-7, sigmoid and tanh 1.2e-7, softplus 9e-8.
import { one } from "../lib/constants";
import * as forms from "../lib/gelu";
import { zip, zipWith } from "../lib/loop";
import * as math from "../lib/math";

/** 0 where y <= 0: a NaN of y lets g pass. */
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

@unmanaged class Silu { @inline v(g: v128, x: v128): v128 { return f32x4.mul(g, math.siluSlope(x)); } }
@unmanaged class Gelu { @inline v(g: v128, x: v128): v128 { return f32x4.mul(g, forms.geluSlope(x)); } }
@unmanaged class GeluTanh { @inline v(g: v128, x: v128): v128 { return f32x4.mul(g, forms.geluTanhSlope(x)); } }
@unmanaged class Erf { @inline v(g: v128, x: v128): v128 { return f32x4.mul(g, math.erfSlope(x)); } }

/** sigmoid(beta x), 1 above the threshold */
@unmanaged class Softplus {
  @inline v(g: v128, x: v128, beta: v128, threshold: v128): v128 {
    const z = f32x4.mul(x, beta);
    return v128.bitselect(g, f32x4.mul(g, math.sigmoid(z)), f32x4.gt(z, threshold));
  }
}

/** 1 above 0, alpha exp(x) from there on down */
@unmanaged class Elu {
  @inline v(g: v128, x: v128, alpha: v128, _: v128): v128 {
    return v128.bitselect(g, f32x4.mul(f32x4.mul(g, alpha), math.expFlush(x)), f32x4.gt(x, f32x4.splat(0)));
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
export function siluGrad(g: usize, x: usize, out: usize, n: i32): void { zip<Silu>(g, x, out, n); }
export function geluGrad(g: usize, x: usize, out: usize, n: i32): void { zip<Gelu>(g, x, out, n); }
export function geluTanhGrad(g: usize, x: usize, out: usize, n: i32): void { zip<GeluTanh>(g, x, out, n); }
export function erfGrad(g: usize, x: usize, out: usize, n: i32): void { zip<Erf>(g, x, out, n); }
export function softplusGrad(g: usize, x: usize, out: usize, n: i32, beta: f32, threshold: f32): void {
  zipWith<Softplus>(g, x, out, n, beta, threshold);
}
export function eluGrad(g: usize, x: usize, out: usize, n: i32, alpha: f32): void { zipWith<Elu>(g, x, out, n, alpha, 0); }
export function leakyReluGrad(g: usize, x: usize, out: usize, n: i32, slope: f32): void {
  zipWith<LeakyRelu>(g, x, out, n, slope, 0);
}
export function clampGrad(g: usize, x: usize, out: usize, n: i32, lo: f32, hi: f32): void {
  zipWith<Clamp>(g, x, out, n, lo, hi);
}
