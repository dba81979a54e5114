// Discrete Fourier transforms along a dimension. Complex numbers are pairs in a last dimension of 2, the real part first, as
// `torch.view_as_real` lays them out.
import { checkOneOf, checkWhole } from "../../checks.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op, type Scratch } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, checkForm, sizeOf } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { signalKernels } from "../../wasm/generated/groups/signal.js";
import { allocate, floats, release } from "../../wasm/memory.js";
import { transpose } from "../move/shape.js";

/** How numbers are stored, as the kernel calls it: half a row stands for a row whose other half are the conjugates. */
const [COMPLEX, REAL, HALF] = [0, 1, 2];

/** Twiddle factors and what else the kernel reads, by size. */
interface Table {
  readonly ptr: number;
  readonly bytes: number;
  /** The power of 2 through which the size is transformed, 0 if it is not. */
  readonly padded: number;
}

const tables = new Map<number, Table>();
/** The bytes of all tables. */
let kept = 0;

/** Writes e^(-2 pi i turns(k)) for k < n. */
function fillTurns(ptr: number, n: number, turns: (k: number) => number): void {
  const values = floats().subarray(ptr / 4);
  for (let k = 0; k < n; k++) {
    const angle = 2 * Math.PI * turns(k);
    values[2 * k] = Math.cos(angle);
    values[2 * k + 1] = -Math.sin(angle);
  }
}

/** Writes the chirp and the transform of its conjugate behind the table of a size that is transformed through a power of 2. */
function fillFilter({ ptr, padded }: Table, n: number, work: number): void {
  const chirp = ptr + 8 * padded;
  fillTurns(chirp, n, (k) => ((k * k) % (2 * n)) / (2 * n));
  const turns = floats().subarray(chirp / 4);
  const values = floats()
    .subarray(work / 4)
    .fill(0, 0, 2 * padded);
  for (let k = 0; k < n; k++) {
    for (const at of [k, k && padded - k]) {
      values[2 * at] = turns[2 * k] as number;
      values[2 * at + 1] = -(turns[2 * k + 1] as number);
    }
  }
  const sizes = [padded, padded, padded, COMPLEX, COMPLEX, 1, 1 / padded, 0] as const;
  signalKernels.fft(work, chirp + 8 * n, work + 8 * padded, ptr, 1, ...sizes);
}

function makeTable(n: number, scratch: Scratch): Table {
  let rest = n;
  for (const factor of [2, 3, 5, 7, 11, 13]) while (rest % factor === 0) rest /= factor;
  const padded = rest === 1 ? 0 : 2 ** Math.ceil(Math.log2(2 * n - 1));
  const size = padded || n;
  const bytes = 8 * (padded ? 2 * size + n : size);
  // Scratch comes first: what may run out of memory does so while there is nothing to free.
  const work = scratch(24 * padded);
  const table = { ptr: allocate(bytes), bytes, padded };
  kept += bytes;
  fillTurns(table.ptr, size, (k) => k / size);
  if (padded) fillFilter(table, n, work);
  return table;
}

/** The table of a size, which is computed on first use. Tables used last are kept up to 16 MB, the last one always. */
function tableOf(n: number, scratch: Scratch): Table {
  const table = tables.get(n) ?? makeTable(n, scratch);
  tables.delete(n);
  tables.set(n, table);
  for (const [size, { ptr, bytes }] of tables) {
    if (size === n || kept <= 2 ** 24) break;
    release(ptr, bytes);
    tables.delete(size);
    kept -= bytes;
  }
  return table;
}

/** A transform of rows. With `from` and `to` exchanged and the other direction, it is its own gradient. */
interface Transform {
  /** Numbers of a row that is transformed, and of a row of the result. */
  readonly n: number;
  readonly ny: number;
  readonly from: number;
  readonly to: number;
  /** 1 for e^(-2 pi i jk / n), -1 for its inverse. */
  readonly direction: number;
  readonly scale: number;
}

const lastOf = (x: Tensor, kind: number): number => x.ndim - (kind === REAL ? 1 : 2);

const transform: Op<[x: Tensor], Transform> = defineOp<[x: Tensor], Transform>({
  name: "fft",
  infer: ([x], { ny, from, to }) => ({ shape: [...x.shape.slice(0, lastOf(x, from)), ny, ...(to === REAL ? [] : [2])], dtype: "float32" }),
  forward: (out, [x], { n, ny, from, to, direction, scale }, _, scratch) => {
    const last = lastOf(x, from);
    const rows = sizeOf(x.shape.slice(0, last));
    if (rows === 0) return;
    const { ptr, padded } = tableOf(n, scratch);
    const work = scratch(16 * (padded || n));
    signalKernels.fft(x.ptr, out.ptr, work, ptr, rows, x.shape[last] as number, n, ny, from, to, direction, scale, padded);
  },
  backward: [
    (g, { shapes: [shape], attr: { from, to, direction, ...attr } }) =>
      transform(g, { ...attr, from: to, to: from, direction: -direction, ny: shape?.at(from === REAL ? -1 : -2) as number }),
  ],
});

/** Options of the Fourier transforms. */
export interface FftOptions {
  /** Size of the transform: x is cut or filled up with zeros; its own size unless given. */
  n?: number | null;
  /** The dimension, the last unless given; the pairs of complex numbers do not count as one. */
  dim?: number;
  /** Where the factor `1 / n` is: in the inverse (`"backward"`, the default), in neither but `1 / sqrt(n)` in both, or in the other. */
  norm?: "backward" | "ortho" | "forward" | null;
}

function run(name: string, x: Tensor, given: FftOptions | undefined, from: number, to: number, direction: number): Tensor {
  checkAlive(name, x, "x");
  checkFloat(name, x);
  const options = readOptions<{ n: number | null; dim: number; norm: FftOptions["norm"] }>(name, given, {
    n: null,
    dim: -1,
    norm: "backward",
  });
  const rank = lastOf(x, from) + 1;
  const fits = rank > 0 && (from === REAL || x.shape.at(-1) === 2);
  checkForm(name, x, fits, from === REAL ? "[..., n]" : "complex numbers [..., n, 2]");
  const d = checkDim(name, options.dim, rank);
  const size = x.shape[d] as number;
  const n = checkWhole(name, "n", options.n ?? (to === REAL ? 2 * (size - 1) : size), 1, 2 ** 26);
  const norm = checkOneOf(name, "norm", options.norm ?? "backward", ["backward", "ortho", "forward"]);
  const scale = norm === "ortho" ? 1 / Math.sqrt(n) : norm === (direction === 1 ? "forward" : "backward") ? 1 / n : 1;
  const ny = from === REAL ? (n >> 1) + 1 : n;
  const attr = { n, ny, from, to, direction, scale };
  return d === rank - 1 ? transform(x, attr) : scope(() => transpose(transform(transpose(x, d, rank - 1), attr), d, rank - 1));
}

/**
 * Discrete Fourier transform: `y[j] = sum of x[k] e^(-2 pi i jk / n)`. x: float32 [..., size, 2], pairs of real and imaginary parts
 * -> [..., n, 2]. Relative error at most 3e-7 log2(n). Gradient: the transform in the other direction.
 * Errors: `ShapeError` unless the last dimension is 2, `IndexError` for a dimension outside the rank, `ArgError` for an n below 1 or another
 * norm, `DTypeError` unless x is float32.
 * Source: Stockham's algorithm for sizes without prime factors above 13, Bluestein's for all others.
 * @example fft(tensor([[1, 0], [0, 0]])); // [[1, 0], [1, 0]]
 */
export function fft(x: Tensor, options?: FftOptions): Tensor {
  return run("fft", x, options, COMPLEX, COMPLEX, 1);
}

/**
 * Inverse of `fft`: `x[k] = 1/n * sum of y[j] e^(2 pi i jk / n)`. x: float32 [..., size, 2], pairs of real and imaginary parts
 * -> [..., n, 2]. Gradient: the transform in the other direction. Errors: those of `fft`.
 * @example ifft(tensor([[1, 0], [1, 0]])); // [[1, 0], [0, 0]]
 */
export function ifft(x: Tensor, options?: FftOptions): Tensor {
  return run("ifft", x, options, COMPLEX, COMPLEX, -1);
}

/**
 * `fft` of real numbers, of which the first half is returned; the others are its conjugates. x: float32 [..., size]
 * -> [..., floor(n / 2) + 1, 2], pairs of real and imaginary parts. Gradient: the transform in the other direction.
 * Errors: `ShapeError` for a scalar, and those of `fft`.
 * @example rfft(tensor([1, 2])); // [[3, 0], [-1, 0]]
 */
export function rfft(x: Tensor, options?: FftOptions): Tensor {
  return run("rfft", x, options, REAL, COMPLEX, 1);
}

/**
 * Inverse of `rfft`. x: float32 [..., size, 2], of which floor(n / 2) + 1 pairs are read -> [..., n], where n is `2 (size - 1)` unless
 * given. The imaginary parts of the first number and, for an even n, of the last one are not read. Gradient: the transform in the other
 * direction. Errors: those of `fft`.
 * @example irfft(tensor([[3, 0], [-1, 0]])); // [1, 2]
 */
export function irfft(x: Tensor, options?: FftOptions): Tensor {
  return run("irfft", x, options, HALF, REAL, -1);
}
