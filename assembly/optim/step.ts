// Optimizer steps as PyTorch computes them, in one pass over all parameters of a group, however many there are.
// table: six words per parameter: elements, addresses of the parameter p, the gradient g and up to three tensors of state s, t, u. The
// elements of all parameters count as one sequence, of which a call processes n from number `from` on, so threads share them evenly.
// Hyper-parameters are float64, so that terms like 1 - beta2 are rounded once, after the subtraction. State below the smallest
// normal float becomes 0: denormal arithmetic is several times slower, and such small values do not matter.
import { at, magnitude, one } from "../lib/constants";
import { loadUpTo4, madd, nmadd, storeUpTo4, widenHigh, widenLow } from "../lib/simd";

const LEAST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);
const ROW: usize = 24;

@inline
function splat(x: f64): v128 {
  return f32x4.splat(<f32>x);
}

/** Denormals become 0, NaN stays. */
@inline
function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(magnitude(x), at(LEAST_NORMAL, 0)));
}

/** Runs rule.v on `from` to `from + n` of all rows, with the constants a to k and the weight decay that is added to the gradient. */
@inline
function each<Rule>(
  table: usize, from: i32, n: i32, flags: i32, decay: f64, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, h: v128, i: v128,
  j: v128, k: v128,
): void {
  const rule = changetype<Rule>(0);
  const flip = i32x4.splat(flags << 31); // the lowest flag, `maximize`, flips the sign of the gradient
  const penalty = splat(decay);
  const decays = decay != 0;
  for (; n > 0; table += ROW) {
    const size = load<i32>(table);
    if (from >= size) {
      from -= size;
      continue;
    }
    let left = min(size - from, n);
    n -= left;
    const start = <usize>from << 2;
    from = 0;
    let p = <usize>load<u32>(table, 4) + start;
    let g = <usize>load<u32>(table, 8) + start;
    let s = <usize>load<u32>(table, 12) + start;
    let t = <usize>load<u32>(table, 16) + start;
    let u = <usize>load<u32>(table, 20) + start;
    // The usual case by itself: without flags and weight decay, all constants stay in registers.
    if (!decays && !flags) {
      for (; left >= 4; left -= 4, p += 16, g += 16, s += 16, t += 16, u += 16) {
        rule.v(4, p, g, s, t, u, flip, penalty, false, 0, a, b, c, d, e, f, h, i, j, k);
      }
    }
    for (; left >= 4; left -= 4, p += 16, g += 16, s += 16, t += 16, u += 16) {
      rule.v(4, p, g, s, t, u, flip, penalty, decays, flags, a, b, c, d, e, f, h, i, j, k);
    }
    if (left > 0) rule.v(left, p, g, s, t, u, flip, penalty, decays, flags, a, b, c, d, e, f, h, i, j, k);
  }
}

/** The gradient with its sign and weight decay. */
@inline
function gradient(g: usize, lanes: i32, x: v128, flip: v128, penalty: v128, decays: bool): v128 {
  const d = v128.xor(loadUpTo4(g, lanes), flip);
  return decays ? madd(penalty, x, d) : d; // without decay an infinite parameter makes no NaN
}

/** A running mean at s of x, which keeps `keep` of itself. */
@inline
function runningMean(s: usize, lanes: i32, keep: v128, fresh: v128, x: v128): v128 {
  const mean = flush(madd(keep, loadUpTo4(s, lanes), f32x4.mul(fresh, x)));
  storeUpTo4(s, mean, lanes);
  return mean;
}

/** The same of x^2. */
@inline
function runningSquare(s: usize, lanes: i32, keep: v128, fresh: v128, x: v128): v128 {
  const square = flush(madd(keep, loadUpTo4(s, lanes), f32x4.mul(f32x4.mul(fresh, x), x)));
  storeUpTo4(s, square, lanes);
  return square;
}

const MOMENTUM = 2;
const FIRST = 4;
const NESTEROV = 8;

@unmanaged class Sgd {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    step: v128, keep: v128, fresh: v128, d3: v128, d4: v128, d5: v128, d6: v128, d7: v128, d8: v128, d9: v128,
  ): void {
    const x = loadUpTo4(p, lanes);
    let d = gradient(g, lanes, x, flip, penalty, decays);
    if (flags & MOMENTUM) {
      const b = flags & FIRST ? d : flush(madd(keep, loadUpTo4(s, lanes), f32x4.mul(fresh, d)));
      storeUpTo4(s, b, lanes);
      d = flags & NESTEROV ? madd(keep, b, d) : b;
    }
    storeUpTo4(p, madd(step, d, x), lanes);
  }
}

/** s is the momentum buffer. In the `FIRST` step it becomes the gradient, without dampening. */
export function sgd(table: usize, from: i32, n: i32, flags: i32, decay: f64, lr: f64, momentum: f64, dampening: f64): void {
  const z = i32x4.splat(0);
  each<Sgd>(table, from, n, flags, decay, splat(-lr), splat(momentum), splat(1 - dampening), z, z, z, z, z, z, z);
}

const AMSGRAD = 2;
const MAXIMUM = 4;
const UNSCALED = 8;
const AHEAD = 16;

@unmanaged class Adam {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    b1: v128, fresh1: v128, b2: v128, fresh2: v128, step: v128, near: v128, ahead: v128, correct: v128, eps: v128, shrink: v128,
  ): void {
    const x = loadUpTo4(p, lanes);
    const d = gradient(g, lanes, x, flip, penalty, decays);
    const mean = runningMean(s, lanes, b1, fresh1, d);
    let root: v128;
    if (flags & MAXIMUM) {
      root = f32x4.max(f32x4.mul(b2, loadUpTo4(t, lanes)), f32x4.add(magnitude(d), eps));
      storeUpTo4(t, root, lanes);
    } else {
      let square = runningSquare(t, lanes, b2, fresh2, d);
      if (flags & AMSGRAD) {
        square = f32x4.pmax(square, loadUpTo4(u, lanes)); // NaN in the square wins
        storeUpTo4(u, square, lanes);
      }
      root = flags & UNSCALED ? one() : madd(f32x4.sqrt(square), correct, eps);
    }
    const toward = flags & AHEAD ? madd(ahead, d, f32x4.mul(near, mean)) : mean;
    storeUpTo4(p, madd(step, f32x4.div(toward, root), f32x4.mul(x, shrink)), lanes);
  }
}

/**
 * p = shrink p - step (near m + ahead g) / (correct sqrt(v) + eps), with the running means m and v of g and g^2 at s and t. AMSGRAD takes the
 * largest v so far, which is at u. Only NAdam has `near` other than 1 and `ahead` other than 0. MAXIMUM (Adamax) has max(beta2 v, |g| + eps) in place of v and the root. UNSCALED (RAdam) does not divide.
 */
export function adam(
  table: usize, from: i32, n: i32, flags: i32, decay: f64, beta1: f64, beta2: f64, step: f64, near: f64, ahead: f64, correct: f64,
  eps: f64, shrink: f64,
): void {
  each<Adam>(
    table, from, n, ahead != 0 ? flags | AHEAD : flags, decay, splat(beta1), splat(1 - beta1), splat(beta2), splat(1 - beta2), splat(-step), splat(near),
    splat(ahead), splat(correct), splat(eps), splat(shrink),
  );
}

const CENTERED = 2;
const BUFFERED = 4;

@unmanaged class Rmsprop {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    step: v128, keep: v128, fresh: v128, eps: v128, momentum: v128, d5: v128, d6: v128, d7: v128, d8: v128, d9: v128,
  ): void {
    const x = loadUpTo4(p, lanes);
    const d = gradient(g, lanes, x, flip, penalty, decays);
    let square = runningSquare(s, lanes, keep, fresh, d);
    if (flags & CENTERED) {
      const mean = runningMean(t, lanes, keep, fresh, d);
      // Rounding may leave a variance just below 0, whose root would be NaN.
      square = f32x4.max(nmadd(mean, mean, square), i32x4.splat(0));
    }
    let move = f32x4.div(d, f32x4.add(f32x4.sqrt(square), eps));
    if (flags & BUFFERED) move = runningMean(u, lanes, momentum, one(), move);
    storeUpTo4(p, madd(step, move, x), lanes);
  }
}

/** s is the running mean of g^2, for CENTERED t that of g, for BUFFERED u the momentum buffer. Adagrad keeps all and adds all of g^2. */
export function rmsprop(
  table: usize, from: i32, n: i32, flags: i32, decay: f64, lr: f64, keep: f64, fresh: f64, eps: f64, momentum: f64,
): void {
  const z = i32x4.splat(0);
  each<Rmsprop>(
    table, from, n, flags, decay, splat(-lr), splat(keep), splat(fresh), splat(eps), splat(momentum), z, z, z, z, z,
  );
}

@unmanaged class Adadelta {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    step: v128, keep: v128, fresh: v128, eps: v128, d4: v128, d5: v128, d6: v128, d7: v128, d8: v128, d9: v128,
  ): void {
    const x = loadUpTo4(p, lanes);
    const d = gradient(g, lanes, x, flip, penalty, decays);
    const square = runningSquare(s, lanes, keep, fresh, d);
    const last = f32x4.sqrt(f32x4.add(loadUpTo4(t, lanes), eps));
    const move = f32x4.mul(f32x4.div(last, f32x4.sqrt(f32x4.add(square, eps))), d);
    runningSquare(t, lanes, keep, fresh, move);
    storeUpTo4(p, madd(step, move, x), lanes);
  }
}

/** s and t are the running means of g^2 and of the squared moves. */
export function adadelta(table: usize, from: i32, n: i32, flags: i32, decay: f64, lr: f64, rho: f64, eps: f64): void {
  const z = i32x4.splat(0);
  each<Adadelta>(table, from, n, flags, decay, splat(-lr), splat(rho), splat(1 - rho), splat(eps), z, z, z, z, z, z);
}

@unmanaged class Lion {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    step: v128, b1: v128, fresh1: v128, b2: v128, fresh2: v128, shrink: v128, d6: v128, d7: v128, d8: v128, d9: v128,
  ): void {
    const x = loadUpTo4(p, lanes);
    const d = gradient(g, lanes, x, flip, penalty, decays);
    const toward = madd(b1, loadUpTo4(s, lanes), f32x4.mul(fresh1, d));
    const zero = i32x4.splat(0);
    const sign = v128.or(f32x4.convert_i32x4_s(i32x4.sub(f32x4.lt(toward, zero), f32x4.gt(toward, zero))), f32x4.ne(toward, toward));
    runningMean(s, lanes, b2, fresh2, d);
    storeUpTo4(p, madd(step, sign, f32x4.mul(x, shrink)), lanes);
  }
}

/** p = shrink p - lr sign(beta1 m + (1 - beta1) g), m = beta2 m + (1 - beta2) g at s. */
export function lion(
  table: usize, from: i32, n: i32, flags: i32, decay: f64, lr: f64, beta1: f64, beta2: f64, shrink: f64,
): void {
  const z = i32x4.splat(0);
  each<Lion>(
    table, from, n, flags, decay, splat(-lr), splat(beta1), splat(1 - beta1), splat(beta2), splat(1 - beta2), splat(shrink), z, z, z, z,
  );
}

@unmanaged class ScheduleFree {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    step: v128, b2: v128, fresh2: v128, correct: v128, eps: v128, blend: v128, ahead: v128, d7: v128, d8: v128, d9: v128,
  ): void {
    const y = loadUpTo4(p, lanes);
    const z = loadUpTo4(s, lanes);
    const d = v128.xor(loadUpTo4(g, lanes), flip);
    const square = runningSquare(t, lanes, b2, fresh2, d);
    let move = f32x4.div(d, madd(f32x4.sqrt(square), correct, eps));
    if (decays) move = madd(penalty, y, move);
    storeUpTo4(p, madd(ahead, move, madd(blend, f32x4.sub(z, y), y)), lanes);
    storeUpTo4(s, madd(step, move, z), lanes);
  }
}

/** p is y, the point between the average x and the fast weights z at s; t is the running mean of g^2. */
export function scheduleFree(
  table: usize, from: i32, n: i32, flags: i32, decay: f64, lr: f64, beta2: f64, correct: f64, eps: f64, blend: f64, ahead: f64,
): void {
  const z = i32x4.splat(0);
  each<ScheduleFree>(
    table, from, n, flags, decay, splat(-lr), splat(beta2), splat(1 - beta2), splat(correct), splat(eps), splat(blend), splat(ahead),
    z, z, z,
  );
}

@unmanaged class Blend {
  @inline v(
    lanes: i32, p: usize, g: usize, s: usize, t: usize, u: usize, flip: v128, penalty: v128, decays: bool, flags: i32,
    a: v128, b: v128, d2: v128, d3: v128, d4: v128, d5: v128, d6: v128, d7: v128, d8: v128, d9: v128,
  ): void {
    const d = f32x4.mul(b, loadUpTo4(g, lanes));
    storeUpTo4(p, madd(a, loadUpTo4(p, lanes), d), lanes);
  }
}

/** p = a p + b g: averages of weights, momentum, scaled gradients. */
export function blend(table: usize, from: i32, n: i32, a: f64, b: f64): void {
  const z = i32x4.splat(0);
  each<Blend>(table, from, n, 0, 0, splat(a), splat(b), z, z, z, z, z, z, z, z);
}

/** Sum of |g| (kind 1), sum of g^2 (2) or largest |g| (0) of all rows, in float64. NaN stays. */
export function gradNorm(table: usize, rows: i32, kind: i32): f64 {
  let total = f64x2.splat(0);
  for (; rows > 0; rows--, table += ROW) {
    let g = <usize>load<u32>(table, 4);
    for (let left = load<i32>(table); left > 0; left -= 4, g += 16) {
      const x = magnitude(loadUpTo4(g, left));
      const low = widenLow(x);
      const high = widenHigh(x);
      if (kind == 0) total = f64x2.max(total, f64x2.max(low, high));
      else if (kind == 1) total = f64x2.add(total, f64x2.add(low, high));
      else total = f64x2.add(total, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    }
  }
  const first = f64x2.extract_lane(total, 0);
  const second = f64x2.extract_lane(total, 1);
  return kind == 0 ? max(first, second) : first + second;
}
