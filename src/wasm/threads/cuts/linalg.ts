// Cuts of assembly/linalg: matrices of a batch. a [batch, n, n], [batch, m, n] or [batch, rows, cols].
import type { KernelArguments } from "../../generated/kernels.js";
import { type Args, along, type Name, type SplitOf, type Splits } from "./cut.js";

/** Nanoseconds for a product in elimination, and in reflections and rotations, which are repeated. */
const ELIMINATION = 0.3;
const REFLECTIONS = 2;
const ROTATIONS = 20;

type Numbers<K extends Name> = KernelArguments[K]["numbers"];
type Pointers<K extends Name> = Exclude<KernelArguments[K]["pointers"], "work">;

/** `floats` says how many of them a matrix has behind each pointer. */
function batched<K extends Name>(
  ns: number,
  sizes: readonly Numbers<K>[],
  writes: readonly Pointers<K>[],
  floats: (args: Args<Numbers<K>>) => Readonly<Record<Pointers<K>, number>>,
): SplitOf<K> {
  return {
    cost: [ns, "batch", ...sizes],
    writes,
    scratch: (_: unknown, { sizeBytes }: Args) => sizeBytes,
    cut: (args: Args) => {
      const bytes = Object.entries<number>(floats(args)).map(([name, n]) => [name, 4 * n]);
      return along("batch", args["batch"] as number, 1, Object.fromEntries(bytes));
    },
  } as unknown as SplitOf<K>;
}

export const linalg = {
  solve: batched<"solve">(ELIMINATION, ["n", "n", "n", "r"], ["out", "info"], ({ n, r }) => ({ a: n * n, b: n * r, out: n * r, info: 1 })),
  determinant: batched<"determinant">(ELIMINATION, ["n", "n", "n"], ["out", "log"], ({ n }) => ({ a: n * n, out: 1, log: 1 })),
  cholesky: batched<"cholesky">(ELIMINATION, ["n", "n", "n"], ["out", "info"], ({ n }) => ({ a: n * n, out: n * n, info: 1 })),
  qr: batched<"qr">(REFLECTIONS, ["m", "n", "columns"], ["q", "r"], ({ m, n, columns }) => ({ a: m * n, q: m * columns, r: columns * n })),
  svd: batched<"svd">(ROTATIONS, ["m", "n", "n"], ["u", "s", "v", "info"], ({ m, n, columns }) => ({
    ...{ a: m * n, u: m * columns, s: n, v: n * n, info: 1 },
  })),
  lstsq: batched<"lstsq">(ROTATIONS, ["rows", "cols", "cols", "r"], ["out", "s", "info"], ({ rows, cols, r }) => ({
    ...{ a: rows * cols, b: rows * r, out: cols * r, s: Math.min(rows, cols), info: 1 },
  })),
} satisfies Splits;
