// Random words, integers and uniform numbers. A stream is a seed and an offset, both of 64 bits in two halves; n elements use
// ceil(n / 4) steps of the offset. Nothing in this folder uses fused operations, so both builds give the same bytes.
import { generate, highWords, storeWords } from "./words";

@unmanaged
class Words {
  @inline
  emit(out: usize, i: i32, left: i32, w0: v128, w1: v128, w2: v128, w3: v128, _a: v128, _b: v128, _c: v128): void {
    storeWords(out, i, left, w0, w1, w2, w3);
  }
}

/** Raw 32-bit words. */
export function randomBits(out: usize, n: i32, seedLo: i32, seedHi: i32, offLo: i32, offHi: i32): void {
  const none = i32x4.splat(0);
  generate<Words>(out, n, seedLo, seedHi, offLo, offHi, none, none, none);
}

@unmanaged
class Whole {
  /** The upper 32 bits of bits * span lie in [0, span), each about equally often: the bias is below span / 2^32. */
  @inline
  v(bits: v128, low: v128, span: v128): v128 {
    const scaled = highWords(i64x2.extmul_low_i32x4_u(bits, span), i64x2.extmul_high_i32x4_u(bits, span));
    return i32x4.add(low, scaled);
  }

  @inline
  emit(out: usize, i: i32, left: i32, w0: v128, w1: v128, w2: v128, w3: v128, low: v128, span: v128, _: v128): void {
    storeWords(out, i, left, this.v(w0, low, span), this.v(w1, low, span), this.v(w2, low, span), this.v(w3, low, span));
  }
}

/** Integers in [low, low + span); span is unsigned, up to 2^32 - 1. */
export function randomInts(out: usize, n: i32, seedLo: i32, seedHi: i32, offLo: i32, offHi: i32, low: i32, span: i32): void {
  generate<Whole>(out, n, seedLo, seedHi, offLo, offHi, i32x4.splat(low), i32x4.splat(span), i32x4.splat(0));
}

@unmanaged
class Uniform {
  /** The upper 24 bits are a multiple of 2^-24 in [0, 1); `step` is the range times 2^-24. */
  @inline
  v(bits: v128, lo: v128, step: v128, top: v128): v128 {
    const k = f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8));
    return f32x4.pmin(f32x4.add(lo, f32x4.mul(k, step)), top);
  }

  @inline
  emit(out: usize, i: i32, left: i32, w0: v128, w1: v128, w2: v128, w3: v128, lo: v128, step: v128, top: v128): void {
    storeWords(
      out, i, left,
      this.v(w0, lo, step, top), this.v(w1, lo, step, top), this.v(w2, lo, step, top), this.v(w3, lo, step, top),
    );
  }
}

/** The largest float below x; x is not NaN or -Infinity. */
function below(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  if (x == 0) return reinterpret<f32>(0x80000001);
  return reinterpret<f32>(x > 0 ? bits - 1 : bits + 1);
}

/** Uniform in [lo, hi): rounding never gives hi itself, unless lo == hi. */
export function uniform(
  out: usize, n: i32, seedLo: i32, seedHi: i32, offLo: i32, offHi: i32, lo: f32, hi: f32,
): void {
  const step = f32x4.splat((hi - lo) * 5.9604644775390625e-8);
  const top = f32x4.splat(hi > lo ? below(hi) : hi);
  generate<Uniform>(out, n, seedLo, seedHi, offLo, offHi, f32x4.splat(lo), step, top);
}
