// simdgrad/data: data sets, splits and batches.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";
import "../ops/install.js"; // the tensors given out have their methods, whatever else is imported

export { defaultCollate } from "./collate.js";
export { type AnyBatch, DataLoader, type DataLoaderOptions } from "./dataLoader.js";
export type { Batch, Dataset, Field } from "./dataset.js";
export { kFold } from "./kFold.js";
export type { SeedOptions } from "./seeded.js";
export { type ClassLabels, type Parts, randomSplit, stratifiedSplit } from "./split.js";
export { Subset } from "./subset.js";
export { TensorDataset } from "./tensorDataset.js";

libraryPart(begin, () => new Error().stack);
