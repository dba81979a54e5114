// onnxruntime-web without its GPU parts, with a model of one MatMul. In a page, the .wasm file is beside the script.
import * as ort from "onnxruntime-web/wasm";

// A model of one MatMul of [64, 64] by [64, 64], as ../../compare/peers/onnxruntime/models.mjs writes it.
const MODEL = "CAg6TgoRCgFhCgFiEgF5IgZNYXRNdWwSBHdvcmtaEwoBYRIOCgwIARIICgIIQAoCCEBaEwoBYhIOCgwIARIICgIIQAoCCEBiCQoBeRIECgIIAUICEBE=";

export async function product() {
  if (globalThis.location) ort.env.wasm.wasmPaths = { wasm: "/ort-wasm-simd-threaded.wasm" };
  ort.env.wasm.numThreads = 1;
  const model = Uint8Array.from(atob(MODEL), (character) => character.charCodeAt(0));
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  const ones = new ort.Tensor("float32", new Float32Array(64 * 64).fill(1), [64, 64]);
  const { y } = await session.run({ a: ones, b: ones });
  return y.data[0];
}
