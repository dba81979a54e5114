// Connectionist temporal classification (Graves et al., 2006): the probability of a list of labels, summed over all alignments with the
// frames, and its gradient.
//
// A sample has `frames` frames of log-probabilities and `count` labels. Its states are blank, label, blank, ..., label, blank; a path begins
// in state 0 or 1, and a frame stays in its state, goes to the next one, or to the one after it between two labels that differ. Logarithms
// are added in float64; what is between 0 and log 3 is computed in float32. A list of states begins with two of -Infinity and ends with up to
// seven that nothing reads; R numbers are its size.
import { one } from "../lib/constants";
import { mapWith } from "../lib/loop";
import { exp, expMinus, usualLog } from "../lib/math";
import { narrow, widenHigh, widenLow } from "../lib/simd";

const ZEROS: usize = memory.data<f64>([0, 0, 0, 0]);

/** The classes of the states as byte offsets, and what a path pays for coming from two states before: 0 or -Infinity. */
function prepare(classes: usize, skip: usize, R: i32, labels: usize, step: i32, count: i32, blank: i32): void {
  for (let s = 0; s < R; s++) {
    const k = s >> 1;
    const isLabel = (s & 1) == 1 && k < count;
    const label = isLabel ? load<i32>(labels + k * step) : blank;
    const free = isLabel && k > 0 && load<i32>(labels + (k - 1) * step) != label;
    store<i32>(classes + (s << 2), label << 2);
    store<f64>(skip + (s << 3), free ? 0 : -Infinity);
  }
}

/** The states before the first frame: 0 is where a path begins. */
function begin(states: usize, R: i32): void {
  for (let s = 0; s < R; s++) store<f64>(states + (s << 3), s == 2 ? 0 : -Infinity);
}

/** Two states: the largest of the ways to each, and for the others how much less likely they are. */
@inline
function below(m: v128, x: v128): v128 {
  // A state without a way to it is not above another by NaN.
  return f64x2.sub(v128.and(m, f64x2.gt(m, f64x2.splat(-Infinity))), x);
}

/** Also writes what is before a list. next[s] = log(e^last[s] + e^last[s - 1] + e^(last[s - 2] + skip[s])) + logp[class of s] */
function advance(last: usize, next: usize, logp: usize, classes: usize, skip: usize, states: i32): void {
  v128.store(next - 16, f64x2.splat(-Infinity));
  for (; states > 0; states -= 4, last += 32, next += 32, classes += 16, skip += 32) {
    const a0 = v128.load(last);
    const b0 = v128.load(last - 8);
    const c0 = f64x2.add(v128.load(last - 16), v128.load(skip));
    const m0 = f64x2.max(f64x2.max(a0, b0), c0);
    const a1 = v128.load(last, 16);
    const b1 = v128.load(last, 8);
    const c1 = f64x2.add(a0, v128.load(skip, 16));
    const m1 = f64x2.max(f64x2.max(a1, b1), c1);
    const ab = f32x4.add(expMinus(narrow(below(m0, a0), below(m1, a1))), expMinus(narrow(below(m0, b0), below(m1, b1))));
    const sum = f32x4.add(ab, expMinus(narrow(below(m0, c0), below(m1, c1))));
    const more = usualLog(f32x4.max(sum, one()));
    let p = v128.load32_zero(logp + <usize>load<i32>(classes));
    p = v128.load_lane<f32>(logp + <usize>load<i32>(classes, 4), p, 1);
    p = v128.load_lane<f32>(logp + <usize>load<i32>(classes, 8), p, 2);
    p = v128.load_lane<f32>(logp + <usize>load<i32>(classes, 12), p, 3);
    v128.store(next, f64x2.add(f64x2.add(m0, widenLow(more)), widenLow(p)));
    v128.store(next, f64x2.add(f64x2.add(m1, widenHigh(more)), widenHigh(p)), 16);
  }
}

@unmanaged
class Scaled {
  @inline
  v(x: v128, scale: v128, _: v128): v128 {
    return f32x4.mul(exp(x), scale);
  }
}

/**
 * logp [T, N, C]; info [N, 3] int32: frames, labels, and where the labels begin in `labels`. Without `out`, loss[n] is the negative
 * log-likelihood of sample n. With it, out [T, N, C] = g[n] (exp(logp) - the probability that the class is emitted in this frame), 0
 * in frames that do not count. An infinite loss has NaN as its gradient, or 0 if `zeroInfinity`, and then is 0 itself. `samples` of the N are
 * computed. `work` is scratch of `sizeBytes`: 8 * (T + 8) * (2 * S + 8), for at most S labels.
 */
export function ctc(
  logp: usize, labels: usize, info: usize, loss: usize, g: usize, out: usize,
  samples: i32, T: i32, N: i32, C: i32, blank: i32, zeroInfinity: i32, sizeBytes: i32, work: usize,
): void {
  const row = <usize>(N * C) << 2;
  for (; samples > 0; samples--, logp += C << 2, info += 12, loss += 4, g += 4) {
    const frames = load<i32>(info);
    const count = load<i32>(info, 4);
    const list = labels + (load<i32>(info, 8) << 2);
    const states = 2 * count + 1;
    const R = ((states + 3) & ~3) + 4;
    const size = <usize>R << 3;
    const skip = work + size;
    let at = skip + size;
    prepare(work, skip, R, list, 4, count, blank);
    begin(at, R);
    for (let t = 0, p = logp; t < frames; t++, p += row, at += size) advance(at + 16, at + size + 16, p, work, skip, states);
    // The end is one state more, which is reached from the last two.
    const end = at + 16 + (states << 3);
    store<f64>(end, -Infinity);
    advance(end, at + size, ZEROS, ZEROS, ZEROS, 1);
    const total = load<f64>(at + size);
    const impossible = total == -Infinity;
    if (out == 0) {
      store<f32>(loss, impossible && zeroInfinity ? 0 : <f32>(0 - total));
      continue;
    }
    let scale = load<f32>(g);
    if (impossible) scale = zeroInfinity ? 0 : NaN;
    for (let t = T - 1, o = out + <usize>t * row; t >= frames; t--, o -= row) memory.fill(o, 0, C << 2);
    // The same from the end, with the labels in reverse. `at` has the states of frame t.
    const classes = at + size;
    const back = classes + size;
    let last = back + size;
    let next = last + size;
    prepare(classes, back, R, list + ((count - 1) << 2), -4, count, blank);
    begin(last, R);
    for (let t = frames - 1; t >= 0; t--, at -= size) {
      const p = logp + <usize>t * row;
      const o = out + <usize>t * row;
      advance(last + 16, next + 16, p, classes, back, states);
      mapWith<Scaled>(p, o, C, scale, 0);
      for (let s = 0; s < states && !impossible; s++) {
        const c = <usize>load<i32>(work + (s << 2));
        const both = load<f64>(at + 16 + (s << 3)) + load<f64>(next + ((states + 1 - s) << 3));
        const posterior = expMinus(f32x4.splat(<f32>(total + <f64>load<f32>(p + c) - both)));
        store<f32>(o + c, load<f32>(o + c) - scale * f32x4.extract_lane(posterior, 0));
      }
      const free = last;
      last = next;
      next = free;
    }
    out += C << 2;
  }
}
