// Run in a process of its own: continues the training of a file for 10 steps, and writes the file of it.
import { readFileSync, writeFileSync } from "node:fs";
import { init } from "simdgrad";
import { resume } from "../../runtimes/resuming.js";

const [from, to, simd] = process.argv.slice(-3) as [string, string, "baseline" | "relaxed"];
await init({ simd });
writeFileSync(to, resume(readFileSync(from)));
