// Random work of every kind that threads split, through the public interface: each kind draws its sizes and gives tensors to compare.
// [N, C, H, W] images, F filters; m n k as in matrix products.
import "simdgrad/methods";
import { cat, manualSeed, nn, optim, rand, randint, randn, randperm, scope, stack, type Tensor, valueAndGrad, where } from "simdgrad";
import { dequantize, quantize, quantizedLinear } from "simdgrad/quantize";
import { Draw } from "./draw.js";
import { hashOf } from "./hash.js";

type Kind = (d: Draw) => Tensor[];

const F = nn.functional;

/** What an operation gives, and its gradients: those of the sum of its elements, each with a weight of its own. */
function withGradients(op: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Tensor[] {
  const weighted = (y: Tensor): Tensor => y.mul(randn(y.shape)).sum();
  return [op(...inputs), ...valueAndGrad((...stands) => weighted(op(...stands)))(...inputs).grads];
}

/** Images of about as many elements as work has, with sides of at least `side`. */
function images(d: Draw, channels: number, side: number): [n: number, c: number, h: number, w: number] {
  const [h, w] = [d.int(side, side + 20), d.int(side, side + 20)];
  return [Math.max(1, Math.floor(d.elements() / (channels * h * w))), channels, h, w];
}

const unary: Kind = (d) => {
  const shape = d.shape();
  const anywhere = d.pick("abs", "neg", "exp", "sin", "cos", "tanh", "erf", "square", "sign", "floor", "ceil", "round", "trunc");
  const above = d.pick("log", "sqrt", "rsqrt", "reciprocal");
  return d.chance(0.7) ? withGradients((x) => x[anywhere](), d.normal(...shape)) : withGradients((x) => x[above](), d.positive(...shape));
};

const activation: Kind = (d) => {
  const op = d.pick(
    (x: Tensor) => x.relu(),
    (x: Tensor) => x.leakyRelu({ negativeSlope: 0.1 }),
    (x: Tensor) => x.sigmoid(),
    (x: Tensor) => x.silu(),
    (x: Tensor) => x.gelu(),
    (x: Tensor) => x.gelu({ approximate: "tanh" }),
    (x: Tensor) => x.softplus(),
    (x: Tensor) => x.elu(),
    (x: Tensor) => x.clamp({ min: -0.5, max: 1 }),
  );
  return withGradients(op, d.normal(...d.shape()));
};

/** A shape that broadcasts to `shape`: some sizes are 1, some in front are missing. */
function narrower(d: Draw, shape: readonly number[]): number[] {
  return shape.map((size) => (d.chance(0.3) ? 1 : size)).slice(d.chance(0.2) ? d.int(0, shape.length - 1) : 0);
}

const binary: Kind = (d) => {
  const shape = d.shape();
  const op = d.pick("add", "sub", "mul", "div", "maximum", "minimum", "pow");
  const [a, b] = [d.positive(...shape), d.positive(...narrower(d, shape))];
  return d.chance(0.5) ? withGradients((x, y) => x[op](y), a, b) : withGradients((x, y) => x[op](y), b, a);
};

const selection: Kind = (d) => {
  const shape = d.shape();
  const [a, b] = [d.normal(...shape), d.normal(...narrower(d, shape))];
  const mask = a[d.pick("lt", "le", "gt", "ge", "eq", "ne")](b);
  return [mask, mask.logicalNot(), mask.float(), a.mul(100).to("int32"), ...withGradients((x, y) => where(mask, x, y), a, b)];
};

const reduction: Kind = (d) => {
  const shape = d.shape();
  const x = d.normal(...shape);
  const op = d.pick("sum", "mean", "amax", "amin", "variance", "logsumexp");
  const dims = d.pick([d.int(0, shape.length - 1)], [shape.length - 1], [...shape.keys()]);
  if (d.chance(0.25)) return [x[d.pick("argmax", "argmin")](dims[0] as number)];
  const dim = op === "variance" ? { dim: dims, correction: 0 } : { dim: dims, keepdim: d.chance(0.5) };
  return withGradients((t) => t[op](dim as { dim: number[] }), x);
};

const softmax: Kind = (d) => {
  const shape = d.shape();
  const dim = d.chance(0.6) ? shape.length - 1 : d.int(0, shape.length - 1);
  const op = d.pick("softmax", "logSoftmax");
  return withGradients((x) => x[op](dim), d.normal(...shape));
};

const crossEntropy: Kind = (d) => {
  const [rows, classes] = d.shape(2) as [number, number];
  const target = d.index(classes, rows);
  const options = { labelSmoothing: d.pick(0, 0.1), reduction: d.pick("mean", "sum", "none") } as const;
  return withGradients((x) => F.crossEntropy(x, target, options), d.normal(rows, classes));
};

const layerNorm: Kind = (d) => {
  const [rows, n] = d.shape(2) as [number, number];
  const op = (x: Tensor, weight: Tensor, bias: Tensor) => F.layerNorm(x, n, { weight, bias });
  return withGradients(op, d.normal(rows, n), d.normal(n), d.normal(n));
};

const batchNorm: Kind = (d) => {
  const c = d.int(1, 24);
  const [n, , ...sides] = d.chance(0.3) ? ([2 + Math.floor(d.elements() / c), c] as const) : images(d, c, 4);
  const [mean, variance] = [d.normal(c), d.positive(c)];
  const training = d.chance(0.7);
  const op = (x: Tensor, weight: Tensor, bias: Tensor) => F.batchNorm(x, mean, variance, { weight, bias, training });
  return [...withGradients(op, d.normal(n, c, ...sides), d.normal(c), d.normal(c)), mean, variance];
};

/** m n k of a product that takes some 10 to 500 microseconds, one of them often short. */
function product(d: Draw): [m: number, n: number, k: number] {
  const side = () => (d.chance(0.2) ? d.int(1, 12) : d.int(40, 220));
  return [side(), side(), side()];
}

/** A matrix, or the transposed view of one. */
const matrix = (d: Draw, rows: number, cols: number): Tensor => (d.chance(0.5) ? d.normal(rows, cols) : d.normal(cols, rows).t());

const matmul: Kind = (d) => {
  const [m, n, k] = product(d);
  return withGradients((a, b) => a.matmul(b), matrix(d, m, k), matrix(d, k, n));
};

const batchedMatmul: Kind = (d) => {
  const [m, n, k] = product(d).map((side) => Math.ceil(side / 3)) as [number, number, number];
  const batch = d.int(1, 9);
  const a = d.chance(0.5) ? d.normal(batch, m, k) : d.normal(batch, k, m).transpose(1, 2);
  const b = d.pick(
    () => d.normal(batch, k, n),
    () => d.normal(k, n),
    () => d.normal(batch, n, k).transpose(-2, -1),
  )();
  return withGradients((x, y) => x.matmul(y), a, b);
};

const linear: Kind = (d) => {
  const [m, n, k] = product(d);
  const options = { activation: d.pick("relu", "tanh", "sigmoid") } as const;
  return withGradients((x, w, b) => F.linear(x, w, b, options), d.normal(m, k), d.normal(n, k), d.normal(n));
};

const conv2d: Kind = (d) => {
  const groups = d.pick(1, 1, 1, 2, 4);
  const [c, f] = [groups * d.int(1, 24 / groups), groups * d.int(1, 24 / groups)];
  const [kh, kw] = d.pick([3, 3], [1, 1], [5, 5], [3, 2]);
  const options = { groups, padding: d.int(0, 1), stride: d.pick(1, 1, 2), dilation: d.pick(1, 1, 2) };
  const x = d.normal(d.pick(1, d.int(2, 6)), c, d.int(9, 28), d.int(9, 28));
  return withGradients((t, w, b) => F.conv2d(t, w, b, options), x, d.normal(f, c / groups, kh, kw), d.normal(f));
};

const depthwise: Kind = (d) => {
  const c = d.int(2, 32);
  const x = d.normal(d.pick(1, d.int(2, 6)), c, d.int(9, 28), d.int(9, 28));
  return withGradients((t, w) => F.conv2d(t, w, null, { groups: c, padding: 1 }), x, d.normal(c, 1, 3, 3));
};

const convTranspose2d: Kind = (d) => {
  const [c, f] = [d.int(1, 16), d.int(1, 16)];
  const x = d.normal(d.pick(1, d.int(2, 6)), c, d.int(5, 16), d.int(5, 16));
  return withGradients((t, w, b) => F.convTranspose2d(t, w, b, { stride: 2, padding: 1 }), x, d.normal(c, f, 3, 3), d.normal(f));
};

const maxPool: Kind = (d) => {
  const x = d.normal(...images(d, d.int(1, 16), 6));
  const { values, indices } = F.maxPool2dWithIndices(x, d.int(2, 3));
  return [values, indices, ...withGradients((t) => t.maxPool2d(3, { stride: 2, padding: 1 }), x)];
};

const avgPool: Kind = (d) => {
  const size = d.int(1, 5);
  const op = d.pick(
    (x: Tensor) => x.avgPool2d(2),
    (x: Tensor) => x.avgPool2d(3, { stride: 2, padding: 1 }),
    (x: Tensor) => x.adaptiveAvgPool2d(size),
  );
  return withGradients(op, d.normal(...images(d, d.int(1, 16), 6)));
};

const dropout: Kind = (d) => {
  const p = d.pick(0.1, 0.5);
  return withGradients((x) => x.dropout({ p }), d.normal(...d.shape()));
};

const random: Kind = (d) => {
  const shape = d.shape();
  return [rand(shape), randn(shape), randint(-5, d.int(1, 1000), shape), randperm(d.int(1, 5000))];
};

const optimizer: Kind = (d) => {
  const p = randn(d.shape(), { requiresGrad: true });
  const made = d.pick<() => optim.SGD | optim.Adam | optim.AdamW>(
    () => new optim.SGD([p], { lr: 0.1 }),
    () => new optim.SGD([p], { lr: 0.1, momentum: 0.9, nesterov: d.chance(0.5), weightDecay: 0.01 }),
    () => new optim.Adam([p]),
    () => new optim.AdamW([p], { weightDecay: 0.01 }),
  )();
  for (let step = 0; step < 3; step++) {
    made.zeroGrad();
    p.grad = randn(p.shape);
    made.step();
  }
  made.dispose();
  return [p];
};

const gather: Kind = (d) => {
  const [rows, cols] = d.shape(2) as [number, number];
  const [x, dim] = [d.normal(rows, cols), d.int(0, 1)];
  const index = d.index([rows, cols][dim] as number, rows, cols);
  return [...withGradients((t) => t.gather(dim, index), x), x.scatterAdd(dim, index, d.normal(rows, cols))];
};

const selectRows: Kind = (d) => {
  const [rows, cols] = d.shape(2) as [number, number];
  const dim = d.int(0, 1);
  const index = d.index([rows, cols][dim] as number, d.int(1, 2 * ([rows, cols][dim] as number)));
  const words = d.index(rows, d.int(1, 2 * rows));
  const x = d.normal(rows, cols);
  return [...withGradients((t) => t.indexSelect(dim, index), x), ...withGradients((t) => F.embedding(words, t), x)];
};

const layout: Kind = (d) => {
  const [a, b, c, e] = d.shape(4) as [number, number, number, number];
  const x = d.normal(a, b, c, e);
  const order = d.pick([0, 2, 1, 3], [3, 2, 1, 0], [1, 0, 3, 2], [0, 3, 1, 2]);
  const op = d.pick(
    (t: Tensor) => t.permute(order).clone(),
    (t: Tensor) => t.flip([3]),
    (t: Tensor) => cat([t, t.mul(2)], 2),
    (t: Tensor) => stack([t, t], 1),
    (t: Tensor) => t.get("..., ::2"),
    (t: Tensor) =>
      t
        .reshape([a * b, c * e])
        .t()
        .clone(),
  );
  return withGradients(op, x);
};

const int8: Kind = (d) => {
  const [m, n, k] = product(d);
  const [x, w] = [quantize(d.normal(m, k)), quantize(d.normal(n, k), { axis: 0 })];
  return [x.values, w.values, quantizedLinear(d.normal(m, k), w, d.normal(n)), dequantize(w.values, w.scale, { axis: 0 })];
};

const KINDS: Readonly<Record<string, Kind>> = {
  ...{ unary, activation, binary, selection, reduction, softmax, crossEntropy, layerNorm, batchNorm },
  ...{ matmul, batchedMatmul, linear, conv2d, depthwise, convTranspose2d, maxPool, avgPool },
  ...{ dropout, random, optimizer, gather, selectRows, layout, int8 },
};

const NAMES = Object.keys(KINDS);

/** What a piece of work is called in reports. */
export const nameOf = (seed: number): string => `${NAMES[seed % NAMES.length]} ${seed}`;

/** Runs the piece of work of a seed and gives a number made of all bytes of its results. */
export function runWorkload(seed: number): number {
  manualSeed(seed);
  const kind = KINDS[NAMES[seed % NAMES.length] as string] as Kind;
  return scope(() => hashOf(kind(new Draw(seed)).map((tensor) => tensor.toTypedArray())));
}

/** The numbers of the first so many pieces of work. */
export const hashes = (workloads: number): number[] => Array.from({ length: workloads }, (_, seed) => runWorkload(seed));

/** The names of those whose bytes are not what they were. */
export const differing = (truth: readonly number[]): string[] =>
  truth.flatMap((hash, seed) => (runWorkload(seed) === hash ? [] : [nameOf(seed)]));
