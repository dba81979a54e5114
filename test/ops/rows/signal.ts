// Rows of Fourier transforms, whose truth is the sum in float64.
import { ArgError, DTypeError, fft, IndexError, ifft, irfft, rfft, ShapeError, type Tensor, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, given, type Row, type Sample } from "../row.js";

type Norm = "backward" | "ortho" | "forward";

/** The factor of a transform of length n. */
function factor(norm: Norm, n: number, inverse: boolean): number {
  if (norm === "ortho") return 1 / Math.sqrt(n);
  return (norm === "backward") === inverse ? 1 / n : 1;
}

/** Real and imaginary part of the sum of terms [re, im] times e^(sign 2 pi i j k / n). */
function sumOf(terms: readonly (readonly [number, number])[], k: number, sign: number): [number, number] {
  const n = terms.length;
  let [re, im] = [0, 0];
  for (const [j, [a, b]] of terms.entries()) {
    const angle = (sign * 2 * Math.PI * ((j * k) % n)) / n;
    re += a * Math.cos(angle) - b * Math.sin(angle);
    im += a * Math.sin(angle) + b * Math.cos(angle);
  }
  return [re, im];
}

/** Along the dimension before the pairs. A number behind the end of x is 0. */
function complexTruth(x: Nd, n: number, inverse: boolean, norm: Norm): Nd {
  const shape = x.shape.with(-2, n);
  const size = x.shape.at(-2) as number;
  return nd(shape, (...index) => {
    const lead = index.slice(0, -2);
    const terms = Array.from({ length: n }, (_, j): [number, number] =>
      j < size ? [at(x, [...lead, j, 0]), at(x, [...lead, j, 1])] : [0, 0],
    );
    return factor(norm, n, inverse) * (sumOf(terms, index.at(-2) as number, inverse ? 1 : -1)[index.at(-1) as number] as number);
  });
}

function rfftTruth(x: Nd, n: number, norm: Norm): Nd {
  const size = x.shape.at(-1) as number;
  return nd([...x.shape.slice(0, -1), Math.floor(n / 2) + 1, 2], (...index) => {
    const lead = index.slice(0, -2);
    const terms = Array.from({ length: n }, (_, j): [number, number] => [j < size ? at(x, [...lead, j]) : 0, 0]);
    return factor(norm, n, false) * (sumOf(terms, index.at(-2) as number, -1)[index.at(-1) as number] as number);
  });
}

function irfftTruth(x: Nd, n: number, norm: Norm): Nd {
  const size = x.shape.at(-2) as number;
  return nd([...x.shape.slice(0, -2), n], (...index) => {
    const lead = index.slice(0, -1);
    const terms = Array.from({ length: n }, (_, k): [number, number] => {
      const from = Math.min(k, n - k);
      if (from >= size) return [0, 0];
      const alone = from === 0 || 2 * from === n;
      return [at(x, [...lead, from, 0]), alone ? 0 : Math.sign(n / 2 - k) * at(x, [...lead, from, 1])];
    });
    return factor(norm, n, true) * sumOf(terms, index.at(-1) as number, 1)[0];
  });
}

const LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 20, 32, 33, 48];
const NORMS: readonly Norm[] = ["ortho", "forward"];

/** The dimensions of a transform in the middle are exchanged with the last ones. */
const swapped = (x: Nd, a: number, b: number): Nd => {
  const order = x.shape.map((_, d) => (d === a ? b : d === b ? a : d));
  return nd(
    order.map((d) => x.shape[d] as number),
    (...index) => {
      const from = new Array<number>(index.length);
      order.forEach((d, i) => {
        from[d] = index[i] as number;
      });
      return at(x, from);
    },
  );
};

const complexRow = (op: "fft" | "ifft", call: typeof fft, inverse: boolean): Row => {
  const sample = (shape: readonly number[], options: Parameters<typeof fft>[1], truth: Sample["truth"]): Sample => ({
    inputs: [float(shape)],
    call: (x: Tensor) => call(x, options),
    truth,
    note: JSON.stringify(options ?? ""),
  });
  return {
    op,
    samples: [
      ...LENGTHS.map((n) => sample([2, n, 2], undefined, (x) => complexTruth(x, n, inverse, "backward"))),
      ...NORMS.map((norm) => sample([6, 2], { norm }, (x) => complexTruth(x, 6, inverse, norm))),
      sample([2, 5, 2], { n: 8 }, (x) => complexTruth(x, 8, inverse, "backward")),
      sample([2, 5, 2], { n: 3 }, (x) => complexTruth(x, 3, inverse, "backward")),
      sample([4, 3, 2], { dim: 0 }, (x) => swapped(complexTruth(swapped(x, 0, 1), 4, inverse, "backward"), 0, 1)),
      sample([0, 4, 2], undefined, () => nd([0, 4, 2], () => 0)),
    ],
    refuses: [
      {
        call: () => call(zeros(4)),
        error: ShapeError,
        says: new RegExp(`^${op}: takes complex numbers as pairs in a last dimension of 2, got`),
      },
      { call: () => call(zeros(2)), error: ShapeError, says: new RegExp(`^${op}: needs a dimension to transform`) },
      { call: () => call(zeros(0, 2)), error: ArgError, says: new RegExp(`^${op}: n must be at least 1, got 0`) },
      { call: () => call(zeros(4, 2), { dim: 1 }), error: IndexError, says: new RegExp(`^${op}: dim 1 is outside`) },
      { call: () => call(zeros(4, 2), { n: 0 }), error: ArgError, says: new RegExp(`^${op}: n must be`) },
      { call: () => call(zeros([4, 2], { dtype: "int32" })), error: DTypeError, says: new RegExp(`^${op}: `) },
    ],
  };
};

export const signalRows: readonly Row[] = [
  complexRow("fft", fft, false),
  complexRow("ifft", ifft, true),
  {
    op: "rfft",
    samples: [
      ...LENGTHS.map((n) => ({ inputs: [float([2, n])], call: (x: Tensor) => rfft(x), truth: (x: Nd) => rfftTruth(x, n, "backward") })),
      ...NORMS.map((norm) => ({
        inputs: [float([6])],
        call: (x: Tensor) => rfft(x, { norm }),
        truth: (x: Nd) => rfftTruth(x, 6, norm),
        note: norm,
      })),
      ...[3, 8].map((n) => ({ inputs: [float([5])], call: (x: Tensor) => rfft(x, { n }), truth: (x: Nd) => rfftTruth(x, n, "backward") })),
      {
        inputs: [float([4, 3])],
        call: (x) => rfft(x, { dim: 0 }),
        truth: (x) => swapped(rfftTruth(swapped(x, 0, 1), 4, "backward"), 0, 1),
        note: "first dimension",
      },
      { inputs: [given([3], [1, 2, 4])], call: (x) => rfft(x), truth: (x) => rfftTruth(x, 3, "backward"), note: "a vector" },
    ],
    refuses: [
      { call: () => rfft(zeros([])), error: ShapeError, says: /^rfft: needs a dimension to transform/ },
      { call: () => rfft(zeros(0)), error: ArgError, says: /^rfft: n must be at least 1, got 0/ },
      { call: () => rfft(zeros(4), { norm: "none" as "ortho" }), error: ArgError, says: /^rfft: norm must be/ },
      { call: () => rfft(zeros(4), { size: 3 } as object), error: ArgError, says: /^rfft: .*size/ },
    ],
  },
  {
    op: "irfft",
    samples: [
      ...LENGTHS.map((n) => ({
        inputs: [float([2, Math.floor(n / 2) + 1, 2])],
        call: (x: Tensor) => irfft(x, { n }),
        truth: (x: Nd) => irfftTruth(x, n, "backward"),
        note: `n ${n}`,
      })),
      ...NORMS.map((norm) => ({
        inputs: [float([4, 2])],
        call: (x: Tensor) => irfft(x, { norm }),
        truth: (x: Nd) => irfftTruth(x, 6, norm),
        note: norm,
      })),
      { inputs: [float([3, 2])], call: (x) => irfft(x, { n: 8 }), truth: (x) => irfftTruth(x, 8, "backward"), note: "padded" },
      {
        inputs: [float([3, 2, 2])],
        call: (x) => irfft(x, { dim: 0 }),
        truth: (x) => swapped(irfftTruth(swapped(x, 0, 1), 4, "backward"), 0, 1),
        note: "first dimension",
      },
    ],
    refuses: [
      { call: () => irfft(zeros(3)), error: ShapeError, says: /^irfft: takes complex numbers/ },
      { call: () => irfft(zeros(1, 2)), error: ArgError, says: /^irfft: n must be at least 1, got 0/ },
    ],
  },
];
