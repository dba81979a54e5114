// All rows; a new op adds its row to the file of its family.
import type { Row } from "../row.js";
import { activationRows } from "./activations.js";
import { arrangeRows } from "./arrange.js";
import { conversionRows } from "./conversions.js";
import { transposedRows } from "./convTranspose.js";
import { decompositionRows } from "./decompositions.js";
import { elementwiseRows } from "./elementwise.js";
import { getAndSetRows } from "./getAndSet.js";
import { indexingRows } from "./indexing.js";
import { layerRows } from "./layers.js";
import { lossRows } from "./losses.js";
import { mathRows } from "./math.js";
import { productRows } from "./products.js";
import { quantizedRows } from "./quantized.js";
import { reductionRows } from "./reductions.js";
import { resamplingRows } from "./resampling.js";
import { runningRows } from "./running.js";
import { selectionRows } from "./selections.js";
import { sequenceRows } from "./sequences.js";
import { shapeRows } from "./shapes.js";
import { moreRefusals, moreSamples } from "./sides.js";
import { signalRows } from "./signal.js";
import { sortingRows } from "./sorting.js";
import { spatialRows } from "./spatial.js";
import { spatialNormRows } from "./spatialNorms.js";
import { statisticsRows } from "./statistics.js";

const rowsOfFiles: readonly Row[] = [
  ...[...mathRows, ...signalRows],
  ...[...elementwiseRows, ...activationRows, ...reductionRows, ...selectionRows, ...shapeRows],
  ...[...runningRows, ...sortingRows, ...statisticsRows],
  ...[...indexingRows, ...getAndSetRows],
  ...[...arrangeRows, ...resamplingRows],
  ...[...layerRows, ...sequenceRows, ...transposedRows, ...lossRows, ...quantizedRows],
  ...[...spatialRows, ...spatialNormRows],
  ...conversionRows,
  ...[...productRows, ...decompositionRows],
];

const more = ({ op, samples, refuses = [] }: Row): Row => ({
  op,
  samples: [...samples, ...(moreSamples[op] ?? [])],
  refuses: [...refuses, ...(moreRefusals[op] ?? [])],
});

export const rows: readonly Row[] = rowsOfFiles.map(more);
