// Optimizer steps as PyTorch computes them, in one pass over the parameter p, the gradient g and the state; n counts floats.
// Hyper-parameters are float64, so that terms like 1 - beta2 are rounded once, after the subtraction. State below the smallest
// normal float becomes 0: denormal arithmetic is several times slower, and such small values do not matter.
import { at, magnitude } from "../lib/constants";
import { loadUpTo4, madd, storeUpTo4 } from "../lib/simd";

const LEAST_NORMAL: usize = memory.data<f32>([1.17549435e-38]);

@inline
function splat(x: f64): v128 {
  return f32x4.splat(<f32>x);
}

/** Denormals become 0, NaN stays. */
@inline
function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(magnitude(x), at(LEAST_NORMAL, 0)));
}

/** A mask that flips the sign of the gradient if the objective is maximized. */
@inline
function flipFor(maximize: i32): v128 {
  return i32x4.splat(maximize ? 0x80000000 : 0);
}

@inline
function sgdLanes(
  lanes: i32, p: usize, g: usize, buf: usize, step: v128, keep: v128, fresh: v128, decay: v128, flip: v128,
  decays: bool, nesterov: i32, first: i32,
): void {
  const x = loadUpTo4(p, lanes);
  let d = v128.xor(loadUpTo4(g, lanes), flip);
  if (decays) d = madd(decay, x, d);
  if (buf) {
    const b = first ? d : flush(madd(keep, loadUpTo4(buf, lanes), f32x4.mul(fresh, d)));
    storeUpTo4(buf, b, lanes);
    d = nesterov ? madd(keep, b, d) : b;
  }
  storeUpTo4(p, madd(step, d, x), lanes);
}

/** buf is the momentum buffer, or 0 without momentum. In the `first` step it becomes the gradient, without dampening. */
export function sgd(
  p: usize, g: usize, buf: usize, n: i32, lr: f64, momentum: f64, dampening: f64, weightDecay: f64,
  nesterov: i32, first: i32, maximize: i32,
): void {
  const step = splat(-lr);
  const keep = splat(momentum);
  const fresh = splat(1 - dampening);
  const decay = splat(weightDecay);
  const decays = weightDecay != 0;
  const flip = flipFor(maximize);
  const next: usize = buf ? 16 : 0;
  for (; n >= 4; n -= 4, p += 16, g += 16, buf += next) {
    sgdLanes(4, p, g, buf, step, keep, fresh, decay, flip, decays, nesterov, first);
  }
  if (n > 0) sgdLanes(n, p, g, buf, step, keep, fresh, decay, flip, decays, nesterov, first);
}

@inline
function adamLanes(
  lanes: i32, p: usize, g: usize, m: usize, v: usize, vmax: usize, b1: v128, b2: v128, fresh1: v128, fresh2: v128,
  step: v128, correct: v128, eps: v128, penalty: v128, shrink: v128, flip: v128, penalizes: bool,
): void {
  const x = f32x4.mul(loadUpTo4(p, lanes), shrink);
  let d = v128.xor(loadUpTo4(g, lanes), flip);
  if (penalizes) d = madd(penalty, x, d);
  const mean = flush(madd(b1, loadUpTo4(m, lanes), f32x4.mul(fresh1, d)));
  let square = flush(madd(b2, loadUpTo4(v, lanes), f32x4.mul(f32x4.mul(fresh2, d), d)));
  storeUpTo4(m, mean, lanes);
  storeUpTo4(v, square, lanes);
  if (vmax) {
    square = f32x4.pmax(square, loadUpTo4(vmax, lanes)); // NaN in v wins
    storeUpTo4(vmax, square, lanes);
  }
  const root = madd(f32x4.sqrt(square), correct, eps);
  storeUpTo4(p, madd(step, f32x4.div(mean, root), x), lanes);
}

/**
 * m and v are the running means of g and g^2; vmax is the running maximum of v for amsgrad, or 0. Weight decay is added to the gradient
 * (Adam), or shrinks the parameter if `decoupled` (AdamW). biasCorrection is 1 - beta^t.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, vmax: usize, n: i32, lr: f64, beta1: f64, beta2: f64, eps: f64,
  weightDecay: f64, decoupled: i32, biasCorrection1: f64, biasCorrection2: f64, maximize: i32,
): void {
  const b1 = splat(beta1);
  const b2 = splat(beta2);
  const fresh1 = splat(1 - beta1);
  const fresh2 = splat(1 - beta2);
  const step = splat(-lr / biasCorrection1);
  const correct = splat(1 / sqrt(biasCorrection2));
  const e = splat(eps);
  const penalty = splat(weightDecay);
  const penalizes = weightDecay != 0 && !decoupled;
  const shrink = splat(decoupled ? 1 - lr * weightDecay : 1);
  const flip = flipFor(maximize);
  const next: usize = vmax ? 16 : 0;
  for (; n >= 4; n -= 4, p += 16, g += 16, m += 16, v += 16, vmax += next) {
    adamLanes(4, p, g, m, v, vmax, b1, b2, fresh1, fresh2, step, correct, e, penalty, shrink, flip, penalizes);
  }
  if (n > 0) {
    adamLanes(n, p, g, m, v, vmax, b1, b2, fresh1, fresh2, step, correct, e, penalty, shrink, flip, penalizes);
  }
}
