// Binary cross entropy between probabilities and targets.
import { at } from "../lib/constants";
import { loadUpTo4, storeUpTo4 } from "../lib/simd";

const LEAST: usize = memory.data<f32>([-100]);

/** out[i] = -(t[i] max(p[i], -100) + (1 - t[i]) max(q[i], -100)), with p = log x and q = log(1 - x). */
export function binaryCrossEntropy(p: usize, q: usize, t: usize, out: usize, n: i32): void {
  const least = at(LEAST, 0);
  for (; n > 0; n -= 4, p += 16, q += 16, t += 16, out += 16) {
    const target = loadUpTo4(t, n);
    const other = f32x4.sub(target, f32x4.splat(1));
    const right = f32x4.mul(other, f32x4.max(loadUpTo4(q, n), least));
    storeUpTo4(out, f32x4.sub(right, f32x4.mul(target, f32x4.max(loadUpTo4(p, n), least))), n);
  }
}
