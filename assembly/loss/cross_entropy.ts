// Cross entropy with class indices: logp [rows, n] log-probabilities, t = target[r] int32, checked by the caller;
// w = weight[t], or 1 without weights (address 0); s is the label smoothing. Rows whose target is ignoreIndex count nothing.
import { magnitude } from "../lib/constants";
import { mapWith, zipWith } from "../lib/loop";
import { expMinus } from "../lib/math";
import { madd } from "../lib/simd";
import { dotRow, sumRow } from "../reduce/row";

@inline
function weightOf(weight: usize, t: i32): f64 {
  return weight ? <f64>load<f32>(weight + (<usize>t << 2)) : 1;
}

/** loss[r] = -(1 - s) w logp[t] - s/n sum_c weight[c] logp[c], and rowWeight[r] = w. */
export function crossEntropy(
  logp: usize, target: usize, weight: usize, loss: usize, rowWeight: usize, rows: i32, n: i32,
  ignoreIndex: i32, smoothing: f64,
): void {
  const row = <usize>n << 2;
  for (; rows > 0; rows--, logp += row, target += 4, loss += 4, rowWeight += 4) {
    const t = load<i32>(target);
    let value: f64 = 0;
    let w: f64 = 0;
    if (t != ignoreIndex) {
      w = weightOf(weight, t);
      value -= (1 - smoothing) * w * <f64>load<f32>(logp + (<usize>t << 2));
      // Without smoothing the sum is left out: 0 * -Infinity would make a NaN.
      if (smoothing != 0) value -= smoothing / <f64>n * (weight ? dotRow(weight, logp, n) : sumRow(logp, n));
    }
    store<f32>(loss, <f32>value);
    store<f32>(rowWeight, <f32>w);
  }
}

@unmanaged
class Plain {
  @inline
  v(logp: v128, scale: v128, offset: v128): v128 {
    return madd(expMinus(magnitude(logp)), scale, offset);
  }
}

@unmanaged
class Weighted {
  @inline
  v(logp: v128, weight: v128, scale: v128, offset: v128): v128 {
    return madd(expMinus(magnitude(logp)), scale, f32x4.mul(weight, offset));
  }
}

/**
 * The gradient of sum_r g[r] loss[r] by the logits: out[r, c] = g[r] (exp(logp[c]) Q - q_c) with
 * q_c = ((1 - s) [c = t] + s/n) weight[c] and Q = sum_c q_c.
 */
export function crossEntropyGrad(
  logp: usize, target: usize, weight: usize, g: usize, out: usize, rows: i32, n: i32,
  ignoreIndex: i32, smoothing: f64,
): void {
  const row = <usize>n << 2;
  const share = smoothing / <f64>n;
  const shared = smoothing == 0 ? 0 : share * (weight ? sumRow(weight, n) : <f64>n);
  for (; rows > 0; rows--, logp += row, target += 4, g += 4, out += row) {
    const t = load<i32>(target);
    if (t == ignoreIndex) {
      memory.fill(out, 0, row);
      continue;
    }
    const w = weightOf(weight, t);
    const grad = <f64>load<f32>(g);
    const scale = grad * ((1 - smoothing) * w + shared);
    const offset = -grad * share;
    const probability = f32x4.extract_lane(expMinus(magnitude(v128.load32_splat(logp + (<usize>t << 2)))), 0);
    if (weight && smoothing != 0) zipWith<Weighted>(logp, weight, out, n, <f32>scale, <f32>offset);
    else mapWith<Plain>(logp, out, n, <f32>scale, <f32>offset);
    store<f32>(out + (<usize>t << 2), <f32>(scale * <f64>probability + (offset - grad * (1 - smoothing)) * w));
  }
}
