// Activations: name(x, out, n, parameters) sets out[i] = name(x[i]) for n floats. x and out may be the same address.
// NaN gives NaN. Largest errors in ulp while results are not nearly denormal (1e-36): sigmoid and silu 2.5, gelu 3.8, geluTanh 2.4,
// softplus 2.9, elu 1.1 (beta and alpha 1); the others are exact or correctly rounded.
import * as forms from "../lib/gelu";
import { map, mapWith } from "../lib/loop";
import * as math from "../lib/math";

@unmanaged class Relu { @inline v(x: v128): v128 { return f32x4.pmax(x, f32x4.splat(0)); } }
@unmanaged class Sigmoid { @inline v(x: v128): v128 { return math.sigmoid(x); } }
@unmanaged class Silu { @inline v(x: v128): v128 { return math.silu(x); } }
@unmanaged class Gelu { @inline v(x: v128): v128 { return forms.gelu(x); } }
@unmanaged class GeluTanh { @inline v(x: v128): v128 { return forms.geluTanh(x); } }

/** alpha (exp x - 1) below 0 */
@unmanaged class Elu {
  @inline v(x: v128, alpha: v128, _: v128): v128 {
    return v128.bitselect(x, f32x4.mul(alpha, math.expm1Below0(x)), f32x4.gt(x, f32x4.splat(0)));
  }
}

@unmanaged class LeakyRelu {
  @inline v(x: v128, slope: v128, _: v128): v128 {
    return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0)));
  }
}

/** hi wins where lo > hi. */
@unmanaged class Clamp {
  @inline v(x: v128, lo: v128, hi: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, lo), hi);
  }
}

/** log(1 + exp(beta x)) / beta = (max(z, 0) + log(1 + exp -|z|)) / beta with z = beta x; x itself above the threshold */
@unmanaged class Softplus {
  @inline v(x: v128, beta: v128, threshold: v128): v128 {
    const z = f32x4.mul(x, beta);
    const y = math.softplus(z);
    return v128.bitselect(x, f32x4.div(y, beta), f32x4.gt(z, threshold));
  }
}

export function relu(x: usize, out: usize, n: i32): void { map<Relu>(x, out, n); }
export function sigmoid(x: usize, out: usize, n: i32): void { map<Sigmoid>(x, out, n); }
export function silu(x: usize, out: usize, n: i32): void { map<Silu>(x, out, n); }
export function gelu(x: usize, out: usize, n: i32): void { map<Gelu>(x, out, n); }
export function geluTanh(x: usize, out: usize, n: i32): void { map<GeluTanh>(x, out, n); }
export function softplus(x: usize, out: usize, n: i32, beta: f32, threshold: f32): void {
  mapWith<Softplus>(x, out, n, beta, threshold);
}
export function elu(x: usize, out: usize, n: i32, alpha: f32): void { mapWith<Elu>(x, out, n, alpha, 0); }
export function leakyRelu(x: usize, out: usize, n: i32, slope: f32): void { mapWith<LeakyRelu>(x, out, n, slope, 0); }
export function clamp(x: usize, out: usize, n: i32, lo: f32, hi: f32): void { mapWith<Clamp>(x, out, n, lo, hi); }
