// Every operation, one line each. Those in `methods.ts` are methods of Tensor too.
export { embedding } from "./gather.js";
export { oneHot } from "./gather.js";
export { cat } from "./join.js";
export { stack } from "./join.js";
export { crossEntropy } from "./loss.js";
export { mseLoss } from "./loss.js";
export { linear } from "./matmul.js";
export { addmm } from "./matmul.js";
export { conv2d } from "./conv2d.js";
export { batchNorm } from "./batchNorm.js";
export { maxPool2dWithIndices } from "./pool2d.js";
export { where } from "./select.js";
export * from "./methods.js";
