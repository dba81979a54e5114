// Work that moves memory: element by element, rows, columns, one optimizer step. Bytes are those that must be read and written
// at least; what a kernel reads twice from a cache counts once.
import { batchNorm, exp, gelu, log, optim, rand, randn, relu, type Shape, sigmoid, type Tensor, tanh } from "simdgrad";
import type { Suite, Task } from "../suite.js";

const FLOAT = 4;
const N = 1_000_000;
const SQUARE = [1024, 1024] as const;

const count = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** A task that reads and writes `moved` floats for each element of its result. */
function perResult(name: string, shape: Shape, moved: number, setup: Task["setup"]): Task {
  const results = count(shape);
  return { name, work: { "GB/s": moved * FLOAT * results, "results/ns": results }, shape, setup };
}

function unary(op: (x: Tensor) => Tensor, name: string = op.name, make: () => Tensor = () => randn([N])): Task {
  return perResult(name, [N], 2, () => {
    const x = make();
    return () => op(x);
  });
}

function binary(name: "add" | "mul"): Task {
  return perResult(name, [N], 3, () => {
    const a = randn([N]);
    const b = randn([N]);
    return () => a[name](b);
  });
}
