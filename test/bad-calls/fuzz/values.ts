// The values that fuzzed calls are made of: good ones, and every kind of wrong one.
import { Generator, nn, type Tensor, tensor, zeros } from "simdgrad";

/** Random numbers from a seed (mulberry32), so that a failure comes again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number below n. */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

export type Make = () => unknown;

const float =
  (...shape: number[]): Make =>
  () =>
    zeros(shape).add(1);

const disposed = (): Tensor => {
  const x = zeros(2);
  x.dispose();
  return x;
};

const cyclic = (): unknown => {
  const list: unknown[] = [1];
  list.push(list);
  return list;
};

const cyclicFirst = (): unknown => {
  const list: unknown[] = [];
  list.push(list);
  return list;
};

/** Tensors that work somewhere. */
export const tensors: readonly Make[] = [
  float(),
  float(3),
  float(0),
  float(2, 3),
  float(3, 3),
  float(1, 2, 4),
  float(1, 2, 4, 4),
  float(2, 1, 1, 1, 2),
  () => tensor([1, 2], { requiresGrad: true }),
  () => tensor([0, 1], { dtype: "int32" }),
  () => tensor([[0], [1]], { dtype: "int32" }),
  () => tensor([true, false, true]),
  () => tensor(Uint8Array.of(1, 2, 3)),
  () => tensor(Int8Array.of(1, -2)).reshape(2, 1),
  () => tensor([Number.NaN, Number.POSITIVE_INFINITY, -0]),
];

const numbers: readonly number[] = [
  ...[0, 1, 2, 3, -1, -2, -0, 0.5, 1e-7, 1.5, 64, 1000],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 31, 2 ** 32 + 1, -(2 ** 31) - 1, 2 ** 53, 1e300],
];

const texts: readonly string[] = [
  "",
  "a",
  "0",
  "sum",
  "mean",
  "none",
  "same",
  "relu",
  "float32",
  "int32",
  "constructor",
  "0, :",
  "...",
  "__proto__",
];

const lists: readonly Make[] = [
  () => [],
  () => [1],
  () => [0, 1],
  () => [1, 2, 3],
  () => [2, 3],
  () => [-1],
  () => [Number.NaN],
  () => ["a", "b"],
  () => [[1, 2], [3]],
  () => [
    [1, 2],
    [3, 4],
  ],
  () => [null],
  () => [undefined, 1],
  () => [true, false],
  () => new Array(3),
  () => [Symbol("s")],
  () => [1n],
  () => new Array(70).fill(1),
  cyclic,
  cyclicFirst,
  () => [zeros(2), zeros(2)],
  () => [zeros(2), disposed()],
  () => [new nn.Linear(1, 1)],
];

const objects: readonly Make[] = [
  () => ({}),
  () => ({ unknown: 1 }),
  () => Object.create(null),
  () => new Map([["a", 1]]),
  () => new Set([1]),
  () => new Date(0),
  () => /x/,
  () => new Error("an error as an argument"),
  () => Promise.resolve(1),
  () => ({ shape: [2], dtype: "float32", storage: {} }),
  () => ({ values: zeros(2), scale: zeros(2) }),
  () => new Generator(1),
  () => new nn.Linear(3, 2),
  () => new nn.ReLU(),
  () => new nn.Linear(3, 2).parameters(),
  () => new nn.Linear(3, 2).stateDict(),
  () => Float32Array.of(1, 2),
  () => Float64Array.of(1, Number.NaN),
  () => Int32Array.of(1, 0),
  () => Uint8Array.of(0, 1),
  () => Uint8Array.of(0x1f, 0x8b, 8, 0),
  () => BigInt64Array.of(1n),
  () => new ArrayBuffer(8),
  () => new DataView(new ArrayBuffer(8)),
];

const primitives: readonly Make[] = [
  () => undefined,
  () => null,
  () => true,
  () => false,
  () => Symbol("symbol"),
  () => Symbol(),
  () => 1n,
  () => 10n ** 30n,
  () => () => 1,
  () => (x: unknown) => x,
  () => async () => 1,
  () => Math.max,
];

/** Names of options in some function or other. */
const OPTIONS = [
  ..."dim keepdim correction dtype requiresGrad shape generator stride padding outputPadding dilation groups fast packed activation".split(
    " ",
  ),
  ..."reduction weight posWeight bias ignoreIndex labelSmoothing eps momentum training p alpha beta threshold negativeSlope min max".split(
    " ",
  ),
  ..."approximate ceilMode countIncludePad divisorOverride axis zeroPoint bits scale paddingIdx elementwiseAffine affine".split(" "),
  ..."trackRunningStats mode nonlinearity a gain lr betas weightDecay nesterov dampening batchSize shuffle seed dropLast collate stratify".split(
    " ",
  ),
  ..."average numClasses k loss optimizer metrics epochs callbacks validation gradient retainGraph createGraph strict metadata".split(" "),
  ..."header delimiter columns title width height labels values patience monitor minDelta atol rtol name x y limit maxBytes".split(" "),
];

/** A tensor of another copy of the library, which the test loads. */
let foreign: Make = () => undefined;
export function useForeign(make: Make): void {
  foreign = make;
}

/** Any value, right or wrong. */
export function anyValue(random: Random, depth = 0): unknown {
  const kind = random.below(20);
  if (kind < 6) return random.pick(tensors)();
  if (kind < 9) return random.pick(numbers);
  if (kind < 10) return random.pick(texts);
  if (kind < 12) return random.pick(lists)();
  if (kind < 14) return random.pick(objects)();
  if (kind < 16) return random.pick(primitives)();
  if (kind < 17) return random.pick([disposed, () => foreign()])();
  return depth > 1 ? {} : anyOptions(random, depth);
}

/** An object of one to three options with any values; some are known to the function that gets it. */
function anyOptions(random: Random, depth: number): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (let i = random.below(3); i >= 0; i--) options[random.pick(OPTIONS)] = anyValue(random, depth + 1);
  // A training of 2^53 epochs is a right call, and none that ends.
  if ("epochs" in options) options["epochs"] = random.pick([0, 1, -1, 0.5, "1", null]);
  return options;
}
