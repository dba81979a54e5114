// The sizes that users download, raw and gzipped, in KB of 1024 bytes. The build fails if one exceeds its bound.
// `node scripts/sizes.mjs` rewrites the table of docs/sizes.md.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { FROM_DIST } from "./bundle.mjs";
import { npm } from "./commands.mjs";

const DOCUMENT = "docs/sizes.md";

/** An entry with all its imports, bundled as an application would bundle it. */
const shipped = (entry, conditions = []) =>
  buildSync({ ...FROM_DIST, entryPoints: [entry], conditions, format: "esm", write: false }).outputFiles[0].contents;

function packed() {
  const pack = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const [{ size, unpackedSize }] = JSON.parse(npm(pack, { stdio: ["ignore", "pipe", "ignore"] }));
  return { raw: unpackedSize, gzip: size };
}

/** What is measured, the most KB it may have when gzipped, and how it is measured. */
const ROWS = [
  ["`baseline.wasm`", 64, () => readFileSync("dist/wasm/modules/baseline.wasm")],
  ["`relaxed.wasm`", 62, () => readFileSync("dist/wasm/modules/relaxed.wasm")],
  ["`import { tensor }`: make two tensors, add", 60, () => shipped("scripts/programs/add.mjs")],
  ["load a model and predict", 68, () => shipped("scripts/programs/predict.mjs")],
  ["`simdgrad`: all of it", 170, () => shipped("scripts/programs/all.mjs")],
  ["`simdgrad` and a `.wasm` file beside it", 135, () => shipped("scripts/programs/all.mjs", ["external-wasm"])],
  ["`simdgrad.min.js`: everything", 214, () => readFileSync("dist/simdgrad.min.js")],
  ["`simdgrad.iife.min.js`: everything", 214, () => readFileSync("dist/simdgrad.iife.min.js")],
  ["the package as npm sends it", 3072, packed],
];

/** @returns {{ what: string, raw: number, gzip: number, bound: number }[]} KB. */
export function measureSizes() {
  return ROWS.map(([what, bound, measure]) => {
    const measured = measure();
    const { raw, gzip } =
      measured instanceof Uint8Array ? { raw: measured.length, gzip: gzipSync(measured, { level: 9 }).length } : measured;
    return { what, raw: raw / 1024, gzip: gzip / 1024, bound };
  });
}

/** Prints the sizes. Throws an error that names all sizes above their bounds, if there are any. */
export function printSizes() {
  const sizes = measureSizes();
  console.log(`${"size in KB".padEnd(46)} raw    gzip   bound`);
  for (const { what, raw, gzip, bound } of sizes) {
    const [cells, text] = [[raw.toFixed(1), gzip.toFixed(1), String(bound)], what.replaceAll("`", "")];
    console.log(text.padEnd(42) + cells.map((cell) => cell.padStart(8)).join(""));
  }
  const large = sizes.filter(({ gzip, bound }) => gzip > bound).map(({ what }) => what);
  if (large.length > 0) throw new Error(`larger than allowed: ${large.join(", ")}`);
}

/** The table as Markdown. */
export function sizesTable(sizes = measureSizes()) {
  const rows = sizes.map(({ what, raw, gzip, bound }) => `| ${what} | ${raw.toFixed(1)} | ${gzip.toFixed(1)} | ${bound} |`);
  return `${["| | raw | gzipped | bound |", "|---|---|---|---|", ...rows].join("\n")}\n`;
}

const TEXTS = "src/wasm/generated/text";
const CALLERS = {
  core: "tensors and their methods, linear layers, gradients",
  arrange: "`fold`, gradients of windows and diagonals",
  attention: "attention and layers with it",
  conv: "convolutions",
  indexing: "index tensors and masks in `get` and `set`, scatters, `nonzero`",
  int8: "quantization",
  linalg: "`solve`, `det`, `cholesky`, `qr`, `svd`, `eigh` and the like",
  loss: "cross-entropy, CTC",
  math: "functions of numbers that few programs need, logic",
  norm: "batch, layer, group, instance and RMS normalisation",
  optim: "optimizers",
  pool: "pooling",
  rnn: "recurrent layers",
  scan: "running sums, products and extremes",
  sort: "sorting, selection, quantiles, unique values, counting",
  signal: "Fourier transforms",
  resample: "`interpolate`, `gridSample`, gradients of padding",
  random: "`rand`, `randn`, initial weights, dropout",
};

/** The packed bytes of each group of kernels, as Markdown. */
export function groupsTable() {
  const bytesOf = (file) => [...readFileSync(file, "utf8").matchAll(/: "(.*)"/g)].reduce((sum, [, text]) => sum + (text.length * 3) / 4, 0);
  const groups = readdirSync(TEXTS).map((file) => file.replace(".ts", ""));
  const unnamed = groups.filter((group) => !CALLERS[group]);
  if (unnamed.length > 0) throw new Error(`scripts/sizes.mjs: say in CALLERS who calls ${unnamed.join(", ")}`);
  const rows = Object.entries(CALLERS).map(
    ([group, callers]) => `| ${group} | ${(bytesOf(`${TEXTS}/${group}.ts`) / 1024).toFixed(1)} | ${callers} |`,
  );
  return `${["| group | KB | called by |", "|---|---|---|", ...rows].join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tables = [sizesTable(), groupsTable()];
  writeFileSync(
    DOCUMENT,
    readFileSync(DOCUMENT, "utf8").replace(/^(?:\|.*\|\n)+/gm, () => tables.shift()),
  );
}
