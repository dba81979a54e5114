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
  const smallest = Math.min(Infinity, ...finite);
  if (finite.every(Number.isInteger) && largest < 1e6) return (v) => (Number.isFinite(v) ? String(v + 0) : formatNumber(v, true));
  const fixed = largest < 1e5 && smallest >= 1e-4;
  return (v) => formatNumber(v, fixed);
}

function formatElements(tensor: Tensor): string {
  const { shape, dtype, size } = tensor;
  if (size === 0) return "[]";
  const flat = dtype === "int64" ? tensor.toBigInt64Array() : tensor.toTypedArray();
  const shown = (n: number): (number | "...")[] =>
    size > SHORTEN_ABOVE && n > 2 * EDGE ? [0, 1, 2, "...", n - 3, n - 2, n - 1] : Array.from({ length: n }, (_, i) => i);

  const textOf = (dim: number, at: number, format: (value: number) => string): string => {
    const n = shape[dim];
    if (n === undefined) return format(flat[at] as number);
    const gap = dim === shape.length - 1 ? ", " : `,${"\n".repeat(shape.length - dim - 1)}${" ".repeat(dim + 8)}`;
    return `[${shown(n)
      .map((i) => (i === "..." ? i : textOf(dim + 1, at * n + i, format)))
      .join(gap)}]`;
  };
  const values: number[] = [];
  textOf(0, 0, (v) => String(values.push(v)));
  const { kind } = dtypes[dtype];
  const format = kind === "float" ? formatter(values) : kind === "bool" ? (v: number) => String(v !== 0) : String;
  const width = Math.max(...values.map((v) => format(v).length));
  return textOf(0, 0, (v) => format(v).padStart(width));
}

/** `tensor([[1, 2], [3, 4]], shape=[2,2], dtype=float32, gradFn=mul)`. */
export function formatTensor(tensor: Tensor): string {
  const { shape, dtype, node } = tensor;
  const facts = [`shape=[${shape.join(",")}]`, `dtype=${dtype}`];
  if (node instanceof Node) facts.push(`gradFn=${node.op.name}`);
  else if (node) facts.push("requiresGrad=true");
  return `tensor(${tensor.disposed ? "disposed" : tensor.isMeta ? "meta" : formatElements(tensor)}, ${facts.join(", ")})`;
}
