// Training steps of recurrent networks, and one step of a cell.

import { LEARNING_RATE } from "../../networks.mjs";
import { batchOf, cellInputs, layerOf, weightsOf } from "../../recurrent.mjs";
import { simdgrad } from "./library.mjs";
import { make } from "./make.mjs";

const set = (parameter, values) => simdgrad.noGrad(() => parameter.copy_(make(values)));

/** @param {import("../../recurrent.mjs").Recurrent} work */
function recurrentStep(work) {
  const { nn, optim, scope } = simdgrad;
  const { cell, layers, I, H, T, B, classes, vocabulary } = work;
  const weights = weightsOf(work);
  const embedding = vocabulary && new nn.Embedding(vocabulary, I);
  const body = new nn[cell](I, H, { numLayers: layers });
  const head = new nn.Linear(H, classes);
  if (embedding) set(embedding.weight, weights.embedding);
  for (const [i, { wih, whh, bih, bhh }] of weights.layers.entries()) {
    set(body[`weight_ih_l${i}`], wih);
    set(body[`weight_hh_l${i}`], whh);
    set(body[`bias_ih_l${i}`], bih);
    set(body[`bias_hh_l${i}`], bhh);
  }
  set(head.weight, weights.weight);
  set(head.bias, weights.bias);
  const parameters = [embedding, body, head].flatMap((part) => (part ? part.parameters() : []));
  const optimizer = new optim.Adam(parameters, { lr: LEARNING_RATE });
  const batch = batchOf(work);
  const [x, labels] = [make(batch.x), make(batch.labels)];
  return {
    run() {
      optimizer.zeroGrad();
      const loss = scope(() => {
        const [y] = body.call(embedding ? embedding.call(x) : x);
        const logits = head.call(embedding ? y.reshape([T * B, H]) : y.at(-1));
        return nn.functional.crossEntropy(logits, labels);
      });
      loss.backward();
      optimizer.step();
      return loss;
    },
  };
}

/** One step, as when text is generated; the result is h. */
function cellStep(work) {
  const { nn, noGrad } = simdgrad;
  const layer = new nn[`${work.cell}Cell`](work.I, work.H).eval();
  const { wih, whh, bih, bhh } = layerOf(work);
  set(layer.weight_ih, wih);
  set(layer.weight_hh, whh);
  set(layer.bias_ih, bih);
  set(layer.bias_hh, bhh);
  const [x, h, c] = cellInputs(work).map(make);
  return {
    run() {
      const [hNew, cNew] = noGrad(() => layer.call(x, [h, c]));
      cNew.dispose();
      return hNew;
    },
  };
}

export const recurrent = { recurrentStep, cellStep };
