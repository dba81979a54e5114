// Einstein's notation, and products over several dimensions.
import { checkThat, checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { contract } from "./contract.js";

/** The letters of an operand or of the result. */
const TERM = "[a-z]*(?:\\.{3}[a-z]*)?";

const isLetter = (label: string): boolean => /[a-z]/i.test(label);

/**
 * Sums of products in Einstein's notation: a letter for each dimension, dimensions with one letter go together, and letters that are not behind
 * `->` are summed over. Without `->` the result has the letters that appear once, in alphabetical order. A letter twice in one operand is
 * the diagonal; `...` stands for dimensions that broadcast. Operands: float32, any shapes that fit; sizes of 1 repeat. They are multiplied
 * in pairs as matrices, in the order that takes the fewest products (for more than five, the cheapest pair first). Gradient: to all.
 * Errors: `ArgError` for a text of another form, `ShapeError` that names the operand and the letter, `DTypeError`.
 * @example einsum("ij,jk->ik", tensor([[1, 2]]), tensor([[3], [4]])); // [[11]]
 */
export function einsum(equation: string, ...operands: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor {
  const tensors = operands.flat();
  tensors.forEach((x, i) => {
    checkAlive("einsum", x, `operand ${i}`);
  });
  checkFloat("einsum", ...tensors);
  const fail = (why: string): never => {
    throw new ArgError(`einsum: ${describe(equation)} ${why}`);
  };
  // What is no text, such as an object, may have no text form either.
  const text = typeof equation === "string" ? equation.replaceAll(" ", "") : "?";
  const form = new RegExp(`^(${TERM}(?:,${TERM})*)(?:->(${TERM}))?$`, "i").exec(text);
  const [, left, right] = form ?? fail('must be letters and "..." by operand, such as "ij,jk->ik"');
  const inputs = (left as string).split(",");
  if (inputs.length !== tensors.length) fail(`is for ${inputs.length} operands, got ${tensors.length}`);
  let most = 0;
  /** The labels of a term; those of n dimensions of "..." are numbers that count down to 1 at the last one. */
  const labelsOf = (term: string, n: number): string[] =>
    (term.match(/\.\.\.|./g) ?? []).flatMap((label) => (isLetter(label) ? [label] : Array.from({ length: n }, (_, i) => String(n - i))));
  const labels = inputs.map((term, i) => {
    const x = tensors[i] as Tensor;
    const open = term.includes(".");
    const n = x.ndim - term.length + (open ? 3 : 0);
    if (open ? n < 0 : n)
      throw new ShapeError(`einsum: operand ${i} ${formatSpec(x)} has ${x.ndim} dimensions, which "${term}" does not name`);
    most = Math.max(most, n);
    return labelsOf(term, n);
  });
  const all = labels.flat();
  const single = (label: string): boolean => isLetter(label) && all.indexOf(label) === all.lastIndexOf(label);
  const out = labelsOf(right ?? `...${all.filter(single).sort().join("")}`, most);
  out.forEach((label, i) => {
    if (out.indexOf(label) < i || !all.includes(label)) fail(`has "${label}" ${all.includes(label) ? "twice" : "only"} in the result`);
  });
  return scope(() => contract("einsum", tensors, labels, out, (i) => `operand ${i}`));
}

/**
 * Sum of products over some dimensions of both: the last `dims` of a with the first of b, or those that two lists name. a, b: float32, any
 * shapes -> the other dimensions of a, then those of b. Gradient: to both.
 * Errors: `ShapeError` if the sizes differ (1 repeats), `ArgError` for lists of different lengths, `IndexError` for a dimension outside the
 * rank, `DTypeError`.
 * @example tensordot(ones([2, 3, 4]), ones([3, 4, 5])).shape; // [2, 5]
 */
export function tensordot(a: Tensor, b: Tensor, dims: number | readonly [readonly number[], readonly number[]] = 2): Tensor {
  return overDims("tensordot", a, b, dims);
}

/** `tensordot` for operations by another name. */
export function overDims(op: string, a: Tensor, b: Tensor, dims: number | readonly [readonly number[], readonly number[]]): Tensor {
  checkAlive(op, a, "a");
  checkAlive(op, b, "b");
  checkFloat(op, a, b);
  const named = (name: string, x: Tensor): string[] => x.shape.map((_, d) => name + d);
  const labels = [named("a", a), named("b", b)] as const;
  const [first, second] = typeof dims === "number" ? lastAndFirst(op, a, b, dims) : Array.isArray(dims) ? dims : [];
  const fits = Array.isArray(first) && Array.isArray(second) && first.length === second.length;
  checkThat(op, fits, "dims must be a number, or two lists of the same length", dims);
  (first as readonly number[]).forEach((dim, i) => {
    const [d, e] = [checkDim(op, dim, a.ndim), checkDim(op, (second as readonly number[])[i] as number, b.ndim)];
    checkThat(op, labels[0][d] === `a${d}` && labels[1][e] === `b${e}`, "dims must name each dimension once", dims);
    labels[0][d] = labels[1][e] = `a${d}=b${e}`;
  });
  const out = labels.flat().filter((label) => !label.includes("="));
  return scope(() => contract(op, [a, b], labels, out, (i) => (i ? "b" : "a")));
}

/** The last dimensions of a and the first of b. */
function lastAndFirst(op: string, a: Tensor, b: Tensor, dims: number): [number[], number[]] {
  const first = Array.from({ length: checkWhole(op, "dims", dims, 0, Math.min(a.ndim, b.ndim)) }, (_, i) => i);
  return [first.map((i) => i - dims), first];
}
