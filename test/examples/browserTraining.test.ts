// The parts of the browser example that need no browser: training as a generator, and drawings brought to the form of the data.
import { readFileSync } from "node:fs";
import { manualSeed, memory, noGrad, scope, tensor } from "simdgrad";
import { beforeAll, describe, expect, test } from "vitest";
import { type Digits, readDigits } from "../../examples/browser/dataset.js";
import { digitOf } from "../../examples/browser/ink.js";
import { DigitNet, imagesOf } from "../../examples/browser/model.js";
import { type Progress, training } from "../../examples/browser/training.js";

const SETTINGS = { epochs: 2, batchSize: 64, lr: 0.003, seed: 5 };
let digits: Digits;

beforeAll(async () => {
  digits = await readDigits(readFileSync("examples/data/digits.csv.gz"));
});

/** Trains a new model; `between` happens after each report. */
function run(between: (model: DigitNet, report: Progress) => void = () => undefined): Progress[] {
  manualSeed(SETTINGS.seed);
  const model = new DigitNet();
  const reports: Progress[] = [];
  for (const report of training(model, digits, SETTINGS)) {
    reports.push(report);
    between(model, report);
  }
  model.dispose();
  return reports;
}

describe("training", () => {
  test("reports each batch and each epoch, and learns", () => {
    const reports = run();
    const epochs = reports.filter((report) => report.type === "epoch");
    expect(reports).toHaveLength(2 * (22 + 1));
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(epochs.at(-1)?.heldBackAccuracy).toBeGreaterThan(0.8);
  });

  test("is not changed by what happens between two batches", () => {
    const busy = run((model) => {
      model.eval();
      scope(() => noGrad(() => model.call(imagesOf(tensor(new Float32Array(64))))));
    });
    expect(busy).toEqual(run());
  });

  test("gives back what it holds, at the end and when it is given up", () => {
    const before = memory().liveTensors;
    run();
    expect(memory().liveTensors).toBe(before);
    const model = new DigitNet();
    const begun = training(model, digits, SETTINGS);
    for (let batch = 0; batch < 3; batch++) begun.next();
    begun.return();
    model.dispose();
    expect(memory().liveTensors).toBe(before);
  });

  test("ends with an error when the loss is lost", () => {
    const model = new DigitNet();
    const before = memory().liveTensors;
    const train = training(model, digits, { ...SETTINGS, lr: 1e38 });
    expect(() => [...train]).toThrow(/^the loss became (NaN|Infinity) in epoch 1; lower the learning rate$/);
    expect(memory().liveTensors).toBe(before);
    model.dispose();
  });
});

describe("ink", () => {
  /** A drawing of `side * side` with a filled box in it. */
  const box = (side: number, left: number, top: number, width: number, height: number): Uint8Array =>
    Uint8Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return x >= left && x < left + width && y >= top && y < top + height ? 255 : 0;
    });

  test("nothing drawn gives zeros", () => {
    expect(digitOf(new Uint8Array(100), 10)).toEqual(new Float32Array(64));
    expect(digitOf(new Uint8Array(100).fill(100), 10)).toEqual(new Float32Array(64)); // too faint to be a dot
  });

  test("fills the picture, wherever and however large it was drawn", () => {
    const full = new Float32Array(64).fill(16);
    for (const [side, left, top, size] of [
      [28, 0, 0, 28],
      [28, 3, 9, 10],
      [280, 100, 11, 64],
      [28, 27, 27, 1],
    ] as const) {
      expect(digitOf(box(side, left, top, size, size), side)).toEqual(full);
    }
  });

  test("keeps proportions, in the middle", () => {
    const upright = Float32Array.from({ length: 64 }, (_, i) => (i % 8 >= 3 && i % 8 < 5 ? 16 : 0));
    expect(digitOf(box(280, 10, 20, 40, 160), 280)).toEqual(upright);
  });
});
