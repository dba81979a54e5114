// Operations outside the core that are methods of Tensor as well. A bundle has these methods where "simdgrad/methods" is imported, so that
// it does not contain what it does not use; Node, Deno, Bun and the bundles for pages have them always. Functions are not concerned.
// install.ts lists the names, and methods.ts at the top of src/ their types.

export { diag, diagEmbed, diagonal, tril, triu } from "./arrange/diagonal.js";
export { fliplr, flipud, moveaxis, movedim, roll, rot90, swapaxes } from "./arrange/order.js";
export { chunk, tensorSplit, unbind } from "./arrange/pieces.js";
export { repeat, repeatInterleave, tile } from "./arrange/repeat.js";
export { expandAs, unflatten, view } from "./arrange/shapes.js";
export { unfold } from "./arrange/windows.js";
export { bfloat16, half, long } from "./elementwise/cast.js";
export { addmm } from "./gemm/matmul.js";
export { get, indexPut, indexPut_, set } from "./indexing/get.js";
export { indexAdd, indexAdd_, indexCopy, indexCopy_, indexFill, indexFill_, put, put_, take, takeAlongDim } from "./indexing/indexed.js";
export { argwhere, maskedFill_, maskedScatter, maskedScatter_, maskedSelect, nonzero } from "./indexing/masks.js";
export { scatter, scatter_, scatterAdd, scatterAdd_, scatterReduce, scatterReduce_ } from "./indexing/scatter.js";
export { selectScatter, sliceScatter } from "./indexing/slices.js";
export { lstsq } from "./linalg/leastSquares.js";
export { qr, svd } from "./linalg/orthogonal.js";
export { addbmm, addmv, baddbmm, bmm, cross, dot, inner, kron, mm, mv, outer, trace, vdot } from "./linalg/products.js";
export { cholesky, choleskySolve, det, inverse, matrixPower, slogdet } from "./linalg/solve.js";
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
export { adaptiveAvgPool1d, avgPool1d, maxPool1d } from "./pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "./pool/pool2d.js";
export { bernoulli, multinomial, normal_, uniform_ } from "./random/draws.js";
export { dropout } from "./random/dropout.js";
export { all, aminmax, any, countNonzero, nanmean, nansum, norm } from "./reduce/more.js";
export { cummax, cummin, cumprod, cumsum, logcumsumexp } from "./scan/cumulate.js";
export { prod } from "./scan/prod.js";
export { argsort, kthvalue, msort, sort, topk } from "./sort/sort.js";
export { unique, uniqueConsecutive } from "./sort/unique.js";
export { bincount, histc, histogram } from "./statistics/count.js";
export { corrcoef, cov, diff } from "./statistics/cov.js";
export { median, mode, nanmedian, nanquantile, quantile } from "./statistics/quantile.js";
