// Work that moves memory: elementwise functions, rows and columns, one optimizer step.
import { inputsOf } from "../../inputs.mjs";
import { simdgrad } from "./library.mjs";
import { make, makeLeaf } from "./make.mjs";

function layerNorm(work) {
  if (!("layerNorm" in simdgrad)) throw new Error("this build has no layerNorm");
  const { x, weight, bias } = inputsOf(work, make);
  return { run: () => simdgrad.layerNorm(x, [work.cols], { weight, bias }) };
}

function adam(work) {
  const { weight, gradient } = inputsOf(work, makeLeaf);
  weight.grad = gradient.detach();
  const optimizer = new simdgrad.optim.Adam([weight], { lr: work.lr });
  return {
    run() {
      optimizer.step();
      return weight;
    },
    free() {},
  };
}

export const elementwise = {
  unary(work) {
    const { x } = inputsOf(work, make);
    return { run: () => x[work.op]() };
  },
  softmax(work) {
    const { x } = inputsOf(work, make);
    return { run: () => x.softmax(work.dim) };
  },
  layerNorm,
  sum(work) {
    const { x } = inputsOf(work, make);
    return { run: () => x.sum(work.dim) };
  },
  transpose(work) {
    const { x } = inputsOf(work, make);
    return { run: () => x.t() };
  },
  adam,
};
