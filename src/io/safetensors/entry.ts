// One tensor as the header of a safetensors file describes it, and all that must hold for it by itself.
import { quote } from "../bytes.js";
import { type FileType, fileTypes } from "./dtypes.js";
import type { Json } from "./json.js";

/** One tensor of a file. `bytes` is a view into it. */
export interface Entry {
  readonly name: string;
  readonly typeName: string;
  readonly type: FileType;
  readonly shape: readonly number[];
  /** Its place in the data part; `end` is the first byte behind it. */
  readonly begin: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** NumPy's bound: no array has more dimensions, and a million would only be there to do harm. */
const MAX_RANK = 64;

type Report = (what: string) => void;

const isSize = (value: Json): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** Checks one member of the header against the data part. What does not fit goes to `report`, and nothing comes back. */
export function readEntry(name: string, value: Json, data: Uint8Array, report: Report): Entry | undefined {
  if (!(value instanceof Map)) return void report("must be an object with dtype, shape and data_offsets");
  const [dtype, shape, offsets] = ["dtype", "shape", "data_offsets"].map((key) => (value as ReadonlyMap<string, Json>).get(key));
  const type = typeof dtype === "string" ? fileTypes.get(dtype) : undefined;
  if (dtype === undefined) report("has no dtype");
  else if (!type) report(`dtype ${show(dtype)} cannot be read; known are ${[...fileTypes.keys()].join(", ")}`);
  const size = readShape(shape, report);
  const range = readRange(offsets, data.length, report);
  if (!type || size === undefined || !range) return undefined;
  const [begin, end] = range;
  const needs = size * type.width;
  if (end - begin !== needs) {
    return void report(`${dtype}[${String(shape)}] needs ${needs} bytes and data_offsets give ${end - begin}`);
  }
  return {
    name,
    typeName: dtype as string,
    type,
    shape: shape as readonly number[],
    begin,
    end,
    bytes: data.subarray(begin, end),
  };
}

/** The number of elements, or nothing after a report. Sizes stay below 2**31 and their product exact. */
function readShape(shape: Json | undefined, report: Report): number | undefined {
  if (!Array.isArray(shape)) return void report(shape === undefined ? "has no shape" : "shape must be a list");
  if (shape.length > MAX_RANK) return void report(`shape has ${shape.length} sizes, at most ${MAX_RANK} are allowed`);
  let size = 1;
  for (const dim of shape as readonly Json[]) {
    if (!isSize(dim) || dim >= 2 ** 31) {
      return void report(`shape holds ${show(dim)}, sizes are whole numbers from 0 to ${2 ** 31 - 1}`);
    }
    size *= dim;
    if (!Number.isSafeInteger(size * 8)) return void report(`shape [${String(shape)}] has more elements than can be counted`);
  }
  return size;
}

function readRange(offsets: Json | undefined, length: number, report: Report): [number, number] | undefined {
  if (!Array.isArray(offsets) || offsets.length !== 2 || !(offsets as readonly Json[]).every(isSize)) {
    return void report(offsets === undefined ? "has no data_offsets" : "data_offsets must be two whole numbers, not negative");
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > length) {
    return void report(`data_offsets [${begin}, ${end}] are not inside the ${length} bytes of data`);
  }
  return [begin, end];
}

function show(value: Json): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "number" ? String(value) : Array.isArray(value) ? "a list" : "an object";
}
