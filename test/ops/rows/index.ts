// All rows; a new op adds its row to the file of its family.
import type { Row } from "../row.js";
import { activationRows } from "./activations.js";
import { attentionRows } from "./attention.js";
import { bitsRows } from "./bits.js";
import { closenessRows } from "./closeness.js";
import { conversionRows } from "./conversions.js";
import { transposedRows } from "./convTranspose.js";
import { diagonalsRows } from "./diagonals.js";
import { distancesRows } from "./distances.js";
import { drawsRows } from "./draws.js";
import { einsumRows } from "./einsum.js";
import { elementwiseRows } from "./elementwise.js";
import { equationsRows } from "./equations.js";
import { flatsRows } from "./flats.js";
import { fractionalRows } from "./fractional.js";
import { functionsRows } from "./functions.js";
import { getAndSetRows } from "./getAndSet.js";
import { indexWritesRows } from "./indexWrites.js";
import { layerRows } from "./layers.js";
import { lossRows } from "./losses.js";
import { marginLossRows } from "./marginLosses.js";
import { masksRows } from "./masks.js";
import { moreActivationsRows } from "./moreActivations.js";
import { moreLossRows } from "./moreLosses.js";
import { ofTwoRows } from "./ofTwo.js";
import { orderRows } from "./order.js";
import { orthogonalRows } from "./orthogonal.js";
import { pairLossRows } from "./pairLosses.js";
import { piecesRows } from "./pieces.js";
import { productsRows } from "./products.js";
import { quantizedRows } from "./quantized.js";
import { reductionRows } from "./reductions.js";
import { repetitionRows } from "./repetition.js";
import { resamplingRows } from "./resampling.js";
import { runningRows } from "./running.js";
import { scattersRows } from "./scatters.js";
import { selectionRows } from "./selections.js";
import { sequenceRows } from "./sequences.js";
import { shapeRows } from "./shapes.js";
import { moreRefusals, moreSamples } from "./sides.js";
import { signalRows } from "./signal.js";
import { singularValuesRows } from "./singularValues.js";
import { slicesRows } from "./slices.js";
import { sortingRows } from "./sorting.js";
import { spatialRows } from "./spatial.js";
import { spatialNormRows } from "./spatialNorms.js";
import { statisticsRows } from "./statistics.js";
import { windowsRows } from "./windows.js";

const rowsOfFiles: readonly Row[] = [
  ...[...functionsRows, ...moreActivationsRows, ...ofTwoRows, ...closenessRows, ...bitsRows, ...signalRows],
  ...[...elementwiseRows, ...activationRows, ...reductionRows, ...selectionRows, ...shapeRows],
  ...[...runningRows, ...sortingRows, ...statisticsRows],
  ...[...scattersRows, ...indexWritesRows, ...flatsRows, ...masksRows, ...slicesRows, ...getAndSetRows],
  ...[...repetitionRows, ...orderRows, ...diagonalsRows, ...piecesRows, ...windowsRows, ...drawsRows, ...resamplingRows],
  ...[
    ...layerRows,
    ...sequenceRows,
    ...attentionRows,
    ...transposedRows,
    ...lossRows,
    ...pairLossRows,
    ...marginLossRows,
    ...moreLossRows,
    ...quantizedRows,
  ],
  ...[...spatialRows, ...spatialNormRows, ...fractionalRows],
  ...conversionRows,
  ...[...productsRows, ...einsumRows, ...distancesRows, ...equationsRows, ...orthogonalRows, ...singularValuesRows],
];

const more = ({ op, samples, refuses = [] }: Row): Row => ({
  op,
  samples: [...samples, ...(moreSamples[op] ?? [])],
  refuses: [...refuses, ...(moreRefusals[op] ?? [])],
});

export const rows: readonly Row[] = rowsOfFiles.map(more);
