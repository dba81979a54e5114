// Calls in which preparation, recording and freeing cost as much as the arithmetic, and steps that consist of many such calls.
import { inputsOf, numbers } from "../../inputs.mjs";
import { simdgrad } from "./library.mjs";
import { gradientOf, make, makeLeaf } from "./make.mjs";

/** `recorded`: `a` requires a gradient, so the call records a node on the tape. `number`: a number is added, not a tensor. */
function add(work) {
  const { b } = inputsOf(work, make);
  const { a } = inputsOf(work, work.recorded ? makeLeaf : make);
  const other = work.number ?? b;
  return { run: () => a.add(other) };
}

function power(work) {
  const { x } = inputsOf(work, make);
  const { op, exponent } = work;
  return { run: op === "pow" ? () => x.pow(exponent) : () => x[op]() };
}

const cut = {
  select: (x, pieces) => Array.from({ length: pieces }, (_, i) => x.select(1, i)),
  split: (x) => x.split(1, 1),
};

/** The gradient of x [batch, pieces, width] from the sum of its pieces along dimension 1. */
function pieces(work) {
  const { x } = inputsOf(work, makeLeaf);
  const total = cut[work.by](x, work.pieces).reduce((sum, piece) => sum.add(piece));
  return gradientOf(x, total, make({ shape: total.shape, values: numbers(2, total.size) }));
}

/** Forward and all gradients; the result is the gradient of x. */
function batchNormStep(work) {
  const { x, weight, bias } = inputsOf(work, makeLeaf);
  const { gradient } = inputsOf(work, make);
  return {
    run() {
      const y = simdgrad.batchNorm(x, null, null, { weight, bias, training: true });
      y.backward({ gradient });
      const { grad } = x;
      x.grad = null;
      for (const used of [y, weight.grad, bias.grad]) used.dispose();
      weight.grad = null;
      bias.grad = null;
      return grad;
    },
  };
}

/** Forward and all gradients; the result is the gradient of the queries. */
function attention(work) {
  const { q, k, v } = inputsOf(work, makeLeaf);
  const { gradient } = inputsOf(work, make);
  return {
    run() {
      const y = simdgrad.scaledDotProductAttention(q, k, v, { isCausal: work.causal });
      y.backward({ gradient });
      const { grad } = q;
      q.grad = null;
      for (const used of [y, k.grad, v.grad]) used.dispose();
      k.grad = null;
      v.grad = null;
      return grad;
    },
  };
}

export const small = { add, power, pieces, batchNormStep, attention };
