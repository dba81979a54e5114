// The counterpart of assembly/unpack/range.ts: an adaptive binary range encoder, as in LZMA.

const PRECISION = 12;
const MOST_MET = 7;
const LEAST = 2 ** 24;
const HALF = 2 ** (PRECISION - 1);

/** The probabilities of zeros, by the names of their models. */
export class Models {
  #known = new Map();
  copy() {
    const copy = new Models();
    copy.#known = new Map(this.#known);
    return copy;
  }
  /** Notes a bit; returns the probability before. */
  learn(name, bit) {
    const [p, met] = this.#known.get(name) ?? [HALF, 0];
    const rate = 32 - Math.clz32(met + 1);
    const after = bit ? p - (p >> rate) : p + ((2 ** PRECISION - p) >> rate);
    this.#known.set(name, [after, Math.min(met + 1, MOST_MET)]);
    return p;
  }
}

/** Bits that a model counts as met of each kind before it has met any. */
const UNSEEN = 0.4;

/** How often each model was 0 and 1, and by that the prices of codes in bits. It takes the bits of a code, as RangeEncoder does. */
export class Prices {
  /** @type {Map<string, [number, number]>} */
  #counts = new Map();
  #price = 0;
  #of(name) {
    return this.#counts.get(name) ?? [0, 0];
  }
  note(name, bit) {
    const counts = this.#of(name);
    counts[bit]++;
    this.#counts.set(name, counts);
  }
  bit(name, bit) {
    this.#price += priceOf(this.#of(name), bit);
  }
  even(_value, bits) {
    this.#price += bits;
  }
  /** The price of what a function writes. */
  of(write) {
    this.#price = 0;
    write(this);
    return this.#price;
  }
  /** The prices of 0 and of 1 in one of some models. */
  ofEither(names) {
    const counts = [0, 1].map((bit) => names.reduce((sum, name) => sum + this.#of(name)[bit], 0));
    return [0, 1].map((bit) => priceOf(counts, bit));
  }
}

const priceOf = (counts, bit) => Math.log2((counts[0] + counts[1] + 2 * UNSEEN) / (counts[bit] + UNSEEN));

/** Takes the bits of a code: `bit(name, bit)` with a model, `even(value, bits)` without. */
export class RangeEncoder {
  #low = 0;
  #range = 2 ** 32 - 1;
  #cache = 0;
  #pending = 0;
  #out = [];
  /**
   * @param {Models} models
   * @param {Prices} prices notes the bits
   */
  constructor(models, prices) {
    this.prices = prices;
    this.models = models;
  }
  bit(name, bit) {
    this.prices.note(name, bit);
    const bound = (this.#range >>> PRECISION) * this.models.learn(name, bit);
    if (bit) {
      this.#low += bound;
      this.#range -= bound;
    } else this.#range = bound;
    this.#normalize();
  }
  /** A number of at most 16 bits, all of them equally likely. */
  even(value, bits) {
    this.#range >>>= bits;
    this.#low += value * this.#range;
    this.#normalize();
  }
  #normalize() {
    while (this.#range < LEAST) {
      this.#range = (this.#range * 256) >>> 0;
      this.#shift();
    }
  }
  /** Writes the highest byte, unless a carry might still change it. */
  #shift() {
    if (this.#low < 0xff000000 || this.#low >= 2 ** 32) {
      const carry = this.#low >= 2 ** 32 ? 1 : 0;
      this.#out.push((this.#cache + carry) & 255);
      for (; this.#pending > 0; this.#pending--) this.#out.push((255 + carry) & 255);
      this.#cache = Math.floor(this.#low / LEAST) & 255;
    } else this.#pending++;
    this.#low = (this.#low % LEAST) * 256;
  }
  /** Ends with as few bytes as decide every bit, whatever bytes the unpacker reads behind them. */
  finish() {
    let bytes = 0;
    let unit;
    do unit = 2 ** (8 * (4 - ++bytes));
    while (Math.ceil(this.#low / unit) * unit + unit > this.#low + this.#range);
    this.#low = Math.ceil(this.#low / unit) * unit;
    for (let i = 0; i <= bytes; i++) this.#shift();
    return Uint8Array.from(this.#out);
  }
}

const bitOf = (value, i) => Math.floor(value / 2 ** i) & 1;

/** A number of `bits` bits. */
export function tree(encoder, name, value, bits) {
  for (let i = bits - 1; i >= 0; i--) encoder.bit(`${name}:${(1 << (bits - 1 - i)) | (value >> (i + 1))}`, bitOf(value, i));
}

/** The bits of a value behind its leading 1, the first `modelled` of them with models. */
export function mantissa(encoder, name, value, bits, modelled) {
  const rest = Math.max(bits - modelled, 0);
  tree(encoder, name, (value >> rest) - (1 << (bits - rest)), bits - rest);
  if (rest > 0) encoder.even(value & ((1 << rest) - 1), rest);
}

export const bitsBehindLeading = (value) => 31 - Math.clz32(value);

/** A number of any size (exponential Golomb code). */
export function number(encoder, name, value) {
  const bits = bitsBehindLeading(value + 1);
  for (let i = 0; i < bits; i++) encoder.bit(`${name}#${i}`, 1);
  encoder.bit(`${name}#${bits}`, 0);
  mantissa(encoder, `${name}/${bits}`, value + 1, bits, 2);
}
