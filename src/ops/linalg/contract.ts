// Sums of products over labelled dimensions, pair by pair, each as one matrix product. A label names a dimension; dimensions with one label
// go together, and those whose label is not in the result are summed over.
import { ShapeError } from "../../errors.js";
import { formatSpec, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { mul } from "../elementwise/arithmetic.js";
import { matmulOp } from "../gemm/matmul.js";
import { permute, reshape } from "../move/shape.js";
import { slice } from "../move/slice.js";
import { sum } from "../reduce/reduce.js";

export type Labels = readonly string[];

/** A tensor and the labels of its dimensions. */
interface Term {
  readonly x: Tensor;
  readonly labels: Labels;
}

const both = (a: Labels, b: Labels): string[] => a.filter((label) => b.includes(label));
const without = (a: Labels, b: Labels): string[] => a.filter((label) => !b.includes(label));

/** The term with its dimensions in another order; labels that it does not have get size 1. */
function ordered({ x, labels }: Term, order: Labels): Tensor {
  const own = both(order, labels);
  const moved = own.every((label, i) => label === labels[i])
    ? x
    : permute(
        x,
        own.map((label) => labels.indexOf(label)),
      );
  let at = 0;
  return reshape(
    moved,
    order.map((label) => (labels.includes(label) ? (moved.shape[at++] as number) : 1)),
  );
}

/** Labels that repeat name a diagonal. */
function onDiagonal(op: string, term: Term, name: string): Term {
  const { x, labels } = term;
  const repeated = labels.find((label, i) => labels.indexOf(label) < i);
  if (repeated === undefined) return term;
  const first = labels.indexOf(repeated);
  const second = labels.indexOf(repeated, first + 1);
  const n = x.shape[first] as number;
  if (n !== x.shape[second]) throw new ShapeError(`${op}: ${name} ${formatSpec(x)} has different sizes for "${repeated}"`);
  const others = labels.map((_, i) => i).filter((i) => i !== first && i !== second);
  const flat = reshape(permute(x, [...others, first, second]), [...others.map((i) => x.shape[i] as number), n * n]);
  const diagonal = slice(flat, ...others.map(() => [] as const), [null, null, n + 1]);
  return onDiagonal(op, { x: diagonal, labels: [...others.map((i) => labels[i] as string), repeated] }, name);
}

/** The sum over the dimensions whose labels are not `kept`. */
function summed({ x, labels }: Term, kept: Labels): Term {
  const gone = without(labels, kept);
  return gone.length === 0
    ? { x, labels }
    : {
        x: sum(
          x,
          gone.map((label) => labels.indexOf(label)),
        ),
        labels: both(labels, kept),
      };
}

/** The term as matrices [batch, rows, columns], stored transposed if that saves a copy. */
function asMatrices(
  term: Term,
  batch: Labels,
  rows: Labels,
  columns: Labels,
  size: (labels: Labels) => number,
): [x: Tensor, transposed: boolean] {
  const transposed = [...batch, ...columns, ...rows].every((label, i) => label === term.labels[i]);
  const [first, second] = transposed ? [columns, rows] : [rows, columns];
  return [reshape(ordered(term, [...batch, ...first, ...second]), [size(batch), size(first), size(second)]), transposed];
}

/** The product of two terms, summed over the labels that are not `kept`. */
function product(one: Term, other: Term, kept: Labels, sizes: ReadonlyMap<string, number>): Term {
  const a = summed(one, [...kept, ...other.labels]);
  const b = summed(other, [...kept, ...one.labels]);
  const shared = both(a.labels, b.labels);
  const inner = without(shared, kept);
  const batch = both(shared, kept);
  const [rows, columns] = [without(a.labels, shared), without(b.labels, shared)];
  const labels = [...batch, ...rows, ...columns];
  if (inner.length === 0) return { x: mul(ordered(a, labels), ordered(b, labels)), labels };
  const shape = (list: Labels): number[] => list.map((label) => sizes.get(label) as number);
  const size = (list: Labels): number => sizeOf(shape(list));
  const [left, aT] = asMatrices(a, batch, rows, inner, size);
  const [right, bT] = asMatrices(b, batch, inner, columns, size);
  return { x: reshape(matmulOp(left, right, { a: aT, b: bT }), shape(labels)), labels };
}

/** With more terms than this, the next pair is the cheapest one; the orders of so many are compared. */
const COMPARED = 5;

interface Plan {
  readonly cost: number;
  readonly first: readonly [i: number, j: number];
}

/** Which pair to multiply first, and the number of products that all pairs take. */
function planFor(terms: readonly Labels[], out: Labels, size: (labels: Labels) => number): Plan {
  let best: Plan = { cost: Number.POSITIVE_INFINITY, first: [0, 1] };
  for (let j = 1; j < terms.length; j++) {
    for (let i = 0; i < j; i++) {
      const others = terms.filter((_, at) => at !== i && at !== j);
      const all = [...new Set([...(terms[i] as Labels), ...(terms[j] as Labels)])];
      const rest = [...others, both(all, [...out, ...others.flat()])];
      const later = terms.length <= COMPARED && terms.length > 2 ? planFor(rest, out, size).cost : 0;
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
  let terms = tensors.map((x, i): Term => {
    const term = onDiagonal(op, { x, labels: labels[i] as Labels }, name(i));
    const own = term.labels.filter((label, d) => term.x.shape[d] === sizes.get(label));
    // What repeats is left out, so that products broadcast it.
    return {
      x: reshape(
        term.x,
        own.map((label) => sizes.get(label) as number),
      ),
      labels: own,
    };
  });
  const size = (list: Labels): number => list.reduce((n, label) => n * (sizes.get(label) as number), 1);
  while (terms.length > 1) {
    const [i, j] = planFor(
      terms.map((term) => term.labels),
      out,
      size,
    ).first;
    const others = terms.filter((_, at) => at !== i && at !== j);
    terms = [...others, product(terms[i] as Term, terms[j] as Term, [...out, ...others.flatMap((term) => term.labels)], sizes)];
  }
  return ordered(summed(terms[0] as Term, out), out);
}
