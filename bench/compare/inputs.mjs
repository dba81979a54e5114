// The inputs of every kind of work, the same numbers for each contestant.
// m k n as in BLAS; N batch, C channels, F filters, K kernel, S height and width, G groups.

/** @typedef {{ shape: readonly number[], values: Float32Array | Int32Array }} Input */

/**
 * Numbers distributed uniformly over [-scale, scale), from hashed positions, so that any language can compute them in any order.
 * Source of the hash: Chris Wellons, hash prospector.
 * @param {number} seed
 * @param {number} count
 */
export function numbers(seed, count, scale = 1) {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let h = i + Math.imul(seed, 0x9e3779b9);
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0xd35a2d97);
    h ^= h >>> 15;
    out[i] = ((h >>> 8) / 2 ** 23 - 1) * scale;
  }
  return out;
}

/** @type {(seed: number, shape: readonly number[], scale?: number) => Input} */
const input = (seed, shape, scale) => ({
  shape,
  values: numbers(
    seed,
    shape.reduce((product, size) => product * size, 1),
    scale,
  ),
});

/** Around one, where every power is finite: from 0.5 to 1.5. */
function positive(seed, shape) {
  const { values } = input(seed, shape, 0.5);
  return { shape, values: values.map((value) => value + 1) };
}

/** Whole numbers from 0 to below `below`. */
export function indices(seed, shape, below) {
  const { values } = input(seed, shape);
  return { shape, values: Int32Array.from(values, (value) => Math.floor(((value + 1) / 2) * below)) };
}

/** Inputs for which exp, tanh and similar functions do all their arithmetic: results are neither denormal nor saturated. */
const RANGE = 4;

const matrix = ({ rows, cols }) => ({ x: input(1, [rows, cols]) });
const layer = ({ N, C, F, K, S, G }) => ({ x: input(1, [N, C, S, S]), weight: input(2, [F, C / G, K, K]) });

/** A transposed operand is stored as the transposed matrix. */
const kinds = {
  matmul: ({ m, k, n, aT, bT }) => ({ a: input(1, aT ? [k, m] : [m, k]), b: input(2, bT ? [n, k] : [k, n]) }),
  int8: ({ m, k, n }) => ({ a: input(1, [m, k]), b: input(2, [n, k]) }),
  conv: layer,
  convGradInput: layer,
  convGradWeight: layer,
  unary: ({ n }) => ({ x: input(1, [n], RANGE) }),
  add: ({ n }) => ({ a: input(1, [n]), b: input(2, [n]) }),
  power: ({ n }) => ({ x: positive(1, [n]) }),
  pieces: ({ batch, pieces, width }) => ({ x: input(1, [batch, pieces, width]) }),
  batchNormStep: ({ N, C, S }) => ({
    x: input(1, [N, C, S, S]),
    weight: input(2, [C]),
    bias: input(3, [C]),
    gradient: input(4, [N, C, S, S]),
  }),
  softmax: ({ shape }) => ({ x: input(1, shape, RANGE) }),
  layerNorm: ({ rows, cols }) => ({ x: input(1, [rows, cols]), weight: input(2, [cols]), bias: input(3, [cols]) }),
  sum: matrix,
  transpose: matrix,
  sort: matrix,
  topk: matrix,
  cumsum: matrix,
  rfft: matrix,
  gather: ({ rows, cols }) => ({ x: input(1, [rows, cols]), index: indices(2, [rows, cols], cols) }),
  indexSelect: ({ rows, cols }) => ({ x: input(1, [rows, cols]), index: indices(2, [rows], rows) }),
  indexAdd: ({ rows, cols }) => ({ x: input(1, [rows, cols]), index: indices(2, [rows], rows) }),
  mask: ({ n }) => ({ x: input(1, [n]) }),
  pairs: ({ rows, cols, n }) => ({ x: input(1, [rows, cols]), i: indices(2, [n], rows), j: indices(3, [n], cols) }),
  cat: ({ parts, rows, cols }) => Object.fromEntries(Array.from({ length: parts }, (_, i) => [`x${i}`, input(i + 1, [rows, cols])])),
  permute: ({ shape }) => ({ x: input(1, shape) }),
  pad: ({ shape }) => ({ x: input(1, shape) }),
  interpolate: ({ shape }) => ({ x: input(1, shape) }),
  attention: ({ heads, length, width }) => {
    const shape = [1, heads, length, width];
    return { q: input(1, shape), k: input(2, shape), v: input(3, shape), gradient: input(4, shape) };
  },
  adam: ({ n }) => ({ weight: input(1, [n]), gradient: input(2, [n]) }),
};

/**
 * The inputs of a work; `convert` makes the contestant's own type of array from each.
 * @template T
 * @param {{ kind: string }} work
 * @param {(input: Input) => T} convert
 * @returns {Record<string, T>}
 */
export function inputsOf(work, convert) {
  return Object.fromEntries(Object.entries(kinds[work.kind](work)).map(([name, value]) => [name, convert(value)]));
}

/** Height and width of the result of a convolution; all layers are padded by half their kernel. */
export const outSize = ({ S, K, stride }) => Math.floor((S + 2 * padding({ K }) - K) / stride) + 1;
export const padding = ({ K }) => (K - 1) / 2;
