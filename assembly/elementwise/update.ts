// Writing and accumulating in place: n counts elements.
import { mapWith, zipWith } from "../lib/loop";
import { madd, storeUpTo4 } from "../lib/simd";

/** y + alpha x */
@unmanaged class Axpy { @inline v(x: v128, y: v128, alpha: v128, _: v128): v128 { return madd(x, alpha, y); } }
@unmanaged class Scale { @inline v(x: v128, alpha: v128, _: v128): v128 { return f32x4.mul(x, alpha); } }

/** out[i] = the 32 bits of value, whatever type they stand for. */
export function fill32(out: usize, n: i32, value: i32): void {
  const v = i32x4.splat(value);
  for (; n >= 16; n -= 16, out += 64) {
    v128.store(out, v);
    v128.store(out, v, 16);
    v128.store(out, v, 32);
    v128.store(out, v, 48);
  }
  for (; n > 0; n -= 4, out += 16) storeUpTo4(out, v, n);
}

/** out[i] = the low byte of value. */
export function fill8(out: usize, n: i32, value: i32): void {
  memory.fill(out, <u8>value, n);
}

/** y += alpha x, as gradients accumulate. */
export function axpy(x: usize, y: usize, n: i32, alpha: f32): void { zipWith<Axpy>(x, y, y, n, alpha, 0); }

/** out = alpha x; out may be x. */
export function scale(x: usize, out: usize, n: i32, alpha: f32): void { mapWith<Scale>(x, out, n, alpha, 0); }
