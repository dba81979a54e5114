// onnxruntime on one thread; the variant is the package: onnxruntime-web (wasm) or onnxruntime-node (native code).
// Both run a model of one operation. A run copies the inputs in and the result out, as it does for users.
import { modelOf } from "./models.mjs";

const load = {
  async web() {
    const { default: ort } = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    return { ort, version: ort.env.versions.web, options: { executionProviders: ["wasm"] } };
  },
  async node() {
    const { default: ort } = await import("onnxruntime-node");
    return { ort, version: ort.env.versions.node, options: { executionProviders: ["cpu"], intraOpNumThreads: 1, interOpNumThreads: 1 } };
  },
};

/** @type {import("../contract.mjs").Open} */
export async function open(variant) {
  const { ort, version, options } = await load[variant]();
  const prepare = async (work) => {
    const { bytes, feeds } = modelOf(work);
    const session = await ort.InferenceSession.create(bytes, { ...options, executionMode: "sequential" });
    const given = Object.fromEntries(Object.entries(feeds).map(([name, x]) => [name, new ort.Tensor("float32", x.values, [...x.shape])]));
    return { run: () => session.run(given), close: () => session.release() };
  };
  const kinds = ["matmul", "conv", "unary", "softmax", "layerNorm", "sum", "transpose"];
  return {
    version,
    works: Object.fromEntries(kinds.map((kind) => [kind, prepare])),
    lacks: { adam: "no optimizers", train: "no training" },
    read: ({ y }) => y.data,
    free: ({ y }) => y.dispose(),
  };
}
