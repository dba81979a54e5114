// ONNX files of one node. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { bytes, int, message } from "./protobuf.mjs";

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE = { int: 2, ints: 7 };

function attribute([name, value]) {
  const list = Array.isArray(value);
  const content = list ? value.map((item) => int(8, item)) : [int(3, value)];
  return bytes(5, message(bytes(1, name), content, int(20, list ? ATTRIBUTE.ints : ATTRIBUTE.int)));
}

function nodeProto({ op, inputs, attributes }) {
  return message(
    inputs.map((name) => bytes(1, name)),
    bytes(2, "y"),
    bytes(4, op),
    Object.entries(attributes).map(attribute),
  );
}

function tensorProto([name, { shape, values }]) {
  const type = values instanceof Float32Array ? FLOAT : INT64;
  return message(
    shape.map((size) => int(1, size)),
    int(2, type),
    bytes(8, name),
    bytes(9, values),
  );
}

/** A float32 value; without a shape, onnxruntime infers it. */
function valueInfo(name, shape) {
  const dims = shape?.map((size) => bytes(1, message(int(1, size))));
  const type = message(int(1, FLOAT), dims ? bytes(2, message(dims)) : []);
  return message(bytes(1, name), bytes(2, message(bytes(1, type))));
}

/** A model that applies one node to `initializers` (its constants) and `feeds`, and calls the result y. */
export function encodeModel({ node, initializers, feeds }) {
  const graph = message(
    bytes(1, nodeProto(node)),
    bytes(2, "work"),
    Object.entries(initializers).map((entry) => bytes(5, tensorProto(entry))),
    Object.entries(feeds).map(([name, { shape }]) => bytes(11, valueInfo(name, shape))),
    bytes(12, valueInfo("y")),
  );
  return message(int(1, IR_VERSION), bytes(7, graph), bytes(8, message(int(2, OPSET))));
}
