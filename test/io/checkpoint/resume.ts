// Run in a process of its own: continues the training of a file for 10 steps, and writes the file of it.
import { readFileSync, writeFileSync } from "node:fs";
import { init } from "simdgrad";
import { loadCheckpoint, saveCheckpoint } from "simdgrad/io";
import { parts, train } from "./training.js";

const [from, to, simd] = process.argv.slice(-3) as [string, string, "baseline" | "relaxed"];
await init({ simd });
const all = parts(99); // other weights, which the file replaces
loadCheckpoint(readFileSync(from), all);
train(all, 10);
writeFileSync(to, saveCheckpoint(all));
