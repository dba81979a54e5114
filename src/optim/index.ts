// Optimizers.
export { Adam } from "./adam.js";
export type { AdamOptions } from "./adam.js";
export { AdamW } from "./adam.js";
export { Optimizer } from "./optimizer.js";
export type { ParameterGroup, Parameters } from "./optimizer.js";
export { SGD } from "./sgd.js";
export type { SGDOptions } from "./sgd.js";
