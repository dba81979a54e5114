// jax-js on its wasm backend, each work compiled by `jit`. In Node it has no workers: one thread.
// Functions of jax-js consume their arguments; `.ref` keeps an argument for the next call.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultDevice, grad, init, jit, lax, nn, numpy as np, scipySpecial } from "@jax-js/jax";
import { inputsOf, padding } from "../../inputs.mjs";
import { recurrent } from "./recurrent.mjs";

const make = ({ values, shape }) => np.array(values).reshape([...shape]);

/** A compiled function that takes the inputs of a work in their order. */
function compiled(work, calculate) {
  const inputs = Object.values(inputsOf(work, make));
  const call = jit(calculate);
  return {
    async run() {
      const out = call(...inputs.map((x) => x.ref));
      await out.blockUntilReady();
      return out;
    },
  };
}

/** Its function takes [batch, length, heads, width]. */
const lengthFirst = (x) => np.transpose(x, [0, 2, 1, 3]);

/** Forward and all gradients; the result is the gradient of the queries. */
function attention(work) {
  const inputs = Object.values(inputsOf(work, make));
  const loss = (q, k, v, gradient) => {
    const out = nn.dotProductAttention(lengthFirst(q), lengthFirst(k), lengthFirst(v), { isCausal: work.causal });
    return np.sum(np.multiply(out, lengthFirst(gradient)));
  };
  const call = jit(grad(loss, { argnums: [0, 1, 2] }));
  return {
    async run() {
      const [dq, ...others] = call(...inputs.map((x) => x.ref));
      for (const gradient of [dq, ...others]) await gradient.blockUntilReady();
      for (const gradient of others) gradient.dispose();
      return dq;
    },
  };
}

const unary = { relu: nn.relu, sigmoid: nn.sigmoid, exp: np.exp, tanh: np.tanh, erf: scipySpecial.erf };

const works = {
  matmul: (work) => compiled(work, (a, b) => np.matmul(work.aT ? np.transpose(a) : a, work.bT ? np.transpose(b) : b)),
  conv(work) {
    const pads = [padding(work), padding(work)];
    return compiled(work, (x, weight) =>
      lax.convGeneralDilated(x, weight, [work.stride, work.stride], [pads, pads], { featureGroupCount: work.G }),
    );
  },
  unary: (work) => compiled(work, (x) => unary[work.op](x)),
  softmax: (work) => compiled(work, (x) => nn.softmax(x, work.dim)),
  layerNorm: (work) => compiled(work, (x, weight, bias) => np.add(np.multiply(nn.standardize(x, 1), weight), bias)),
  attention,
  sum: (work) => compiled(work, (x) => np.sum(x, work.dim)),
  transpose: (work) => compiled(work, (x) => np.transpose(x)),
  sort: (work) => compiled(work, (x) => np.sort(x, 1)),
  topk: (work) => compiled(work, (x) => lax.topK(x, work.k, 1)[0]),
  cumsum: (work) => compiled(work, (x) => np.cumsum(x, work.dim)),
  gather: (work) => compiled(work, (x, index) => np.takeAlongAxis(x, index, 1)),
  indexSelect: (work) => compiled(work, (x, index) => np.take(x, index, 0)),
  pairs: (work) => compiled(work, (x, i, j) => np.take(x, np.add(np.multiply(i, work.cols), j))),
  cat: (work) => compiled(work, (...parts) => np.concatenate(parts, work.dim)),
  permute: (work) => compiled(work, (x) => np.transpose(x, work.dims)),
  pad(work) {
    if (work.mode !== "constant") throw new Error("pads with zeros only");
    const pair = [work.by, work.by];
    return compiled(work, (x) => np.pad(x, [[0, 0], [0, 0], pair, pair]));
  },
  rfft: (work) =>
    compiled(work, (x) => {
      const { real, imag } = np.fft.rfft(x);
      return np.stack([real, imag], -1);
    }),
};

/** Reads the file, because the package does not export its package.json. */
function version() {
  const entry = fileURLToPath(import.meta.resolve("@jax-js/jax"));
  return JSON.parse(readFileSync(entry.replace(/dist.index\.js$/, "package.json"), "utf8")).version;
}

/** @type {import("../contract.mjs").Open} */
export async function open() {
  await init("wasm");
  defaultDevice("wasm");
  return {
    version: version(),
    works: { ...works, ...recurrent },
    lacks: {
      adam: "its optimizers are another package, not compared",
      train: "its optimizers are another package, not compared",
      indexAdd: "has no addition by index",
      mask: "has no result whose shape depends on values",
      interpolate: "has no interpolation",
    },
    read: (out) => out.ref.data(),
    free: (out) => out.dispose(),
  };
}
