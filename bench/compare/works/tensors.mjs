// Work that orders, selects and moves elements of tensors, and transforms of rows.
import { columns } from "../contestants.mjs";
import { goals } from "../goals.mjs";
import { row } from "./row.mjs";

const racing = columns.filter((column) => !column.startsWith("ort"));

/** A row. `peers` are those of the two wasm libraries that have the operation. */
const of = (name, amount, work, peers = ["tfjs", "jax"]) =>
  row({ group: "tensors", name, work, amount, racing, goal: goals.aheadOf(...peers) });

const SIDE = 1000;
const MILLION = SIDE * SIDE;
const table = { rows: SIDE, cols: SIDE };
const vectors = { rows: 10_000, cols: 64 };
const images = [8, 32, 64, 64];

export const tensors = [
  of("sort of rows, 1000 x 1000", MILLION, { kind: "sort", ...table }),
  of("topk 10 of rows, 1000 x 1000", MILLION, { kind: "topk", ...table, k: 10 }),
  of("cumsum of rows, 1000 x 1000", MILLION, { kind: "cumsum", ...table, dim: 1 }),
  of("cumsum of columns, 1000 x 1000", MILLION, { kind: "cumsum", ...table, dim: 0 }),
  of("gather of elements, 1000 x 1000", MILLION, { kind: "gather", ...table }, ["jax"]),
  of("indexSelect of 10,000 rows of 64", 640_000, { kind: "indexSelect", ...vectors }),
  of("indexAdd of 10,000 rows of 64", 640_000, { kind: "indexAdd", ...vectors }, ["tfjs"]),
  of("index by a mask, 1M", MILLION, { kind: "mask", n: MILLION }, ["tfjs"]),
  of("index by pairs, 1M", MILLION, { kind: "pairs", ...table, n: MILLION }),
  of("cat of 8 along rows, 128 x 1024 each", MILLION, { kind: "cat", parts: 8, rows: 128, cols: 1024, dim: 0 }),
  of("cat of 8 along columns, 128 x 1024 each", MILLION, { kind: "cat", parts: 8, rows: 128, cols: 1024, dim: 1 }),
  of("permute 32 x 64 x 64 x 16 to channels first", 2 * MILLION, { kind: "permute", shape: [32, 64, 64, 16], dims: [0, 3, 1, 2] }),
  of("pad 16 x 64 x 56 x 56 by 1", 3 * MILLION, { kind: "pad", shape: [16, 64, 56, 56], by: 1, mode: "constant" }),
  of("pad 16 x 8 x 112 x 112 by 3, reflected", 1.6 * MILLION, { kind: "pad", shape: [16, 8, 112, 112], by: 3, mode: "reflect" }, ["tfjs"]),
  of("interpolate 8 x 32 x 64 x 64 twofold, nearest", 4 * MILLION, { kind: "interpolate", shape: images, factor: 2, mode: "nearest" }, [
    "tfjs",
  ]),
  of("interpolate 8 x 32 x 64 x 64 twofold, bilinear", 4 * MILLION, { kind: "interpolate", shape: images, factor: 2, mode: "bilinear" }, [
    "tfjs",
  ]),
  of("rfft of 256 rows of 1024", 256 * 1024, { kind: "rfft", rows: 256, cols: 1024 }, ["jax"]),
  of("rfft of 256 rows of 1000", 256 * 1000, { kind: "rfft", rows: 256, cols: 1000 }, ["jax"]),
];
