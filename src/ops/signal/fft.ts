// Discrete Fourier transforms. A complex number is a pair in a last dimension of 2: the real part, then the imaginary part.
import { checkOneOf, checkWhole, isGiven } from "../../checks.js";
import { ArgError, ShapeError } from "../../errors.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec, type Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { signalKernels } from "../../wasm/generated/groups/signal.js";
import { asFloat } from "../elementwise/promotion.js";
import { transpose } from "../move/shape.js";
import { narrow, padTo } from "../move/slice.js";

/** What a transform is divided by: "backward" divides the inverse one by n, "forward" the other one, and "ortho" both by the root of n. */
export type FourierNorm = "backward" | "ortho" | "forward";

/** Options of `fft`, `ifft`, `rfft` and `irfft`. */
export interface FourierOptions {
  /** Length of the signal: a shorter one is padded with zeros at its end, a longer one is cut. */
  n: number | null;
  /** The dimension that is transformed, the last one unless given. The dimension of the pairs is not counted. */
  dim: number;
  /** "backward" unless given. */
  norm: FourierNorm;
}

const DEFAULTS: FourierOptions = { n: null, dim: -1, norm: "backward" };
const NORMS: readonly FourierNorm[] = ["backward", "ortho", "forward"];

interface Complex {
  readonly inverse: boolean;
  readonly scale: number;
}

const fftOp: Op<[x: Tensor], Complex> = defineOp<[x: Tensor], Complex>({
  name: "fft",
  infer: ([x]) => x,
  forward: (out, [x], { inverse, scale }, _, scratch) => {
    const n = x.shape.at(-2) as number;
    signalKernels.fft(x.ptr, out.ptr, x.size / (2 * n), n, Number(inverse), scale, scratch(signalKernels.fftWorkspace(n)));
  },
  // The matrix of the transform is symmetric, and the gradient is the product with its conjugate.
  backward: [(g, { attr: { inverse, scale } }) => fftOp(g, { inverse: !inverse, scale })],
});

/** `inner` is the factor of those numbers of half a spectrum that stand for two of the whole; see assembly/signal/fft.ts. */
interface Real {
  readonly n: number;
  readonly scale: number;
  readonly inner: number;
}

const rfftOp: Op<[x: Tensor], Real> = defineOp<[x: Tensor], Real>({
  name: "rfft",
  infer: ([x], { n }) => ({ shape: [...x.shape.slice(0, -1), (n >> 1) + 1, 2], dtype: "float32" }),
  forward: (out, [x], { n, scale, inner }, _, scratch) =>
    signalKernels.rfft(x.ptr, out.ptr, x.size / n, n, scale, inner, scratch(signalKernels.rfftWorkspace(n))),
  backward: [(g, { attr }) => irfftOp(g, { ...attr, inner: attr.inner / 2 })],
});

const irfftOp: Op<[x: Tensor], Real> = defineOp<[x: Tensor], Real>({
  name: "irfft",
  infer: ([x], { n }) => ({ shape: [...x.shape.slice(0, -2), n], dtype: "float32" }),
  forward: (out, [x], { n, scale, inner }, _, scratch) =>
    signalKernels.irfft(x.ptr, out.ptr, out.size / n, n, scale, inner, scratch(signalKernels.rfftWorkspace(n))),
  backward: [(g, { attr }) => rfftOp(g, { ...attr, inner: 2 * attr.inner })],
});

function scaleOf(norm: FourierNorm, n: number, inverse: boolean): number {
  if (norm === "ortho") return 1 / Math.sqrt(n);
  return (norm === "forward") === inverse ? 1 : 1 / n;
}

/** Cuts x along a dimension, or pads it with zeros. */
function resized(x: Tensor, dim: number, n: number): Tensor {
  const size = x.shape[dim] as number;
  if (n < size) return narrow(x, dim, 0, n);
  const shape: Shape = x.shape.map((old, d) => (d === dim ? n : old));
  return n > size ? padTo(x, shape) : x;
}

/**
 * Runs a transform along a dimension. `pairs` counts the dimensions for pairs of x and of the result. `sizeFrom` returns the length of a
 * signal from the size of the dimension, unless the options give it, and `lengthOf` the size that the dimension then must have.
 */
function transformed(
  op: string,
  given: Tensor,
  options: unknown,
  pairs: readonly [x: number, out: number],
  sizeFrom: (size: number) => number,
  lengthOf: (n: number) => number,
  run: (x: Tensor, n: number, norm: FourierNorm) => Tensor,
): Tensor {
  const { n, dim, norm } = readOptions(op, options, DEFAULTS);
  return scope(() => {
    const x = asFloat(op, given);
    if (pairs[0] && x.shape.at(-1) !== 2) {
      throw new ShapeError(
        `${op}: takes complex numbers as pairs in a last dimension of 2, got ${formatSpec(x)}; real numbers x are stack([x, zerosLike(x)], -1)`,
      );
    }
    const rank = x.ndim - pairs[0];
    if (rank < 1) throw new ShapeError(`${op}: needs a dimension to transform, got ${formatSpec(x)}`);
    const d = checkDim(op, dim, rank);
    checkOneOf(op, "norm", norm, NORMS);
    const length = isGiven(n) ? checkWhole(op, "n", n, 1) : sizeFrom(x.shape[d] as number);
    if (length < 1) throw new ArgError(`${op}: n must be at least 1, got ${length} from ${formatSpec(x)}`);
    const last = rank - 1;
    const out = run(resized(d === last ? x : transpose(x, d, last), last, lengthOf(length)), length, norm);
    return d === last ? out : transpose(out, d, last);
  });
}

const same = (n: number): number => n;
const halfOf = (n: number): number => (n >> 1) + 1;

/**
 * Discrete Fourier transform of complex numbers along a dimension: `y[k] = sum over j of x[j] e^(-2 pi i j k / n)`.
 * x: float32 [..., n, 2], real and imaginary parts in the last dimension -> same. `norm` as in PyTorch. Lengths of the form 2^a 3^b 5^c are
 * fastest; all others take the time of three transforms of at least twice the length. Gradient: the inverse transform of g, times n.
 * Errors: `ShapeError` without a last dimension of 2, `IndexError` for a dimension outside the rank, `ArgError` for n below 1 or another norm,
 * `DTypeError` for integers.
 * Source: Stockham's algorithm; L. Bluestein, A linear filtering approach to the computation of the discrete Fourier transform, 1970.
 * @example fft(tensor([[1, 0], [0, 0], [0, 0], [0, 0]])); // [[1, 0], [1, 0], [1, 0], [1, 0]]
 */
export function fft(x: Tensor, options?: Partial<FourierOptions>): Tensor {
  return transformed("fft", x, options, [1, 1], same, same, (signal, n, norm) =>
    fftOp(signal, { inverse: false, scale: scaleOf(norm, n, false) }),
  );
}

/**
 * Inverse of `fft`: `x[j] = 1/n sum over k of y[k] e^(2 pi i j k / n)`. y: float32 [..., n, 2] -> same.
 * Gradient: the transform of g, divided by n. Errors: those of `fft`.
 * @example ifft(fft(tensor([[1, 2], [3, 4]]))); // [[1, 2], [3, 4]]
 */
export function ifft(x: Tensor, options?: Partial<FourierOptions>): Tensor {
  return transformed("ifft", x, options, [1, 1], same, same, (signal, n, norm) =>
    fftOp(signal, { inverse: true, scale: scaleOf(norm, n, true) }),
  );
}

/**
 * Discrete Fourier transform of real numbers: the first n / 2 + 1 numbers of `fft`, of which the others are the conjugates.
 * x: float32 [..., n] -> [..., n / 2 + 1, 2], real and imaginary parts in the last dimension. The squared magnitudes are
 * `y.square().sum(-1)`. Gradient: the real part of the inverse transform of g, times n. Errors: those of `fft`.
 * @example rfft(tensor([1, 0, -1, 0])); // [[0, 0], [2, 0], [0, 0]]
 */
export function rfft(x: Tensor, options?: Partial<FourierOptions>): Tensor {
  return transformed("rfft", x, options, [0, 1], same, same, (signal, n, norm) =>
    rfftOp(signal, { n, scale: scaleOf(norm, n, false), inner: 1 }),
  );
}

/**
 * Inverse of `rfft`. x: float32 [..., n / 2 + 1, 2] -> [..., n]. n is even unless the option gives an odd one. The imaginary parts
 * of the first number, and of the last one if n is even, are ignored. Gradient: that of a sum in which all other numbers appear twice.
 * Errors: those of `fft`.
 * @example irfft(rfft(tensor([1, 2, 3])), { n: 3 }); // [1, 2, 3]
 */
export function irfft(x: Tensor, options?: Partial<FourierOptions>): Tensor {
  return transformed(
    "irfft",
    x,
    options,
    [1, 0],
    (size) => 2 * (size - 1),
    halfOf,
    (spectrum, n, norm) => irfftOp(spectrum, { n, scale: scaleOf(norm, n, true), inner: 1 }),
  );
}
