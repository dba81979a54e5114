// Optimizers.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";

export type { AdamOptions } from "./adam.js";
export { Adam, AdamW } from "./adam.js";
export type { Group, ParameterGroup, Parameters, PartialOptions } from "./optimizer.js";
export { Optimizer } from "./optimizer.js";
export type { SGDOptions } from "./sgd.js";
export { SGD } from "./sgd.js";

libraryPart(begin, () => new Error().stack);
