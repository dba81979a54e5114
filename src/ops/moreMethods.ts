// Operations outside the core that are methods of Tensor as well. A bundle has these methods where "simdgrad/methods" is imported, so that
// it does not contain what it does not use; Node, Deno, Bun and the bundles for pages have them always. Functions are not concerned.
// install.ts lists the names, and methods.ts at the top of src/ their types.
export { bfloat16, half, long } from "./elementwise/cast.js";
// `get` and `scatterAdd` extend the methods of the core, which take texts and float32 alone.
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
export { argwhere, maskedFill_, maskedScatter, maskedScatter_, maskedSelect, nonzero } from "./indexing/masks.js";
export { scatter, scatter_, scatterAdd, scatterAdd_, scatterReduce, scatterReduce_ } from "./indexing/scatter.js";
export { selectScatter, sliceScatter } from "./indexing/slices.js";
export { adaptiveAvgPool1d, avgPool1d, maxPool1d } from "./pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "./pool/pool2d.js";
export { dropout } from "./random/dropout.js";
export { all, aminmax, any, countNonzero, nanmean, nansum, norm } from "./reduce/more.js";
export { cummax, cummin, cumprod, cumsum, logcumsumexp } from "./scan/cumulate.js";
export { prod } from "./scan/prod.js";
export { argsort, kthvalue, msort, sort, topk } from "./sort/sort.js";
export { unique, uniqueConsecutive } from "./sort/unique.js";
export { bincount, histc, histogram } from "./statistics/count.js";
export { corrcoef, cov, diff } from "./statistics/cov.js";
export { median, mode, nanmedian, nanquantile, quantile } from "./statistics/quantile.js";
