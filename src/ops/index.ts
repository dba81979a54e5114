// Every operation as a function; most are methods of `Tensor` too: `relu(x)` is `x.relu()`.
// This is also their order in a bundle. Similar ones stand together: gzip looks back 32 KB, and finds more that repeats itself.

// What is a method of Tensor as well.

export * from "./methods.js";
export * from "./moreMethods.js";

// Pooling.

export { adaptiveMaxPool1d, adaptiveMaxPool1dWithIndices, adaptiveMaxPool2d, adaptiveMaxPool2dWithIndices } from "./pool/adaptiveMax.js";
export {
  fractionalMaxPool2d,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
} from "./pool/fractional.js";
export { lpPool1d, lpPool2d, lpPool3d } from "./pool/lpPool.js";
export { maxPool1dWithIndices } from "./pool/pool1d.js";
export { maxPool2dWithIndices } from "./pool/pool2d.js";
export {
  adaptiveAvgPool3d,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  avgPool3d,
  maxPool3d,
  maxPool3dWithIndices,
} from "./pool/pool3d.js";
export { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "./pool/unpool.js";

// Convolution.

export { conv1d } from "./conv/conv1d.js";
export { conv2d } from "./conv/conv2d.js";
export { conv3d, convTranspose3d } from "./conv/conv3d.js";
export { convTranspose1d, convTranspose2d } from "./conv/convTranspose.js";

// Dropout.

export { alphaDropout, dropout1d, dropout2d, dropout3d, dropPath, featureAlphaDropout } from "./random/featureDropout.js";
export { rrelu } from "./random/rrelu.js";

// Linear layers.

export { linear } from "./gemm/linear.js";
export { bilinear } from "./linalg/bilinear.js";

// Normalisation.

export { batchNorm } from "./norm/batchNorm.js";
export { groupNorm, instanceNorm } from "./norm/groupNorm.js";
export { layerNorm } from "./norm/layerNorm.js";
export { localResponseNorm } from "./norm/localResponseNorm.js";
export { rmsNorm } from "./norm/rmsNorm.js";

// Embeddings.

export { embedding } from "./embedding/embedding.js";
export { embeddingBag } from "./embedding/embeddingBag.js";

// Other shapes.

export { fold, unfold } from "./arrange/fold.js";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./arrange/order.js";
export { dstack, hstack, vstack } from "./arrange/pieces.js";
export { atleast1d, atleast2d, atleast3d, meshgrid } from "./arrange/shapes.js";
export { unfold as unfoldDim } from "./arrange/windows.js";

// Linear algebra.

export { cdist, cosineSimilarity, normalize, pairwiseDistance } from "./linalg/distance.js";
export { einsum, tensordot } from "./linalg/einsum.js";
export { matrixRank, pinv } from "./linalg/leastSquares.js";
export { eigh, eigvalsh, svdvals } from "./linalg/orthogonal.js";
export { inv, solve, solveTriangular } from "./linalg/solve.js";

// Search in sorted rows.

export { bucketize, searchsorted } from "./sort/search.js";

// Losses.

export { infoNceLoss } from "./loss/contrastive.js";
export { crossEntropy, nllLoss } from "./loss/crossEntropy.js";
export { ctcLoss } from "./loss/ctc.js";
export { gaussianNllLoss, klDiv, poissonNllLoss } from "./loss/likelihood.js";
export { binaryCrossEntropy, binaryCrossEntropyWithLogits, huberLoss, l1Loss, mseLoss, smoothL1Loss } from "./loss/loss.js";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from "./loss/margin.js";
export { diceLoss, focalLoss } from "./loss/segmentation.js";

// Images of another size.

export { affineGrid, gridSample } from "./resample/gridSample.js";
export { interpolate } from "./resample/interpolate.js";
export { pad } from "./resample/pad.js";

// Reductions.

export { stdMean, varMean, vectorNorm } from "./reduce/more.js";
export { softmin } from "./reduce/softmin.js";

// Attention.

export { alibiBias, rotaryEmbedding } from "./attention/positions.js";
export { scaledDotProductAttention } from "./attention/scaledDotProductAttention.js";

// Joining and indexing.

export { get } from "./indexing/get.js";
export { where } from "./indexing/masks.js";
export { scatterAdd } from "./indexing/scatter.js";
export { oneHot } from "./move/gather.js";
export { cat, stack } from "./move/join.js";

// Fourier transforms.

export { fft, ifft, irfft, rfft } from "./signal/fft.js";
