// The benchmarks inside a page: `?filter=TEXT&time=MS&simd=NAME` as on the command line. chromium.mjs opens it.
import { init, manualSeed, runtime } from "simdgrad";
import { measure } from "./measure.js";
import { tableHead, tableRow } from "./report.js";
import { select } from "./select.js";

const options = new URLSearchParams(location.search);
await init({ simd: options.get("simd") === "baseline" ? "baseline" : "auto" });
manualSeed(1);
console.log(`kernels  ${runtime().simd}`);
for (const suite of select(options.get("filter") ?? "")) {
  console.log(tableHead(suite));
  for (const task of suite.tasks) {
    await new Promise((resolve) => setTimeout(resolve));
    console.log(tableRow(suite, task, measure(task, Number(options.get("time") ?? 500))));
  }
}
document.title = "done";
