// Sizes a user pays for, raw and gzipped, in KB of 1024 bytes; the build fails when one outgrows its bound.
// `node scripts/sizes.mjs` writes the table of docs/sizes.md anew.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { FROM_DIST } from "./bundle.mjs";
import { npm } from "./commands.mjs";

const DOCUMENT = "docs/sizes.md";

/** An entry with all it imports, as a bundler ships it. */
const shipped = (entry, conditions = []) =>
  buildSync({ ...FROM_DIST, entryPoints: [entry], conditions, format: "esm", write: false }).outputFiles[0].contents;

function packed() {
  const pack = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const [{ size, unpackedSize }] = JSON.parse(npm(pack, { stdio: ["ignore", "pipe", "ignore"] }));
  return { raw: unpackedSize, gzip: size };
}

/** What is measured, and the most KB it may have when gzipped. */
const ROWS = [
  ["`baseline.wasm`", 60, () => readFileSync("dist/wasm/modules/baseline.wasm")],
  ["`relaxed.wasm`", 60, () => readFileSync("dist/wasm/modules/relaxed.wasm")],
  ["`import { tensor }`: make two tensors, add", 85, () => shipped("scripts/programs/add.mjs")],
  ["load a model and predict", 95, () => shipped("scripts/programs/predict.mjs")],
  ["`simdgrad`: all of the core", 120, () => shipped("dist/index.js")],
  ["`simdgrad` and a `.wasm` file beside it", 66, () => shipped("dist/index.js", ["external-wasm"])],
  ["`simdgrad.min.js`: all rooms", 155, () => readFileSync("dist/simdgrad.min.js")],
  ["`simdgrad.iife.min.js`: all rooms", 155, () => readFileSync("dist/simdgrad.iife.min.js")],
  ["the package as npm sends it", 1650, packed],
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

/** Prints the sizes and throws, naming them all, when some are out of bounds. */
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(DOCUMENT, readFileSync(DOCUMENT, "utf8").replace(/^\|[\s\S]*\|\n/m, sizesTable()));
}
