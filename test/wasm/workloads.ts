// Random calls of every kernel that threads split, on bare memory.
import { readFileSync } from "node:fs";
import { kernelsInOrder, signaturesIn } from "../../scripts/threads.mjs";
import type { Kernels } from "../../src/wasm/kernels.js";
import "../../src/wasm/generated/groups/int8.js"; // the only group that the entry simdgrad does not use
import { allocate, bytes, floats, ints, release } from "../../src/wasm/memory.js";
import { readSplits } from "../../src/wasm/threads/splits.js";
import { Choices } from "../runtimes/threads/choices.js";

const LARGE_SLOT = 1_600_000;
const SMALL_SLOT = 512 * 1024;
/** Results of one call at most. */
const SLOTS = 8;

/** Whole numbers and addresses for one call after the other, always the same for a seed. */
export class Desk extends Choices {
  readonly #input: number;
  readonly #index: number;
  readonly #out: number;
  readonly #fresh: Uint8Array;
  #used = 0;
  #scratch = { ptr: 0, bytes: 0 };
  /** Whether calls are large enough to be worth splitting. */
  readonly large: boolean;
  /** Bytes of an input, of indices, and of each result at most. */
  readonly #slot: number;
  /** Floats of an input at most. */
  readonly floats: number;

  constructor(seed: number, large: boolean) {
    super(seed);
    this.large = large;
    this.#slot = large ? LARGE_SLOT : SMALL_SLOT;
    this.floats = this.#slot / 4 - 16; // `out` may start 15 floats late
    this.#input = allocate(this.#slot);
    this.#index = allocate(this.#slot);
    this.#out = allocate(SLOTS * this.#slot);
    const values = Float32Array.from({ length: this.floats }, () => this.real() * 4 - 2);
    floats().set(values, this.#input / 4);
    for (let i = 0; i < SLOTS; i++) floats().set(values, (this.#out + i * this.#slot) / 4);
    this.#fresh = bytes().slice(this.#out, this.#out + SLOTS * this.#slot);
  }

  /** n random floats, at any multiple of 4 bytes. */
  x(n: number): number {
    if (n > this.floats) throw new Error(`a workload wants ${n} floats, there are ${this.floats}`);
    return this.#input + 4 * this.int(0, this.floats - n);
  }

  /** n bytes of 0 and 1. */
  mask(n: number): number {
    for (let i = 0; i < n; i++) bytes()[this.#index + i] = this.int(0, 1);
    return this.#index;
  }

  /** Scratch of a call: valid until the next one is asked for. */
  scratch(bytes: number): number {
    if (bytes > this.#scratch.bytes) {
      if (this.#scratch.bytes > 0) release(this.#scratch.ptr, this.#scratch.bytes);
      this.#scratch = { ptr: allocate(bytes), bytes };
    }
    return this.#scratch.ptr;
  }

  /** n indices from lo to hi. */
  index(n: number, lo: number, hi: number): number {
    for (let i = 0; i < n; i++) ints()[this.#index / 4 + i] = this.int(lo, hi);
    return this.#index;
  }

  /** These words. */
  words(values: readonly number[]): number {
    ints().set(values, this.#index / 4);
    return this.#index;
  }

  /** Room for results, with floats in it. */
  out(): number {
    return this.#out + this.#used++ * this.#slot + 4 * this.int(0, 15);
  }

  /** What was handed out by `out` gets its first content, and what is there now comes back. */
  take(): Uint8Array {
    const size = this.#used * this.#slot;
    const now = bytes().slice(this.#out, this.#out + size);
    bytes().set(this.#fresh.subarray(0, size), this.#out);
    return now;
  }

  done(): void {
    this.#used = 0;
  }
}

const SIGNATURES = signaturesIn(readFileSync("src/wasm/generated/kernels.ts", "utf8"));

/** The names of a kernel's pointers and of its numbers. */
export function parametersOf(kernel: string): { all: string[]; pointers: string[]; numbers: string[] } {
  const parameters = SIGNATURES.get(kernel) ?? [];
  const names = (wanted: boolean): string[] => parameters.filter(({ type }) => (type === "usize") === wanted).map(({ name }) => name);
  return { all: parameters.map(({ name }) => name), pointers: names(true), numbers: names(false) };
}

/** The kernels that threads split, as the library reads them. */
export const SPLITS = readSplits(kernelsInOrder());

/** Gives a call of a kernel that needs scratch as much as it needs. */
export function giveScratch(d: Desk, k: Kernels, kernel: Name, args: number[]): void {
  const { work = -1, scratch = () => 0 } = SPLITS.get(kernel) ?? {};
  if (work >= 0) args[work] = d.scratch(scratch(args, k));
}

/** The arguments of a call, scratch left open; `k` are plain kernels. */
export type Maker = (d: Desk, k: Kernels) => number[];
type Name = keyof Kernels;

const few = (d: Desk): number => (d.large ? d.int(20_000, 60_000) : d.int(0, 900));
const many = (d: Desk): number => (d.large ? d.int(90_000, 300_000) : d.int(0, 2000));

/** Rows and columns of about as many elements as wanted. */
function matrix(d: Desk, elements: number): [rows: number, cols: number] {
  const cols = d.pick(d.int(1, 9), d.int(10, 300), d.int(300, 5000));
  return [Math.ceil((elements + 1) / cols), cols];
}

const map =
  (...more: number[]): Maker =>
  (d) => {
    const n = many(d);
    const out = d.out();
    return [d.pick(out, d.x(n), d.x(n)), out, n, ...more];
  };

const zip =
  (...more: number[]): Maker =>
  (d) => {
    const n = many(d);
    const out = d.out();
    return [d.x(n), d.pick(out, d.x(n)), out, n, ...more];
  };

/** Some parameters of any sizes with their state; a call processes a part of their elements. */
function optimizerTable(d: Desk): number[] {
  const sizes = [0, 1, 2].map(() => (d.large ? d.int(30_000, 90_000) : d.int(0, 600)));
  const streams = [d.out(), d.x(d.floats), d.out(), d.out(), d.out()];
  let start = 0;
  const words = sizes.flatMap((size) => {
    const row = [size, ...streams.map((stream) => stream + 4 * start)];
    start += size;
    return row;
  });
  const from = d.int(0, start);
  return [d.words(words), from, start - from];
}

const binary: Maker = (d) => {
  const [rows, cols] = d.pick(matrix(d, many(d)), [1, many(d)]);
  // The dimension of the columns is that of one operand at least.
  const [aCol, bCol] = d.pick([1, 1], [0, 1], [1, 0]) as [number, number];
  const [aRow, bRow] = [d.pick(0, aCol ? cols : 1), d.pick(0, bCol ? cols : 1)];
  return [d.x(rows * cols), d.x(rows * cols), d.out(), rows, cols, aRow, aCol, bRow, bCol];
};

const reduction = (d: Desk): number[] => {
  const outer = d.pick(1, 1, d.int(2, 9), d.int(10, 500));
  const inner = d.pick(1, 1, d.int(2, 70), 1000);
  const elements = d.large ? d.int(300_000, 390_000) : d.int(3000, 40_000);
  return [d.x(elements), d.out(), outer, Math.floor(elements / (outer * inner)), inner, inner];
};

/** The same, with zeros of both signs and the extremes far apart: of equals, parts must find the same one. */
const extremes: Maker = (d) => {
  const [x, out, ...sizes] = reduction(d) as [x: number, out: number, ...number[]];
  if (d.int(0, 1) === 0) return [x, out, ...sizes];
  const [outer, n, inner] = sizes as [number, number, number];
  const rare = d.pick([0, -0], [-0, 1], [0, -1], [-0, 0, Number.NaN]);
  const [common] = rare;
  const at = d.index(outer * n * inner, 0, 0);
  for (let i = 0; i < outer * n * inner; i++) floats()[at / 4 + i] = d.int(0, 999) === 0 ? d.pick(...rare) : (common as number);
  return [at, out, ...sizes];
};

const rowMap: Maker = (d) => {
  const [rows, n] = matrix(d, many(d));
  return [d.x(rows * n), d.out(), rows, n];
};

const rowZip: Maker = (d) => {
  const [rows, n] = matrix(d, many(d));
  return [d.x(rows * n), d.x(rows * n), d.out(), rows, n];
};

/** Seed and offset, often with a low half that overflows on the way. */
const stream = (d: Desk): number[] => [d.int(-1e9, 1e9), d.int(-1e9, 1e9), d.pick(d.int(-2000, -1), d.int(0, 1e9)), d.int(0, 100)];

const random =
  (...more: number[]): Maker =>
  (d) => [d.out(), few(d), ...stream(d), ...more];

/** Elements of up to two words. */
const copy: Maker = (d) => {
  const long = d.large ? 300 : 40;
  const sizes = d.pick(
    [1, 1, 1, Math.floor(many(d) / 2)],
    [1, 1, d.int(9, long), d.int(9, long)],
    [d.int(1, 4), d.int(1, 4), d.int(9, 60), d.int(9, 60)],
  );
  // Axes of x in any order; out in order.
  const order = d.pick([0, 1, 2, 3], [0, 1, 3, 2], [2, 0, 1, 3], [3, 2, 1, 0]);
  const strides = (axes: number[]): number[] => {
    const result = [0, 0, 0, 0];
    axes.reduceRight((step, axis) => {
      result[axis] = step;
      return step * (sizes[axis] as number);
    }, 1);
    return result;
  };
  return [d.x(2 * sizes.reduce((a, b) => a * b)), d.out(), ...sizes, ...strides(order), ...strides([0, 1, 2, 3])];
};

function product(d: Desk): { m: number; n: number; k: number; a: number[]; b: number[]; ldc: number } {
  const size = (): number => (d.large ? d.pick(d.int(1, 12), d.int(60, 300)) : d.pick(d.int(1, 12), d.int(13, 90)));
  const [m, n, k] = [size(), size(), d.large ? d.int(100, 600) : d.pick(0, d.int(1, 60), d.int(250, 600))];
  const read = (rows: number, cols: number): number[] => d.pick([cols, 1], [1, rows]);
  return { m, n, k, a: read(m, k), b: read(k, n), ldc: n + d.pick(0, 0, 5) };
}

const gemm: Maker = (d) => {
  const { m, n, k, a, b, ldc } = product(d);
  const start = [d.int(0, 1), d.pick(0, d.x(m)), d.pick(0, d.x(n))];
  return [m, n, k, d.x(m * k), ...a, d.x(k * n), ...b, d.out(), ldc, ...start, d.int(0, 1), 0];
};

const gemmPacked: Maker = (d, kernels) => {
  const { m, n, k, a, b } = product(d);
  const kept = d.index(kernels.packedBytes(n, k) / 4, 0, 0);
  kernels.packMatrix(n, k, d.x(k * n), ...(b as [number, number]), kept);
  return [m, n, k, d.x(m * k), ...a, kept, d.out(), d.pick(0, d.x(n)), d.int(0, 1), 0];
};

const gemmBatch: Maker = (d) => {
  const { m, n, k, a, b } = product(d);
  const most = Math.floor((d.large ? d.floats / 2 : 4000) / Math.max(m * k, k * n, m * n));
  const batch = Math.max(1, Math.min(most, d.pick(1, d.int(2, 5), most)));
  const shared = d.pick(0, 1);
  return [batch, m, n, k, d.x(batch * m * k), shared * m * k, ...a, d.x(batch * k * n), k * n, ...b, d.out(), m * n, n, 0, 0];
};

const gemmInt8: Maker = (d, kernels) => {
  const { m, n, k, b, ldc } = product(d);
  const packed = d.index(Math.ceil(kernels.packedInt8Bytes(n, k) / 4), 0, 0);
  kernels.packInt8(n, k, d.x(k * n), ...(b as [number, number]), packed);
  const scales = d.pick([0, 0], [d.x(m), 1]);
  return [m, n, k, d.x(m * k), k, d.int(-5, 5), packed, ...scales, d.x(n), d.int(0, 1), d.pick(0, d.x(n)), d.out(), ldc, 0];
};

/** Elements with a scale for each channel, and what comes behind their sizes. */
const scaled =
  (...more: number[]): Maker =>
  (d) => {
    const [channels, inner] = d.pick([1, many(d)], matrix(d, many(d)));
    const outer = d.large ? 1 : d.int(1, 3);
    return [d.x(outer * channels * inner), d.x(channels), d.out(), outer, channels, inner, ...more];
  };

/** Arguments that all three convolutions end with, and the floats of x, w and out. */
function convolution(d: Desk): { ints: number[]; x: number; w: number; out: number } {
  const G = d.pick(1, 1, 1, d.int(2, 6), 16);
  const per = G > 1 ? d.pick([1, 1], [1, 2], [8, 8], [3, 4]) : [d.pick(1, 3, 8, 16, 24, 33), d.pick(4, 8, 16, 20, 33)];
  const [C, F] = [G * (per[0] as number), G * (per[1] as number)];
  const [KH, KW] = d.pick([3, 3], [3, 3], [1, 1], [5, 4]);
  const [SH, SW] = d.pick([1, 1], [1, 1], [2, 2], [1, 2]);
  const [DH, DW] = d.pick([1, 1], [1, 1], [2, 1]);
  const [PT, PL] = KH === 1 ? [0, 0] : d.pick([0, 0], [1, 1], [2, 1]);
  const long = d.large ? 30 : 14;
  const [H, W] = [d.int(9, long), d.int(9, long)];
  const [OH, OW] = [Math.floor((H + 2 * PT - DH * (KH - 1) - 1) / SH) + 1, Math.floor((W + 2 * PL - DW * (KW - 1) - 1) / SW) + 1];
  const most = Math.floor(d.floats / Math.max(C * H * W, F * OH * OW));
  const N = Math.min(most, d.pick(1, 1, d.int(2, 5), d.large ? d.int(6, 16) : 2));
  const ints = [N, C, H, W, F, KH, KW, OH, OW, SH, SW, PT, PL, DH, DW, G, d.int(0, 1)];
  return { ints, x: N * C * H * W, w: F * (C / G) * KH * KW, out: N * F * OH * OW };
}

/** Planes, sizes, and the arguments of windows. */
function pooling(d: Desk): { planes: number; sizes: number[]; windows: number[]; x: number; out: number } {
  const [KH, KW, SH, SW] = [d.int(1, 3), d.int(1, 3), d.int(1, 3), d.int(1, 3)];
  const [H, W] = [d.int(6, 30), d.int(6, 30)];
  const [PT, PL] = [d.int(0, KH >> 1), d.int(0, KW >> 1)];
  const [OH, OW] = [Math.floor((H + 2 * PT - KH) / SH) + 1, Math.floor((W + 2 * PL - KW) / SW) + 1];
  const planes = d.large ? d.int(100, 400) : d.int(1, 20);
  return { planes, sizes: [H, W, OH, OW], windows: [KH, KW, SH, SW, PT, PL], x: planes * H * W, out: planes * OH * OW };
}

const average =
  (forward: boolean): Maker =>
  (d) => {
    const { planes, sizes, windows, x, out } = pooling(d);
    const [top, left] = windows.slice(-2) as [number, number];
    return [d.x(forward ? x : out), d.out(), planes, ...sizes, ...windows, top, left, 1, 1, d.int(0, 1), d.pick(0, 3)];
  };

const adaptive =
  (forward: boolean): Maker =>
  (d) => {
    const { planes, sizes, x, out } = pooling(d);
    return [d.x(forward ? x : out), d.out(), planes, ...sizes];
  };

/** Places of maxima in planes of the first size for planes of the second. */
function places(d: Desk): { planes: number; inSize: number; outSize: number; index: number } {
  const [planes, inSize, outSize] = [d.large ? d.int(100, 400) : d.int(1, 20), d.int(50, 900), d.int(20, 200)];
  return { planes, inSize, outSize, index: d.index(planes * outSize, -1, inSize - 1) };
}

/** [outer, nx, ni, inner] */
function indexed(d: Desk): [number, number, number, number] {
  const [nx, ni, inner] = [d.int(5, 60), d.int(20, 90), d.large ? d.int(50, 120) : d.pick(d.int(1, 20), d.int(32, 60))];
  const most = Math.floor(d.floats / (Math.max(nx, ni) * inner));
  return [Math.min(most, d.pick(1, d.int(2, 40))), nx, ni, inner];
}

/** Elements of up to so many words. */
const wholeIndex =
  (reads: boolean, words = 1): Maker =>
  (d) => {
    const [outer, nx, ni, all] = indexed(d);
    const inner = Math.ceil(all / words);
    const x = d.x(outer * (reads ? nx : ni) * inner * words);
    return [x, d.index(outer * ni * inner, 0, nx - 1), d.out(), outer, nx, ni, inner];
  };

const oneIndex =
  (reads: boolean, bytesPerElement: number): Maker =>
  (d) => {
    const [outer, nx, ni, inner] = indexed(d);
    const x = d.x(outer * (reads ? nx : ni) * inner);
    return [x, d.index(ni, 0, nx - 1), d.out(), outer, nx, ni, inner * bytesPerElement, ...(reads ? [] : [0, nx])];
  };

/** Images, channels, pixels. */
const channels = (d: Desk): [N: number, C: number, S: number] => [d.int(2, 20), d.int(1, 40), d.pick(1, d.large ? d.int(200, 480) : 9)];

/** Floats from 0.004 to 0.6. */
const variances = (d: Desk, n: number): number => d.index(n, 1_000_000_000, 1_060_000_000);

const each = (names: readonly Name[], maker: Maker): { [K in Name]?: Maker } => Object.fromEntries(names.map((name) => [name, maker]));

/** A batch of square matrices. */
const squares = (d: Desk): [batch: number, n: number] => [d.large ? d.int(300, 500) : d.int(0, 6), d.int(0, 12)];

/** A batch of matrices with at least as many rows as columns, and the columns of an orthogonal factor. */
function talls(d: Desk): [batch: number, m: number, n: number, columns: number] {
  const [batch, n] = squares(d);
  const m = n + d.int(0, 5);
  return [batch, m, n, d.pick(n, m)];
}

/** A maker of arguments for every kernel of the table. */
/** A table of weights, and the sizes around it. */
const resampled: Maker = (d) => {
  const [nx, n, per] = [d.int(1, 60), d.int(1, 70), d.int(1, 3)];
  const inner = d.pick(1, d.int(2, 30));
  const outer = d.pick(1, Math.max(1, Math.floor(many(d) / (Math.max(nx, n) * inner))));
  const groups = Math.ceil(n / 4);
  const starts = d.index(groups + 1 + 8 * per * groups, 0, nx - 1);
  const taps = starts + 4 * (groups + 1);
  for (let g = 0; g <= groups; g++) ints()[starts / 4 + g] = g * per;
  for (let t = 0; t < groups * per; t++) {
    for (let lane = 0; lane < 4; lane++) {
      ints()[taps / 4 + 8 * t + lane] = 4 * d.int(0, nx - 1);
      floats()[taps / 4 + 8 * t + lane + 4] = d.pick(-0, 0.5, 0.3);
    }
  }
  return [d.x(outer * nx * inner), d.out(), starts, taps, outer, nx, n, inner, d.pick(0, -0)];
};

/** Two tables of pairs, and images. */
const resampledPlanes: Maker = (d) => {
  const sizes = [0, 1].map(() => [d.int(1, 40), d.int(1, 50)] as const);
  const [[ny, my], [nx, mx]] = sizes as [readonly [number, number], readonly [number, number]];
  const planes = d.pick(1, Math.max(1, Math.floor(many(d) / Math.max(ny * nx, my * mx))));
  const words = sizes.map(([, m]) => Math.ceil(m / 4) * 17 + 1);
  let at = d.index(
    words.reduce((sum, count) => sum + count, 0),
    0,
    0,
  );
  const tables = sizes.flatMap(([n, m], i) => {
    const groups = Math.ceil(m / 4);
    const [starts, taps] = [at, at + 4 * (groups + 1)];
    at += 4 * (words[i] as number);
    for (let g = 0; g <= groups; g++) ints()[starts / 4 + g] = 2 * g;
    for (let t = 0; t < 2 * groups; t++) {
      for (let lane = 0; lane < 4; lane++) {
        ints()[taps / 4 + 8 * t + lane] = 4 * Math.min(n - 1, Math.floor(((4 * (t >> 1) + lane) * n) / m) + (t & 1));
        floats()[taps / 4 + 8 * t + lane + 4] = d.real();
      }
    }
    return [starts, taps];
  });
  return [d.x(planes * ny * nx), d.out(), ...tables, planes, ny, nx, my, mx, 0];
};

/** Heads of attention, with or without a bias: pointers to queries, keys, values and bias, and the numbers of both kernels. */
function heads(d: Desk): { inputs: number[]; numbers: number[]; queries: number; rest: number } {
  const [kinds, group] = [d.int(1, 6), d.int(1, 3)];
  const [T, S, D, E] = [d.int(1, d.large ? 200 : 40), d.int(1, d.large ? 200 : 40), d.int(1, 20), d.pick(8, d.int(1, 20))];
  const [row, column] = [d.pick(0, 4 * S), d.pick(0, 4)];
  const bias = d.pick(0, d.x(T * S + kinds * group));
  const offsets = bias && d.index(kinds * group, 0, 0);
  for (let i = 0; bias && i < kinds * group; i++) ints()[offsets / 4 + i] = 4 * i;
  const count = kinds * group * T;
  const inputs = [d.x(count * D), d.x(kinds * S * D), d.x(kinds * S * E), bias, offsets];
  const numbers = [kinds, group, T, S, D, E, d.pick(S, d.int(-3, 9)), row, column, 0.3, 0];
  return { inputs, numbers, queries: count * E, rest: 2 * count };
}

/** Arrays [N, C, S], [N, K, P] and [N, C, P], with indices into S; -1 is outside. */
function sampling(d: Desk): { sizes: number[]; S: () => number; P: () => number; K: () => number; index: number } {
  const [N, C, K] = [d.pick(1, d.int(1, 4)), d.int(1, 5), d.int(1, 4)];
  const S = d.int(1, Math.max(1, Math.floor(many(d) / (2 * N * C))));
  const P = d.int(0, Math.floor(many(d) / (2 * N * Math.max(C, K))));
  const x = (n: number) => () => d.x(n);
  return { sizes: [N, C, S, K, P], S: x(N * C * S), P: x(N * C * P), K: x(N * K * P), index: d.index(N * K * P, -1, S - 1) };
}

/** A recurrent layer over sequences whose lengths differ. */
function sequences(d: Desk) {
  const kind = d.pick(0, 1, 3, 4);
  const [T, batch, H] = [d.int(1, 4), d.int(1, d.large ? 64 : 20), d.int(1, d.large ? 40 : 9)];
  const [C, P] = [H * (kind || 1), kind === 4 ? d.int(1, H) : H];
  const lengths = Array.from({ length: batch }, () => d.int(1, T)).sort((a, b) => b - a);
  const sizes = Array.from({ length: T }, (_, t) => lengths.filter((length) => length > t).length);
  const starts = sizes.map((_, t) => sizes.slice(0, t).reduce((a, b) => a + b, 0));
  const tables = d.words([...starts, ...lengths]);
  const shape = [kind, d.int(0, 1), T, batch, C, H, P, tables, tables + 4 * T];
  return { shape, isLstm: kind === 4, isGru: kind === 3, C, H, P, n: sizes.reduce((a, b) => a + b, 0), batch };
}

export const WORKLOADS: { readonly [K in Name]?: Maker } = {
  ...each(
    ["relu", "neg", "abs", "negI32", "absI32", "sign", "floor", "ceil", "round", "trunc", "square", "cube", "sqrt", "rsqrt", "reciprocal"],
    map(),
  ),
  ...each(["exp", "log", "sin", "cos", "tanh", "erf", "sigmoid", "silu", "gelu", "geluTanh", "i32ToF32", "f32ToI32"], map()),
  ...each(["tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "expm1", "exp2", "log1p", "log2", "log10"], map()),
  ...each(["erfc", "erfinv", "mish"], map()),
  ...each(["u8ToF32", "u8ToI32", "f32ToBool", "i32ToBool", "f32ToU8", "i32ToU8", "i8ToI32", "f32ToI8", "boolNot"], (d) => {
    const n = many(d);
    return [d.x(n), d.out(), n];
  }),
  // Elements of up to 8 bytes.
  ...each(["f16ToF32", "f32ToF16", "bf16ToF32", "f32ToBf16", "i32ToI64", "i64ToF32", "f32ToI64"], (d) => {
    const n = many(d) >> 1;
    return [d.x(2 * n), d.out(), n];
  }),
  softplus: map(1, 20),
  elu: map(1, 0.5),
  pieces: map(-1, 1, 0, 0, 0, 0, 1, 0, 0, 1),
  leakyRelu: map(0.1),
  clamp: map(-1, 1),
  scale: map(0.3),
  ...each(["reluGrad", "sigmoidGrad", "tanhGrad", "siluGrad", "geluGrad", "geluTanhGrad"], zip()),
  eluGrad: zip(1, 0.5),
  leakyReluGrad: zip(0.1),
  clampGrad: zip(-1, 1),
  ...each(["add", "sub", "mul", "div", "maximum", "minimum", "pow", "eq", "ne", "lt", "le", "gt", "ge"], binary),
  ...each(["eqI32", "neI32", "ltI32", "leI32", "gtI32", "geI32"], binary),
  ...each(["addI32", "subI32", "mulI32", "maximumI32", "minimumI32", "floorDivideI32", "remainderI32", "floorDivide", "remainder"], binary),
  ...each(["boolAnd", "boolOr"], binary),
  ...each(["atan2", "hypot", "logaddexp", "logaddexp2", "copysign", "fmod"], binary),
  ...each(["fmodI32", "powI32", "andI32", "orI32", "xorI32", "leftShiftI32", "rightShiftI32"], binary),
  ...each(["where8", "where16", "where32", "where64"], (d) => {
    const [rows, cols] = d.pick(matrix(d, many(d) / 2), [1, Math.floor(many(d) / 2)]);
    const steps = [0, 1, 2].flatMap(() => {
      const col = d.int(0, 1);
      return [d.pick(0, col ? cols : 1), col];
    });
    return [d.mask(rows * cols), d.x(2 * rows * cols), d.x(2 * rows * cols), d.out(), rows, cols, ...steps];
  }),
  axpy: (d) => {
    const n = many(d);
    return [d.x(n), d.out(), n, d.real()];
  },
  ...Object.fromEntries(
    Object.entries({
      sgd: [0.01, 0.1, 0.9, 0],
      adam: [0, 0.9, 0.999, 0.01, 0.9, 0.1, 1.5, 1e-8, 0.999],
      rmsprop: [0.01, 0.01, 0.9, 0.1, 1e-8, 0.9],
      adadelta: [0.01, 1, 0.9, 1e-6],
      lion: [0.01, 0.1, 0.9, 0.99, 0.999],
      scheduleFree: [0.01, 0.1, 0.999, 1.5, 1e-8, 0.3, -0.01],
    }).map(([name, numbers]): [string, Maker] => [name, (d) => [...optimizerTable(d), d.int(0, 15), ...numbers]]),
  ),
  blend: (d) => [...optimizerTable(d), 0.7, 0.3],
  ...each(["copy8", "copy16", "copy32", "copy64"], copy),
  dropout: (d) => {
    const n = few(d);
    return [d.x(n), d.out(), d.out(), n, 0.3, ...stream(d)];
  },
  dropoutGrad: (d) => {
    const n = many(d);
    return [d.x(n), d.mask(n), d.out(), n, 0.3];
  },
  normal: random(0, 1),
  uniform: random(-1, 1),
  randomBits: random(),
  randomInts: random(-5, 77),
  solve: (d) => {
    const [[batch, n], r] = [squares(d), d.int(0, 5)];
    const [transposed, lower, kind] = [d.int(0, 1), d.int(0, 1), d.int(0, 3)];
    const bytes = 16 + 8 * n * (n + r);
    return [d.x(batch * n * n), d.x(batch * n * r), d.out(), d.out(), batch, n, r, transposed, n > 0 ? lower : 0, kind, bytes, 0];
  },
  determinant: (d) => {
    const [batch, n] = squares(d);
    return [d.x(batch * n * n), d.out(), d.pick(0, d.out()), batch, n, 16 + 8 * n * n, 0];
  },
  cholesky: (d) => {
    const [batch, n] = squares(d);
    return [d.x(batch * n * n), d.out(), d.out(), batch, n, 16 + 8 * n * n, 0];
  },
  qr: (d) => {
    const [batch, m, n, columns] = talls(d);
    return [d.x(batch * m * n), d.out(), d.out(), batch, m, n, columns, 8 * (n * m + columns * m + 2 * n), 0];
  },
  svd: (d) => {
    const [batch, m, n, columns] = talls(d);
    const symmetric = m === n ? d.int(0, 1) : 0;
    const width = symmetric ? 0 : columns;
    const bytes = 8 * (n * m + n * n + width * m + 2 * n);
    return [d.x(batch * m * n), d.out(), d.out(), d.out(), d.out(), batch, m, n, width, symmetric, bytes, 0];
  },
  lstsq: (d) => {
    const [[batch, m, n], r] = [talls(d), d.int(0, 4)];
    const [rows, cols] = d.pick([m, n], [n, m]);
    const bytes = 8 * (n * (m + n) + (m + n + 1) * r);
    const symmetric = m === n ? d.int(0, 1) : 0;
    return [d.x(batch * m * n), d.x(batch * rows * r), d.out(), d.out(), d.out(), batch, rows, cols, r, 0, 1e-6, symmetric, bytes, 0];
  },
  ...each(["sum", "sumI32"], reduction),
  ...each(["prod", "prodI32"], reduction),
  argsort: (d) => {
    const [x, out, outer, n, inner, columns] = reduction(d) as [number, number, number, number, number, number];
    return [x, out, 0, outer, n, inner, d.int(0, 1), d.pick(0, -1), columns];
  },
  topk: (d) => {
    const [rows, n] = matrix(d, many(d));
    return [d.x(rows * n), d.out(), 0, rows, n, d.int(1, Math.min(n, 70)), d.int(0, 1), d.pick(0, -1)];
  },
  ...each(["cumsum", "cumsumI32", "cumprod", "cumprodI32", "cummax"], (d) => {
    const [x, out, outer, n, inner, columns] = reduction(d) as [number, number, number, number, number, number];
    return [x, out, outer, n, inner, d.int(0, 1), columns];
  }),
  fft: (d) => {
    const [rows, n] = [d.int(2, 20), d.pick(1, 8, 15, d.large ? 1024 : 36)];
    const [from, to] = d.pick([0, 0], [1, 0], [2, 1]);
    return [d.x(2 * rows * n), d.out(), d.out(), d.x(2 * n), rows, n, n, n, from, to, d.pick(1, -1), 0.5, 0];
  },
  ...each(["amax", "amin", "argmax", "argmin"], extremes),
  ...each(["softmax", "logSoftmax"], rowMap),
  ...each(["softmaxGrad", "logSoftmaxGrad"], rowZip),
  ...each(["softmaxColumns", "logSoftmaxColumns"], reduction),
  ...each(["softmaxGradColumns", "logSoftmaxGradColumns"], (d) => {
    const [x, out, ...sizes] = reduction(d) as [number, number, ...number[]];
    return [x, x, out, ...sizes];
  }),
  crossEntropy: (d) => {
    const [rows, n] = matrix(d, many(d));
    const weight = d.pick(0, d.x(n));
    return [d.x(rows * n), d.index(rows, 0, n - 1), weight, d.out(), d.out(), rows, n, d.pick(0, -100), d.pick(0, 0.1)];
  },
  binaryCrossEntropy: (d) => {
    const n = many(d);
    return [d.x(n), d.x(n), d.x(n), d.out(), n];
  },
  ctc: (d) => {
    const [samples, T, C] = [d.int(1, 9), d.int(2, d.large ? 200 : 6), d.int(3, 9)];
    const info = d.index(3 * samples + 5, 0, 2); // frames, labels and their place; at most 2 of each
    const back = d.pick(0, 1);
    const [loss, g, out] = [back ? 0 : d.out(), back && d.x(samples), back && d.out()];
    return [
      d.x(T * samples * C),
      info + 12 * samples,
      info,
      loss,
      g,
      out,
      samples,
      T,
      samples,
      C,
      d.int(0, 2),
      d.pick(0, 1),
      96 * (T + 8),
      0,
    ];
  },
  crossEntropyGrad: (d) => {
    const [rows, n] = matrix(d, many(d));
    const weight = d.pick(0, d.x(n));
    return [d.x(rows * n), d.index(rows, 0, n - 1), weight, d.x(rows), d.out(), rows, n, d.pick(0, -100), d.pick(0, 0.1)];
  },
  recurrent: (d) => {
    const { shape, isLstm, isGru, C, H, P, batch } = sequences(d);
    const [w, wp] = [d.x(C * P), P === H ? 0 : d.x(P * H)];
    const gates = d.out();
    const [y, h, c] = [isLstm || isGru ? d.out() : gates, d.out(), isLstm ? d.out() : 0];
    const states = [d.x(batch * P), d.x(batch * H), h, c];
    const kept = [d.pick(0, d.out()), d.pick(0, d.out()), d.pick(0, d.out()), wp && d.pick(0, d.out())];
    return [...shape, w, 1, 0, isGru ? d.x(C) : 0, wp, 0, gates, y, ...states, ...kept, 0];
  },
  recurrentGrad: (d) => {
    const { shape, isLstm, isGru, C, H, P, n, batch } = sequences(d);
    const wp = P === H ? 0 : d.x(P * H);
    const kept = [d.x(n * C), d.x(n * P), d.x(n * H), d.x(n * H)];
    const from = [d.pick(0, d.x(n * P)), d.pick(0, d.x(batch * P)), d.pick(0, d.x(batch * H))];
    return [
      ...shape,
      d.x(C * P),
      0,
      wp,
      0,
      ...kept,
      ...from,
      d.out(),
      isGru ? d.out() : 0,
      d.out(),
      isLstm ? d.out() : 0,
      wp && d.out(),
      0,
    ];
  },
  layerNorm: (d) => {
    const [rows, n] = matrix(d, many(d));
    return [d.x(rows * n), d.pick(0, d.x(n)), d.pick(0, d.x(n)), d.out(), d.out(), d.out(), d.out(), rows, n, 1e-5, d.int(0, 1)];
  },
  layerNormGrad: (d) => {
    const [rows, n] = matrix(d, many(d));
    return [d.x(rows * n), d.x(rows * n), d.x(rows), d.x(rows), d.x(rows), d.pick(0, d.x(n)), d.out(), rows, n, d.int(0, 1)];
  },
  layerNormGradWeight: (d) => {
    const [rows, n] = matrix(d, many(d));
    return [d.x(rows * n), d.x(rows * n), d.x(rows), d.x(rows), d.x(rows), d.out(), rows, n, n];
  },
  batchNormStats: (d) => {
    const [N, C, S] = channels(d);
    return [d.x(N * C * S), d.out(), d.out(), d.out(), N, C, S, C];
  },
  batchNorm: (d) => {
    const [N, C, S] = channels(d);
    const parameters = [d.pick(0, d.x(C)), d.pick(0, d.x(C))];
    return [d.x(N * C * S), d.x(C), d.pick(0, d.x(C)), variances(d, C), ...parameters, d.out(), N, C, S, 1e-5];
  },
  batchNormGrad: (d) => {
    const [N, C, S] = channels(d);
    const results = [d.pick(0, d.out()), d.pick(0, d.out()), d.out()];
    const statistics = [d.x(C), d.pick(0, d.x(C)), variances(d, C)];
    return [d.x(N * C * S), d.x(N * C * S), ...statistics, d.pick(0, d.x(C)), ...results, N, C, S, 1e-5, d.int(0, 1), C];
  },
  maxPool2d: (d) => {
    const { planes, sizes, windows, x } = pooling(d);
    return [d.x(x), d.out(), d.out(), planes, ...sizes, ...windows, 1, 1];
  },
  maxPool2dGrad: (d) => {
    const { planes, inSize, outSize, index } = places(d);
    return [d.x(planes * outSize), index, d.out(), planes, inSize, outSize];
  },
  maxPoolGather: (d) => {
    const { planes, inSize, outSize, index } = places(d);
    return [d.x(planes * inSize), index, d.out(), planes, inSize, outSize];
  },
  avgPool2d: average(true),
  avgPool2dGrad: average(false),
  adaptiveAvgPool2d: adaptive(true),
  adaptiveMaxPool2d: (d) => {
    const { planes, sizes, x } = pooling(d);
    return [d.x(x), d.out(), d.out(), planes, ...sizes];
  },
  adaptiveAvgPool2dGrad: adaptive(false),
  ...each(["gather8", "gather16", "gather32", "gather64"], wholeIndex(true, 2)),
  scatterAdd: wholeIndex(false),
  indexSelect: oneIndex(true, 4),
  indexAdd: oneIndex(false, 1),
  scatter: (d, k) => [...wholeIndex(false)(d, k), 4],
  scatterReduce: (d, k) => [...wholeIndex(false)(d, k), d.int(0, 3), 0],
  indexCopy: (d, k) => oneIndex(false, 4)(d, k).slice(0, 7),
  resample: resampled,
  resamplePlanes: resampledPlanes,
  attention: (d) => {
    const { inputs, numbers } = heads(d);
    const [q, ...others] = inputs as [number];
    const [kinds, group, T, ...more] = numbers as [number, number, number];
    return [q, q, ...others, d.out(), d.out(), kinds, group, T, T, ...more];
  },
  attentionGrad: (d) => {
    const { inputs, numbers, queries, rest } = heads(d);
    return [d.x(queries), ...inputs, d.x(queries), d.x(rest), d.out(), d.out(), d.out(), ...numbers];
  },
  sample: (d) => {
    const { sizes, S, K, index } = sampling(d);
    return [S(), index, K(), d.out(), ...sizes];
  },
  sampleGradX: (d) => {
    const { sizes, P, K, index } = sampling(d);
    return [P(), index, K(), d.out(), ...sizes];
  },
  sampleGradW: (d) => {
    const { sizes, P, S, index } = sampling(d);
    return [P(), S(), index, d.out(), ...sizes];
  },
  gemm,
  gemmBatch,
  gemmPacked,
  gemmInt8,
  quantizeInt8: scaled(-100, 120, 3),
  conv2d: (d, k) => {
    const { ints, x, w } = convolution(d);
    const numbers = ints as Parameters<Kernels["keptFilterBytes"]>;
    const weight = d.x(w);
    const bytes = d.pick(0, k.keptFilterBytes(...numbers));
    const kept = bytes && d.index(bytes / 4, 0, 0);
    if (kept) k.keepFilters(weight, kept, d.scratch(k.conv2dWorkspace(...numbers)), ...numbers);
    return [d.x(x), weight, d.pick(0, d.x(ints[4] as number)), d.out(), 0, ...ints, numbers[4], d.int(0, 1), kept];
  },
  conv2dGradInput: (d) => {
    const { ints, w, out } = convolution(d);
    return [d.x(out), d.x(w), d.out(), 0, ...ints, ints[1] as number];
  },
  conv2dGradWeight: (d) => {
    const { ints, x, out } = convolution(d);
    return [d.x(out), d.x(x), d.out(), 0, ...ints, ints[1] as number, ints[4] as number];
  },
};
