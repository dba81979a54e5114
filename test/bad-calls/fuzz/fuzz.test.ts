// Ten thousand calls by chance, most of them wrong: each works or ends in an error of the library, gives back the memory it took,
// and leaves a library that works. The seed is fixed; a failure names the call.
import { isGradEnabled, memory, nn, SimdgradError, Tensor, tensor } from "simdgrad";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describe as inWords } from "../../../src/errors.js";
import { setLimit } from "../../../src/wasm/memory.js";
import { live } from "../../support.js";
import { type Callable, callables } from "./calls.js";
import { anyValue, Random, useForeign } from "./values.js";

const CALLS = 10_000;
const MOST_BYTES = 2 ** 26;

/** Arguments for a call: good ones with some of them replaced, or all by chance. */
function argumentsFor({ arity, good }: Callable, random: Random): unknown[] {
  if (good && random.below(4) > 0) {
    const args = good.map((make) => make());
    args.length = Math.max(0, args.length - random.pick([0, 0, 0, 1, 2]));
    for (let n = random.below(3); n > 0 && args.length > 0; n--) args[random.below(args.length)] = anyValue(random);
    if (random.below(8) === 0) args.push(anyValue(random));
    return args;
  }
  const count = random.below(3) === 0 ? random.below(5) : Math.max(1, arity) + random.below(2);
  return Array.from({ length: count }, () => anyValue(random));
}

/** Gives back the tensors in a value, which may be a module or hold itself. */
function disposeIn(value: unknown, seen: Set<unknown> = new Set()): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Tensor || value instanceof nn.Module) value.dispose();
  else if (value instanceof Map || Array.isArray(value)) for (const item of value.values()) disposeIn(item, seen);
  else if (Object.getPrototypeOf(value) === Object.prototype) for (const item of Object.values(value)) disposeIn(item, seen);
}

/** The result of a call; a promise is waited for, and the first items of an iterator are taken. */
async function run(callable: Callable, args: readonly unknown[], self: unknown): Promise<unknown> {
  const result = callable.call(args, self);
  if (result instanceof Promise) return await result;
  const iterator = result as Partial<Iterator<unknown>> | null | undefined;
  if (typeof iterator !== "object" || iterator === null || typeof iterator.next !== "function") return result;
  const items: unknown[] = [];
  for (let step = iterator.next(); items.length < 10 && !step.done; step = iterator.next()) items.push(step.value);
  iterator.return?.();
  return items;
}

let worked = 0;

/** What is wrong after a call, or nothing. */
async function problemOf(callable: Callable, args: readonly unknown[], self: unknown): Promise<string | undefined> {
  const before = live();
  try {
    disposeIn(await run(callable, args, self));
    worked++;
  } catch (error) {
    if (!(error instanceof SimdgradError)) return String(error);
    const after = live();
    if (after.liveTensors > before.liveTensors || after.liveBytes > before.liveBytes) {
      return `leaks ${after.liveTensors - before.liveTensors} tensors, ${after.liveBytes - before.liveBytes} bytes, after ${error.name}: ${error.message}`;
    }
  }
  if (!isGradEnabled()) return "leaves recording switched off";
  const x = tensor([1, 2]);
  const y = x.add(1);
  const works = y.toArray();
  disposeIn([x, y]);
  return String(works) === "2,3" ? undefined : `the next sum is ${String(works)}`;
}

const { limitBytes } = memory();
beforeAll(async () => {
  setLimit(memory().heapBytes + MOST_BYTES);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.resetModules();
  const other = await import("simdgrad");
  useForeign(() => other.tensor([1, 2]));
});
afterAll(() => {
  setLimit(limitBytes);
  vi.restoreAllMocks();
});

test("every call works or ends in an error of the library, without a leak", async () => {
  const random = new Random(20261130);
  const problems = new Map<string, string>();
  for (let n = 0; n < CALLS; n++) {
    const callable = callables[n % callables.length] as Callable;
    const args = argumentsFor(callable, random);
    const words = args.map(inWords).join(", ");
    const self = callable.self?.();
    const problem = await problemOf(callable, args, self);
    if (problem) problems.set(`${callable.area} ${callable.name}: ${problem.split("\n")[0]}`, `(${words})`);
    disposeIn([args, self]);
  }
  // Calls that go wrong at once would show little.
  expect(callables.length).toBeGreaterThan(200);
  expect(worked).toBeGreaterThan(CALLS / 5);
  expect([...problems].map(([what, call]) => `${what}  for ${call}`)).toEqual([]);
});
