// Einstein's notation by its definition: a loop over all labels, in float64.
import { at, type Nd, nd } from "./nd.js";

/** The labels of a term; "..." stands for n labels that count down to 1. */
export function labelsIn(term: string, n: number): string[] {
  return (term.replaceAll(" ", "").match(/\.\.\.|\w/g) ?? []).flatMap((label) =>
    label === "..." ? Array.from({ length: n }, (_, i) => String(n - i)) : [label],
  );
}

/** The sum of products that an equation with `->` describes. */
export function einsumTruth(equation: string, ...operands: readonly Nd[]): Nd {
  const [left, right] = equation.split("->") as [string, string];
  const terms = left.split(",");
  const dots = terms.map((term, i) => (term.includes("...") ? (operands[i] as Nd).shape.length - labelsIn(term, 0).length : 0));
  const labels = terms.map((term, i) => labelsIn(term, dots[i] as number));
  const out = labelsIn(right, Math.max(0, ...dots));
  const sizes = new Map<string, number>();
  labels.forEach((list, i) => {
    list.forEach((label, d) => {
      const size = (operands[i] as Nd).shape[d] as number;
      if (!sizes.has(label) || size !== 1) sizes.set(label, size);
    });
  });
  const inner = [...sizes.keys()].filter((label) => !out.includes(label));
  const sizeOf = (list: readonly string[]): number[] => list.map((label) => sizes.get(label) as number);
  return nd(sizeOf(out), (...outer: number[]) => {
    let sum = 0;
    nd(sizeOf(inner), (...summed: number[]) => {
      const place = (label: string): number => (out.includes(label) ? outer[out.indexOf(label)] : summed[inner.indexOf(label)]) as number;
      sum += operands.reduce(
        (product, x, i) =>
          product *
          at(
            x,
            (labels[i] as string[]).map((label, d) => (x.shape[d] === 1 ? 0 : place(label))),
          ),
        1,
      );
      return 0;
    });
    return sum;
  });
}
