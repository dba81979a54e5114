// Work that is bound by memory: element by element, by rows and columns, and an optimizer step. Bytes are those that must be read and
// written at least; bytes that are read again while they are in the cache count once.
import { batchNorm, optim, rand, randint, randn, type Shape, type Tensor } from "simdgrad";
import { gradientOf } from "../gradient.js";
import type { Suite, Task } from "../suite.js";

const FLOAT = 4;
const N = 1_000_000;
const SQUARE = [1024, 1024] as const;
/** About the same number of elements in the shape of a layer of images: batch, channels, height, width. */
const IMAGES = [16, 64, 32, 32] as const;

const count = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** A task that moves `moved` floats for each element of its result. */
function perResult(name: string, shape: Shape, moved: number, setup: Task["setup"]): Task {
  const results = count(shape);
  return { name, work: { "GB/s": moved * FLOAT * results, "results/ns": results }, shape, setup };
}

function binary(op: "add" | "mul"): Task {
  return perResult(op, [N], 3, () => {
    const a = randn([N]);
    const b = randn([N]);
    return () => a[op](b);
  });
}

function unary(op: "relu" | "exp" | "log" | "tanh" | "sigmoid" | "gelu", inputs: () => Tensor = () => randn([N])): Task {
  return perResult(op, [N], 2, () => {
    const x = inputs();
    return () => x[op]();
  });
}

/** A sum over the first or the last axis, or over all of a shape. */
function sumOf(name: string, of: Shape, dim: number): Task {
  const shape = of.filter((_, axis) => axis !== dim);
  return {
    name,
    work: { "GB/s": (count(of) + count(shape)) * FLOAT },
    shape,
    setup: () => {
      const x = randn(of);
      return () => x.sum(dim);
    },
  };
}

const position: Task = {
  name: "argmax",
  work: { "GB/s": N * FLOAT },
  shape: [],
  setup: () => {
    const x = randn([N]);
    return () => x.argmax();
  },
};

const softmax: Task = perResult("softmax, 1024 x 1024", SQUARE, 2, () => {
  const x = randn(SQUARE);
  return () => x.softmax(1);
});

/** The values of one softmax are a row apart, as the classes of an image segmentation are. */
const softmaxOfColumns: Task = perResult("softmax along dim 1, 64 x 100 x 64", [64, 100, 64], 2, () => {
  const x = randn([64, 100, 64]);
  return () => x.softmax(1);
});

const transpose: Task = perResult("transpose, 1000 x 1000", [1000, 1000], 2, () => {
  const x = randn([1000, 1000]);
  return () => x.t();
});

/** The backward pass of an embedding: rows are added at their indices. */
const embedding: Task = perResult("embedding's gradient, 4096 rows of 256", [4096, 256], 3, () => {
  const table = randn([4096, 256], { requiresGrad: true });
  return gradientOf(table, table.indexSelect(0, randint(0, 4096, [4096])));
});

/** All of x must be read to compute the statistics, so x is read twice. */
const normalize: Task = perResult(`batch norm in training, ${IMAGES.join(" x ")}`, IMAGES, 3, () => {
  const x = randn(IMAGES);
  const weight = rand([IMAGES[1]]);
  const bias = rand([IMAGES[1]]);
  return () => batchNorm(x, null, null, { weight, bias, training: true });
});

/** The same with all gradients: the backward pass reads x and g twice and writes the gradient of x. */
const normalizeStep: Task = perResult("batch norm in training, 32 x 32 x 28 x 28, forward and backward", [32, 32, 28, 28], 8, () => {
  const x = randn([32, 32, 28, 28], { requiresGrad: true });
  const weight = rand([32], { requiresGrad: true });
  const bias = rand([32], { requiresGrad: true });
  const gradient = randn([32, 32, 28, 28]);
  return () => {
    const y = batchNorm(x, null, null, { weight, bias, training: true });
    y.backward({ gradient });
    y.dispose();
    const { grad } = x;
    for (const leaf of [weight, bias]) leaf.grad?.dispose();
    for (const leaf of [x, weight, bias]) leaf.grad = null;
    return grad as Tensor;
  };
});

/** Reads weight, gradient and both moments; writes all but the gradient. */
const adam: Task = perResult("Adam step", [N], 7, () => {
  const weight = randn([N], { requiresGrad: true });
  weight.grad = randn([N]);
  const optimizer = new optim.Adam([weight]);
  return () => {
    optimizer.step();
    return weight.detach();
  };
});

export const elementwise: Suite = {
  group: "elementwise, 1M floats",
  time: "µs",
  rates: ["GB/s", "results/ns"],
  tasks: [
    ...(["add", "mul"] as const).map(binary),
    unary("relu"),
    unary("exp"),
    unary("log", () => rand([N]).add(0.5)),
    unary("tanh"),
    unary("sigmoid"),
    unary("gelu"),
    softmax,
    softmaxOfColumns,
    sumOf("sum", [N], 0),
    sumOf("sum of rows, 1024 x 1024", SQUARE, 1),
    sumOf("sum of columns, 1024 x 1024", SQUARE, 0),
    sumOf("sum of columns, 64 x 4096", [64, 4096], 0),
    position,
    transpose,
    embedding,
    normalize,
    normalizeStep,
    adam,
  ],
};
