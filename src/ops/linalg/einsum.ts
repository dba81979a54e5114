// Einstein's notation, and products over several dimensions.
import { checkWhole } from "../../checks.js";
import { ArgError, describe, ShapeError } from "../../errors.js";
import { scope } from "../../tensor/scope.js";
import { checkDim, formatSpec } from "../../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../../tensor/tensor.js";
import { contract, type Labels } from "./contract.js";

const isLetter = (label: string): boolean => /[A-Za-z]/.test(label);

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
  const [left = "", right, more] = String(equation).replaceAll(" ", "").split("->");
  const inputs = left.split(",");
  const isTerm = (term: string): boolean => /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term);
  if (more !== undefined || ![...inputs, right ?? ""].every(isTerm)) fail('must be letters and "..." by operand, such as "ij,jk->ik"');
  if (inputs.length !== tensors.length) fail(`is for ${inputs.length} operands, got ${tensors.length}`);
  let most = 0;
  /** The labels of a term; those of n dimensions of "..." are numbers that count down to 1 at the last one. */
  const labelsOf = (term: string, n: number): string[] =>
    (term.match(/\.\.\.|./g) ?? []).flatMap((label) => (isLetter(label) ? [label] : Array.from({ length: n }, (_, i) => String(n - i))));
  const labels = inputs.map((term, i) => {
    const x = tensors[i] as Tensor;
    const open = term.includes(".");
    const n = x.ndim - term.length + (open ? 3 : 0);
    if (n < 0 || (n > 0 && !open))
      throw new ShapeError(`einsum: operand ${i} ${formatSpec(x)} has ${x.ndim} dimensions, which "${term}" does not name`);
    most = Math.max(most, n);
    return labelsOf(term, n);
  });
  const all = labels.flat();
  const single = (label: string): boolean => isLetter(label) && all.indexOf(label) === all.lastIndexOf(label);
  const out = labelsOf(right ?? `...${all.filter(single).sort().join("")}`, most);
  out.forEach((label, i) => {
    if (out.indexOf(label) < i) fail(`has "${label}" twice in the result`);
    if (!all.includes(label)) fail(`has "${label}" only in the result`);
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
  const label = (name: string, x: Tensor): string[] => x.shape.map((_, d) => `${name}${d}`);
  const [ofA, ofB] = [label("a", a), label("b", b)];
  const all = [...ofA];
  const [first, second] = typeof dims === "number" ? lastAndFirst(op, a, b, dims) : Array.isArray(dims) ? dims : [];
  if (!Array.isArray(first) || !Array.isArray(second) || first.length !== second.length)
    throw new ArgError(`${op}: dims must be a number, or two lists of the same length, got ${describe(dims)}`);
  first.forEach((dim: number, i) => {
    const [d, e] = [checkDim(op, dim, a.ndim), checkDim(op, second[i] as number, b.ndim)];
    if (!all.includes(`a${d}`) || ofB[e] !== `b${e}`) throw new ArgError(`${op}: a dimension appears twice in ${describe(dims)}`);
    all.splice(all.indexOf(`a${d}`), 1);
    ofB[e] = `a${d}`;
  });
  const out: Labels = [...all, ...ofB.filter((name) => name.startsWith("b"))];
  return scope(() => contract(op, [a, b], [ofA, ofB], out, (i) => (i ? "b" : "a")));
}

function lastAndFirst(op: string, a: Tensor, b: Tensor, dims: number): [number[], number[]] {
  checkWhole(op, "dims", dims, 0, Math.min(a.ndim, b.ndim));
  const first = Array.from({ length: dims }, (_, i) => i);
  return [first.map((i) => i - dims + a.ndim), first];
}
