// Tensors as text, in the manner of NumPy and PyTorch.

import { dtypes } from "./dtype.js";
import { Node } from "./tape.js";
import type { Tensor } from "./tensor.js";

/** Above this many elements the middle of each dimension is left out. */
const SHORTEN_ABOVE = 1000;
const EDGE = 3;

function formatNumber(value: number, fixed: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return fixed ? value.toFixed(4) : value.toExponential(4);
}

/** The format for all numbers of a tensor: integers, fixed point, or exponents if the range is wide. */
function formatter(values: readonly number[]): (value: number) => string {
  const finite = values.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  const largest = Math.max(0, ...finite);
  const smallest = Math.min(Number.POSITIVE_INFINITY, ...finite);
  if (finite.every(Number.isInteger) && largest < 1e6) return (v) => (Number.isFinite(v) ? String(v + 0) : formatNumber(v, true));
  const fixed = largest < 1e5 && smallest >= 1e-4;
  return (v) => formatNumber(v, fixed);
}

/** An element, or what stands for some that are left out, or a list of these. */
type Item = number | "..." | readonly Item[];

function formatElements(tensor: Tensor): string {
  const { shape, dtype } = tensor;
  const flat = dtype === "int64" ? tensor.toBigInt64Array() : tensor.toTypedArray();
  const short = tensor.size > SHORTEN_ABOVE;
  const shown = (n: number): (number | "...")[] =>
    short && n > 2 * EDGE ? [0, 1, 2, "...", n - 3, n - 2, n - 1] : Array.from({ length: n }, (_, i) => i);

  const pick = (dim: number, at: number): Item => {
    const n = shape[dim];
    return n === undefined ? (flat[at] as number) : shown(n).map((i) => (i === "..." ? i : pick(dim + 1, at * n + i)));
  };
  const picked = tensor.size === 0 ? [] : pick(0, 0);
  const values = ([picked] as unknown[]).flat(Number.POSITIVE_INFINITY).filter((item) => item !== "...") as number[];
  const { kind } = dtypes[dtype];
  const format = kind === "float" ? formatter(values) : kind === "bool" ? (v: number) => String(v !== 0) : String;
  const width = Math.max(0, ...values.map((v) => format(v).length));
  const textOf = (item: Item, dim: number): string => {
    if (typeof item !== "object") return item === "..." ? item : format(item).padStart(width);
    const gap = dim === shape.length - 1 ? ", " : `,${"\n".repeat(shape.length - dim - 1)}${" ".repeat(dim + 8)}`;
    return `[${item.map((inner) => textOf(inner, dim + 1)).join(gap)}]`;
  };
  return textOf(picked, 0);
}

/** `tensor([[1, 2], [3, 4]], shape=[2,2], dtype=float32, gradFn=mul)`. */
export function formatTensor(tensor: Tensor): string {
  const { shape, dtype, node } = tensor;
  const facts = [`shape=[${shape.join(",")}]`, `dtype=${dtype}`];
  if (node instanceof Node) facts.push(`gradFn=${node.op.name}`);
  else if (node) facts.push("requiresGrad=true");
  return `tensor(${tensor.disposed ? "disposed" : tensor.isMeta ? "meta" : formatElements(tensor)}, ${facts.join(", ")})`;
}
