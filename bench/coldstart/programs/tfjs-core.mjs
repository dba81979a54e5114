// TensorFlow.js on its wasm backend, of the library only the core that backend needs; in a page the .wasm files lie beside it.
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

export async function product() {
  if (globalThis.location) setWasmPaths("/");
  setThreadsCount(1);
  await tf.setBackend("wasm");
  return tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync()[0];
}
