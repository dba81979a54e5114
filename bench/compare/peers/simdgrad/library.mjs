// The build of this library that the process measures. It is loaded by its path, because an older checkout can be measured too.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** What `import "simdgrad"` gives. @type {typeof import("../../../../dist/index.js")} */
export let simdgrad;

/** Parts that the package does not export: the kernels, and the memory for their scratch. */
export let internals;

/** @param {string} checkout  the folder whose dist/ is loaded */
export async function load(checkout) {
  const from = (file) => import(pathToFileURL(join(resolve(checkout), "dist", file)).href);
  simdgrad = await from("index.js");
  const [{ k: kernels }, { workspace }] = await Promise.all([from("wasm/kernels.js"), from("wasm/memory.js")]);
  internals = { kernels, workspace };
}
