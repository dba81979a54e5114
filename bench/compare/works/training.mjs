// Whole training steps: forward, cross-entropy, backward and Adam; and the cost per sample in a larger batch.
import { goals } from "../goals.mjs";
import { networks } from "../networks.mjs";
import { OURS, own, row } from "./row.mjs";

const BATCH = 64;
const LARGE = 256;

const work = (network, batch) => ({ kind: "train", ...network, batch });

const steps = Object.entries(networks).map(([name, network]) =>
  row({
    group: `training step, batch ${BATCH}`,
    name,
    work: work(network, BATCH),
    amount: BATCH,
    goal: name.startsWith("MLP") ? goals.trainMLP : goals.trainCNN,
  }),
);

const larger = Object.entries(networks).map(([name, network]) =>
  row({
    group: `training step, batch ${LARGE}`,
    name,
    work: work(network, LARGE),
    amount: LARGE,
    racing: OURS,
    references: { [`batch ${BATCH}`]: own(work(network, BATCH), BATCH) },
    goal: goals.largerBatch,
  }),
);

export const training = [...steps, ...larger];
