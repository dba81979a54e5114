// The context of the results: the machine, versions, and the limits of the machine.
import { cpus } from "node:os";
import { contestants } from "../contestants.mjs";
import { takeTurns } from "../run/turns.mjs";
import { copyOf, mulAddRoof, roof } from "../works/row.mjs";
import { figure } from "./cells.mjs";

const COPY_MB = 4;
const ceilings = { madd: roof, mulAdd: mulAddRoof, copy: copyOf(2e6 * COPY_MB) };

const NOTES = [
  "times are medians; (2.00x): simdgrad takes half as long; 0.90 of roof: the speed of simdgrad, relaxed | baseline, as a share of that of a reference in the same turns",
  "times are what a user pays: an onnxruntime run copies its inputs in and its result out (weights are constants of the model), jax-js is compiled by jit, TensorFlow.js gets images as NHWC",
];

/** Billions per second of floating-point operations, or of bytes read and written. */
async function measureCeilings(processes, rounds) {
  const measured = await takeTurns(ceilings, processes, rounds);
  return Object.fromEntries(Object.entries(measured).map(([key, { amount, ms }]) => [key, amount / ms / 1e6]));
}

/** @param {Map<string, import("../run/process.mjs").Process>} processes @param {Record<string, string>} absent  reasons by contestant */
export async function headerOf(processes, absent, rounds) {
  const versions = [...processes].filter(([key]) => key !== "machine").map(([key, { version }]) => [contestants[key].label, version]);
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    node: processes.get("machine").version,
    rounds,
    versions: Object.fromEntries(versions),
    absent: Object.fromEntries(Object.entries(absent).map(([key, why]) => [contestants[key].label, why])),
    ceilings: await measureCeilings(processes, rounds),
  };
}

/** @param {Awaited<ReturnType<typeof headerOf>>} header */
export function headerLines({ date, cpu, node, rounds, versions, absent, ceilings: { madd, mulAdd, copy } }) {
  const roofs = `relaxed madd ${figure(madd)} GFLOP/s, mul and add ${figure(mulAdd)} GFLOP/s, plain copy of ${COPY_MB} MB ${figure(copy)} GB/s`;
  return [
    `${date}, ${cpu}, Node ${node}, one thread, ${rounds} rounds in turn`,
    Object.entries(versions)
      .map((entry) => entry.join(" "))
      .join(", "),
    `roofs: ${roofs}`,
    ...Object.entries(absent).map(([label, why]) => `left out: ${label} (${why})`),
    ...NOTES,
  ];
}
