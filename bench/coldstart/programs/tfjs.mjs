// TensorFlow.js with its wasm backend, imported as the README of the backend shows. In a page, the .wasm files are beside the script.
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

export async function product() {
  if (globalThis.location) setWasmPaths("/");
  setThreadsCount(1);
  await tf.setBackend("wasm");
  return tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).dataSync()[0];
}
