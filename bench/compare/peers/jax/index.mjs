// jax-js on its wasm backend, each work compiled by `jit`. In Node it has no workers: one thread.
// Functions of jax-js consume their arguments; `.ref` keeps an argument for the next call.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultDevice, init, jit, lax, nn, numpy as np, scipySpecial } from "@jax-js/jax";
import { inputsOf, padding } from "../../inputs.mjs";

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
  sum: (work) => compiled(work, (x) => np.sum(x, work.dim)),
  transpose: (work) => compiled(work, (x) => np.transpose(x)),
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
    works,
    lacks: { adam: "its optimizers are another package, not compared", train: "its optimizers are another package, not compared" },
    read: (out) => out.ref.data(),
    free: (out) => out.dispose(),
  };
}
