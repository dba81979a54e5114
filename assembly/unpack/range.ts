// Adaptive binary range decoder, as in LZMA (Igor Pavlov's specification, 2015): each bit has a model, which holds how likely it is 0.
// The text comes with the script and was checked by the build, so nothing is checked here.

/** Bits of a probability, and how fast it follows what comes: by a sixteenth of the difference. */
const PRECISION = 12;
const RATE = 4;
const HALF = 1 << (PRECISION - 1);
/** The range is kept above this. */
const LEAST: u32 = 1 << 24;

/** Bytes of a model: the probability minus one half, so that fresh memory is a model that knows nothing. */
export const MODEL: usize = 2;
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
  const p = <u32>(HALF + load<i16>(model));
  const bound = (range >> PRECISION) * p;
  if (code < bound) {
    range = bound;
    store<i16>(model, p + (((1 << PRECISION) - p) >> RATE) - HALF);
    normalize();
    return 0;
  }
  code -= bound;
  range -= bound;
  store<i16>(model, p - (p >> RATE) - HALF);
  normalize();
  return 1;
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
    const p = <u32>(HALF + load<i16>(model));
    const bound = (r >> PRECISION) * p;
    value <<= 1;
    if (c < bound) {
      r = bound;
      store<i16>(model, p + (((1 << PRECISION) - p) >> RATE) - HALF);
    } else {
      c -= bound;
      r -= bound;
      store<i16>(model, p - (p >> RATE) - HALF);
      value++;
    }
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
