// Every operation. Those in `methods.ts` are methods of Tensor too.
export { batchNorm } from "./batchNorm.js";
export { conv2d } from "./conv2d.js";
export { embedding, oneHot } from "./gather.js";
export { cat, stack } from "./join.js";
export { crossEntropy, mseLoss } from "./loss.js";
export { addmm, linear } from "./matmul.js";
export * from "./methods.js";
export { maxPool2dWithIndices } from "./pool2d.js";
export { where } from "./select.js";
