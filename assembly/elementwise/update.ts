// Scaling and accumulating in place: n counts elements.
import { mapWith, zipWith } from "../lib/loop";
import { madd } from "../lib/simd";

/** y + alpha x */
@unmanaged class Axpy { @inline v(x: v128, y: v128, alpha: v128, _: v128): v128 { return madd(x, alpha, y); } }
@unmanaged class Scale { @inline v(x: v128, alpha: v128, _: v128): v128 { return f32x4.mul(x, alpha); } }

/** y += alpha x, used to accumulate gradients. */
export function axpy(x: usize, y: usize, n: i32, alpha: f32): void { zipWith<Axpy>(x, y, y, n, alpha, 0); }

/** out = alpha x; out may be x. */
export function scale(x: usize, out: usize, n: i32, alpha: f32): void { mapWith<Scale>(x, out, n, alpha, 0); }
