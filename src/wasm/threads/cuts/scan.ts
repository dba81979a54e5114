// Cuts of assembly/scan: outer blocks, or the columns if there is one block.
import { along, COLUMNS, type Cut, HEAVY, LIGHT, type Splits } from "./cut.js";

type Sizes = Readonly<Record<"outer" | "n" | "inner" | "columns", number>>;

/** The cut for pointers to [outer, n, inner], and `out`, of which a block has `block` elements. */
function cut<P extends string>(
  pointers: readonly P[],
  { outer, n, inner, columns }: Sizes,
  block: number = n * inner,
): Cut<P | "out", "outer" | "columns"> {
  const each = (bytes: number, out: number): Record<P | "out", number> =>
    Object.fromEntries([...pointers.map((pointer) => [pointer, bytes]), ["out", out]]) as Record<P | "out", number>;
  return outer === 1 ? along("columns", columns, COLUMNS, each(4, 4)) : along("outer", outer, 1, each(4 * n * inner, 4 * block));
}

const COST = [LIGHT, "outer", "n", "columns"] as const;
const running = { cost: COST, cut: (args: Sizes) => cut(["x"], args) };
const reduction = { cost: COST, cut: (args: Sizes) => cut(["x"], args, args.inner) };

export const scan = {
  cumsum: running,
  cumsumI32: running,
  cumprod: running,
  cumprodI32: running,
  cummax: running,
  recurrence: { cost: [HEAVY, "outer", "n", "columns"], cut: (args) => cut(["a", "b"], args) },
  prod: reduction,
  prodI32: reduction,
} satisfies Splits;
