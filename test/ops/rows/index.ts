// All rows; a new op adds its row to the file of its family.
import type { Row } from "../row.js";
import { activationRows } from "./activations.js";
import { transposedRows } from "./convTranspose.js";
import { decompositionRows } from "./decompositions.js";
import { elementwiseRows } from "./elementwise.js";
import { layerRows } from "./layers.js";
import { lossRows } from "./losses.js";
import { productRows } from "./products.js";
import { quantizedRows } from "./quantized.js";
import { reductionRows } from "./reductions.js";
import { selectionRows } from "./selections.js";
import { sequenceRows } from "./sequences.js";
import { shapeRows } from "./shapes.js";

export const rows: readonly Row[] = [
  ...[...elementwiseRows, ...activationRows, ...reductionRows, ...selectionRows, ...shapeRows],
  ...[...layerRows, ...sequenceRows, ...transposedRows, ...lossRows, ...quantizedRows],
  ...[...productRows, ...decompositionRows],
];
