// Which kernels are split among threads, and how: one line for each. What is not here runs on one thread.
// The nanoseconds are those of one element, pixel or product on one core; they decide only whether a call is worth splitting.
import type { Kernels } from "../generated/kernels.js";
import { conv2d, conv2dGradInput, conv2dGradWeight } from "./conv.js";
import { amax, amin, argmax, argmin, sum, sumI32 } from "./reduce.js";
import { type Args, along, best, type Cut, ELEMENTS, flat, type Move, type Split, withArgs } from "./split.js";

/** Streams through memory; arithmetic on the side. */
const LIGHT = 0.2;
/** Polynomials, divisions. */
const HEAVY = 0.8;

/** (x, out, n, ...), with the bytes of an element of each. */
const map = (ns: number, x = 4, out = 4): Split => flat(ns, 2, [0, x], [1, out]);

/** (a, b, out, n, ...) of 4 bytes each */
const zip = (ns: number): Split => flat(ns, 3, [0, 4], [1, 4], [2, 4]);

/** (a, b, out, rows, cols, aRow, aCol, bRow, bCol), with the bytes of a result and of an operand: rows, or the columns of one row. */
function binary(ns: number, out = 4, x = 4): Split {
  const rows = along(3, 1, [0, x, 5], [1, x, 7], [2, out, 4]);
  const columns = along(4, ELEMENTS, [0, x, 6], [1, x, 8], [2, out]);
  return { cost: [ns, 3, 4], cut: (args) => (args[3] === 1 ? columns : rows)(args) };
}

/** (c, a, b, out, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol), with the bytes of an element of a and b: the same. */
function choice(bytes: number): Split {
  const rows = along(4, 1, [0, 1, 6], [1, bytes, 8], [2, bytes, 10], [3, bytes, 5]);
  const columns = along(5, ELEMENTS, [0, 1, 7], [1, bytes, 9], [2, bytes, 11], [3, bytes]);
  return { cost: [LIGHT, 4, 5], cut: (args) => (args[4] === 1 ? columns : rows)(args) };
}

/** (x, index, out, outer, nx, ni, inner), with the bytes of an element: blocks, or the indices of one. */
function gather(bytes: number): Split {
  const blocks = along(3, 1, [0, bytes, 4, 6], [1, 4, 5, 6], [2, bytes, 5, 6]);
  const indices = along(5, 1, [1, 4, 6], [2, bytes, 6]);
  return { cost: [HEAVY, 3, 5, 6], cut: (args) => (args[3] === 1 ? indices : blocks)(args) };
}

/**
 * (x, ..., outer, n, inner, ..., columns) with so many arrays of that shape in front, `outer` behind them and `columns` last at the
 * given place: blocks, or the columns of one.
 */
function middle(ns: number, arrays: number, columns: number): Split {
  const all = [0, 1, 2].slice(0, arrays);
  const blocks = along(arrays, 1, ...all.map((at): Move => [at, 4, arrays + 1, arrays + 2]));
  const lines = along(columns, 16, ...all.map((at): Move => [at, 4]));
  return { cost: [ns, arrays, arrays + 1, columns], cut: (args) => (args[arrays] === 1 ? lines : blocks)(args) };
}

/** Parts of the count at `count`; the cost grows with all counts at `sizes`. */
function parts(ns: number, sizes: readonly number[], count: number, ...moves: readonly Move[]): Split {
  return { cost: [ns, ...sizes], cut: along(count, 1, ...moves) };
}

/** (x, out, rows, n) and (g, y, out, rows, n) */
const rowMap = (ns: number): Split => parts(ns, [2, 3], 2, [0, 4, 3], [1, 4, 3]);
const rowZip = (ns: number): Split => parts(ns, [3, 4], 3, [0, 4, 4], [1, 4, 4], [2, 4, 4]);

/** Random numbers: n at `n`, the low and high half of the stream's offset behind it at `offset`, a step of it for four numbers. */
function random(ns: number, n: number, offset: number, ...moves: readonly Move[]): Split {
  const whole = flat(ns, n, ...moves);
  return {
    ...whole,
    cut: (args, threads, k) => {
      const cut = whole.cut(args, threads, k) as Cut;
      return {
        ...cut,
        part: (from, size, room) => {
          const low = ((args[offset] as number) >>> 0) + from / 4;
          const high = (args[offset + 1] as number) + Math.floor(low / 2 ** 32);
          return withArgs(cut.part(from, size, room) as Args, [
            [offset, low | 0],
            [offset + 1, high | 0],
          ]);
        },
      };
    },
  };
}

/** Strided copies: the outermost axis that is long enough. Sizes are at 2 to 5, strides of x at 6 to 9 and of out at 10 to 13. */
function copy(bytes: number): Split {
  const axes = [0, 1, 2, 3].map((axis) => along(2 + axis, axis === 3 ? ELEMENTS : 1, [0, bytes, 6 + axis], [1, bytes, 10 + axis]));
  return {
    cost: [LIGHT * (bytes / 4), 2, 3, 4, 5],
    cut: (args, threads) => {
      const cuts = axes.map((axis) => axis(args));
      return cuts.find(({ total, unit }) => total >= 2 * threads * unit) ?? best(...cuts);
    },
  };
}

const GEMM_NS = 0.05;
/** Whole panels of B, and whole tiles of rows in both builds. */
const COLUMNS = 16;
const ROWS = 12;

/**
 * Products of matrices: matrices of the batch if there are enough, else columns or rows. `at` is the position of m, n and k follow,
 * scratch is the last argument.
 */
function gemm(at: number, moves: { rows: Move[]; columns?: Move[]; batch?: Move[] }, accumulate?: number): Split {
  const rows = along(at, ROWS, ...moves.rows);
  const columns = moves.columns && along(at + 1, COLUMNS, ...moves.columns);
  const batch = moves.batch && along(0, 1, ...moves.batch);
  return {
    cost: batch ? [GEMM_NS, 0, 1, 2, 3] : [GEMM_NS, 0, 1, 2],
    cut: (args, threads) => {
      if (batch && (args[0] as number) >= 2 * threads) return batch(args);
      const cut = columns ? best(columns(args), rows(args)) : best(rows(args));
      return cut && { ...cut, rounds: 2 }; // each part packs
    },
    scratch: {
      at: (args) => args.length - 1,
      bytes: (k, args) => k.gemmWorkspace(args[at] as number, args[at + 1] as number, args[at + 2] as number),
    },
    adds: (args) => accumulate !== undefined && args[accumulate] !== 0,
  };
}

/** (x, scale, out, outer, channels, inner, ...): the first of the three that there is more than one of. */
function scaled(ns: number, x: number, out: number): Split {
  const outer = along(3, 1, [0, x, 4, 5], [2, out, 4, 5]);
  const channels = along(4, 1, [0, x, 5], [1, 4], [2, out, 5]);
  const inner = along(5, ELEMENTS, [0, x], [2, out]);
  return { cost: [ns, 3, 4, 5], cut: (args) => ((args[3] as number) > 1 ? outer : (args[4] as number) > 1 ? channels : inner)(args) };
}

const adds = (split: Split): Split => ({ ...split, adds: () => true });

/** (g, index, out, outer, nx, ni, inner, first, rows): blocks, or rows of one; each part looks at all indices. */
const indexAdd: Split = adds({
  cost: [LIGHT, 3, 5, 6],
  cut: (args) => {
    if (args[3] !== 1) return along(3, 1, [0, 4, 5, 6], [2, 4, 4, 6])(args);
    const rows = (first: number, size: number): number[] => [...args.slice(0, 7), first, size];
    return { ...along(8, 1)(args), part: rows };
  },
});

export const SPLITS: { readonly [Name in keyof Kernels]?: Split } = {
  relu: map(LIGHT),
  leakyRelu: map(LIGHT),
  clamp: map(LIGHT),
  neg: map(LIGHT),
  abs: map(LIGHT),
  negI32: map(LIGHT),
  absI32: map(LIGHT),
  sign: map(LIGHT),
  floor: map(LIGHT),
  ceil: map(LIGHT),
  round: map(LIGHT),
  trunc: map(LIGHT),
  square: map(LIGHT),
  scale: map(LIGHT),
  sqrt: map(HEAVY),
  rsqrt: map(HEAVY),
  reciprocal: map(HEAVY),
  exp: map(HEAVY),
  log: map(HEAVY),
  sin: map(HEAVY),
  cos: map(HEAVY),
  tanh: map(HEAVY),
  erf: map(HEAVY),
  sigmoid: map(HEAVY),
  silu: map(HEAVY),
  gelu: map(HEAVY),
  geluTanh: map(HEAVY),
  softplus: map(HEAVY),
  elu: map(HEAVY),

  i32ToF32: map(LIGHT),
  f32ToI32: map(LIGHT),
  u8ToF32: map(LIGHT, 1, 4),
  u8ToI32: map(LIGHT, 1, 4),
  f32ToBool: map(LIGHT, 4, 1),
  i32ToBool: map(LIGHT, 4, 1),
  f32ToU8: map(LIGHT, 4, 1),
  i32ToU8: map(LIGHT, 4, 1),
  i8ToI32: map(LIGHT, 1, 4),
  f32ToI8: map(LIGHT, 4, 1),
  boolNot: map(LIGHT / 4, 1, 1),

  reluGrad: zip(LIGHT),
  sigmoidGrad: zip(LIGHT),
  tanhGrad: zip(LIGHT),
  leakyReluGrad: zip(LIGHT),
  clampGrad: zip(LIGHT),
  siluGrad: zip(HEAVY),
  geluGrad: zip(HEAVY),
  geluTanhGrad: zip(HEAVY),
  erfGrad: zip(HEAVY),
  softplusGrad: zip(HEAVY),
  eluGrad: zip(HEAVY),
  boolAnd: binary(LIGHT / 4, 1, 1),
  boolOr: binary(LIGHT / 4, 1, 1),

  add: binary(LIGHT),
  sub: binary(LIGHT),
  mul: binary(LIGHT),
  div: binary(LIGHT),
  maximum: binary(LIGHT),
  minimum: binary(LIGHT),
  pow: binary(4 * HEAVY),
  floorDivide: binary(4 * HEAVY),
  remainder: binary(4 * HEAVY),
  addI32: binary(LIGHT),
  subI32: binary(LIGHT),
  mulI32: binary(LIGHT),
  maximumI32: binary(LIGHT),
  minimumI32: binary(LIGHT),
  floorDivideI32: binary(4 * HEAVY),
  remainderI32: binary(4 * HEAVY),
  eq: binary(LIGHT, 1),
  ne: binary(LIGHT, 1),
  lt: binary(LIGHT, 1),
  le: binary(LIGHT, 1),
  gt: binary(LIGHT, 1),
  ge: binary(LIGHT, 1),
  eqI32: binary(LIGHT, 1),
  neI32: binary(LIGHT, 1),
  ltI32: binary(LIGHT, 1),
  leI32: binary(LIGHT, 1),
  gtI32: binary(LIGHT, 1),
  geI32: binary(LIGHT, 1),
  where8: choice(1),
  where16: choice(2),
  where32: choice(4),
  where64: choice(8),

  fill32: flat(LIGHT / 2, 1, [0, 4]),
  fill8: flat(LIGHT / 8, 1, [0, 1]),
  axpy: adds(flat(LIGHT, 2, [0, 4], [1, 4])),
  sgd: adds(flat(LIGHT, 3, [0, 4], [1, 4], [2, 4])),
  adam: adds(flat(HEAVY, 5, [0, 4], [1, 4], [2, 4], [3, 4], [4, 4])),
  copy8: copy(1),
  copy16: copy(2),
  copy32: copy(4),
  copy64: copy(8),

  dropout: random(HEAVY, 3, 7, [0, 4], [1, 4], [2, 1]),
  dropoutGrad: flat(LIGHT, 3, [0, 4], [1, 1], [2, 4]),
  normal: random(2 * HEAVY, 1, 4, [0, 4]),
  uniform: random(HEAVY, 1, 4, [0, 4]),
  randomBits: random(HEAVY, 1, 4, [0, 4]),
  randomInts: random(HEAVY, 1, 4, [0, 4]),

  cumsum: middle(LIGHT, 2, 6),
  cumsumI32: middle(LIGHT, 2, 6),
  ...{ sum, sumI32, amax, amin, argmax, argmin },
  softmax: rowMap(2 * HEAVY),
  logSoftmax: rowMap(HEAVY),
  softmaxGrad: rowZip(LIGHT),
  logSoftmaxGrad: rowZip(HEAVY),
  softmaxColumns: middle(2 * HEAVY, 2, 5),
  logSoftmaxColumns: middle(HEAVY, 2, 5),
  softmaxGradColumns: middle(LIGHT, 3, 6),
  logSoftmaxGradColumns: middle(HEAVY, 3, 6),
  crossEntropy: parts(LIGHT, [5, 6], 5, [0, 4, 6], [1, 4], [3, 4], [4, 4]),
  crossEntropyGrad: parts(HEAVY, [5, 6], 5, [0, 4, 6], [1, 4], [3, 4], [4, 4, 6]),

  layerNorm: parts(2 * LIGHT, [7, 8], 7, [0, 4, 8], [3, 4, 8], [4, 4], [5, 4], [6, 4]),
  layerNormGrad: parts(2 * LIGHT, [7, 8], 7, [0, 4, 8], [1, 4, 8], [2, 4], [3, 4], [4, 4], [6, 4, 8]),
  layerNormGradWeight: { cost: [2 * LIGHT, 6, 7], cut: along(8, COLUMNS, [0, 4], [1, 4], [5, 4]) },
  batchNormStats: parts(2 * LIGHT, [4, 6, 7], 7, [0, 4, 6], [1, 4], [2, 4], [3, 4]),
  batchNormGrad: parts(2 * LIGHT, [9, 11, 14], 14, [0, 4, 11], [1, 4, 11], [2, 4], [3, 4], [4, 4], [5, 4], [6, 4, 11], [7, 4], [8, 4]),
  batchNorm: parts(LIGHT, [7, 8, 9], 7, [0, 4, 8, 9], [6, 4, 8, 9]),

  maxPool2d: parts(LIGHT, [3, 6, 7, 8, 9], 3, [0, 4, 4, 5], [1, 4, 6, 7], [2, 4, 6, 7]),
  maxPool2dGrad: parts(HEAVY, [3, 4], 3, [0, 4, 5], [1, 4, 5], [2, 4, 4]),
  maxPoolGather: parts(HEAVY, [3, 5], 3, [0, 4, 4], [1, 4, 5], [2, 4, 5]),
  avgPool2d: parts(LIGHT, [2, 5, 6, 7, 8], 2, [0, 4, 3, 4], [1, 4, 5, 6]),
  avgPool2dGrad: parts(HEAVY, [2, 5, 6, 7, 8], 2, [0, 4, 5, 6], [1, 4, 3, 4]),
  adaptiveAvgPool2d: parts(LIGHT, [2, 3, 4], 2, [0, 4, 3, 4], [1, 4, 5, 6]),
  adaptiveAvgPool2dGrad: parts(LIGHT, [2, 3, 4], 2, [0, 4, 5, 6], [1, 4, 3, 4]),

  gather8: gather(1),
  gather16: gather(2),
  gather32: gather(4),
  gather64: gather(8),
  scatterAdd: adds(parts(HEAVY, [3, 5, 6], 3, [0, 4, 5, 6], [1, 4, 5, 6], [2, 4, 4, 6])),
  indexSelect: {
    cost: [LIGHT / 4, 3, 5, 6],
    cut: (args) => (args[3] === 1 ? along(5, 1, [1, 4], [2, 1, 6]) : along(3, 1, [0, 1, 4, 6], [2, 1, 5, 6]))(args),
  },
  indexAdd,

  gemm: gemm(
    0,
    {
      rows: [
        [3, 4, 4],
        [9, 4, 10],
        [12, 4],
      ],
      columns: [
        [6, 4, 8],
        [9, 4],
        [13, 4],
      ],
    },
    11,
  ),
  gemmPacked: gemm(0, {
    rows: [
      [3, 4, 4],
      [7, 4, 1],
    ],
  }),
  gemmBatch: gemm(
    1,
    {
      rows: [
        [4, 4, 6],
        [12, 4, 14],
      ],
      columns: [
        [8, 4, 11],
        [12, 4],
      ],
      batch: [
        [4, 4, 5],
        [8, 4, 9],
        [12, 4, 13],
      ],
    },
    15,
  ),
  gemmInt8: {
    cost: [GEMM_NS / 2, 0, 1, 2],
    cut: along(0, ROWS, [3, 1, 4], [7, 4, 8], [12, 4, 13]),
    scratch: { at: (args) => args.length - 1, bytes: (k, args) => k.gemmInt8Workspace(args[0] as number, args[2] as number) },
  },
  quantizeInt8: scaled(HEAVY, 4, 1),
  dequantizeInt8: scaled(LIGHT, 1, 4),
  conv2d,
  conv2dGradInput,
  conv2dGradWeight,
};
