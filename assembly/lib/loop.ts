// Loops over arrays of 32-bit elements. An op is an unmanaged class whose inlined `v` maps vectors; no object exists at run time.
// x, a, b and out are addresses, n counts elements, p and q are parameters in all lanes. An iteration processes two vectors; the
// remaining elements use the same vector code on partial vectors, so no result depends on its position. out may be one of the inputs.
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

/** out[i] = op(x[i]). Computes two vectors by the faster `usual` if `isUnusual` is false for them; the result is the same. */
@inline
export function mapUsual<Op>(x: usize, out: usize, n: i32): void {
  const op = changetype<Op>(0);
  for (; n > 0; n -= 8, x += 32, out += 32) {
    if (n >= 8) {
      const x0 = v128.load(x);
      const x1 = v128.load(x, 16);
      if (!op.isUnusual(x0, x1)) {
        const y0 = op.usual(x0);
        const y1 = op.usual(x1);
        v128.store(out, y0);
        v128.store(out, y1, 16);
        continue;
      }
    }
    for (let at: usize = 0, left = min(n, 8); left > 0; at += 16, left -= 4) {
      storeUpTo4(out + at, op.v(loadUpTo4(x + at, left)), left);
    }
  }
}

/** The c of an op of `mapPower` that needs none. */
@inline
export function none(): v128 {
  return f32x4.splat(0);
}

/**
 * out[i] = op.y(x[i], c, o, k, g[i], p, q) with c = op.c(x[i], p). `How` computes a power with exponent op.z(x[i], p) as 2^n (1 - o),
 * with n in the low bits of k. The chain from x to out takes some 70 cycles, more than a processor can overlap by itself, so the loop is
 * software-pipelined: an iteration computes k, the remainder r and c of one pair of vectors, o of the pair before, and y of the pair
 * before that.
 */
@inline
export function mapPower<Op, How>(x: usize, g: usize, out: usize, n: i32, p: f32, q: f32): void {
  const op = changetype<Op>(0);
  const how = changetype<How>(0);
  const ps = f32x4.splat(p);
  const qs = f32x4.splat(q);
  const toG = g - x;
  const toOut = out - x;
  if (n >= 24) {
    const pairs = (n >> 3) - 2;
    const start = x;
    const end = x + (<usize>pairs << 5);
    n -= pairs << 3;
    let c0 = f32x4.splat(0), k0 = c0, r0 = c0, co0 = c0, ko0 = c0, o0 = c0;
    let c1 = c0, k1 = c0, r1 = c0, co1 = c0, ko1 = c0, o1 = c0;
    for (x -= 64; x < end; x += 32) {
      const cy0 = co0, ky0 = ko0, oy0 = o0;
      const cy1 = co1, ky1 = ko1, oy1 = o1;
      const x0 = v128.load(x, 64), z0 = op.z(x0, ps), kr0 = how.n(z0), rr0 = how.r(z0, kr0), cr0 = op.c(x0, ps);
      const x1 = v128.load(x, 80), z1 = op.z(x1, ps), kr1 = how.n(z1), rr1 = how.r(z1, kr1), cr1 = op.c(x1, ps);
      co0 = c0, ko0 = k0, o0 = how.o(r0);
      co1 = c1, ko1 = k1, o1 = how.o(r1);
      c0 = cr0, k0 = kr0, r0 = rr0;
      c1 = cr1, k1 = kr1, r1 = rr1;
      if (x < start) continue;
      const y0 = op.y(v128.load(x), cy0, oy0, ky0, v128.load(x + toG), ps, qs);
      const y1 = op.y(v128.load(x, 16), cy1, oy1, ky1, v128.load(x + toG, 16), ps, qs);
      v128.store(x + toOut, y0);
      v128.store(x + toOut, y1, 16);
    }
  }
  for (; n > 0; n -= 4, x += 16) {
    const v = loadUpTo4(x, n);
    const z = op.z(v, ps);
    const k = how.n(z);
    storeUpTo4(x + toOut, op.y(v, op.c(v, ps), how.o(how.r(z, k)), k, loadUpTo4(x + toG, n), ps, qs), n);
  }
}
