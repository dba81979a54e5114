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
export { cdist, cosineSimilarity, normalize, pairwiseDistance } from "./linalg/distance.js";
export { einsum, tensordot } from "./linalg/einsum.js";
export { lstsq, matrixRank, pinv } from "./linalg/leastSquares.js";
export { eigh, eigvalsh, qr, svd, svdvals } from "./linalg/orthogonal.js";
export { addbmm, addmv, baddbmm, bmm, cross, dot, inner, kron, mm, mv, outer, trace, vdot } from "./linalg/products.js";
export { cholesky, choleskySolve, det, inv, inverse, matrixPower, slogdet, solve, solveTriangular } from "./linalg/solve.js";
export { crossEntropy, nllLoss } from "./loss/crossEntropy.js";
export { binaryCrossEntropyWithLogits, l1Loss, mseLoss } from "./loss/loss.js";
export { celu, elu, glu, logSigmoid, mish, prelu, selu, softplus, softsign, tanhshrink } from "./math/activation.js";
export {
  addcdiv,
  addcmul,
  atan2,
  copysign,
  fmax,
  fmin,
  fmod,
  hypot,
  lerp,
  logaddexp,
  logaddexp2,
  nanToNum,
  signbit,
  xlogy,
} from "./math/binary.js";
export { allclose, equal, isclose, isfinite, isinf, isnan, isneginf, isposinf } from "./math/closeness.js";
export {
  bitwiseAnd,
  bitwiseLeftShift,
  bitwiseNot,
  bitwiseOr,
  bitwiseRightShift,
  bitwiseXor,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
} from "./math/logic.js";
export { hardshrink, hardsigmoid, hardswish, hardtanh, relu6, softshrink, threshold } from "./math/pieces.js";
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  cos,
  cosh,
  deg2rad,
  erf,
  erfc,
  erfinv,
  exp2,
  expm1,
  frac,
  log1p,
  log2,
  log10,
  logit,
  rad2deg,
  round,
  sin,
  sinc,
  sinh,
  tan,
} from "./math/unary.js";
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
export { fft, ifft, irfft, rfft } from "./signal/fft.js";
