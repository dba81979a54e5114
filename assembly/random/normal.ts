// Normal random numbers by the method of Box and Muller (1958): two words give r = sqrt(-2 ln u) and an angle, and from these the
// pair (r cos, r sin). Elements 4k and 4k + 1 are a pair, 4k + 2 and 4k + 3 the next. The largest is sqrt(64 ln 2) = 6.66
// standard deviations. Every operation rounds separately (no madd), so both builds give the same bytes.
import { at, half, one, two } from "../lib/constants";
import { generate, storeWords } from "./words";

// Small versions of the functions of lib/math and lib/trig. They have their own constants, because a better fit there must not change
// the numbers that a seed gives.
const enum C { UNIT, ANGLE, LN2_HIGH, LN2_LOW }
/** 2^-31, the radians of one step of a 32-bit angle (2 pi / 2^32), and ln 2 in two parts. */
const TABLE: usize = memory.data<f32>([4.656612873077393e-10, 1.4629180792671596e-9, 0.693145751953125, 1.4286068e-6]);
const LOG_P: usize = memory.data<f32>([0.66666675, 0.39987594, 0.296416]);
const SIN_P: usize = memory.data<f32>([-0.16666655, 0.008332189, -0.00019518285]);
const COS_Q: usize = memory.data<f32>([0.041666664, -0.0013888077, 2.4508761e-5]);
const SQRT_HALF_BITS: usize = memory.data<u32>([0x3f3504f3]);
const EIGHTH_TURN: usize = memory.data<u32>([0x20000000]);
const QUARTER_BITS = 30;

/** c0 + c1 x + c2 x^2 */
@inline
function polynomial(x: v128, table: usize): v128 {
  const upper = f32x4.add(f32x4.mul(at(table, 2), x), at(table, 1));
  return f32x4.add(f32x4.mul(upper, x), at(table, 0));
}

/** ln u for u in (0, 1]. */
@inline
function log(u: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(u, at(SQRT_HALF_BITS, 0)), 23);
  const e = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(i32x4.sub(u, i32x4.shl(exponent, 23)), one());
  const s = f32x4.div(f, f32x4.add(two(), f));
  const z = f32x4.mul(s, s);
  const square = f32x4.mul(f32x4.mul(f, f), half());
  const odd = f32x4.mul(s, f32x4.add(square, f32x4.mul(z, polynomial(z, LOG_P))));
  const low = f32x4.sub(square, f32x4.add(odd, f32x4.mul(e, at(TABLE, C.LN2_LOW))));
  return f32x4.add(f32x4.mul(e, at(TABLE, C.LN2_HIGH)), f32x4.sub(f, low));
}

/** u = (k + 1/2) / 2^31 with k the upper 31 bits, so that ln u is finite. */
@inline
function radius(bits: v128): v128 {
  const k = f32x4.convert_i32x4_s(i32x4.shr_u(bits, 1));
  const logarithm = log(f32x4.mul(f32x4.add(k, half()), at(TABLE, C.UNIT)));
  return f32x4.sqrt(f32x4.neg(f32x4.add(logarithm, logarithm)));
}

/** The nearest quarter turn, 0 to 3, of the angle `bits`, of which a full turn is 2^32. */
@inline
function quarter(bits: v128): v128 {
  return i32x4.shr_u(i32x4.add(bits, at(EIGHTH_TURN, 0)), QUARTER_BITS);
}

/** The angle minus q quarter turns, in radians: in [-pi/4, pi/4]. */
@inline
function remainder(bits: v128, q: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(bits, i32x4.shl(q, QUARTER_BITS))), at(TABLE, C.ANGLE));
}

@inline
function sine(t: v128): v128 {
  const z = f32x4.mul(t, t);
  return f32x4.add(t, f32x4.mul(f32x4.mul(t, z), polynomial(z, SIN_P)));
}

@inline
function cosine(t: v128): v128 {
  const z = f32x4.mul(t, t);
  const tail = f32x4.mul(f32x4.mul(z, z), polynomial(z, COS_Q));
  return f32x4.add(f32x4.sub(one(), f32x4.mul(z, half())), tail);
}

/** sin(q * pi/2 + t) from s = sin t and c = cos t. */
@inline
function rotatedSine(q: v128, s: v128, c: v128): v128 {
  const odd = i32x4.shr_s(i32x4.shl(q, 31), 31);
  const sign = i32x4.shl(i32x4.shr_u(q, 1), 31);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

/** q + 1: one quarter turn more makes a sine a cosine. The mask of q == q is -1. */
@inline
function plusQuarter(q: v128): v128 {
  return i32x4.sub(q, i32x4.eq(q, q));
}

@unmanaged
class Normal {
  @inline
  emit(out: usize, i: i32, left: i32, w0: v128, w1: v128, w2: v128, w3: v128, mean: v128, std: v128, _c: v128): void {
    const r0 = f32x4.mul(std, radius(w0));
    const q0 = quarter(w1);
    const t0 = remainder(w1, q0);
    const s0 = sine(t0);
    const c0 = cosine(t0);
    const z0 = f32x4.add(mean, f32x4.mul(r0, rotatedSine(plusQuarter(q0), s0, c0)));
    const z1 = f32x4.add(mean, f32x4.mul(r0, rotatedSine(q0, s0, c0)));
    const r1 = f32x4.mul(std, radius(w2));
    const q1 = quarter(w3);
    const t1 = remainder(w3, q1);
    const s1 = sine(t1);
    const c1 = cosine(t1);
    const z2 = f32x4.add(mean, f32x4.mul(r1, rotatedSine(plusQuarter(q1), s1, c1)));
    const z3 = f32x4.add(mean, f32x4.mul(r1, rotatedSine(q1, s1, c1)));
    storeWords(out, i, left, z0, z1, z2, z3);
  }
}

/** Normal random numbers with the given mean and standard deviation. */
export function normal(
  out: usize, n: i32, seedLo: i32, seedHi: i32, offLo: i32, offHi: i32, mean: f32, std: f32,
): void {
  const m = f32x4.splat(mean);
  generate<Normal>(out, n, seedLo, seedHi, offLo, offHi, m, f32x4.splat(std), m);
}
