// Matrix products: a [m, k] times b [k, n]. Two operations, a multiplication and an addition, per m k n.
import { linear, randn } from "simdgrad";
import { quantize, quantizedLinear } from "simdgrad/quantize";
import { gradientOf } from "../gradient.js";
import type { Suite, Task } from "../suite.js";

type Sizes = readonly [m: number, k: number, n: number];

function row([m, k, n]: Sizes, kind: string, setup: Task["setup"]): Task {
  return { name: `${m} x ${k} x ${n}${kind}`, work: { "GFLOP/s": 2 * m * k * n }, shape: [m, n], setup };
}

function product(sizes: Sizes): Task {
  return row(sizes, "", () => {
    const [m, k, n] = sizes;
    const a = randn([m, k]);
    const b = randn([k, n]);
    return () => a.matmul(b);
  });
}

/** a^T g, as it occurs in training: the gradient of w in `x w`. a is stored [k, m]. */
function transposedA(sizes: Sizes): Task {
  return row(sizes, ", a transposed", () => {
    const [m, k, n] = sizes;
    const x = randn([k, m]);
    const w = randn([m, n], { requiresGrad: true });
    return gradientOf(w, x.matmul(w));
  });
}

/** a b^T, as it occurs in every linear layer. b is stored [n, k]. */
function transposedB(sizes: Sizes): Task {
  return row(sizes, ", b transposed", () => {
    const [m, k, n] = sizes;
    const x = randn([m, k]);
    const weight = randn([n, k]);
    return () => linear(x, weight);
  });
}

/** A quantized layer: the weight is int8 with a scale per output, and x is quantized in the call. The work is the same, in integers. */
function quantized(sizes: Sizes): Task {
  return row(sizes, ", int8 weight", () => {
    const [m, k, n] = sizes;
    const x = randn([m, k]);
    const weight = quantize(randn([n, k]), { axis: 0 });
    return () => quantizedLinear(x, weight);
  });
}

const cubes = [64, 128, 256, 512, 1024].map((n): Sizes => [n, n, n]);

/** Layers of small networks, and sizes that do not fill whole tiles. */
const small: readonly Sizes[] = [
  [64, 784, 128],
  [65, 67, 63],
  [32, 256, 10],
];

/** Bound by reading the matrix, not by arithmetic. */
const thin: readonly Sizes[] = [
  [1, 1024, 1024],
  [3, 1024, 1024],
  [1024, 1024, 1],
];

export const gemm: Suite = {
  group: "gemm, m x k x n",
  time: "µs",
  rates: ["GFLOP/s"],
  tasks: [
    ...[...cubes, ...small].map(product),
    ...[transposedA, transposedB, quantized].map((task) => task([512, 512, 512])),
    ...thin.map(product),
    quantized([1, 1024, 1024]),
  ],
};
