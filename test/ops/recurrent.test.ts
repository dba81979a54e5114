// Recurrent layers as one operation against the same in plain operations: values, gradients and second derivatives, in both directions, with
// lengths that differ, with a projection, and at sizes that are no multiple of a vector, a tile or a panel.
import { manualSeed, randn, scope, type Tensor } from "simdgrad";
import { describe, expect, test } from "vitest";
import type { RecurrentLayer, RecurrentWeights } from "../../src/ops/rnn/layers.js";
import * as plain from "../../src/ops/rnn/layers.js";
import * as fused from "../../src/ops/rnn/recurrent.js";

const KINDS = ["tanhLayer", "reluLayer", "gruLayer", "lstmLayer"] as const;
type Kind = (typeof KINDS)[number];
const GATES = { tanhLayer: 1, reluLayer: 1, gruLayer: 3, lstmLayer: 4 };

interface Case {
  readonly sizes: readonly number[];
  readonly features: number;
  readonly units: number;
  readonly projection?: number;
  readonly bias?: boolean;
}

const steps = (count: number, batch: number): number[] => new Array<number>(count).fill(batch);
const CASES: readonly Case[] = [
  { sizes: steps(3, 2), features: 3, units: 5 },
  { sizes: steps(1, 1), features: 1, units: 1 },
  { sizes: steps(2, 1), features: 7, units: 12, bias: false },
  { sizes: steps(4, 13), features: 9, units: 34 },
  { sizes: [7, 7, 5, 3, 3, 1], features: 4, units: 11 },
  { sizes: [5, 1], features: 2, units: 6, bias: false },
  { sizes: steps(2, 0), features: 3, units: 4 },
  { sizes: steps(3, 4), features: 3, units: 101 },
];
const PROJECTED: readonly Case[] = [
  { sizes: steps(3, 5), features: 3, units: 7, projection: 3 },
  { sizes: [4, 3, 3, 1], features: 3, units: 10, projection: 1, bias: false },
];

/** Inputs of a layer in one list: x, the states, then the weights that there are. */
function inputsOf(kind: Kind, { sizes, features, units, projection, bias = true }: Case): { all: Tensor[]; weights: RecurrentWeights } {
  const [batch, size, columns] = [sizes[0] as number, projection ?? units, units * GATES[kind]];
  const leaf = (...shape: number[]): Tensor => {
    const x = randn(shape).mul(0.5).detach();
    x.requiresGrad = true;
    return x;
  };
  const n = sizes.reduce((a, b) => a + b, 0);
  const states = [leaf(batch, size), ...(kind === "lstmLayer" ? [leaf(batch, units)] : [])];
  const weights = [
    leaf(columns, features),
    leaf(columns, size),
    bias ? leaf(columns) : null,
    bias ? leaf(columns) : null,
    projection ? leaf(size, units) : null,
  ] as const;
  return { all: [leaf(n, features), ...states, ...weights.filter((w) => w !== null)], weights };
}

/** A number that depends on all results, each element with a factor of its own. */
function lossOf(results: readonly Tensor[]): Tensor {
  manualSeed(7);
  return results.map((x) => x.mul(randn(x.shape)).sum()).reduce((a, b) => a.add(b));
}

function resultsOf(
  layer: RecurrentLayer,
  { all, weights }: ReturnType<typeof inputsOf>,
  sizes: readonly number[],
  reverse: boolean,
): Tensor[] {
  const [x, ...rest] = all as [Tensor, ...Tensor[]];
  const states = rest.slice(0, rest.indexOf(weights[0]));
  const { y, last } = layer(x, sizes, states, weights, { reverse, packed: false });
  return [y, ...last];
}

function gradientsOf(loss: Tensor, all: readonly Tensor[]): Tensor[] {
  for (const x of all) x.grad = null;
  loss.backward();
  return all.map((x) => x.grad as Tensor);
}

function expectClose(got: Tensor, wanted: Tensor, bound: number): void {
  expect(got.shape).toEqual(wanted.shape);
  const [a, b] = [got.toTypedArray(), wanted.toTypedArray()] as [Float32Array, Float32Array];
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  for (let i = 0; i < a.length; i++)
    if (!(Math.abs((a[i] as number) - (b[i] as number)) <= bound * largest)) expect.fail(`element ${i}: ${a[i]} instead of ${b[i]}`);
}

const titleOf = ({ sizes, features, units, projection, bias = true }: Case): string =>
  `${sizes.join(",")} rows, ${features} -> ${units}${projection ? ` -> ${projection}` : ""}${bias ? "" : ", no bias"}`;

const ALL = KINDS.flatMap((kind) =>
  (kind === "lstmLayer" ? [...CASES, ...PROJECTED] : CASES).flatMap((given) =>
    [false, true].map((reverse) => ({ title: `${kind}, ${titleOf(given)}${reverse ? ", reverse" : ""}`, kind, given, reverse })),
  ),
);

describe.each(ALL)("$title", ({ kind, given, reverse }) => {
  test("has the values and gradients of the plain operations", () => {
    scope(() => {
      manualSeed(3);
      const inputs = inputsOf(kind, given);
      const wanted = resultsOf(plain[kind], inputs, given.sizes, reverse);
      const got = resultsOf(fused[kind], inputs, given.sizes, reverse);
      expect(got.length).toBe(wanted.length);
      got.forEach((x, i) => {
        expectClose(x, wanted[i] as Tensor, 2e-6);
      });
      const first = gradientsOf(lossOf(wanted), inputs.all);
      gradientsOf(lossOf(got), inputs.all).forEach((g, i) => {
        expectClose(g, first[i] as Tensor, 4e-6);
      });
      // Of each result alone: the others have no gradient then.
      wanted.forEach((_, part) => {
        const alone = [plain[kind], fused[kind]].map((layer) =>
          gradientsOf(lossOf([resultsOf(layer, inputs, given.sizes, reverse)[part] as Tensor]), inputs.all),
        ) as [Tensor[], Tensor[]];
        alone[1].forEach((g, i) => {
          expectClose(g, alone[0][i] as Tensor, 4e-6);
        });
      });
    });
  });
});
