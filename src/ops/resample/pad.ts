// Padding of any dimensions, also with what is there.
import { checkNumber, checkOneOf, checkThat, checkWhole, LARGEST_COUNT } from "../../checks.js";
import { readOptions } from "../../options.js";
import { defineOp, type Op } from "../../tensor/op.js";
import { scope } from "../../tensor/scope.js";
import { checkForm, checkShape, formatSpec, type Shape, stridesOf } from "../../tensor/shape.js";
import { checkAlive, type Tensor } from "../../tensor/tensor.js";
import { checkFits, fill } from "../../tensor/values.js";
import { alias } from "../move/shape.js";
import { slice } from "../move/slice.js";
import { stridedCopy } from "../move/strided.js";
import { resample } from "./table.js";

/** What `pad` puts around a tensor. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** Options of `pad`. */
export interface PadOptions {
  /** "constant" unless given; "reflect" without the edge itself, "replicate" the edge, "circular" the other end. */
  mode?: PadMode;
  /** What "constant" pads with; 0 unless given. */
  value?: number;
}

interface Padding {
  readonly mode: PadMode;
  readonly value: number;
  /** Elements before and after, for each dimension; none is negative. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Of `count` elements before or after a dimension of `n`: where the first comes from, and the step from one to the next. */
function source(mode: PadMode, n: number, count: number, isBefore: boolean): [first: number, step: number] {
  if (mode === "reflect") return [isBefore ? count : n - 2, -1];
  if (mode === "replicate") return [isBefore ? 0 : n - 1, 0];
  return [isBefore ? n - count : 0, 1];
}

const padOp: Op<[x: Tensor], Padding> = defineOp<[x: Tensor], Padding>({
  name: "pad",
  infer: ([x], { before, after }) => ({
    shape: checkShape(
      "pad",
      x.shape.map((size, i) => size + (before[i] as number) + (after[i] as number)),
    ),
    dtype: x.dtype,
  }),
  forward: (out, [x], { mode, value, before, after }) => {
    const strides = stridesOf(out.shape);
    const startOf = (at: readonly number[]): number => at.reduce((sum, i, d) => sum + i * (strides[d] as number), 0);
    if (mode === "constant") fill(out, value);
    stridedCopy(x, 0, stridesOf(x.shape), out, startOf(before), strides, x.shape);
    if (mode === "constant") return;
    // Each dimension is padded from what the dimensions before have completed.
    const [shape, start] = [x.shape.slice(), [...before]];
    for (const [d, n] of x.shape.entries()) {
      for (const isBefore of [true, false]) {
        const count = (isBefore ? before : after)[d] as number;
        const [first, step] = source(mode, n, count, isBefore);
        const at = (i: number): number => startOf(start.map((own, j) => (j === d ? i : own)));
        const from = at((before[d] as number) + first);
        const to = at(isBefore ? 0 : (before[d] as number) + n);
        const steps = strides.map((stride, j) => (j === d ? stride * step : stride));
        shape[d] = count;
        stridedCopy(out, from, steps, out, to, strides, shape);
      }
      shape[d] = out.shape[d] as number;
      start[d] = 0;
    }
  },
  backward: [
    (g, { shapes, attr: { mode, before } }) => {
      const shape = shapes[0] as Shape;
      if (mode === "constant") return slice(g, ...shape.map((n, i) => [before[i] as number, (before[i] as number) + n] as const));
      const axes = shape.map((n, dim) => {
        return { rule: mode, n, m: g.shape[dim] as number, scale: before[dim] as number, corners: false, dim, back: true };
      });
      const padded = axes.filter(({ n, m }) => n !== m).reverse();
      return padded.length > 0 ? resample(g, padded) : alias(g);
    },
  ],
});

/**
 * Elements added around a tensor, or cut off by negative amounts. `pad` lists pairs (before, after) from the last dimension on: with [1, 2, 3, 4],
 * [..., h, w] -> [..., 3 + h + 4, 1 + w + 2]. x: any dtype; "constant" pads any dimensions, the other modes the last one to three of
 * [C, ...] or [N, C, ...]. Options: `PadOptions`.
 * Gradient: of an element the sum over the places that it was copied to.
 * Errors: `ArgError` for a list that is not of pairs of whole numbers, an unknown mode, or more than there is to reflect or to wrap around;
 * `ShapeError` for more dimensions than x has or than the mode pads, or where nothing would be left; `DTypeError`.
 * @example pad(tensor([1, 2, 3]), [1, 2]); // [0, 1, 2, 3, 0, 0]
 * @example pad(images, [1, 1, 1, 1], { mode: "reflect" }).shape; // [4, 3, 10, 10]
 */
export function pad(x: Tensor, amounts: readonly number[], options?: PadOptions): Tensor {
  checkAlive("pad", x, "x");
  const { mode, value } = readOptions<Required<PadOptions>>("pad", options, { mode: "constant", value: 0 });
  checkOneOf("pad", "mode", mode, ["constant", "reflect", "replicate", "circular"]);
  checkFits("pad", "value", checkNumber("pad", "value", value), x.dtype);
  checkThat("pad", Array.isArray(amounts) && amounts.length % 2 === 0, "takes pairs (before, after) in one array", amounts);
  for (const amount of amounts) checkWhole("pad", "amounts", amount);
  const dims = amounts.length / 2;
  const own = x.ndim - dims;
  checkForm(
    "pad",
    x,
    mode === "constant" ? own >= 0 : dims > 0 && dims < 4 && (own === 1 || own === 2),
    `padded in ${dims} dimensions by "${mode}"`,
  );
  // PyTorch cuts before it pads with a constant or circularly, and afterwards in the other modes.
  const early = mode === "constant" || mode === "circular";
  const [before, after, ranges] = [[], [], []] as [number[], number[], [number, number][]];
  for (const [d, n] of x.shape.entries()) {
    const [b, a] = [0, 1].map((side) => amounts[2 * (x.ndim - 1 - d) + side] ?? 0) as [number, number];
    const rest = n + Math.min(a, 0) + Math.min(b, 0);
    const most = { constant: LARGEST_COUNT, replicate: n && LARGEST_COUNT, reflect: n - 1, circular: rest }[mode];
    const left = early ? rest : n + a + b;
    const fits = d < own || (Math.max(a, b) <= most && left >= (mode === "constant" ? 0 : 1));
    checkThat("pad", fits, `mode "${mode}" cannot pad dim ${d} of ${formatSpec(x)} by that`, [b, a]);
    before.push(Math.max(b, 0));
    after.push(Math.max(a, 0));
    const end = early ? n : n + Math.max(b, 0) + Math.max(a, 0);
    ranges.push([Math.max(-b, 0), end + Math.min(a, 0)]);
  }
  const padded = (y: Tensor): Tensor => padOp(y, { mode, value, before, after });
  return scope(() => (early ? padded(slice(x, ...ranges)) : slice(padded(x), ...ranges)));
}
