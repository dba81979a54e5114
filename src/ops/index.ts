// Every operation as a function; most are methods of `Tensor` too: `relu(x)` is `x.relu()`.

export { conv1d } from "./conv/conv1d.js";
export { conv2d } from "./conv/conv2d.js";
export { convTranspose1d, convTranspose2d } from "./conv/convTranspose.js";
export { bfloat16, half, long } from "./elementwise/cast.js";
export { linear } from "./gemm/linear.js";
export { addmm } from "./gemm/matmul.js";
export { get, indexPut, indexPut_, set } from "./indexing/get.js";
export {
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  put,
  put_,
  take,
  takeAlongDim,
} from "./indexing/indexed.js";
export {
  argwhere,
  maskedFill_,
  maskedScatter,
  maskedScatter_,
  maskedSelect,
  nonzero,
  where,
} from "./indexing/masks.js";
export { scatter, scatter_, scatterAdd, scatterAdd_, scatterReduce, scatterReduce_ } from "./indexing/scatter.js";
export { selectScatter, sliceScatter } from "./indexing/slices.js";
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
export { dropout } from "./random/dropout.js";
export { all, aminmax, any, countNonzero, nanmean, nansum, norm, stdMean, varMean, vectorNorm } from "./reduce/more.js";
export { cummax, cummin, cumprod, cumsum, logcumsumexp } from "./scan/cumulate.js";
export { prod } from "./scan/prod.js";
export { fft, ifft, irfft, rfft } from "./signal/fft.js";
export { bucketize, searchsorted } from "./sort/search.js";
export { argsort, kthvalue, msort, sort, topk } from "./sort/sort.js";
export { unique, uniqueConsecutive } from "./sort/unique.js";
export { bincount, histc, histogram } from "./statistics/count.js";
export { corrcoef, cov, diff } from "./statistics/cov.js";
export { median, mode, nanmedian, nanquantile, quantile } from "./statistics/quantile.js";
