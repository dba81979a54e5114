// The cost of one operation besides its arithmetic: checks, allocation of the result, a node on the tape, and freeing these.
import { conv2d, rand, randn, type Tensor } from "simdgrad";
import { gradientOf } from "../gradient.js";
import type { Suite, Task } from "../suite.js";

const N = 16;

function add(name: string, other: () => Tensor | number, requiresGrad: boolean): Task {
  return {
    name: `add ${name} to ${N} floats, ${requiresGrad ? "recorded" : "not recorded"}`,
    shape: [N],
    setup: () => {
      const a = randn([N], { requiresGrad });
      const b = other();
      return () => a.add(b);
    },
  };
}

const additions = [false, true].flatMap((recorded) => [add("another", () => randn([N]), recorded), add("a number", () => 0.5, recorded)]);

/** A function of floats near 1, for which every power is finite. */
function near1(name: string, n: number, call: (x: Tensor) => Tensor): Task {
  return {
    name: `${name} of ${n} floats`,
    shape: [n],
    setup: () => {
      const x = rand([n]).add(0.5);
      return () => call(x);
    },
  };
}

/** Powers, and the functions that they equal. */
const powers = [1000, 100_000].flatMap((n) => [
  ...[2, 3, 0.5, -1].map((exponent) => near1(`pow(${exponent})`, n, (x) => x.pow(exponent))),
  ...(["square", "sqrt", "reciprocal"] as const).map((op) => near1(op, n, (x) => x[op]())),
]);

const CUT = {
  select: (x: Tensor, pieces: number) => Array.from({ length: pieces }, (_, i) => x.select(1, i)),
  split: (x: Tensor) => x.split(1, 1),
} as const;

/** The gradient of x [32, pieces, 128] from the sum of its pieces: the backward pass joins the gradients of the pieces. */
function backwardOfPieces(by: "select" | "split", pieces: number): Task {
  const shape = [32, pieces, 128];
  return {
    name: `backward of ${by} into ${pieces}`,
    shape,
    setup: () => {
      const x = randn(shape, { requiresGrad: true });
      return gradientOf(
        x,
        CUT[by](x, pieces).reduce((sum, piece) => sum.add(piece)),
      );
    },
  };
}

/** Has so little arithmetic that the preparation of a convolution dominates. */
const convolution: Task = {
  name: "conv2d 3x3 8->8, 8x8",
  shape: [1, 8, 8, 8],
  setup: () => {
    const x = randn([1, 8, 8, 8]);
    const weight = randn([8, 8, 3, 3]);
    return () => conv2d(x, weight, null, { padding: 1 });
  },
};

export const small: Suite = {
  group: "small operations",
  time: "ns",
  rates: [],
  tasks: [
    ...additions,
    ...powers,
    ...(["select", "split"] as const).flatMap((by) => [32, 256].map((pieces) => backwardOfPieces(by, pieces))),
    convolution,
  ],
};
