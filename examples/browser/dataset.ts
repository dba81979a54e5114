// The 1,797 handwritten digits: four fifths to learn from, one fifth held back.
import { type Tensor, tensor } from "simdgrad";
import { randomSplit, type Subset, TensorDataset } from "simdgrad/data";
import { gunzip, parseCsv } from "simdgrad/io";
import { imagesOf } from "./model.js";

/** Images [N, 1, 8, 8] in 0 to 1, and their digits [N]. */
export type Labelled = [images: Tensor, labels: Tensor];

/** The two parts of the data; they share no image. */
export interface Digits {
  readonly train: Subset<readonly [image: Tensor, label: Tensor]>;
  readonly heldBack: Labelled;
}

/** Always the same split, whatever the seed of the training. */
const SPLIT_SEED = 7;

/** Reads `digits.csv.gz`: 64 pixels and the digit in each row. */
export async function readDigits(zipped: Uint8Array): Promise<Digits> {
  const { values, rows, columns } = parseCsv(new TextDecoder().decode(await gunzip(zipped)), { header: false });
  const table = tensor(values, { shape: [rows, columns] });
  const all = new TensorDataset(imagesOf(table.slice([], [0, -1])), table.select(1, -1).int());
  const [train, rest] = randomSplit(all, [0.8, 0.2], { seed: SPLIT_SEED });
  return { train, heldBack: all.getBatch(rest.indices) as Labelled };
}
