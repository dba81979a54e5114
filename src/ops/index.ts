// Every operation. Those in `methods.ts` are methods of Tensor too.
export { batchNorm } from "./batchNorm.js";
export { conv1d } from "./conv1d.js";
export { conv2d } from "./conv2d.js";
export { convTranspose1d, convTranspose2d } from "./convTranspose.js";
export { crossEntropy, nllLoss } from "./crossEntropy.js";
export { embedding, oneHot } from "./gather.js";
export { int8Matmul, quantizedLinear } from "./int8.js";
export { cat, stack } from "./join.js";
export { layerNorm } from "./layerNorm.js";
export { binaryCrossEntropyWithLogits, l1Loss, mseLoss } from "./loss.js";
export { addmm, linear } from "./matmul.js";
export * from "./methods.js";
export { maxPool1dWithIndices } from "./pool1d.js";
export { maxPool2dWithIndices } from "./pool2d.js";
export { dequantize, quantize } from "./quantize.js";
export { where } from "./select.js";
