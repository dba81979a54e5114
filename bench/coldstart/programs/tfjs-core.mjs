// TensorFlow.js with its wasm backend and only the core that the backend requires. In a page, the .wasm files are beside the script.
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

export async function product() {
  if (globalThis.location) setWasmPaths("/");
  setThreadsCount(1);
  await tf.setBackend("wasm");
  return tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync()[0];
}
