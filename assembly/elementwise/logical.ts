// Logic on n bytes that are 0 or 1. out may be one of the inputs.

/** 1 where x is 0, else 0. */
export function boolNot(x: usize, out: usize, n: i32): void {
  for (; n >= 16; n -= 16, x += 16, out += 16) {
    v128.store(out, i8x16.neg(i8x16.eq(v128.load(x), i8x16.splat(0))));
  }
  for (; n > 0; n--, x++, out++) store<u8>(out, load<u8>(x) == 0);
}

export function boolAnd(a: usize, b: usize, out: usize, n: i32): void {
  for (; n >= 16; n -= 16, a += 16, b += 16, out += 16) v128.store(out, v128.and(v128.load(a), v128.load(b)));
  for (; n > 0; n--, a++, b++, out++) store<u8>(out, load<u8>(a) & load<u8>(b));
}

export function boolOr(a: usize, b: usize, out: usize, n: i32): void {
  for (; n >= 16; n -= 16, a += 16, b += 16, out += 16) v128.store(out, v128.or(v128.load(a), v128.load(b)));
  for (; n > 0; n--, a++, b++, out++) store<u8>(out, load<u8>(a) | load<u8>(b));
}
