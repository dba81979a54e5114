// Random tensors from a counter-based generator: the same seed gives the same numbers on every runtime.
import { checkBoolean } from "../checks.js";
import { ArgError, describe, StateError } from "../errors.js";
import { readOptions } from "../options.js";
import { randomKernels } from "../wasm/generated/groups/random.js";
import { ints } from "../wasm/memory.js";
import { fromValues, readSizes, type SizeArguments, type TensorOptions } from "./create.js";
import { defineEdit, defineOp, type Op } from "./op.js";
import { checkShape, type Shape, sizeOf } from "./shape.js";
import { withRecording } from "./tape.js";
import { emptyUnscoped, type Tensor } from "./tensor.js";

/** Numbers one counter value yields. */
const PER_COUNTER = 4;

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
    if (!Number.isSafeInteger(seed)) {
      throw new ArgError(`manualSeed: the seed must be a whole number up to 2^53 - 1, got ${describe(seed)}`);
    }
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
    if (!Number.isInteger(seedLow) || !Number.isInteger(seedHigh) || !Number.isSafeInteger(counter) || (counter as number) < 0)
      throw new ArgError(
        `setState: needs a state with seedLow, seedHigh and counter, whole numbers as getState() gave them, got ${describe(state)}`,
      );
    this.#seedLow = state.seedLow | 0;
    this.#seedHigh = state.seedHigh | 0;
    this.#counter = state.counter;
    return this;
  }

  /** @internal Returns the key and the counter for `n` numbers as kernels take them, and advances the counter past these. */
  reserve(n: number): [seedLow: number, seedHigh: number, counterLow: number, counterHigh: number] {
    if (used && !used.has(this)) used.set(this, this.getState());
    const at = this.#counter;
    this.#counter += Math.ceil(n / PER_COUNTER);
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
  if (typeof (generator as Partial<Generator> | null)?.permutation === "function")
    throw new StateError(`${op}: got a Generator of another copy of simdgrad; import it from one place`);
  throw new ArgError(`${op}: generator must be a Generator, such as new Generator(42), got ${describe(generator)}`);
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

/** Key and counter of a stream, as kernels take them. */
type Stream = readonly [seedLow: number, seedHigh: number, counterLow: number, counterHigh: number];

interface Uniform {
  readonly stream: Stream;
  readonly low: number;
  readonly high: number;
}

interface Normal {
  readonly stream: Stream;
  readonly mean: number;
  readonly std: number;
}

interface Shaped {
  readonly shape: Shape;
}

const writeUniform = (out: Tensor, { stream, low, high }: Uniform): void => randomKernels.uniform(out.ptr, out.size, ...stream, low, high);
const writeNormal = (out: Tensor, { stream, mean, std }: Normal): void => randomKernels.normal(out.ptr, out.size, ...stream, mean, std);

const uniform: Op<[], Uniform & Shaped> = defineOp<[], Uniform & Shaped>({
  name: "uniform",
  infer: (_, { shape }) => ({ shape, dtype: "float32" }),
  forward: (out, _, attr) => writeUniform(out, attr),
  backward: [],
});

const normal: Op<[], Normal & Shaped> = defineOp<[], Normal & Shaped>({
  name: "normal",
  infer: (_, { shape }) => ({ shape, dtype: "float32" }),
  forward: (out, _, attr) => writeNormal(out, attr),
  backward: [],
});

const integers: Op<[], Uniform & Shaped> = defineOp<[], Uniform & Shaped>({
  name: "randint",
  infer: (_, { shape }) => ({ shape, dtype: "int32" }),
  forward: (out, _, { stream, low, high }) => {
    if (high - low === 2 ** 32) randomKernels.randomBits(out.ptr, out.size, ...stream);
    else randomKernels.randomInts(out.ptr, out.size, ...stream, low, high - low);
  },
  backward: [],
});

const uniform_ = defineEdit<[x: Tensor], Uniform>({ name: "uniform_", inputs: 1, forward: ([x], attr) => writeUniform(x, attr) });
const normal_ = defineEdit<[x: Tensor], Normal>({ name: "normal_", inputs: 1, forward: ([x], attr) => writeNormal(x, attr) });

/** Sizes as in `zeros`, and the options of random factories. @inline */
type RandomSizes = readonly [Shape, RandomOptions?] | readonly [...number[], RandomOptions] | SizeArguments;

function readRandomArguments(op: string, sizes: RandomSizes): { shape: Shape; generator: Generator; requiresGrad: boolean } {
  const { shape, options } = readSizes(op, sizes, { dtype: "float32", requiresGrad: false, generator: defaultGenerator });
  const { generator, dtype, requiresGrad } = options;
  if (dtype !== "float32")
    throw new ArgError(`${op}: gives float32 only, not ${typeof dtype === "string" ? dtype : describe(dtype)}; use randint for int32`);
  checkBoolean(op, "requiresGrad", requiresGrad);
  checkGenerator(op, generator);
  return { shape, generator, requiresGrad };
}

/**
 * Uniform numbers in [0, 1). Sizes as in `zeros`. Result: float32 in the shape given.
 * Errors: those of `zeros`, and `ArgError` for another dtype or a value that is not a generator.
 * @example rand(2, 3);
 */
export function rand(...sizes: RandomSizes): Tensor {
  const { shape, generator, requiresGrad } = readRandomArguments("rand", sizes);
  const out = uniform({ shape, stream: generator.reserve(sizeOf(shape)), low: 0, high: 1 });
  out.requiresGrad = requiresGrad;
  return out;
}

/**
 * Normal numbers of mean 0 and variance 1 (Box-Muller). Sizes as in `zeros`. Result: float32 in the shape given.
 * Errors: those of `zeros`, and `ArgError` for another dtype or a value that is not a generator.
 * @example randn([2, 3], { requiresGrad: true });
 */
export function randn(...sizes: RandomSizes): Tensor {
  const { shape, generator, requiresGrad } = readRandomArguments("randn", sizes);
  const out = normal({ shape, stream: generator.reserve(sizeOf(shape)), mean: 0, std: 1 });
  out.requiresGrad = requiresGrad;
  return out;
}

/** @internal The generator of the options, which have no other ones. */
export function generatorFrom(op: string, options: unknown): Generator {
  const { generator } = readOptions(op, options, { generator: defaultGenerator });
  checkGenerator(op, generator);
  return generator;
}

/** @internal Integers of low .. high - 1 as int32, unchecked. */
export function integersIn(shape: Shape, low: number, high: number, generator: Generator): Tensor {
  return integers({ shape, stream: generator.reserve(sizeOf(shape)), low, high });
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

/** @internal Overwrites a float32 tensor with uniform numbers in [low, high). */
export function fillUniform(out: Tensor, low: number, high: number, generator: Generator = defaultGenerator): void {
  withRecording(false, () => uniform_(out, { stream: generator.reserve(out.size), low, high }));
}

/** @internal Overwrites a float32 tensor with normal numbers. */
export function fillNormal(out: Tensor, mean: number, std: number, generator: Generator = defaultGenerator): void {
  withRecording(false, () => normal_(out, { stream: generator.reserve(out.size), mean, std }));
}
