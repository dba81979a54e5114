// Operations outside the core that are methods of Tensor as well. A bundle has these methods where "simdgrad/methods" is imported, so that
// it does not contain what it does not use; Node, Deno, Bun and the bundles for pages have them always. Functions are not concerned.
// install.ts lists the names, and methods.ts at the top of src/ their types.
export { diag, diagEmbed, diagonal, tril, triu } from "./arrange/diagonal.js";
export { fliplr, flipud, moveaxis, movedim, roll, rot90, swapaxes } from "./arrange/order.js";
export { chunk, tensorSplit, unbind } from "./arrange/pieces.js";
export { repeat, repeatInterleave, tile } from "./arrange/repeat.js";
export { expandAs, unflatten, view } from "./arrange/shapes.js";
export { unfold } from "./arrange/windows.js";
export { adaptiveAvgPool1d, avgPool1d, maxPool1d } from "./pool/pool1d.js";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "./pool/pool2d.js";
export { bernoulli, multinomial, normal_, uniform_ } from "./random/draws.js";
export { dropout } from "./random/dropout.js";
export { cumsum } from "./scan/cumulate.js";
