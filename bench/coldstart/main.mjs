// Measures and prints one table. `npm start -- --rounds 15`; README.md says what the figures are.
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "../compare/run/statistics.mjs";
import { openChromium } from "./hosts/chromium.mjs";
import { inNode } from "./hosts/node.mjs";
import { inWorkerd } from "./hosts/workerd.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILD = join(HERE, "../../build/coldstart");
const NAMES = ["simdgrad", "tfjs", "onnxruntime"];
/** How much faster than each peer the library is to be. */
const GOAL = 5;

const program = (name) => ({ name, path: join(HERE, "programs", `${name}.mjs`), folder: HERE });
const programs = NAMES.map(program);

/** Runs everything once per round, in turn; the first round warms the disk and does not count. */
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

/** Rows for the installed files and for the one file; the peers install as few files as they are. */
async function nodeRows(rounds) {
  const [own, bundle, ...peers] = await inTurn(rounds, [programs[0], program("simdgrad-bundle"), ...programs.slice(1)].map(inNode));
  return [
    ["Node", [own, ...peers]],
    ["Node, `simdgrad/bundle`", [bundle, ...peers]],
  ];
}

async function chromiumRow(rounds) {
  const wasm = ["@tensorflow/tfjs-backend-wasm", "onnxruntime-web"].map((name) => join(HERE, "node_modules", name, "dist"));
  const chromium = await openChromium(programs, BUILD, wasm);
  try {
    return [
      "Chromium",
      await inTurn(
        rounds,
        programs.map((p) => () => chromium.measure(p)),
      ),
    ];
  } finally {
    await chromium.close();
  }
}

async function workerdRow(rounds) {
  const [empty, ...times] = await inTurn(
    rounds,
    [program("nothing"), ...programs].map((p) => inWorkerd(p, BUILD)),
  );
  return ["workerd", times.map((time) => (typeof time === "string" ? time : time - empty))];
}

function print(rows) {
  console.log(`| ms to the first product | ${NAMES.join(" | ")} | least ratio |\n|---|${"---|".repeat(NAMES.length + 1)}`);
  for (const [title, [own, ...peers]] of rows) {
    const cells = [own, ...peers].map((time) => (typeof time === "string" ? "does not run" : time.toFixed(1)));
    const ratio = Math.min(...peers.filter((time) => typeof time !== "string").map((time) => time / own));
    console.log(
      `| ${[title, ...cells, ratio === Infinity ? "" : `${ratio.toFixed(1)}${ratio < GOAL ? ` (goal ${GOAL})` : ""}`].join(" | ")} |`,
    );
    peers.forEach((time, i) => {
      if (typeof time === "string") console.log(`\n${NAMES[i + 1]} in ${title}: ${time}`);
    });
  }
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const rounds = Number(values.rounds);
if (!existsSync(join(HERE, "node_modules"))) throw new Error("no peers: run npm ci --ignore-scripts here");
// The library by its name, so that its conditions count.
if (!existsSync(join(HERE, "node_modules/simdgrad"))) symlinkSync("../../..", join(HERE, "node_modules/simdgrad"));
mkdirSync(BUILD, { recursive: true });
print([...(await nodeRows(rounds)), await chromiumRow(rounds), await workerdRow(rounds)]);
process.exit();
