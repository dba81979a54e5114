// Second derivatives of every operation, by the samples of its row in test/ops/rows. second.test.ts has more cases of some.
import { gradgradcheck, scope } from "simdgrad";
import { describe, expect, test } from "vitest";
import { materialize, type Row, type Sample } from "../ops/row.js";
import { rows } from "../ops/rows/index.js";
import { sampled } from "../sampled.js";

/** Operations that are not checked, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  bfloat16: "differences of 16-bit results tell nothing about a conversion",
  ceil: "the gradient is zero everywhere",
  floor: "the gradient is zero everywhere",
  floorDivide: "the gradient is zero everywhere",
  half: "differences of 16-bit results tell nothing about a conversion",
  round: "the gradient is zero everywhere",
  sign: "the gradient is zero everywhere",
  trunc: "the gradient is zero everywhere",
};

/** Samples without second derivatives, by what their notes say, with the reason. */
const SAMPLES_WITHOUT: Readonly<Record<string, readonly [note: RegExp, why: string]>> = {
  ctcLoss: [/./, "there is none, as in PyTorch"],
  det: [/singular|rank/, "the second derivative has the inverse"],
  div: [/floor|trunc/, "the gradient is zero everywhere"],
};

/** Samples with more are not taken if there are others, because the work grows with the square of the elements. */
const MOST_ELEMENTS = 60;
/** How often a sample is tried with other random values: with some, a difference crosses a kink. A wrong rule is wrong with all. */
const TRIES = 8;

const elementsOf = ({ inputs }: Sample): number => inputs.reduce((sum, { shape }) => sum + shape.reduce((size, d) => size * d, 1), 0);

/** The differentiable samples of a row: the small ones, or else the smallest. */
function samplesOf({ op, samples }: Row): Sample[] {
  const without = SAMPLES_WITHOUT[op]?.[0];
  const has = ({ differentiable, note }: Sample): boolean => differentiable !== false && !(note && without?.test(note));
  const all = samples.filter(has).sort((a, b) => elementsOf(a) - elementsOf(b));
  const small = all.filter((sample) => elementsOf(sample) <= MOST_ELEMENTS);
  return small.length > 0 ? small : all.slice(0, 1);
}

function check({ inputs, call }: Sample): void {
  for (let left = TRIES; left > 0; left--) {
    const given = inputs.map((input) => materialize(input).tensor);
    if (gradgradcheck(call as never, given, { eps: 2e-3, raiseException: left === 1 })) return;
  }
}

const checked = rows.filter((row) => !WITHOUT[row.op] && samplesOf(row).length > 0);

describe.each(checked.map((row) => [row.op, row] as const))("%s", (_, row) => {
  test.each(
    sampled(samplesOf(row), (_, i) => `${row.op} ${i}`).map(
      (sample) => [sample.inputs.map(({ shape }) => `[${shape}]`).join(" ") + (sample.note ? `: ${sample.note}` : ""), sample] as const,
    ),
  )("%s", (__, sample) => scope(() => check(sample)));
});

test("operations that are not checked have nothing to check: no gradient of a float32 result depends on anything", () => {
  for (const op of Object.keys(WITHOUT)) {
    const row = rows.find((one) => one.op === op) as Row;
    const [sample] = samplesOf(row) as [Sample];
    scope(() => {
      const inputs = sample.inputs.map((input) => materialize(input).tensor);
      expect(() => gradgradcheck(sample.call as never, inputs)).toThrow(/gradgradcheck: the result does not depend on the inputs/);
    });
  }
});
