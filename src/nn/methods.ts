// Operations that are methods of Tensor in programs that use simdgrad/nn. Others do not pay for their kernels.
export { adaptiveAvgPool1d, avgPool1d, maxPool1d } from "../ops/pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "../ops/pool/pool2d.js";
export { dropout } from "../ops/random/dropout.js";
