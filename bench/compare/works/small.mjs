// Small calls, whose cost is mostly the code around the arithmetic, and steps that consist of many small calls.
import { OURS, own, row } from "./row.mjs";

/** Only libraries that record operations when they run can do recorded calls. */
const RECORDING = [...OURS, "torch"];

const FEW = 16;

const additions = [
  { name: "another", options: {} },
  { name: "a number", options: { number: 0.5 } },
].flatMap(({ name, options }) =>
  [false, true].map((recorded) =>
    row({
      group: "small calls",
      name: `add ${name} to ${FEW} floats, ${recorded ? "recorded" : "not recorded"}`,
      work: { kind: "add", n: FEW, recorded, ...options },
      amount: FEW,
      racing: RECORDING,
    }),
  ),
);

/** Each power, and the function that it equals. */
const POWERS = [
  { exponent: 2, op: "square" },
  { exponent: 3, op: "square" },
  { exponent: 0.5, op: "sqrt" },
  { exponent: -1, op: "reciprocal" },
];

function power(n, { op, exponent }, references = {}) {
  const name = `${op === "pow" ? `pow(${exponent})` : op} of ${n} floats`;
  return row({ group: "powers", name, work: { kind: "power", n, op, exponent }, amount: n, racing: RECORDING, references });
}

const powers = [1000, 100_000].flatMap((n) => [
  ...[...new Set(POWERS.map(({ op }) => op))].map((op) => power(n, { op })),
  ...POWERS.map(({ exponent, op }) => power(n, { op: "pow", exponent }, { [op]: own({ kind: "power", n, op }, n) })),
]);

/** [32, pieces, 128] is split along dimension 1, and the pieces are summed; the backward pass joins their gradients. */
const cuts = ["select", "split"].flatMap((by) =>
  [32, 256].map((pieces) =>
    row({
      group: "backward of pieces",
      name: `${by} into ${pieces}`,
      work: { kind: "pieces", batch: 32, pieces, width: 128, by },
      amount: pieces,
      racing: RECORDING,
    }),
  ),
);

const tiny = { kind: "conv", N: 1, C: 8, F: 8, K: 3, S: 8, stride: 1, G: 1, packed: false };
const preparing = row({ group: "small calls", name: "conv2d 3x3 8->8, 8x8", work: tiny, amount: 1 });

const middle = { kind: "softmax", shape: [64, 100, 64], dim: 1 };
const softmax = row({ group: "layers", name: `softmax of ${middle.shape.join(" x ")} along dim 1`, work: middle, amount: 1 });

const images = { kind: "batchNormStep", N: 32, C: 32, S: 28 };
const batchNorm = row({
  group: "layers",
  name: "batch norm 32 x 32 x 28 x 28, forward and backward",
  work: images,
  amount: 1,
  racing: RECORDING,
});

export const small = [...additions, preparing, ...powers, ...cuts, softmax, batchNorm];
