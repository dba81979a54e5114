// All rows; a new op adds its row to the file of its family.
import type { Row } from "../row.js";
import { activationRows } from "./activations.js";
import { transposedRows } from "./convTranspose.js";
import { elementwiseRows } from "./elementwise.js";
import { layerRows } from "./layers.js";
import { lossRows } from "./losses.js";
import { quantizedRows } from "./quantized.js";
import { reductionRows } from "./reductions.js";
import { runningRows } from "./running.js";
import { selectionRows } from "./selections.js";
import { sequenceRows } from "./sequences.js";
import { shapeRows } from "./shapes.js";
import { sortingRows } from "./sorting.js";
import { statisticsRows } from "./statistics.js";

export const rows: readonly Row[] = [
  ...[...elementwiseRows, ...activationRows, ...reductionRows, ...selectionRows, ...shapeRows],
  ...[...runningRows, ...sortingRows, ...statisticsRows],
  ...[...layerRows, ...sequenceRows, ...transposedRows, ...lossRows, ...quantizedRows],
];
