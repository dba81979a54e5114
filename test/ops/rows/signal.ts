// Fourier transforms with their options, against the definition.
import * as sg from "simdgrad";
import { ArgError, DTypeError, IndexError, ShapeError, zeros } from "simdgrad";
import { at, type Nd, nd } from "../nd.js";
import { float, type Row, type Sample } from "../row.js";

type Name = "fft" | "ifft" | "rfft" | "irfft";

/** The numbers of an input: pairs, or a real one. */
const numberAt = (x: Nd, index: readonly number[], isReal: boolean): [number, number] =>
  isReal ? [at(x, index), 0] : [at(x, [...index, 0]), at(x, [...index, 1])];

/** The transform by its definition. */
function transform(name: Name, x: Nd, { n: asked, dim = -1, norm = "backward" }: sg.FftOptions): Nd {
  const isReal = name === "rfft";
  const shape = isReal ? x.shape : x.shape.slice(0, -1);
  const d = dim < 0 ? dim + shape.length : dim;
  const size = shape[d] as number;
  const n = asked ?? (name === "irfft" ? 2 * (size - 1) : size);
  const isInverse = name === "ifft" || name === "irfft";
  const scale = norm === "ortho" ? n ** -0.5 : norm === (isInverse ? "backward" : "forward") ? 1 / n : 1;
  const given = (index: readonly number[], k: number): [number, number] => {
    const half = name === "irfft" && k > n / 2;
    const from = half ? n - k : k;
    if (from >= size) return [0, 0];
    const [re, im] = numberAt(
      x,
      index.map((i, j) => (j === d ? from : i)),
      isReal,
    );
    return name === "irfft" && (k === 0 || 2 * k === n) ? [re, 0] : [re, half ? -im : im];
  };
  const sumAt = (index: readonly number[]): [number, number] => {
    let [re, im] = [0, 0];
    for (let k = 0; k < n; k++) {
      const angle = ((isInverse ? 2 : -2) * Math.PI * k * (index[d] as number)) / n;
      const [a, b] = given(index, k);
      re += a * Math.cos(angle) - b * Math.sin(angle);
      im += a * Math.sin(angle) + b * Math.cos(angle);
    }
    return [re * scale, im * scale];
  };
  const result = shape.map((v, j) => (j !== d ? v : name === "rfft" ? Math.floor(n / 2) + 1 : n));
  if (name === "irfft") return nd(result, (...index) => sumAt(index)[0]);
  return nd([...result, 2], (...index) => sumAt(index.slice(0, -1))[index.at(-1) as number] as number);
}

const OPTIONS: sg.FftOptions[] = [
  {},
  { norm: "ortho" },
  { norm: "forward" },
  { n: 5 },
  { n: 12, norm: "ortho" },
  { n: 17 },
  { dim: 0 },
  { dim: -2, n: 3 },
];

function row(name: Name, refuses: Row["refuses"]): Row {
  const pair = name === "rfft" ? [] : [2];
  return {
    op: name,
    samples: [
      ...OPTIONS.map(
        (options): Sample => ({
          inputs: [float([3, 8, ...pair])],
          call: (x) => sg[name](x, options),
          truth: (x) => transform(name, x, options),
          note: JSON.stringify(options),
        }),
      ),
      ...[[7], [2, 3, 6], [1, 30], [19], [2, 23]].map(
        (shape): Sample => ({
          inputs: [float([...shape, ...pair])],
          call: (x) => sg[name](x),
          truth: (x) => transform(name, x, {}),
        }),
      ),
      { inputs: [float([0, 4, ...pair])], call: (x) => sg[name](x), truth: (x) => transform(name, x, {}), note: "no rows" },
    ],
    refuses: [
      { call: () => sg[name](zeros([3, 4, ...pair]), { n: 0 }), error: ArgError, says: new RegExp(`${name}: n must be a whole number`) },
      { call: () => sg[name](zeros([3, 4, ...pair]), { dim: 2 }), error: IndexError, says: new RegExp(name) },
      {
        call: () => sg[name](zeros([3, 4, ...pair]), { norm: "none" as "ortho" }),
        error: ArgError,
        says: new RegExp(`${name}: norm must be`),
      },
      { call: () => sg[name](zeros([4, ...pair], { dtype: "int32" })), error: DTypeError, says: new RegExp(`${name}: needs float32`) },
      { call: () => sg[name](zeros(pair)), error: ShapeError, says: new RegExp(`${name}: x must be .*, got float32`) },
      ...(refuses ?? []),
    ],
  };
}

const unpaired = (name: Name): Row["refuses"] => [
  { call: () => sg[name](zeros(3, 4)), error: ShapeError, says: new RegExp(`${name}: x must be complex numbers .*, got float32\\[3,4\\]`) },
];

export const signalRows: readonly Row[] = [
  row("fft", unpaired("fft")),
  row("ifft", unpaired("ifft")),
  row("rfft", [{ call: () => sg.rfft(zeros(3, 0)), error: ArgError, says: /rfft: n must be a whole number/ }]),
  row("irfft", unpaired("irfft")),
];
