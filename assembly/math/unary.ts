// Functions of one array: name(x, out, n) sets out[i] = name(x[i]) for n floats. x and out may be the same address.
// NaN gives NaN. Largest errors in ulp over all float32: sin and cos 1.6 (2.4 near their zeros above 2^23), tan 3.2 (4 near zeros and
// poles above 2^23), erfinv 2.4, expm1 and sinh 1.1, erfc 1.1; asin, acos, atan, cosh, asinh, acosh, atanh, exp2, log1p, log2 and
// log10 0.6. round is exact.
import { at, at64, magnitude, signOf } from "../lib/constants";
import { TAIL, Tail, TAIL_P } from "../lib/gelu";
import { map } from "../lib/loop";
import { turned } from "../lib/trig";
import { atan2Pair, exp2Pair, expm1Pair, horner, isSmall, log2Pair, logPair, mapPairs, one64, withSign } from "./pairs";

const enum Num { HALF, LOG10_2, SQRT_2, HALF_LOG2_E }
const NUMS: usize = memory.data<f64>([0.5, 0.3010299956639812, 1.4142135623730951, 0.7213475204444817]);

@inline
function half64(): v128 {
  return at64(NUMS, Num.HALF);
}

@unmanaged class Round { @inline v(x: v128): v128 { return f32x4.nearest(x); } }

/** Not inlined: one function for all three, and small loops around it. */
function circular(x: v128, quarterTurns: i32, isTangent: bool): v128 {
  return v128.xor(turned(magnitude(x), quarterTurns, isTangent), quarterTurns ? i32x4.splat(0) : signOf(x));
}
@unmanaged class Sin { @inline v(x: v128): v128 { return circular(x, 0, false); } }
@unmanaged class Cos { @inline v(x: v128): v128 { return circular(x, 1, false); } }
@unmanaged class Tan { @inline v(x: v128): v128 { return circular(x, 0, true); } }

/** The other side of a right triangle with the side x and the hypotenuse 1; NaN outside [-1, 1]. */
@inline
function otherSide(x: v128): v128 {
  return f64x2.sqrt(f64x2.mul(f64x2.sub(one64(), x), f64x2.add(one64(), x)));
}
@unmanaged class Asin { @inline v(x: v128): v128 { return atan2Pair(x, otherSide(x)); } }
@unmanaged class Acos { @inline v(x: v128): v128 { return atan2Pair(otherSide(x), x); } }
@unmanaged class Atan { @inline v(x: v128): v128 { return atan2Pair(x, one64()); } }

/** (m + m / (m + 1)) / 2 with m = e^|x| - 1. */
@unmanaged class Sinh {
  @inline v(x: v128): v128 {
    const m = expm1Pair(f64x2.abs(x));
    return withSign(f64x2.mul(half64(), f64x2.add(m, f64x2.div(m, f64x2.add(m, one64())))), x);
  }
}
/** (e + 1 / e) / 2 with e = e^|x|. */
@unmanaged class Cosh {
  @inline v(x: v128): v128 {
    const e = f64x2.add(expm1Pair(f64x2.abs(x)), one64());
    return f64x2.mul(half64(), f64x2.add(e, f64x2.div(one64(), e)));
  }
}
@unmanaged class Asinh {
  @inline v(x: v128): v128 {
    const t = f64x2.abs(x);
    const y = logPair(f64x2.add(t, f64x2.sqrt(f64x2.add(f64x2.mul(t, t), one64()))));
    return withSign(v128.bitselect(t, y, isSmall(t)), x);
  }
}
/** Two roots, so that both x < -1 and x < 1 give NaN. */
@unmanaged class Acosh {
  @inline v(x: v128): v128 {
    const root = f64x2.mul(f64x2.sqrt(f64x2.sub(x, one64())), f64x2.sqrt(f64x2.add(x, one64())));
    return logPair(f64x2.add(x, root));
  }
}
@unmanaged class Atanh {
  @inline v(x: v128): v128 {
    const y = f64x2.mul(half64(), logPair(f64x2.div(f64x2.add(one64(), x), f64x2.sub(one64(), x))));
    return v128.bitselect(x, y, isSmall(x));
  }
}

@unmanaged class Expm1 { @inline v(x: v128): v128 { return v128.bitselect(x, expm1Pair(x), f64x2.eq(x, f64x2.splat(0))); } }
@unmanaged class Exp2 { @inline v(x: v128): v128 { return exp2Pair(x); } }
@unmanaged class Log2 { @inline v(x: v128): v128 { return log2Pair(x); } }
@unmanaged class Log10 { @inline v(x: v128): v128 { return f64x2.mul(log2Pair(x), at64(NUMS, Num.LOG10_2)); } }
/** x - x^2 / 2 near 0. */
@unmanaged class Log1p {
  @inline v(x: v128): v128 {
    const near = f64x2.sub(x, f64x2.mul(f64x2.mul(x, x), half64()));
    return v128.bitselect(near, logPair(f64x2.add(one64(), x)), isSmall(x));
  }
}

/** 2 (1 - F(t)) for t = sqrt 2 |x|, as in gelu.ts: e^(-t^2 / 2) / (t + SHIFT) (AT_CENTER + s P(s)). */
function erfcOf(x: v128): v128 {
  const t = f64x2.mul(f64x2.abs(x), at64(NUMS, Num.SQRT_2));
  const shifted = f64x2.add(t, f64x2.promote_low_f32x4(at(TAIL, Tail.SHIFT)));
  const s = f64x2.sub(f64x2.promote_low_f32x4(at(TAIL, Tail.CENTER)), f64x2.div(f64x2.pmin(t, f64x2.splat(1e9)), shifted));
  const factor = f64x2.add(f64x2.promote_low_f32x4(at(TAIL, Tail.AT_CENTER)), f64x2.mul(s, horner(s, TAIL_P, 8)));
  const power = exp2Pair(f64x2.mul(f64x2.neg(f64x2.mul(t, t)), at64(NUMS, Num.HALF_LOG2_E)));
  const tail = f64x2.div(f64x2.mul(power, f64x2.add(factor, factor)), shifted);
  return v128.bitselect(f64x2.sub(f64x2.splat(2), tail), tail, f64x2.lt(x, f64x2.splat(0)));
}
@unmanaged class Erfc { @inline v(x: v128): v128 { return erfcOf(x); } }

// erfinv x = x P(w - 2.5) for w = -log(1 - x^2) < 5, x Q(sqrt w - 3) further out: the form is that of Giles, Approximating the erfinv
// function (2012), the coefficients are fits made for this library: 1.8 and 2 * 2^-24.
const NEAR_P: usize = memory.data<f32>([
  1.5014094, 0.24664073, -0.0041777077, -0.0012537074, 0.00021860225, -4.3967857e-6, -3.5288738e-6, 3.4372749e-7, 2.8535943e-8,
]);
const FAR_Q: usize = memory.data<f32>([
  2.832977, 1.0016743, 0.00943404, -0.0076280623, 0.0057718078, -0.0036498103, 0.0012789846, 7.5945623e-5, -0.00015035265,
]);

/** Infinite at 1 and -1, NaN outside. */
@unmanaged class Erfinv {
  @inline v(x: v128): v128 {
    const w = f64x2.neg(logPair(f64x2.mul(f64x2.sub(one64(), x), f64x2.add(one64(), x))));
    const near = horner(f64x2.sub(w, f64x2.splat(2.5)), NEAR_P, 9);
    const far = horner(f64x2.sub(f64x2.sqrt(w), f64x2.splat(3)), FAR_Q, 9);
    const y = f64x2.mul(x, v128.bitselect(near, far, f64x2.lt(w, f64x2.splat(5))));
    return v128.bitselect(withSign(w, x), y, f64x2.eq(w, f64x2.splat(Infinity)));
  }
}

/** Rounds to the nearest integer, ties to even. */
export function round(x: usize, out: usize, n: i32): void { map<Round>(x, out, n); }
export function sin(x: usize, out: usize, n: i32): void { map<Sin>(x, out, n); }
export function cos(x: usize, out: usize, n: i32): void { map<Cos>(x, out, n); }
export function tan(x: usize, out: usize, n: i32): void { map<Tan>(x, out, n); }
export function asin(x: usize, out: usize, n: i32): void { mapPairs<Asin>(x, out, n); }
export function acos(x: usize, out: usize, n: i32): void { mapPairs<Acos>(x, out, n); }
export function atan(x: usize, out: usize, n: i32): void { mapPairs<Atan>(x, out, n); }
export function sinh(x: usize, out: usize, n: i32): void { mapPairs<Sinh>(x, out, n); }
export function cosh(x: usize, out: usize, n: i32): void { mapPairs<Cosh>(x, out, n); }
export function asinh(x: usize, out: usize, n: i32): void { mapPairs<Asinh>(x, out, n); }
export function acosh(x: usize, out: usize, n: i32): void { mapPairs<Acosh>(x, out, n); }
export function atanh(x: usize, out: usize, n: i32): void { mapPairs<Atanh>(x, out, n); }
export function expm1(x: usize, out: usize, n: i32): void { mapPairs<Expm1>(x, out, n); }
export function exp2(x: usize, out: usize, n: i32): void { mapPairs<Exp2>(x, out, n); }
export function log1p(x: usize, out: usize, n: i32): void { mapPairs<Log1p>(x, out, n); }
export function log2(x: usize, out: usize, n: i32): void { mapPairs<Log2>(x, out, n); }
export function log10(x: usize, out: usize, n: i32): void { mapPairs<Log10>(x, out, n); }
export function erfc(x: usize, out: usize, n: i32): void { mapPairs<Erfc>(x, out, n); }
export function erfinv(x: usize, out: usize, n: i32): void { mapPairs<Erfinv>(x, out, n); }
