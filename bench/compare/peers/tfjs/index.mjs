// TensorFlow.js with its wasm backend, one thread. Its images are NHWC; inputs are rearranged before the measurement.

import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { recurrent } from "./recurrent.mjs";
import { train } from "./training.mjs";
import { works } from "./works.mjs";

/** @type {import("../contract.mjs").Open} */
export async function open() {
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  return {
    version: tf.version.tfjs,
    works: { ...works, ...recurrent, train },
    lacks: { gather: "has no gather of elements", rfft: "its wasm backend has no complex numbers" },
    read: (out) => out.dataSync(),
    free: (out) => out.dispose(),
  };
}
