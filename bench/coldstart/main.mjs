// Measures and prints one table. `npm start -- --rounds 15 --before DIR`; README.md explains the numbers.
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "../compare/run/statistics.mjs";
import { openChromium } from "./hosts/chromium.mjs";
import { inNode } from "./hosts/node.mjs";
import { inWorkerd } from "./hosts/workerd.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILD = join(HERE, "../../build/coldstart");
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, before: { type: "string" }, host: { type: "string" } },
});
const rounds = Number(values.rounds);
/** Another checkout of the library with its dist/ built. */
const before = values.before && resolve(values.before);
/** Columns: an empty module, this library, the other checkout of it, its peers. */
const NAMES = ["nothing", "simdgrad", ...(before ? ["before"] : []), "tfjs-core", "tfjs", "onnxruntime"];
/** The goal: how many times as fast as each peer the library should be. */
const GOAL = 5;

/** A program that imports the library by its name, so that the conditions of its package.json apply. */
function program(name) {
  const folder = name === "before" ? join(before, "bench/coldstart") : HERE;
  return { name, path: join(folder, "programs", `${name === "before" ? "simdgrad" : name}.mjs`), folder };
}

function linkLibrary(folder) {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  const link = join(folder, "node_modules/simdgrad");
  if (!existsSync(link)) symlinkSync("../../..", link);
}

/** Runs each program once per round. The first round fills the disk cache and does not count. */
async function inTurn(rounds, tasks) {
  const times = tasks.map(() => []);
  const errors = tasks.map(() => undefined);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, task] of tasks.entries()) {
      if (errors[i]) continue;
      const { first, error, ms } = await task();
      if (error) errors[i] = error;
      else if (first !== 64) throw new Error(`a product is ${first}, not 64`);
      else if (round > 0) times[i].push(ms);
    }
  }
  return times.map((list, i) => errors[i] ?? median(list));
}

async function nodeRow(rounds) {
  return ["Node", await inTurn(rounds, NAMES.map(program).map(inNode))];
}

async function chromiumRow(rounds) {
  const programs = NAMES.map(program);
  const wasm = ["@tensorflow/tfjs-backend-wasm", "onnxruntime-web"].map((name) => join(HERE, "node_modules", name, "dist"));
  const chromium = await openChromium(programs, BUILD, wasm);
  const tasks = programs.map((p) => () => chromium.measure(p));
  try {
    return ["Chromium", await inTurn(rounds, tasks)];
  } finally {
    await chromium.close();
  }
}

async function workerdRow(rounds) {
  const tasks = NAMES.map(program).map((p) => inWorkerd(p, BUILD));
  return ["workerd", await inTurn(rounds, tasks)];
}

const failed = (time) => typeof time === "string";

/** How many times as fast as the fastest peer, with and without the time of an empty module. */
function ratios([nothing, own, ...others]) {
  const peers = before ? others.slice(1) : others;
  const best = Math.min(...peers.filter((time) => !failed(time)));
  if (best === Infinity) return "";
  const mark = (ratio) => `${ratio.toFixed(1)}${ratio < GOAL ? ` (goal ${GOAL})` : ""}`;
  return `${mark(best / own)}; ${mark((best - nothing) / (own - nothing))}`;
}

function print(rows) {
  console.log(`| ms to the first product | ${NAMES.join(" | ")} | ratio; of what is added |\n|---|${"---|".repeat(NAMES.length + 1)}`);
  for (const [title, times] of rows) {
    const cells = times.map((time) => (failed(time) ? "does not run" : time.toFixed(1)));
    console.log(`| ${[title, ...cells, ratios(times)].join(" | ")} |`);
  }
  for (const [title, times] of rows) {
    for (const [i, time] of times.entries()) if (failed(time)) console.log(`\n${NAMES[i]} in ${title}: ${time}`);
  }
}

if (!existsSync(join(HERE, "node_modules"))) throw new Error("no peers: run npm ci --ignore-scripts here");
linkLibrary(HERE);
if (before) linkLibrary(join(before, "bench/coldstart"));
mkdirSync(BUILD, { recursive: true });
const rows = [];
for (const [host, row] of Object.entries({ Node: nodeRow, Chromium: chromiumRow, workerd: workerdRow })) {
  if (!values.host || values.host === host) rows.push(await row(rounds));
}
print(rows);
process.exit();
