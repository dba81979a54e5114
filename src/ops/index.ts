// Every operation as a function; most are methods of `Tensor` too: `relu(x)` is `x.relu()`.

export { conv1d } from "./conv/conv1d.js";
export { conv2d } from "./conv/conv2d.js";
export { convTranspose1d, convTranspose2d } from "./conv/convTranspose.js";
export { where } from "./elementwise/select.js";
export { addmm, linear } from "./gemm/matmul.js";
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
export * from "./methods.js";
export { embedding, oneHot } from "./move/gather.js";
export { cat, stack } from "./move/join.js";
export { batchNorm } from "./norm/batchNorm.js";
export { layerNorm } from "./norm/layerNorm.js";
export { adaptiveAvgPool1d, avgPool1d, maxPool1d, maxPool1dWithIndices } from "./pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d, maxPool2dWithIndices } from "./pool/pool2d.js";
export { dropout } from "./random/dropout.js";
export { cumsum } from "./scan/cumulate.js";
