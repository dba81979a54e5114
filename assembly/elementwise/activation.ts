// Activations: name(x, out, n, parameters) sets out[i] = name(x[i]) for n floats. x and out may be the same address.
// NaN gives NaN. Largest errors in ulp for results above 1e-36, which is close to denormal: sigmoid and silu 2.5, gelu 3.8,
// geluTanh 2.4. The others are exact.
import { one } from "../lib/constants";
import { Gelu, HalfSquare } from "../lib/gelu";
import { Cubic, GeluTanh } from "../lib/gelu_tanh";
import { map, mapPower, mapWith, none } from "../lib/loop";
import { bounded, Natural, onePlusPower } from "../lib/math";

@unmanaged class Relu { @inline v(x: v128): v128 { return f32x4.pmax(x, f32x4.splat(0)); } }

/** 1 / (1 + exp -x). Below -88.4 it is 0, not denormal. */
@unmanaged class Sigmoid {
  @inline z(x: v128, _p: v128): v128 { return bounded(x); }
  @inline c(_x: v128, _p: v128): v128 { return none(); }
  @inline y(_x: v128, _c: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    return f32x4.div(one(), onePlusPower(o, k));
  }
}

/** x / (1 + exp -x), with the same flush. */
@unmanaged class Silu {
  @inline z(x: v128, _p: v128): v128 { return bounded(x); }
  @inline c(_x: v128, _p: v128): v128 { return none(); }
  @inline y(x: v128, _c: v128, o: v128, k: v128, _g: v128, _p: v128, _q: v128): v128 {
    return f32x4.div(x, onePlusPower(o, k));
  }
}

@unmanaged class LeakyRelu {
  @inline v(x: v128, slope: v128, _: v128): v128 {
    return v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, f32x4.splat(0)));
  }
}

/** The result is hi where lo > hi. */
@unmanaged class Clamp {
  @inline v(x: v128, lo: v128, hi: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, lo), hi);
  }
}

export function relu(x: usize, out: usize, n: i32): void { map<Relu>(x, out, n); }
export function sigmoid(x: usize, out: usize, n: i32): void { mapPower<Sigmoid, Natural>(x, x, out, n, 0, 0); }
export function silu(x: usize, out: usize, n: i32): void { mapPower<Silu, Natural>(x, x, out, n, 0, 0); }
export function gelu(x: usize, out: usize, n: i32): void { mapPower<Gelu, HalfSquare>(x, x, out, n, 0, 0); }
export function geluTanh(x: usize, out: usize, n: i32): void { mapPower<GeluTanh, Cubic>(x, x, out, n, 0, 0); }
export function leakyRelu(x: usize, out: usize, n: i32, slope: f32): void { mapWith<LeakyRelu>(x, out, n, slope, 0); }
export function clamp(x: usize, out: usize, n: i32, lo: f32, hi: f32): void { mapWith<Clamp>(x, out, n, lo, hi); }
