// Trains a network on handwritten digits, evaluates it on images it has never seen, saves it and writes a report.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Generator, init, manualSeed, memory, nn, noGrad, optim, runtime, SimdgradError, scope } from "simdgrad";
import { DataLoader } from "simdgrad/data";
import { accuracy, confusionMatrix } from "simdgrad/metrics";
import { readModel, writeModel } from "simdgrad/node";
import { type Callback, fit, progress } from "simdgrad/train";
import { randomShift } from "./augment.js";
import { type Parts, readParts } from "./dataset.js";
import { buildModel } from "./model.js";
import { HELP, type Options, readOptions, UsageError } from "./options.js";
import { writeReport } from "./report.js";

/** Predicted and true digit of every test image, in order. */
interface Predictions {
  predicted: Int32Array;
  truth: Int32Array;
}

function predictAll(model: nn.Module, test: Parts["test"]): Predictions {
  const result: Predictions = { predicted: new Int32Array(test.length), truth: new Int32Array(test.length) };
  model.eval();
  let at = 0;
  for (const [images, labels] of new DataLoader(test, { batchSize: 256 })) {
    result.predicted.set(
      scope(() =>
        noGrad(() => model.call(images))
          .argmax(1)
          .toTypedArray(),
      ),
      at,
    );
    result.truth.set(labels.toTypedArray(), at);
    at += labels.size;
  }
  return result;
}

/** The learning rate follows half a cosine from its start to almost 0, epoch by epoch. */
function cosineDecay(optimizer: { lr: number }, start: number): Callback {
  return {
    onEpochBegin({ epoch, epochs }) {
      optimizer.lr = (start * (1 + Math.cos((Math.PI * (epoch - 1)) / epochs))) / 2;
    },
  };
}

async function run(options: Options): Promise<void> {
  await init({ simd: options.simd });
  manualSeed(options.seed);
  const { train, validation, test, size } = await readParts(options);
  const model = buildModel(options.model, size);
  const summary = model.summary([1, 1, size, size]);
  console.log(
    `${summary}\n\n${train.length} images to learn from, ${validation.length} to validate, ${test.length} held back; ${runtime().simd} kernels\n`,
  );

  const started = performance.now();
  const transform = randomShift(1, new Generator(options.seed));
  const batches = new DataLoader(train, { batchSize: options.batchSize, shuffle: true, seed: options.seed, dropLast: true, transform });
  const optimizer = new optim.AdamW(model.parameters(), { lr: options.lr });
  const history = await fit(model, batches, {
    loss: new nn.CrossEntropyLoss(),
    optimizer,
    epochs: options.epochs,
    validation: new DataLoader(validation, { batchSize: 256 }),
    metrics: { accuracy },
    callbacks: [cosineDecay(optimizer, options.lr), progress()],
  });
  const seconds = (performance.now() - started) / 1000;

  const { predicted, truth } = predictAll(model, test);
  const matrix = confusionMatrix(predicted, truth, 10);
  const share = accuracy(predicted, truth);
  console.log(`\ntrained in ${seconds.toFixed(1)} s, peak ${(memory().peakBytes / 1e6).toFixed(0)} MB`);
  console.log(`accuracy on the ${test.length} held-back images: ${(100 * share).toFixed(2)}%\n\n${matrix}\n`);

  await mkdir(options.out, { recursive: true });
  const modelFile = join(options.out, "model.safetensors");
  await writeModel(modelFile, model.stateDict(), { model: options.model, data: options.data });
  const restored = buildModel(options.model, size);
  restored.loadStateDict(await readModel(modelFile));
  const again = predictAll(restored, test).predicted;
  const same = again.every((digit, i) => digit === predicted[i]);
  console.log(`${modelFile}: read back, ${same ? "predicts the same" : "PREDICTS SOMETHING ELSE"} on all ${test.length} images`);
  if (!same) process.exitCode = 1;

  const reportFile = join(options.out, "report.html");
  const outcome = { options, history, seconds, share, matrix, summary, predicted, truth, test, validated: validation.length, size };
  await writeFile(reportFile, writeReport({ ...outcome, runtime: runtime(), date: new Date() }));
  console.log(`${reportFile}: curves, confusion matrix, digit by digit, misclassified images`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await run(options);
  else console.log(HELP);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof SimdgradError)) throw error;
  console.error(
    error instanceof UsageError ? `${error.message}\n\nnpm start -- --help lists the options` : `${error.name}: ${error.message}`,
  );
  process.exitCode = 2;
}
