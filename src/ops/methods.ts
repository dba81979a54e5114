// Operations of the core that are methods of Tensor in every program: `relu(x)` is `x.relu()`. moreMethods.ts has the others.
export { clamp, gelu, leakyRelu, relu, sigmoid, silu, tanh } from "./elementwise/activation.js";
export { add, div, floorDivide, maximum, minimum, mul, pow, remainder, sub } from "./elementwise/arithmetic.js";
export { bool, float, int, to } from "./elementwise/cast.js";
export { eq, ge, gt, le, lt, ne } from "./elementwise/compare.js";
export { maskedFill } from "./elementwise/select.js";
export {
  abs,
  ceil,
  exp,
  floor,
  log,
  neg,
  reciprocal,
  rsqrt,
  sign,
  sqrt,
  square,
  trunc,
} from "./elementwise/unary.js";
export { matmul } from "./gemm/matmul.js";
export { gather, indexSelect, scatterAdd } from "./move/gather.js";
export { copy_, fill_, zero_ } from "./move/inplace.js";
export { broadcastTo, clone, detach, expand, flatten, permute, reshape, squeeze, t, transpose, unsqueeze } from "./move/shape.js";
export { at, flip, get, narrow, select, slice, split } from "./move/slice.js";
export { amax, amin, argmax, argmin, logsumexp, max, mean, min, std, sum, variance } from "./reduce/reduce.js";
export { logSoftmax, softmax } from "./reduce/softmax.js";
