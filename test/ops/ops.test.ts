// Every op against float64: values, gradients by central differences of the truth, and what it refuses.
import * as simdgrad from "simdgrad";
import { memory, scope, type Tensor, tensor } from "simdgrad";
import * as quantize from "simdgrad/quantize";
import { describe, expect, test } from "vitest";
import * as functions from "../../src/ops/index.js";
import * as methods from "../../src/ops/methods.js";
import { randomValues } from "../assembly/harness.js";
import type { Nd } from "./nd.js";
import { materialize, type Row, type Sample } from "./row.js";
import { rows } from "./rows/index.js";

const ops = { ...functions, ...quantize };

/** The promise: within 4e-6 of the truth, relative to the largest value when that is above 1. */
function expectClose(what: string, got: ArrayLike<number>, truth: ArrayLike<number>): void {
  const largest = Math.max(1, ...Array.from(truth, (v) => (Number.isFinite(v) ? Math.abs(v) : 0)));
  for (let i = 0; i < truth.length; i++) {
    const [y, ref] = [got[i] as number, truth[i] as number];
    if (Object.is(y, ref) || y === ref || (Number.isNaN(y) && Number.isNaN(ref))) continue;
    if (!(Math.abs(y - ref) <= 4e-6 * largest)) expect.fail(`${what}[${i}]: ${y} instead of ${ref}`);
  }
  expect(got.length).toBe(truth.length);
}

const STEP = 1e-5;

/** Gradient of `sum(weights * truth(inputs))` for one input. */
function numericGradient(sample: Sample, inputs: readonly Nd[], which: number, weights: ArrayLike<number>): Float64Array {
  const loss = (moved: readonly Nd[]): number => sample.truth(...moved).data.reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
  const { shape, data } = inputs[which] as Nd;
  return data.map((value, i) => {
    const at = (step: number): number => {
      const copy = data.slice();
      copy[i] = value + step;
      return loss(inputs.map((x, j) => (j === which ? { shape, data: copy } : x)));
    };
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  });
}

function check(sample: Sample): void {
  const made = sample.inputs.map(materialize);
  const inputs = made.map(({ tensor: t }) => t);
  const truths = made.map(({ truth }) => truth);
  const before = inputs.map((x) => x.toTypedArray());
  const y = sample.call(...inputs);
  expect(inputs).not.toContain(y); // a handle of its own, which can be disposed of alone
  const expected = sample.truth(...truths);
  expect([...y.shape]).toEqual([...expected.shape]);
  expect(Object.isFrozen(y.shape)).toBe(true);
  expect(y.dtype).toBe(sample.dtype ?? "float32");
  expectClose("value", y.toTypedArray(), expected.data);
  expect(inputs.map((x) => x.toTypedArray())).toEqual(before);
  if (sample.differentiable === false) {
    expect(y.requiresGrad).toBe(false);
    return;
  }
  const weights = randomValues(y.size, 77, -1, 1);
  y.backward({ gradient: tensor(weights, { shape: y.shape }) });
  inputs.forEach((x, i) => {
    if (!x.requiresGrad) return;
    const gradient = x.grad as Tensor;
    expect([...gradient.shape]).toEqual([...x.shape]);
    expectClose(`gradient of input ${i}`, gradient.toTypedArray(), numericGradient(sample, truths, i, weights));
  });
}

const title = ({ inputs, note }: Sample): string => inputs.map(({ shape }) => `[${shape.join(",")}]`).join(" ") + (note ? `: ${note}` : "");

describe.each(rows.map((row) => [row.op, row] as const))("%s", (_, row: Row) => {
  test.each(row.samples.map((sample) => [title(sample), sample] as const))("%s", (__, sample) => scope(() => check(sample)));

  const { refuses } = row;
  if (!refuses) return;
  test("refuses bad calls, leaks nothing, works on", () => {
    for (const { call, error, says } of refuses) {
      const { liveTensors, liveBytes } = memory();
      const run = (): unknown => scope(call);
      expect(run).toThrow(error);
      expect(run).toThrow(says);
      expect(memory()).toMatchObject({ liveTensors, liveBytes });
    }
    scope(() => expect(tensor([1, 2]).add(1).toArray()).toEqual([2, 3]));
  });
});

describe("the list of ops", () => {
  test("every op has a row", () => {
    const tested = new Set(rows.map(({ op }) => op));
    expect(Object.keys(ops).filter((name) => !tested.has(name))).toEqual([]);
  });

  test("every row is an op, with samples", () => {
    expect(rows.filter(({ op, samples }) => !(op in ops) || samples.length === 0).map(({ op }) => op)).toEqual([]);
    expect(new Set(rows.map(({ op }) => op)).size).toBe(rows.length);
  });

  test("every op is a function of the package, and those of methods.ts are methods", () => {
    expect(Object.keys(functions).filter((name) => typeof (simdgrad as Record<string, unknown>)[name] !== "function")).toEqual([]);
    const x = tensor([1]) as unknown as Record<string, unknown>;
    expect(Object.keys(methods).filter((name) => typeof x[name] !== "function")).toEqual([]);
  });
});
