// Runs kernels on bare memory: no tensors, every address chosen by the test, guard words around each array.
import { readFileSync } from "node:fs";
import type { Kernels } from "../../src/wasm/kernels.js";

export type Build = "baseline" | "relaxed";
export const builds: readonly Build[] = ["baseline", "relaxed"];

/** The kernels by name; tables of tests also look them up by names they hold. */
// biome-ignore lint/suspicious/noExplicitAny: arguments come from tables
export type RawKernels = Record<string, (...args: any[]) => any> & { readonly [Name in keyof Kernels]: (...args: any[]) => any };

const PAGES = 4096;
const GUARD = 0x7fc0dead | 0; // a NaN as float32: an over-read that reaches a result shows as NaN
export const memory = new WebAssembly.Memory({ initial: PAGES });

const loaded = new Map<Build, RawKernels>();

/** The raw exports of one build, instantiated over the shared test memory. */
export function kernels(build: Build): RawKernels {
  const known = loaded.get(build);
  if (known) return known;
  const bytes = readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url));
  const made = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as RawKernels;
  loaded.set(build, made);
  return made;
}

type Values = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array | Int8Array | BigInt64Array;

/** One array in wasm memory: its address for the kernel, its live values for the test. */
export interface Placed<T extends Values> {
  readonly ptr: number;
  readonly values: T;
}

/**
 * Places arrays one after the other, each at `64k + shift` bytes with 64 guard bytes before and behind.
 * The guards read as NaN in float32, so a kernel that reads past the end and lets it count is caught by value,
 * and one that writes outside is caught by `check()`.
 */
export class Arena {
  #next = 65536;
  readonly #guards: [start: number, end: number, phase: number][] = [];

  place<T extends Values>(values: T, shift = 0): Placed<T> {
    const ptr = this.#next + 64 + shift;
    const end = ptr + values.byteLength;
    this.#next = Math.ceil((end + 64) / 64) * 64;
    if (this.#next > memory.buffer.byteLength) throw new Error("test arena is full");
    const bytes = new Uint8Array(memory.buffer);
    const guard = new Uint8Array(Int32Array.of(GUARD).buffer);
    const paint = (from: number, to: number) => {
      for (let i = from; i < to; i++) bytes[i] = guard[(i - ptr) & 3] as number;
      this.#guards.push([from, to, ptr & 3]);
    };
    paint(ptr - 64, ptr);
    paint(end, end + 64);
    const view = new (values.constructor as new (b: ArrayBuffer, o: number, n: number) => T)(memory.buffer, ptr, values.length);
    view.set(values as never);
    return { ptr, values: view };
  }

  /** Room for `n` results, filled with a value no kernel writes by accident. */
  out(n: number, shift = 0): Placed<Float32Array> {
    return this.place(new Float32Array(n).fill(-12345.678), shift);
  }

  /** The first guard byte that changed, or `undefined` when all are as painted. */
  damaged(): number | undefined {
    const bytes = new Uint8Array(memory.buffer);
    const guard = new Uint8Array(Int32Array.of(GUARD).buffer);
    for (const [from, to, phase] of this.#guards) {
      for (let i = from; i < to; i++) if (bytes[i] !== guard[(i - phase) & 3]) return i;
    }
    return undefined;
  }
}

/** Distance of a float32 result from a float64 truth in units in the last place of the truth; 0 when both NaN or equal. */
export function ulps(got: number, truth: number): number {
  const rounded = Math.fround(truth);
  if (Object.is(got, rounded) || got === rounded || (Number.isNaN(got) && Number.isNaN(truth))) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(rounded)) return Number.POSITIVE_INFINITY;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(truth) || 2 ** -126)), -126);
  return Math.abs(got - truth) / 2 ** (exponent - 23);
}

/** Reproducible values for tests: a 32-bit multiply-with-shift generator (mulberry32), uniform in [lo, hi). */
export function randomValues(n: number, seed: number, lo = -2, hi = 2): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: n }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return lo + ((hi - lo) * ((t ^ (t >>> 14)) >>> 0)) / 4294967296;
  });
}
