// Operations outside the core that are methods of Tensor as well. A bundle has these methods where "simdgrad/methods" is imported, so that
// it does not contain what it does not use; Node, Deno, Bun and the bundles for pages have them always. Functions are not concerned.
// install.ts lists the names, and methods.ts at the top of src/ their types.
export { addmm } from "./gemm/matmul.js";
export { lstsq } from "./linalg/leastSquares.js";
export { qr, svd } from "./linalg/orthogonal.js";
export { addbmm, addmv, baddbmm, bmm, cross, dot, inner, kron, mm, mv, outer, trace, vdot } from "./linalg/products.js";
export { cholesky, choleskySolve, det, inverse, matrixPower, slogdet } from "./linalg/solve.js";
export { adaptiveAvgPool1d, avgPool1d, maxPool1d } from "./pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "./pool/pool2d.js";
export { dropout } from "./random/dropout.js";
export { cumsum } from "./scan/cumulate.js";
