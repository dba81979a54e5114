// Adaptive binary range decoder, as in LZMA (Igor Pavlov's specification, 2015): each bit has a model, which holds how likely it is 0.
// The text comes with the script and was checked by the build, so nothing is checked here.

/** Bits of a probability. */
const PRECISION = 12;
/** The range is kept above this. */
const LEAST: u32 = 1 << 24;

/**
 * Bytes of a model: the probability, and in the lowest 4 bits how many bits it has met, up to 7. The highest bit is inverted, so that fresh
 * memory is a model that knows nothing. The probability follows the first bit by half of the difference, and all from the eighth on by a
 * sixteenth.
 */
export const MODEL: usize = 2;
const FRESH = 1 << 15;
const MOST_MET = 7;
/** Bytes of the models of `number`: 32 for how many bits it has, 128 for the first of these bits. */
export const NUMBER: usize = 160 * MODEL;

let next: usize = 0;
let range: u32 = 0;
let code: u32 = 0;

/** Starts at the bytes at `from`. */
export function start(from: usize): void {
  range = u32.MAX_VALUE;
  code = bswap(load<u32>(from, 1)); // the first byte is always 0
  next = from + 5;
}

@inline
function normalize(): void {
  for (; range < LEAST; range <<= 8) code = (code << 8) | load<u8>(next++);
}

/** The next bit. */
export function bit(model: usize): i32 {
  const state = FRESH ^ load<u16>(model);
  const met = state & MOST_MET;
  const rate = 32 - clz(met + 1);
  let p = state >> 4;
  const bound = (range >> PRECISION) * p;
  const one = code >= bound;
  if (one) {
    code -= bound;
    range -= bound;
    p -= p >> rate;
  } else {
    range = bound;
    p += ((1 << PRECISION) - p) >> rate;
  }
  store<u16>(model, FRESH ^ ((p << 4) | (met + i32(met < MOST_MET))));
  normalize();
  return i32(one);
}

/**
 * A number of `bits` bits, the highest first, with 2^bits models of which the first is not used. The state is in local variables meanwhile:
 * code that runs once is compiled in haste, and then each access to a global is one to memory.
 */
export function tree(models: usize, bits: i32): i32 {
  let r = range;
  let c = code;
  let value = 1;
  for (let i = 0; i < bits; i++) {
    const model = models + <usize>value * MODEL;
    const state = FRESH ^ load<u16>(model);
    const met = state & MOST_MET;
    const rate = 32 - clz(met + 1);
    let p = state >> 4;
    const bound = (r >> PRECISION) * p;
    value <<= 1;
    if (c < bound) {
      r = bound;
      p += ((1 << PRECISION) - p) >> rate;
    } else {
      c -= bound;
      r -= bound;
      p -= p >> rate;
      value++;
    }
    store<u16>(model, FRESH ^ ((p << 4) | (met + i32(met < MOST_MET))));
    for (; r < LEAST; r <<= 8) c = (c << 8) | load<u8>(next++);
  }
  range = r;
  code = c;
  return value - (1 << bits);
}

/** A number of at most 16 bits, all of them equally likely. */
function even(bits: i32): i32 {
  range >>= bits;
  const value = code / range;
  code -= value * range;
  normalize();
  return value;
}

/** The `bits` bits behind a leading 1, and the 1. The first `modelled` of them have models, chosen by all bits before. */
export function mantissa(models: usize, bits: i32, modelled: i32): i32 {
  const first = min(bits, modelled);
  const value = (1 << first) | tree(models, first);
  const rest = bits - first;
  return rest ? (value << rest) | even(rest) : value;
}

/** A number of any size, small ones more likely (exponential Golomb code), with `NUMBER` bytes of models. */
export function number(models: usize): i32 {
  let bits = 0;
  while (bit(models + <usize>bits * MODEL)) bits++;
  return mantissa(models + (32 + <usize>(bits << 2)) * MODEL, bits, 2) - 1;
}
