// The build of this library that the process measures. It is loaded by its path, because an older checkout can be measured too.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** What `import "simdgrad"` gives. @type {typeof import("../../../../dist/index.js")} */
export let simdgrad;

/** Parts by their files: the kernels and the memory for their scratch, which the package does not export, and products in int8. */
export let internals;

/** @param {string} checkout  the folder whose dist/ is loaded */
export async function load(checkout) {
  const from = (file) => import(pathToFileURL(join(resolve(checkout), "dist", file)).href);
  simdgrad = await from("index.js");
  const files = ["wasm/kernels.js", "wasm/memory.js", "ops/int8/quantize.js", "ops/int8/int8Matmul.js"];
  const [{ k: kernels }, { workspace }, { quantize }, { quantizedLinear }] = await Promise.all(files.map(from));
  internals = { kernels, workspace, quantize, quantizedLinear };
}
