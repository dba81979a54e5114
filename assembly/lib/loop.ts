// Loops over arrays of 32-bit elements. An op is an unmanaged class whose inlined `v` maps vectors; no object exists at run time.
// x, a, b and out are addresses, n counts elements, p and q are parameters in all lanes. Two vectors an iteration, then the rest
// with the same vector code on part vectors, so no result depends on its position. out may be one of the inputs.
import { loadUpTo4, storeUpTo4 } from "./simd";

/** out[i] = op(x[i]) */
@inline
export function map<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n >= 8; n -= 8, x += 32, out += 32) {
    const y0 = op.v(v128.load(x));
    const y1 = op.v(v128.load(x, 16));
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
  for (; n > 0; n -= 4, x += 16, out += 16) storeUpTo4(out, op.v(loadUpTo4(x, n)), n);
}

/** out[i] = op(x[i], p, q) */
@inline
export function mapWith<Op>(x: usize, out: usize, n: i32, p: f32, q: f32): void {
  const op = changetype<Op>(0);
  const ps = f32x4.splat(p);
  const qs = f32x4.splat(q);
  for (; n >= 8; n -= 8, x += 32, out += 32) {
    const y0 = op.v(v128.load(x), ps, qs);
    const y1 = op.v(v128.load(x, 16), ps, qs);
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
  for (; n > 0; n -= 4, x += 16, out += 16) storeUpTo4(out, op.v(loadUpTo4(x, n), ps, qs), n);
}

/** out[i] = op(a[i], b[i]) */
@inline
export function zip<Op>(a: usize, b: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n >= 8; n -= 8, a += 32, b += 32, out += 32) {
    const y0 = op.v(v128.load(a), v128.load(b));
    const y1 = op.v(v128.load(a, 16), v128.load(b, 16));
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) storeUpTo4(out, op.v(loadUpTo4(a, n), loadUpTo4(b, n)), n);
}

/** out[i] = op(a[i], b[i], p, q) */
@inline
export function zipWith<Op>(a: usize, b: usize, out: usize, n: i32, p: f32, q: f32): void {
  const op = changetype<Op>(0);
  const ps = f32x4.splat(p);
  const qs = f32x4.splat(q);
  for (; n >= 8; n -= 8, a += 32, b += 32, out += 32) {
    const y0 = op.v(v128.load(a), v128.load(b), ps, qs);
    const y1 = op.v(v128.load(a, 16), v128.load(b, 16), ps, qs);
    v128.store(out, y0);
    v128.store(out, y1, 16);
  }
  for (; n > 0; n -= 4, a += 16, b += 16, out += 16) storeUpTo4(out, op.v(loadUpTo4(a, n), loadUpTo4(b, n), ps, qs), n);
}
