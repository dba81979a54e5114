// Functions of two lanes of float64, and loops that apply them to arrays of float32. A result is rounded to float32 once, and float64 has
// bits to spare for what cancels. The large ones are not inlined: a call costs
// little beside what they compute. (The compiler warns of exported functions that take vectors, so what is exported is inlined.)
import { at64 } from "../lib/constants";
import * as power from "../lib/pow";

const enum Num { ONE, LOG2_E, LN2, SMALL, TINY, HUGE, TAN_PI_8, PI_4, PI_2, PI }
const NUMS: usize = memory.data<f64>([
  1, 1.4426950408889634, 0.6931471805599453, 6.103515625e-5, 1e-300, 1e100, 0.41421356237309503, 0.7853981633974483, 1.5707963267948966,
  3.141592653589793,
]);

@inline
export function one64(): v128 {
  return at64(NUMS, Num.ONE);
}

@inline
export function log2E64(): v128 {
  return at64(NUMS, Num.LOG2_E);
}

/** Whether |x| < 2^-14, where x and perhaps a term of its square are all that float32 can hold. */
@inline
export function isSmall(x: v128): v128 {
  return f64x2.lt(f64x2.abs(x), at64(NUMS, Num.SMALL));
}

/** y with the sign of x, for y >= 0. */
@inline
export function withSign(y: v128, x: v128): v128 {
  return v128.or(y, v128.andnot(x, f64x2.splat(reinterpret<f64>(0x7fffffffffffffff))));
}

function evaluate(x: v128, c: usize, n: i32): v128 {
  let y = f64x2.splat(0);
  while (--n >= 0) y = f64x2.add(f64x2.mul(y, x), f64x2.promote_low_f32x4(v128.load32_splat(c + (<usize>n << 2))));
  return y;
}

/** c[0] + c[1] x + ... with n float32 coefficients. */
@inline
export function horner(x: v128, c: usize, n: i32): v128 {
  return evaluate(x, c, n);
}

function expm1(x: v128): v128 {
  return power.exp2m1(f64x2.mul(x, at64(NUMS, Num.LOG2_E)));
}

/** e^x - 1, relative to itself to 2^-24.5. */
@inline
export function expm1Pair(x: v128): v128 {
  return expm1(x);
}

function exp2(x: v128): v128 {
  return power.exp2(x);
}

/** 2^x */
@inline
export function exp2Pair(x: v128): v128 {
  return exp2(x);
}

function log2(x: v128): v128 {
  return v128.or(power.log2(x), f64x2.lt(x, f64x2.splat(0)));
}

/** log2 x, NaN below 0. */
@inline
export function log2Pair(x: v128): v128 {
  return log2(x);
}

/** log x, NaN below 0. */
@inline
export function logPair(x: v128): v128 {
  return f64x2.mul(log2Pair(x), at64(NUMS, Num.LN2));
}

/** atan t = t + t^3 P(t^2), t <= tan(pi / 8), to 0.05 * 2^-24. */
const ATAN_P: usize = memory.data<f32>([-0.33333316, 0.19998471, -0.14243525, 0.1059376, -0.06078094]);

function atan2(y: v128, x: v128): v128 {
  const u = f64x2.pmin(f64x2.abs(y), at64(NUMS, Num.HUGE));
  const v = f64x2.pmax(f64x2.pmin(f64x2.abs(x), at64(NUMS, Num.HUGE)), at64(NUMS, Num.TINY));
  const isSteep = f64x2.gt(u, v);
  const least = v128.bitselect(v, u, isSteep);
  const most = v128.bitselect(u, v, isSteep);
  const isFar = f64x2.gt(least, f64x2.mul(most, at64(NUMS, Num.TAN_PI_8)));
  const t = f64x2.div(
    v128.bitselect(f64x2.sub(least, most), least, isFar),
    v128.bitselect(f64x2.add(least, most), most, isFar),
  );
  const tt = f64x2.mul(t, t);
  let angle = f64x2.add(t, f64x2.mul(f64x2.mul(t, tt), horner(tt, ATAN_P, 5)));
  angle = f64x2.add(angle, v128.and(at64(NUMS, Num.PI_4), isFar));
  angle = v128.bitselect(f64x2.sub(at64(NUMS, Num.PI_2), angle), angle, isSteep);
  angle = v128.bitselect(f64x2.sub(at64(NUMS, Num.PI), angle), angle, i64x2.shr_s(x, 63));
  return withSign(angle, y);
}

/** The angle of the point (x, y), as C's atan2. Angles above pi / 8 are computed from pi / 4, and those above pi / 4 from pi / 2. */
@inline
export function atan2Pair(y: v128, x: v128): v128 {
  return atan2(y, x);
}

/** The first min(left, 2) floats at x. */
@inline
function loadUpTo2(x: usize, left: i32): v128 {
  return left > 1 ? v128.load64_zero(x) : v128.load32_zero(x);
}

/** Rounds the first min(left, 2) results and writes them; returns where the next ones belong. */
@inline
function storePair(out: usize, y: v128, left: i32): usize {
  y = f32x4.demote_f64x2_zero(y);
  if (left > 1) v128.store_lane<f64>(out, y, 0);
  else v128.store_lane<f32>(out, y, 0);
  return out + (min(left, 2) << 2);
}

/** out[i] = op(x[i]) for n floats, two at a time; the last one goes through the same code. */
@inline
export function mapPairs<Op>(x: usize, out: usize, n: i32): void {
  for (; n > 0; n -= 2, x += 8) out = storePair(out, changetype<Op>(0).v(f64x2.promote_low_f32x4(loadUpTo2(x, n))), n);
}

/** The next two floats of a row, or its one float, in float64. */
@inline
function loadPair(row: usize, col: i32, left: i32): v128 {
  return f64x2.promote_low_f32x4(col ? loadUpTo2(row, left) : v128.load32_splat(row));
}

/** out[r, c] = op(a, b) of float32, two at a time, with the arguments of lib/broadcast.ts. */
@inline
export function broadcastPairs<Op>(
  a: usize, b: usize, out: usize, rows: i32, cols: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  for (; rows > 0; rows--, a += <usize>aRow << 2, b += <usize>bRow << 2) {
    let x = a;
    let y = b;
    for (let left = cols; left > 0; left -= 2, x += aCol << 3, y += bCol << 3) {
      out = storePair(out, changetype<Op>(0).v(loadPair(x, aCol, left), loadPair(y, bCol, left)), left);
    }
  }
}
