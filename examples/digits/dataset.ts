// Images and labels, read from files and divided into parts that share no image.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Tensor, tensor } from "simdgrad";
import { type Dataset, randomSplit, TensorDataset } from "simdgrad/data";
import { gunzip, isGzip, loadIdx, parseCsv } from "simdgrad/io";
import { type Options, UsageError } from "./options.js";

/** An image [1, size, size] and its label. */
export type Sample = [image: Tensor, label: Tensor];

/** The parts of a data set. Validation is taken from the training part; the test part is for the very end. */
export interface Parts {
  train: Dataset<Sample>;
  validation: Dataset<Sample>;
  test: Dataset<Sample>;
  /** Height and width of an image. */
  size: number;
}

/** Always the same split, whatever the seed of the training. */
const SPLIT_SEED = 7;

async function readMaybeZipped(path: string | URL): Promise<Uint8Array> {
  const bytes = await readFile(path);
  return isGzip(bytes) ? gunzip(bytes) : bytes;
}

function imagesAndLabels(pixels: Tensor, labels: Tensor, size: number, brightest: number): TensorDataset<Sample> {
  const images = pixels.float().div(brightest).reshape([-1, 1, size, size]);
  return new TensorDataset(images, labels.int());
}

/** The 1,797 digits that come with the example: four fifths to learn from, of which one eighth validates. */
async function digits(): Promise<Parts> {
  const file = new URL("../../../examples/data/digits.csv.gz", import.meta.url);
  const { values, rows, columns } = parseCsv(new TextDecoder().decode(await readMaybeZipped(file)), { header: false });
  const table = tensor(values, { shape: [rows, columns] });
  const all = imagesAndLabels(table.slice([], [0, -1]), table.select(1, -1), 8, 16);
  const [train, validation, test] = randomSplit(all, [0.75, 0.05, 0.2], { seed: SPLIT_SEED });
  return { train, validation, test, size: 8 };
}

async function idx(dir: string, name: string): Promise<Tensor> {
  const path = [join(dir, name), join(dir, `${name}.gz`)].find(existsSync);
  if (!path) throw new UsageError(`there is neither ${name} nor ${name}.gz in ${dir}`);
  return loadIdx(await readMaybeZipped(path));
}

/** MNIST as it is published: 60,000 images to learn from, of which 2,000 validate, and 10,000 for the test. */
async function mnist(dir: string): Promise<Parts> {
  const read = async (part: string): Promise<TensorDataset<Sample>> =>
    imagesAndLabels(await idx(dir, `${part}-images-idx3-ubyte`), await idx(dir, `${part}-labels-idx1-ubyte`), 28, 255);
  const [train, validation] = randomSplit(await read("train"), [58000, 2000], { seed: SPLIT_SEED });
  return { train, validation, test: await read("t10k"), size: 28 };
}

/** Reads the data set the options name. */
export async function readParts({ data, dir }: Options): Promise<Parts> {
  return data === "digits" ? digits() : mnist(dir as string);
}
