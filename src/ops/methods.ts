// Operations that are methods of Tensor as well: `relu(x)` is `x.relu()`.
export { clamp, elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from "./activation.js";
export { add, div, floorDivide, maximum, minimum, mul, pow, remainder, sub } from "./arithmetic.js";
export { bool, float, int, to } from "./cast.js";
export { eq, ge, gt, le, lt, ne } from "./compare.js";
export { cumsum } from "./cumulate.js";
export { dropout } from "./dropout.js";
export { gather, indexSelect, scatterAdd } from "./gather.js";
export { copy_, fill_, zero_ } from "./inplace.js";
export { matmul } from "./matmul.js";
export { adaptiveAvgPool1d, avgPool1d, maxPool1d } from "./pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "./pool2d.js";
export { amax, amin, argmax, argmin, logsumexp, max, mean, min, std, sum, variance } from "./reduce.js";
export { logicalAnd, logicalNot, logicalOr, maskedFill } from "./select.js";
export { broadcastTo, clone, detach, expand, flatten, permute, reshape, squeeze, t, transpose, unsqueeze } from "./shape.js";
export { at, flip, get, narrow, select, slice, split } from "./slice.js";
export { logSoftmax, softmax } from "./softmax.js";
export { abs, ceil, cos, erf, exp, floor, log, neg, reciprocal, round, rsqrt, sign, sin, sqrt, square, trunc } from "./unary.js";
