// Training steps of recurrent networks in jax-js, compiled by `jit` with all steps unrolled, because it has no scan; and one step of a cell. Adam
// is written out, because its optimizers are another package. Functions of jax-js consume their arguments.
import { jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { LEARNING_RATE } from "../../networks.mjs";
import { batchOf, cellInputs, layerOf, weightsOf } from "../../recurrent.mjs";

const make = ({ values, shape }) => np.array(values).reshape([...shape]);

/** x W^T + b */
const affine = (x, weight, bias) => np.matmul(x, np.transpose(weight)).add(bias);

const steps = {
  /** `gates` is the input's part of the sums. */
  LSTM(gates, [h, c], [whh, bhh]) {
    const [i, f, g, o] = np.split(gates.add(affine(h, whh.ref, bhh.ref)), 4, 1);
    const cell = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    return [nn.sigmoid(o).mul(np.tanh(cell.ref)), cell];
  },
  GRU(gates, [h], [whh, bhh]) {
    const [xr, xz, xn] = np.split(gates, 3, 1);
    const [hr, hz, hn] = np.split(affine(h.ref, whh.ref, bhh.ref), 3, 1);
    const n = np.tanh(xn.add(nn.sigmoid(xr.add(hr)).mul(hn)));
    return [n.ref.add(nn.sigmoid(xz.add(hz)).mul(h.sub(n)))];
  },
};

/** The outputs of all steps of a layer from those of the layer before. */
function sequence(cell, rows, [wih, whh, bih, bhh], { B, H }) {
  let state = cell === "LSTM" ? [np.zeros([B, H]), np.zeros([B, H])] : [np.zeros([B, H])];
  const outputs = rows.map((x) => {
    state = steps[cell](affine(x, wih.ref, bih.ref), state, [whh, bhh]);
    return state[0].ref;
  });
  for (const used of [...state, wih, whh, bih, bhh]) used.dispose();
  return outputs;
}

const parts = ({ wih, whh, bih, bhh }) => [wih, whh, bih, bhh].map(make);

/** Adam in PyTorch's form, as a function of the factors that depend on the number of steps. */
function adam(p, g, m, v, rate, share) {
  const first = m.mul(0.9).add(g.ref.mul(0.1));
  const second = v.mul(0.999).add(np.square(g).mul(0.001));
  const moved = first.ref.mul(rate).div(np.sqrt(second.ref).mul(share).add(1e-8));
  return [p.sub(moved), first, second];
}

/** @param {import("../../recurrent.mjs").Recurrent} work */
function recurrentStep(work) {
  const { cell, layers, T, B, I, classes, vocabulary } = work;
  const weights = weightsOf(work);
  let parameters = [
    ...weights.layers.flatMap(parts),
    make(weights.weight),
    make(weights.bias),
    ...(vocabulary ? [make(weights.embedding)] : []),
  ];
  let moments = parameters.map((p) => [np.zeros(p.shape), np.zeros(p.shape)]);
  const batch = batchOf(work);
  // An embedding is a product: the gradient of `take` would be an addition by index, which it lacks.
  const x = vocabulary ? nn.oneHot(np.array(batch.x.values), vocabulary) : make(batch.x);
  const labels = nn.oneHot(np.array(batch.labels.values), classes);

  const loss = (all, given, wanted) => {
    const [weight, bias, embedding] = all.slice(4 * layers);
    const inputs = embedding ? np.matmul(given, embedding).reshape([T, B, I]) : given;
    let rows = np.split(inputs, T, 0).map((row) => np.squeeze(row, 0));
    for (let i = 0; i < layers; i++) rows = sequence(cell, rows, all.slice(4 * i, 4 * i + 4), work);
    if (!embedding) for (const unused of rows.slice(0, -1)) unused.dispose();
    const last = embedding ? np.concatenate(rows, 0) : rows.at(-1);
    return np.mean(np.sum(nn.logSoftmax(affine(last, weight, bias), 1).mul(wanted), 1)).mul(-1);
  };
  const step = jit((all, states, given, wanted, rate, share) => {
    const [value, gradients] = valueAndGrad(loss)(
      all.map((p) => p.ref),
      given,
      wanted,
    );
    const moved = all.map((p, i) => adam(p, gradients[i], ...states[i], rate.ref, share.ref));
    rate.dispose();
    share.dispose();
    return [value, moved.map(([p]) => p), moved.map(([, ...state]) => state)];
  });
  let count = 0;
  return {
    async run() {
      count++;
      const rate = np.array(LEARNING_RATE / (1 - 0.9 ** count));
      const share = np.array(1 / Math.sqrt(1 - 0.999 ** count));
      const [value, changed, states] = step(parameters, moments, x.ref, labels.ref, rate, share);
      parameters = changed;
      moments = states;
      await Promise.all([value, ...parameters].map((p) => p.blockUntilReady()));
      return value;
    },
  };
}

function cellStep(work) {
  const inputs = [...parts(layerOf(work)), ...cellInputs(work).map(make)];
  const call = jit((wih, whh, bih, bhh, x, h, c) => {
    const [hNew, cNew] = steps[work.cell](affine(x, wih, bih), [h, c], [whh.ref, bhh.ref]);
    for (const used of [whh, bhh, cNew]) used.dispose();
    return hNew;
  });
  return {
    async run() {
      const out = call(...inputs.map((x) => x.ref));
      await out.blockUntilReady();
      return out;
    },
  };
}

export const recurrent = { recurrentStep, cellStep };
