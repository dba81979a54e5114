// Every operation as a function; most are methods of `Tensor` too: `relu(x)` is `x.relu()`.

export { diag, diagEmbed, diagonal, tril, triu } from "./arrange/diagonal.js";
export { fold, unfold } from "./arrange/fold.js";
export {
  channelShuffle,
  fliplr,
  flipud,
  moveaxis,
  movedim,
  pixelShuffle,
  pixelUnshuffle,
  roll,
  rot90,
  swapaxes,
} from "./arrange/order.js";
export { chunk, dstack, hstack, tensorSplit, unbind, vstack } from "./arrange/pieces.js";
export { repeat, repeatInterleave, tile } from "./arrange/repeat.js";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  expandAs,
  meshgrid,
  unflatten,
  view,
} from "./arrange/shapes.js";
export { unfold as unfoldDim } from "./arrange/windows.js";
export { conv1d } from "./conv/conv1d.js";
export { conv2d } from "./conv/conv2d.js";
export { convTranspose1d, convTranspose2d } from "./conv/convTranspose.js";
export { where } from "./elementwise/select.js";
export { addmm, linear } from "./gemm/matmul.js";
export { int8Matmul, quantizedLinear } from "./int8/int8Matmul.js";
export { dequantize, quantize } from "./int8/quantize.js";
export { crossEntropy, nllLoss } from "./loss/crossEntropy.js";
export { binaryCrossEntropyWithLogits, l1Loss, mseLoss } from "./loss/loss.js";
export * from "./methods.js";
export { embedding, oneHot } from "./move/gather.js";
export { cat, stack } from "./move/join.js";
export { batchNorm } from "./norm/batchNorm.js";
export { layerNorm } from "./norm/layerNorm.js";
export { adaptiveAvgPool1d, avgPool1d, maxPool1d, maxPool1dWithIndices } from "./pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d, maxPool2dWithIndices } from "./pool/pool2d.js";
export { bernoulli, multinomial, normal_, uniform_ } from "./random/draws.js";
export { dropout } from "./random/dropout.js";
export { affineGrid, gridSample } from "./resample/gridSample.js";
export { interpolate } from "./resample/interpolate.js";
export { pad } from "./resample/pad.js";
export { cumsum } from "./scan/cumulate.js";
