// Node: a fresh process that takes the time around the import and the product.
import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";

const script = (path) => `
  const start = performance.now();
  const { product } = await import(${JSON.stringify(pathToFileURL(path).href)});
  const first = await product();
  console.log(JSON.stringify({ first, ms: performance.now() - start }));
  process.exit();`;

/** @returns {() => { first: number, ms: number }} */
export const inNode = (program) => () =>
  JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", script(program.path)], { encoding: "utf8" }));
