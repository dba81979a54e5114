// Sums of products over labelled dimensions, pair by pair, each as one matrix product. A label names a dimension; dimensions with one label
// go together, and those whose label is not in the result are summed over.
import { ShapeError } from "../../errors.js";
import { formatSpec, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { diagonal } from "../arrange/diagonal.js";
import { mul } from "../elementwise/arithmetic.js";
import { matmulOp } from "../gemm/matmul.js";
import { permute, reshape } from "../move/shape.js";
import { sum } from "../reduce/reduce.js";

export type Labels = readonly string[];

/** A tensor and the labels of its dimensions. */
interface Term {
  readonly x: Tensor;
  readonly labels: Labels;
}

const both = (a: Labels, b: Labels): string[] => a.filter((label) => b.includes(label));
const without = (a: Labels, b: Labels): string[] => a.filter((label) => !b.includes(label));

const dimsOf = (labels: Labels, order: Labels): number[] => order.map((label) => labels.indexOf(label));

/** The elements with the dimensions in another order. */
const ordered = ({ x, labels }: Term, order: Labels): Tensor =>
  order.every((label, i) => label === labels[i]) ? x : permute(x, dimsOf(labels, order));

/** Labels that repeat name a diagonal. */
function onDiagonal(op: string, { x, labels }: Term, name: string): Term {
  const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (second < 0) return { x, labels };
  const label = labels[second] as string;
  const first = labels.indexOf(label);
  if (x.shape[first] !== x.shape[second]) throw new ShapeError(`${op}: ${name} ${formatSpec(x)} has different sizes for "${label}"`);
  const others = labels.filter((_, i) => i !== first && i !== second);
  return onDiagonal(op, { x: diagonal(x, { dim1: first, dim2: second }), labels: [...others, label] }, name);
}

/** The sum over the dimensions whose labels are not `kept`. */
function summed({ x, labels }: Term, kept: Labels): Term {
  const gone = without(labels, kept);
  return gone.length ? { x: sum(x, dimsOf(labels, gone)), labels: both(labels, kept) } : { x, labels };
}

/** The product of two terms, summed over the labels that are not `kept`. */
function product(one: Term, other: Term, kept: Labels, shape: (labels: Labels) => number[]): Term {
  const a = summed(one, [...kept, ...other.labels]);
  const b = summed(other, [...kept, ...one.labels]);
  const shared = both(a.labels, b.labels);
  const inner = without(shared, kept);
  const batch = both(shared, kept);
  const [rows, columns] = [without(a.labels, shared), without(b.labels, shared)];
  const labels = [...batch, ...rows, ...columns];
  /** Matrices [batch, rows, columns], stored transposed if that saves a copy. */
  const matrices = (term: Term, first: Labels, second: Labels): [x: Tensor, transposed: boolean] => {
    const transposed = inner.length > 0 && [...batch, ...second, ...first].every((label, i) => label === term.labels[i]);
    const order = transposed ? [batch, second, first] : [batch, first, second];
    return [
      reshape(
        ordered(term, order.flat()),
        order.map((list) => sizeOf(shape(list))),
      ),
      transposed,
    ];
  };
  const [left, aT] = matrices(a, rows, inner);
  const [right, bT] = matrices(b, inner, columns);
  return { x: reshape(inner.length ? matmulOp(left, right, { a: aT, b: bT }) : mul(left, right), shape(labels)), labels };
}

interface Plan {
  readonly cost: number;
  readonly first: readonly [i: number, j: number];
}

/**
 * Which pair to multiply first, and the number of products that all pairs take. The orders of up to 5 terms are compared; of more, the
 * cheapest pair comes first.
 */
function planFor(terms: readonly Labels[], out: Labels, size: (labels: Labels) => number): Plan {
  let best: Plan = { cost: Number.POSITIVE_INFINITY, first: [0, 1] };
  for (let j = 1; j < terms.length; j++) {
    for (let i = 0; i < j; i++) {
      const others = terms.filter((_, at) => at !== i && at !== j);
      const all = [...new Set([...(terms[i] as Labels), ...(terms[j] as Labels)])];
      const rest = [...others, both(all, [...out, ...others.flat()])];
      const later = terms.length <= 5 && terms.length > 2 ? planFor(rest, out, size).cost : 0;
      const cost = size(all) + later;
      if (cost < best.cost) best = { cost, first: [i, j] };
    }
  }
  return best;
}

/**
 * The sum of the products of all tensors, as labelled; `name` says which one an error is about. Sizes of 1 repeat. Runs inside a scope.
 */
export function contract(
  op: string,
  tensors: readonly Tensor[],
  labels: readonly Labels[],
  out: Labels,
  name: (i: number) => string,
): Tensor {
  const sizes = new Map<string, number>();
  tensors.forEach((x, i) => {
    (labels[i] as Labels).forEach((label, d) => {
      const [size, known] = [x.shape[d] as number, sizes.get(label) ?? 1];
      if (size !== known && size !== 1 && known !== 1)
        throw new ShapeError(`${op}: ${name(i)} ${formatSpec(x)} has size ${size} for "${label}", another one ${known}`);
      if (known === 1) sizes.set(label, size);
    });
  });
  const shape = (list: Labels): number[] => list.map((label) => sizes.get(label) as number);
  let terms = tensors.map((x, i): Term => {
    const term = onDiagonal(op, { x, labels: labels[i] as Labels }, name(i));
    // What repeats is left out, so that products broadcast it.
    const own = term.labels.filter((label, d) => term.x.shape[d] === sizes.get(label));
    return { x: reshape(term.x, shape(own)), labels: own };
  });
  while (terms.length > 1) {
    const [i, j] = planFor(
      terms.map((term) => term.labels),
      out,
      (list) => sizeOf(shape(list)),
    ).first;
    const others = terms.filter((_, at) => at !== i && at !== j);
    terms = [...others, product(terms[i] as Term, terms[j] as Term, [...out, ...others.flatMap((term) => term.labels)], shape)];
  }
  return ordered(summed(terms[0] as Term, out), out);
}
