// Cuts of assembly/scan: outer blocks, or the columns if there is one block.
import { along, COLUMNS, LIGHT, type Splits } from "./cut.js";

type Sizes = Readonly<Record<"outer" | "n" | "inner" | "columns", number>>;

/** The cut of a kernel whose results have `n` elements in each column. */
const cutBlocks = ({ outer, inner, columns }: Sizes, xs: number, n: number) =>
  outer === 1 ? along("columns", columns, COLUMNS, { x: 4, out: 4 }) : along("outer", outer, 1, { x: 4 * xs * inner, out: 4 * n * inner });

const cost = [LIGHT, "outer", "n", "columns"] as const;
const running = { cost, cut: (args: Sizes) => cutBlocks(args, args.n, args.n) };
const reduction = { cost, cut: (args: Sizes) => cutBlocks(args, args.n, 1) };

export const scan = {
  cumsum: running,
  cumsumI32: running,
  cumprod: running,
  cumprodI32: running,
  cummax: running,
  prod: reduction,
  prodI32: reduction,
} satisfies Splits;
