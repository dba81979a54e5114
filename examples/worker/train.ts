// Trains the Worker's model and writes it where the Worker finds it: `node build/examples/worker/train.js [--epochs 20] [--out FILE]`.
// With the baseline kernels and a fixed seed, so that everybody gets the same file.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { init, manualSeed } from "simdgrad";
import { saveSafetensors } from "simdgrad/io";
import { readDigits } from "../browser/dataset.js";
import { DigitNet } from "../browser/model.js";
import { training } from "../browser/training.js";

const EXAMPLES = new URL("../../../examples/", import.meta.url);
const SEED = 1;

const { values } = parseArgs({
  options: {
    epochs: { type: "string", default: "20" },
    out: { type: "string", default: fileURLToPath(new URL("worker/public/digits.safetensors", EXAMPLES)) },
  },
});

await init({ simd: "baseline" });
manualSeed(SEED);
const digits = await readDigits(await readFile(new URL("data/digits.csv.gz", EXAMPLES)));
const model = new DigitNet();
for (const report of training(model, digits, { epochs: Number(values.epochs), batchSize: 32, lr: 0.003, seed: SEED })) {
  if (report.type === "batch") continue;
  const { epoch, epochs, loss, heldBackLoss, heldBackAccuracy } = report;
  console.log(
    `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}  held back: loss ${heldBackLoss.toFixed(4)}, accuracy ${(100 * heldBackAccuracy).toFixed(2)}%`,
  );
}
await mkdir(dirname(values.out), { recursive: true });
const file = saveSafetensors(model.stateDict(), { metadata: { data: "UCI digits, 8 x 8 pixels of 0 to 16 divided by 16" } });
await writeFile(values.out, file);
console.log(`${values.out}: ${file.length} bytes`);
