// Random tensors from a counter-based generator: the same seed gives the same numbers on every runtime.
import { ArgError } from "../errors.js";
import { k } from "../wasm/kernels.js";
import { ints } from "../wasm/memory.js";
import { readSizes, type SizeArguments, type TensorOptions } from "./create.js";
import { checkShape, type Shape } from "./shape.js";
import { empty, emptyUnscoped, type Tensor } from "./tensor.js";

/** Numbers one counter value yields. */
const PER_COUNTER = 4;

/**
 * A stream of random numbers (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
 * A number depends on the seed and its position alone. `state` and `restore` save and continue a stream.
 * @example const g = new Generator(42); randn([2, 3], { generator: g });
 */
export class Generator {
  #seedLow = 0;
  #seedHigh = 0;
  #counter = 0;

  constructor(seed = 0) {
    this.manualSeed(seed);
  }

  /** Starts over with a seed: a whole number of at most 2^53 - 1. Errors: `ArgError`. */
  manualSeed(seed: number): this {
    if (!Number.isSafeInteger(seed)) throw new ArgError(`manualSeed: the seed must be a whole number up to 2^53 - 1, got ${seed}`);
    this.#seedLow = seed | 0;
    this.#seedHigh = Math.floor(seed / 4294967296) | 0;
    this.#counter = 0;
    return this;
  }

  /** Where the stream stands, as numbers that JSON keeps. */
  get state(): { seedLow: number; seedHigh: number; counter: number } {
    return { seedLow: this.#seedLow, seedHigh: this.#seedHigh, counter: this.#counter };
  }

  /** Continues where a `state` stood. */
  restore(state: { seedLow: number; seedHigh: number; counter: number }): this {
    this.#seedLow = state.seedLow | 0;
    this.#seedHigh = state.seedHigh | 0;
    this.#counter = state.counter;
    return this;
  }

  /** @internal Key and counter for `n` numbers as kernels take them, and moves past them. */
  take(n: number): [seedLow: number, seedHigh: number, counterLow: number, counterHigh: number] {
    const at = this.#counter;
    this.#counter += Math.ceil(n / PER_COUNTER);
    return [this.#seedLow, this.#seedHigh, at | 0, Math.floor(at / 4294967296) | 0];
  }

  /** A random order of `0 .. n-1` (Fisher-Yates, every order equally likely). */
  permutation(n: number): Int32Array {
    const bits = emptyUnscoped(checkShape("permutation", [n]), "int32");
    k.randomBits(bits.ptr, n, ...this.take(n));
    const start = bits.ptr / 4;
    const drawn = ints().subarray(start, start + n);
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      // 32 bits scaled to 0 .. i: the bias is below n / 2^32.
      const j = Math.floor((((drawn[i] as number) >>> 0) / 4294967296) * (i + 1));
      const kept = order[i] as number;
      order[i] = order[j] as number;
      order[j] = kept;
    }
    bits.dispose();
    return order;
  }
}

/** The generator behind every call that is given none. */
export const defaultGenerator: Generator = new Generator(0);

/**
 * Seeds the default generator: weights, dropout, shuffling and `randn` repeat from here.
 * @example manualSeed(42);
 */
export function manualSeed(seed: number): void {
  defaultGenerator.manualSeed(seed);
}

/** Options of random factories. */
export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from; the default generator unless given. */
  generator?: Generator;
}

type RandomSizes = readonly [Shape, RandomOptions?] | readonly [...number[], RandomOptions] | SizeArguments;

function read(op: string, sizes: RandomSizes): { out: Tensor; generator: Generator; requiresGrad: boolean } {
  const { shape, options } = readSizes(op, sizes);
  const { generator = defaultGenerator, dtype = "float32", requiresGrad = false } = options as RandomOptions;
  if (dtype !== "float32") throw new ArgError(`${op}: gives float32 only, not ${dtype}; use randint for int32`);
  return { out: empty(shape, "float32"), generator, requiresGrad };
}

/** Uniform numbers in [0, 1). Sizes as in `zeros`. @example rand(2, 3); */
export function rand(...sizes: RandomSizes): Tensor {
  const { out, generator, requiresGrad } = read("rand", sizes);
  fillUniform(out, 0, 1, generator);
  out.requiresGrad = requiresGrad;
  return out;
}

/** Normal numbers of mean 0 and variance 1 (Box-Muller). Sizes as in `zeros`. @example randn([2, 3], { requiresGrad: true }); */
export function randn(...sizes: RandomSizes): Tensor {
  const { out, generator, requiresGrad } = read("randn", sizes);
  fillNormal(out, 0, 1, generator);
  out.requiresGrad = requiresGrad;
  return out;
}

/**
 * Whole numbers of `low .. high - 1` as int32.
 * Errors: `ArgError` unless low < high, both whole and within int32.
 * @example randint(0, 10, [5]);
 */
export function randint(low: number, high: number, shape: Shape, { generator = defaultGenerator }: { generator?: Generator } = {}): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high || low < -(2 ** 31) || high > 2 ** 31) {
    throw new ArgError(`randint: needs whole numbers low < high within int32, got ${low} and ${high}`);
  }
  const out = empty(checkShape("randint", shape), "int32");
  const stream = generator.take(out.size);
  if (high - low === 2 ** 32) k.randomBits(out.ptr, out.size, ...stream);
  else k.randomInts(out.ptr, out.size, ...stream, low, high - low);
  return out;
}

/** A random order of `0 .. n-1` as int32. @example x.indexSelect(0, randperm(100)); */
export function randperm(n: number, { generator = defaultGenerator }: { generator?: Generator } = {}): Tensor {
  const order = generator.permutation(n);
  const out = empty([n], "int32");
  ints().set(order, out.ptr / 4);
  return out;
}

/** @internal Overwrites a float32 tensor with uniform numbers in [low, high). */
export function fillUniform(out: Tensor, low: number, high: number, generator: Generator = defaultGenerator): void {
  k.uniform(out.ptr, out.size, ...generator.take(out.size), low, high);
  out.storage.version++;
}

/** @internal Overwrites a float32 tensor with normal numbers. */
export function fillNormal(out: Tensor, mean: number, std: number, generator: Generator = defaultGenerator): void {
  k.normal(out.ptr, out.size, ...generator.take(out.size), mean, std);
  out.storage.version++;
}
