// simdgrad/quantize: weights and products in int8.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";
import "../autograd/install.js"; // the tensors given out have their methods, whatever else is imported
import "../ops/install.js";

export { int8Matmul, quantizedLinear } from "../ops/int8/int8Matmul.js";
export { type DequantizeOptions, dequantize, type Quantized, type QuantizeOptions, quantize } from "../ops/int8/quantize.js";

libraryPart(begin, () => new Error().stack);
