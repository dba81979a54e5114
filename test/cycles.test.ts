// A thousand times: make tensors, compute, call wrongly, dispose. The memory afterwards is what it was before.
import { memory, scope, type Tensor } from "simdgrad";
import { expect, test } from "vitest";
import { usage } from "../src/wasm/memory.js";
import { argumentRows } from "./bad-calls/argument.js";
import type { Row as BadCall } from "./bad-calls/make.js";
import { optionRows } from "./bad-calls/options.js";
import { dtypeRows, gradRows, indexRows, stateRows } from "./bad-calls/other.js";
import { shapeRows } from "./bad-calls/shape.js";
import { materialize, type Row } from "./ops/row.js";
import { rows } from "./ops/rows/index.js";

const BAD: readonly BadCall[] = [...shapeRows, ...indexRows, ...argumentRows, ...optionRows, ...dtypeRows, ...gradRows, ...stateRows];

/** One of some things, by a number that goes round. */
const turn = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

/** Tensors of this thread's own, a call that throws among them, and the end of each by `dispose`. */
function callWrongly([, make, call]: BadCall): void {
  const inputs = scope(() => make.map((one) => one()));
  expect(() => call(...inputs)).toThrow();
  for (const x of inputs) x.dispose();
}

/** A computation that is disposed of by hand, one with a gradient, and two that a throw ends within a scope. */
function compute({ samples, refuses = [] }: Row, i: number): void {
  const sample = turn(samples, i);
  const inputs = sample.inputs.map((input) => materialize(input).tensor);
  const y: Tensor = scope(() => sample.call(...inputs));
  y.dispose();
  expect(() =>
    scope(() => {
      const again: Tensor = sample.call(...inputs);
      if (again.requiresGrad) again.sum().backward();
      throw new RangeError("in the middle");
    }),
  ).toThrow(RangeError);
  for (const x of inputs) {
    x.grad?.dispose();
    x.dispose();
  }
  if (refuses.length > 0) expect(() => scope(turn(refuses, i).call)).toThrow();
}

test("a thousand cycles over all operations and bad calls end with the memory of the start", () => {
  const cycle = (i: number): void => {
    callWrongly(turn(BAD, i));
    compute(turn(rows, i), i);
  };
  const state = (): object => ({ ...memory(), peakBytes: 0, poolBytes: usage().usedBytes });
  for (let i = 0; i < Math.max(rows.length, BAD.length); i++) cycle(i); // what is made once and kept, such as scratch
  for (const row of rows.filter(({ op }) => op.endsWith("fft"))) row.samples.forEach((_, i) => void compute(row, i)); // tables for each length
  const before = state();
  for (let i = 0; i < 1000; i++) cycle(i);
  expect(state()).toEqual(before);
});
