// All rows; a new op adds its row to the file of its family.
import type { Row } from "../row.js";
import { activationRows } from "./activations.js";
import { arrangeRows } from "./arrange.js";
import { transposedRows } from "./convTranspose.js";
import { elementwiseRows } from "./elementwise.js";
import { layerRows } from "./layers.js";
import { lossRows } from "./losses.js";
import { quantizedRows } from "./quantized.js";
import { reductionRows } from "./reductions.js";
import { resamplingRows } from "./resampling.js";
import { selectionRows } from "./selections.js";
import { sequenceRows } from "./sequences.js";
import { shapeRows } from "./shapes.js";

export const rows: readonly Row[] = [
  ...[...elementwiseRows, ...activationRows, ...reductionRows, ...selectionRows, ...shapeRows],
  ...[...arrangeRows, ...resamplingRows],
  ...[...layerRows, ...sequenceRows, ...transposedRows, ...lossRows, ...quantizedRows],
];
