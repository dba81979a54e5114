// Sizes a user pays for, raw and gzipped; fails the build when the package outgrows its bound.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 100;
const kb = (bytes) => (bytes / 1024).toFixed(1).padStart(7);

/** The core entry with its kernels inlined, bundled and minified: what a page downloads. */
function bundledCore() {
  return execFileSync("node_modules/.bin/esbuild", ["dist/index.js", "--bundle", "--minify", "--format=esm", "--log-level=error"], {
    maxBuffer: 1 << 26,
  });
}

export function printSizes() {
  const rows = ["baseline", "relaxed"].map((name) => [`${name}.wasm`, readFileSync(`build/${name}.wasm`)]);
  const core = bundledCore();
  rows.push(["whole package, bundled", core]);
  console.log("size in KB                    raw   gzip");
  for (const [name, bytes] of rows) {
    console.log(`${name.padEnd(24)} ${kb(bytes.length)} ${kb(gzipSync(bytes, { level: 9 }).length)}`);
  }
  const gzipped = gzipSync(core, { level: 9 }).length / 1024;
  if (gzipped > LIMIT_KB) {
    throw new Error(`the bundled package is ${gzipped.toFixed(1)} KB gzipped; the bound is ${LIMIT_KB} KB`);
  }
}
