// Convolutions, padded by half their kernel, and both gradients. N batch, C channels, F filters, K kernel, S height and width, G groups.
import { goals } from "../goals.mjs";
import { outSize } from "../inputs.mjs";
import { OURS, own, roof, row } from "./row.mjs";

const layer = (K, C, F, S, options = {}) => ({ kind: "conv", K, C, F, S, N: 1, stride: 1, G: 1, ...options });

function nameOf({ K, C, F, S, N, stride, G }) {
  const channels = G > 1 ? `depthwise, ${C}` : `${C}->${F}`;
  return `${K}x${K} ${channels}, ${S}x${S}${stride > 1 ? `, stride ${stride}` : ""}${N > 1 ? `, batch ${N}` : ""}`;
}

/** The operations of the direct sum, the same for all three directions; Winograd needs fewer and can exceed the roof. */
const flops = ({ K, C, F, S, N, stride, G }) => (2 * N * F * outSize({ S, K, stride }) ** 2 * C * K * K) / G;

const WINOGRAD = [layer(3, 64, 64, 56), layer(3, 256, 256, 14), layer(3, 32, 64, 14, { N: 64 })];
const OTHERS = [layer(1, 64, 256, 56), layer(7, 3, 64, 224, { stride: 2 }), layer(5, 1, 32, 28, { N: 64 })];
const DEPTHWISE = layer(3, 128, 128, 56, { G: 128 });

const forward = (work, goal) => row({ group: "conv", name: nameOf(work), work, amount: flops(work), references: { roof }, goal });

/** References besides those that the goal names. */
function fast(work) {
  const name = `${nameOf(work)}, fast mode`;
  const goal = goals.fastConv(work.N > 1 ? 4 : 4.5);
  const racing = [...OURS, "ortWeb", "ortNode"];
  return row({ group: "conv", name, work: { ...work, fast: true }, amount: flops(work), racing, references: { roof }, goal });
}

function gradients(work) {
  const amount = flops(work);
  const gradient = (kind, name, goal) =>
    row({
      group: "conv gradients",
      name: `${nameOf(work)}: ${name}`,
      work: { ...work, kind },
      amount,
      racing: OURS,
      references: { forward: own(work, amount), roof },
      goal,
    });
  return [gradient("convGradInput", "input", goals.inputGradient), gradient("convGradWeight", "weight", goals.weightGradient)];
}

export const convolutions = [
  ...WINOGRAD.map((work) => forward(work, goals.winogradConv)),
  ...WINOGRAD.map(fast),
  ...OTHERS.map((work) => forward(work, goals.otherConv)),
  forward(DEPTHWISE, goals.depthwise),
  ...[...WINOGRAD, ...OTHERS, DEPTHWISE].flatMap(gradients),
];
