// ONNX models of one operation.
import { inputsOf, padding } from "../../inputs.mjs";
import { encodeModel } from "./onnx.mjs";

const node = (op, inputs, attributes = {}) => ({ op, inputs, attributes });

/** For each kind of work: the operation, and the inputs that are constants of the model, such as weights. */
const kinds = {
  // Gemm reads transposed operands in place.
  matmul: ({ aT = false, bT = false, constant }) => ({
    node: aT || bT ? node("Gemm", ["a", "b"], { transA: Number(aT), transB: Number(bT) }) : node("MatMul", ["a", "b"]),
    constants: constant ? [constant] : [],
  }),
  conv: (work) => ({
    node: node("Conv", ["x", "weight"], {
      kernel_shape: [work.K, work.K],
      strides: [work.stride, work.stride],
      pads: Array(4).fill(padding(work)),
      group: work.G,
    }),
    constants: ["weight"],
  }),
  unary: ({ op }) => ({ node: node(op[0].toUpperCase() + op.slice(1), ["x"]) }),
  softmax: ({ dim }) => ({ node: node("Softmax", ["x"], { axis: dim }) }),
  layerNorm: () => ({ node: node("LayerNormalization", ["x", "weight", "bias"], { axis: -1 }), constants: ["weight", "bias"] }),
  sum: ({ dim }) => ({ node: node("ReduceSum", ["x", "axes"], { keepdims: 0 }), axes: [dim] }),
  transpose: () => ({ node: node("Transpose", ["x"], { perm: [1, 0] }) }),
};

/** The model of a work as bytes, and its inputs. Its result is called y. */
export function modelOf(work) {
  const { node, constants = [], axes } = kinds[work.kind](work);
  const inputs = Object.entries(inputsOf(work, (input) => input));
  const initializers = Object.fromEntries(inputs.filter(([name]) => constants.includes(name)));
  if (axes) initializers.axes = { shape: [axes.length], values: BigInt64Array.from(axes, BigInt) };
  const feeds = Object.fromEntries(inputs.filter(([name]) => !constants.includes(name)));
  return { bytes: encodeModel({ node, initializers, feeds }), feeds };
}
