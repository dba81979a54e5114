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

function formatElements(tensor: Tensor): string {
  const { shape, dtype } = tensor;
  const flat = dtype === "int64" ? tensor.toBigInt64Array() : tensor.toTypedArray();
  const short = tensor.size > SHORTEN_ABOVE;
  const shown = (n: number): (number | "...")[] =>
    short && n > 2 * EDGE ? [0, 1, 2, "...", n - 3, n - 2, n - 1] : Array.from({ length: n }, (_, i) => i);

  const picked: number[] = [];
  const collect = (dim: number, at: number): void => {
    if (dim === shape.length) picked.push(flat[at] as number);
    else for (const i of shown(shape[dim] as number)) if (i !== "...") collect(dim + 1, at * (shape[dim] as number) + i);
  };
  collect(0, 0);
  const { kind } = dtypes[dtype];
  const format = kind === "float" ? formatter(picked) : kind === "bool" ? (v: number) => String(v !== 0) : String;
  const width = Math.max(0, ...picked.map((v) => format(v).length));

  const nest = (dim: number, at: number): string => {
    if (dim === shape.length) return format(flat[at] as number).padStart(width);
    const n = shape[dim] as number;
    const last = dim === shape.length - 1;
    const items = shown(n).map((i) => (i === "..." ? "..." : nest(dim + 1, at * n + i)));
    const gap = last ? ", " : `,${"\n".repeat(shape.length - dim - 1)}${" ".repeat(dim + 8)}`;
    return `[${items.join(gap)}]`;
  };
  return tensor.size === 0 ? "[]" : nest(0, 0);
}

/** `tensor([[1, 2], [3, 4]], shape=[2,2], dtype=float32, gradFn=mul)`. */
export function formatTensor(tensor: Tensor): string {
  const { shape, dtype, node } = tensor;
  const facts = [`shape=[${shape.join(",")}]`, `dtype=${dtype}`];
  if (node instanceof Node) facts.push(`gradFn=${node.op.name}`);
  else if (node) facts.push("requiresGrad=true");
  return `tensor(${tensor.disposed ? "disposed" : tensor.isMeta ? "meta" : formatElements(tensor)}, ${facts.join(", ")})`;
}
