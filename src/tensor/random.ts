// Random tensors from a counter-based generator: the same seed gives the same numbers on every runtime.
import { checkOneOf, checkThat, checkWhole } from "../checks.js";
import { otherCopy } from "../errors.js";
import { readOptions } from "../options.js";
import { randomKernels } from "../wasm/generated/groups/random.js";
import { ints } from "../wasm/memory.js";
import { defineSource, fromValues, readSizes, type SizeArguments, type TensorOptions, withGradient } from "./create.js";
import { defineEdit, type Op } from "./op.js";
import { checkShape, type Shape, type Spec, sizeOf } from "./shape.js";
import { withRecording } from "./tape.js";
import { emptyUnscoped, type Tensor } from "./tensor.js";

/** Where a stream stands: plain numbers, which survive JSON. */
export interface GeneratorState {
  /** The lower 32 bits of the seed. */
  seedLow: number;
  /** The upper bits of the seed. */
  seedHigh: number;
  /** How many times four numbers were drawn. */
  counter: number;
}

/** Where each generator stood when it was first used, while that is recorded. */
let used: Map<Generator, GeneratorState> | undefined;

/**
 * A stream of random numbers (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
 * A number depends on the seed and its position alone. `getState` and `setState` save and continue a stream.
 * Errors: `ArgError` for a seed that is not an integer of at most 2^53 - 1.
 * @example const g = new Generator(42); randn([2, 3], { generator: g });
 */
export class Generator {
  #seedLow = 0;
  #seedHigh = 0;
  #counter = 0;

  constructor(seed = 0) {
    this.manualSeed(seed);
  }

  /**
   * Starts over with a seed: an integer of at most 2^53 - 1. Returns the generator. Errors: `ArgError` for another seed.
   * @example new Generator().manualSeed(42);
   */
  manualSeed(seed: number): this {
    checkWhole("manualSeed", "seed", seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    this.#seedLow = seed | 0;
    this.#seedHigh = Math.floor(seed / 4294967296) | 0;
    this.#counter = 0;
    return this;
  }

  /**
   * Where the stream stands: `seedLow`, `seedHigh` and `counter`, numbers that JSON keeps. Errors: none.
   * @example const saved = JSON.stringify(generator.getState());
   */
  getState(): GeneratorState {
    return { seedLow: this.#seedLow, seedHigh: this.#seedHigh, counter: this.#counter };
  }

  /**
   * Continues where a state stood, which `getState` of any generator gave. Returns the generator.
   * Errors: `ArgError` for anything but a state; the stream then stays where it is.
   * @example const saved = generator.getState(); randn(3, { generator }); generator.setState(saved);
   */
  setState(state: GeneratorState): this {
    const { seedLow, seedHigh, counter } = (state ?? {}) as Partial<GeneratorState>;
    const low = checkWhole("setState", "seedLow", seedLow);
    const high = checkWhole("setState", "seedHigh", seedHigh);
    this.#counter = checkWhole("setState", "counter", counter, 0, Number.MAX_SAFE_INTEGER);
    this.#seedLow = low;
    this.#seedHigh = high;
    return this;
  }

  /** @internal Returns the key and the counter for `n` numbers as kernels take them, and advances the counter past these. */
  reserve(n: number): [seedLow: number, seedHigh: number, counterLow: number, counterHigh: number] {
    if (used && !used.has(this)) used.set(this, this.getState());
    const at = this.#counter;
    this.#counter += Math.ceil(n / 4); // each value of the counter yields four numbers
    return [this.#seedLow, this.#seedHigh, at | 0, Math.floor(at / 4294967296) | 0];
  }

  /**
   * A random order of `0 .. n-1` (Fisher-Yates, every order equally likely).
   * Errors: `ArgError` unless n is an integer, `ShapeError` below 0.
   * @example new Generator(1).permutation(5).length; // 5
   */
  permutation(n: number): Int32Array {
    const bits = emptyUnscoped(checkShape("permutation", [n]), "int32");
    randomKernels.randomBits(bits.ptr, n, ...this.reserve(n));
    const start = bits.ptr / 4;
    const drawn = ints().subarray(start, start + n);
    const order = new Int32Array(n).map((_, i) => i);
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

/** @internal Throws `ArgError` unless this is a generator, `StateError` for one of another copy of the library. */
export function checkGenerator(op: string, generator: unknown): asserts generator is Generator {
  if (generator instanceof Generator) return;
  if (typeof (generator as Partial<Generator> | null)?.permutation === "function") throw otherCopy(op, "Generator");
  checkThat(op, false, "generator must be a Generator, such as new Generator(42)", generator);
}

/**
 * Seeds the default generator: weights, dropout, shuffling and `randn` repeat from here.
 * Errors: `ArgError` unless the seed is a whole number of at most 2^53 - 1.
 * @example manualSeed(42);
 */
export function manualSeed(seed: number): void {
  defaultGenerator.manualSeed(seed);
}

/**
 * Where the default generator stands, as `Generator.getState`. Errors: none.
 * @example const saved = getRngState(); rand(3); setRngState(saved);
 */
export function getRngState(): GeneratorState {
  return defaultGenerator.getState();
}

/**
 * Continues the default generator where a state stood. Errors: `ArgError` for anything but a state.
 * @example setRngState(generator.getState());
 */
export function setRngState(state: GeneratorState): void {
  defaultGenerator.setState(state);
}

/**
 * @internal Runs `work` and adds to `states` where each generator that it uses stood before. Generators that are there already start
 * from these states, and are put back afterwards: with the same map, the second run draws the numbers of the first.
 */
export function withGenerators<T>(states: Map<Generator, GeneratorState>, work: () => T): T {
  const outer = used;
  const before = [...states.keys()].map((generator) => [generator, generator.getState()] as const);
  used = states;
  try {
    for (const [generator, state] of states) generator.setState(state);
    return work();
  } finally {
    used = outer;
    if (outer && before.length === 0) for (const [generator, state] of states) if (!outer.has(generator)) outer.set(generator, state);
    for (const [generator, state] of before) generator.setState(state);
  }
}

/** Options of random factories. */
export interface RandomOptions extends TensorOptions {
  /** Where the numbers come from; the default generator unless given. */
  generator?: Generator;
}

interface Draws {
  /** Key and counter, as kernels take them. */
  readonly stream: ReturnType<Generator["reserve"]>;
  /** The range, or mean and standard deviation. */
  readonly a: number;
  readonly b: number;
}

type Shaped = Draws & Spec;

const writeUniform = (out: Tensor, { stream, a, b }: Draws): void => randomKernels.uniform(out.ptr, out.size, ...stream, a, b);
const writeNormal = (out: Tensor, { stream, a, b }: Draws): void => randomKernels.normal(out.ptr, out.size, ...stream, a, b);

const uniform: Op<[], Shaped> = /* @__PURE__ */ defineSource<Shaped>("uniform", writeUniform);
const normal: Op<[], Shaped> = /* @__PURE__ */ defineSource<Shaped>("normal", writeNormal);
const integers: Op<[], Shaped> = /* @__PURE__ */ defineSource<Shaped>("randint", (out, { stream, a, b }) => {
  if (b - a === 2 ** 32) randomKernels.randomBits(out.ptr, out.size, ...stream);
  else randomKernels.randomInts(out.ptr, out.size, ...stream, a, b - a);
});

const uniform_ = defineEdit<[x: Tensor], Draws>({ name: "uniform_", inputs: 1, forward: ([x], attr) => writeUniform(x, attr) });
const normal_ = defineEdit<[x: Tensor], Draws>({ name: "normal_", inputs: 1, forward: ([x], attr) => writeNormal(x, attr) });

/** Sizes as in `zeros`, and the options of random factories. @inline */
type RandomSizes = readonly [Shape, RandomOptions?] | readonly [...number[], RandomOptions] | SizeArguments;

/** @internal The defaults of random factories. */
export const RANDOM: Required<RandomOptions> = { dtype: "float32", requiresGrad: false, generator: defaultGenerator };

function drawn(op: string, sizes: RandomSizes, source: Op<[], Shaped>): Tensor {
  const { shape, options } = readSizes(op, sizes, RANDOM);
  const { generator, dtype, requiresGrad } = options;
  checkOneOf(op, "dtype", dtype, ["float32"]);
  checkGenerator(op, generator);
  return withGradient(source({ shape, dtype, stream: generator.reserve(sizeOf(shape)), a: 0, b: 1 }), requiresGrad);
}

/**
 * Uniform numbers in [0, 1). Sizes as in `zeros`. Result: float32 in the shape given.
 * Errors: those of `zeros`, and `ArgError` for another dtype or a value that is not a generator.
 * @example rand(2, 3);
 */
export function rand(...sizes: RandomSizes): Tensor {
  return drawn("rand", sizes, uniform);
}

/**
 * Normal numbers of mean 0 and variance 1 (Box-Muller). Sizes as in `zeros`. Result: float32 in the shape given.
 * Errors: those of `zeros`, and `ArgError` for another dtype or a value that is not a generator.
 * @example randn([2, 3], { requiresGrad: true });
 */
export function randn(...sizes: RandomSizes): Tensor {
  return drawn("randn", sizes, normal);
}

/** @internal The generator of the options, which have no other ones. */
export function generatorFrom(op: string, options: unknown): Generator {
  const { generator } = readOptions(op, options, { generator: defaultGenerator });
  checkGenerator(op, generator);
  return generator;
}

/** @internal Integers of low .. high - 1 as int32, unchecked. */
export function integersIn(shape: Shape, low: number, high: number, generator: Generator): Tensor {
  return integers({ shape, dtype: "int32", stream: generator.reserve(sizeOf(shape)), a: low, b: high });
}

/**
 * A random order of `0 .. n-1` as int32 [n], from the default generator or the `generator` given.
 * Errors: `ArgError` unless n is an integer, `ShapeError` below 0.
 * @example images.indexSelect(0, randperm(2));
 */
export function randperm(n: number, options?: { generator?: Generator }): Tensor {
  const generator = generatorFrom("randperm", options);
  checkShape("randperm", [n]);
  return fromValues({ shape: [n], dtype: "int32", values: generator.permutation(n) });
}

/** @internal Overwrites a float32 tensor with uniform numbers in [a, b). */
export function fillUniform(out: Tensor, a: number, b: number, generator: Generator = defaultGenerator): void {
  withRecording(false, () => uniform_(out, { stream: generator.reserve(out.size), a, b }));
}

/** @internal Overwrites a float32 tensor with normal numbers of mean a and standard deviation b. */
export function fillNormal(out: Tensor, a: number, b: number, generator: Generator = defaultGenerator): void {
  withRecording(false, () => normal_(out, { stream: generator.reserve(out.size), a, b }));
}
