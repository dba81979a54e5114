// The header of a safetensors file: 8 bytes of length (little-endian), that many bytes of JSON, then the tensors.
// Everything is checked here, before anything is allocated: names, types, shapes, and that the data is tiled exactly.
import { asBytes, type Bytes, failOn, quote } from "../bytes.js";
import { type FileType, fileTypes } from "./dtypes.js";
import { type Json, parseJson } from "./json.js";

/** The reference implementation's bound on the header, in bytes. */
const MAX_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

/** One tensor of a file. `bytes` is a view into it. */
export interface Entry {
  readonly name: string;
  readonly typeName: string;
  readonly type: FileType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** A tensor's place in the data part; `end` is the first byte behind it. */
interface Range {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

/** Reads and checks the header. Errors: `FormatError` with every problem found. */
export function readHeader(op: string, file: Bytes): Header {
  const bytes = asBytes(op, file);
  const { json, data } = split(op, bytes);
  const problems: string[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  const entries: Entry[] = [];
  const ranges: Range[] = [];
  for (const [name, value] of json) {
    if (name === "__metadata__") {
      metadata = readMetadata(value, problems);
    } else {
      const report = (what: string): void => void problems.push(`tensor ${quote(name)}: ${what}`);
      const entry = readEntry(name, value, data, report, ranges);
      if (entry) entries.push(entry);
    }
  }
  failOn(op, problems);
  failOn(op, tilingProblems(ranges, data.length));
  return { entries, metadata };
}

/** The two parts of the file. */
function split(op: string, bytes: Uint8Array): { json: ReadonlyMap<string, Json>; data: Uint8Array } {
  const fail = (what: string): never => {
    failOn(op, [what]);
    throw new Error(what);
  };
  if (bytes.length < LENGTH_BYTES)
    return fail(`${bytes.length} bytes are too few for a safetensors file, which starts with 8 bytes of length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER)
    return fail(`the header claims ${length} bytes, more than the ${MAX_HEADER} allowed; this may not be a safetensors file`);
  const end = LENGTH_BYTES + length;
  if (end > bytes.length)
    return fail(`the header claims ${length} bytes and ${bytes.length - LENGTH_BYTES} follow; the file is truncated`);
  if (bytes[LENGTH_BYTES] !== "{".charCodeAt(0) || length === 0) return fail('the header does not begin with "{"');
  let json: Json;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(LENGTH_BYTES, end));
    json = parseJson(text);
  } catch (error) {
    return fail(`the header is not valid: ${error instanceof SyntaxError ? error.message : "not UTF-8 text"}`);
  }
  return { json: json as ReadonlyMap<string, Json>, data: bytes.subarray(end) };
}

function readMetadata(value: Json, problems: string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  if (!(value instanceof Map)) {
    problems.push("__metadata__ must be an object of texts");
    return texts;
  }
  for (const [key, text] of value as ReadonlyMap<string, Json>) {
    if (typeof text === "string") texts.set(key, text);
    else problems.push(`__metadata__: ${quote(key)} must be text`);
  }
  return texts;
}

const isSize = (value: Json): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function readEntry(
  name: string,
  value: Json,
  data: Uint8Array,
  report: (what: string) => void,
  ranges: Range[],
): Entry | undefined {
  if (!(value instanceof Map)) return void report("must be an object with dtype, shape and data_offsets");
  const { dtype, shape, offsets } = fields(value);
  const type = typeof dtype === "string" ? fileTypes.get(dtype) : undefined;
  if (!type)
    report(
      dtype === undefined ? "has no dtype" : `dtype ${show(dtype)} cannot be read; known are ${[...fileTypes.keys()].join(", ")}`,
    );
  const size = readShape(shape, report);
  const range = readRange(offsets, data.length, report);
  if (!type || size === undefined || !range) return undefined;
  const [begin, end] = range;
  const needs = size * type.width;
  if (end - begin !== needs)
    return void report(`${dtype}[${String(shape)}] needs ${needs} bytes and data_offsets give ${end - begin}`);
  ranges.push({ name, begin, end });
  return { name, typeName: dtype as string, type, shape: shape as readonly number[], bytes: data.subarray(begin, end) };
}

function fields(value: ReadonlyMap<string, Json>): Record<"dtype" | "shape" | "offsets", Json | undefined> {
  return { dtype: value.get("dtype"), shape: value.get("shape"), offsets: value.get("data_offsets") };
}

/** The number of elements, or nothing after a report. Sizes stay below 2**31 and their product exact. */
function readShape(shape: Json | undefined, report: (what: string) => void): number | undefined {
  if (!Array.isArray(shape)) return void report(shape === undefined ? "has no shape" : "shape must be a list");
  let size = 1;
  for (const dim of shape as readonly Json[]) {
    if (!isSize(dim) || dim >= 2 ** 31)
      return void report(`shape holds ${show(dim)}, sizes are whole numbers from 0 to ${2 ** 31 - 1}`);
    size *= dim;
    if (!Number.isSafeInteger(size * 8)) return void report(`shape [${String(shape)}] has more elements than can be counted`);
  }
  return size;
}

function readRange(offsets: Json | undefined, length: number, report: (what: string) => void): [number, number] | undefined {
  if (!Array.isArray(offsets) || offsets.length !== 2 || !(offsets as readonly Json[]).every(isSize)) {
    return void report(offsets === undefined ? "has no data_offsets" : "data_offsets must be two whole numbers, not negative");
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > length)
    return void report(`data_offsets [${begin}, ${end}] are not inside the ${length} bytes of data`);
  return [begin, end];
}

/** Holes could hide a second file in this one, overlaps make a small file a large load: the ranges must tile the data. */
function tilingProblems(ranges: readonly Range[], length: number): string[] {
  const problems: string[] = [];
  const ordered = [...ranges].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ordered) {
    if (begin > covered) problems.push(`bytes ${covered} to ${begin} of the data belong to no tensor`);
    if (begin < covered)
      problems.push(`tensor ${quote(name)} begins at byte ${begin}, inside another one that ends at ${covered}`);
    covered = Math.max(covered, end);
  }
  if (covered < length) problems.push(`bytes ${covered} to ${length} of the data belong to no tensor`);
  return problems;
}

function show(value: Json): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "number" ? String(value) : Array.isArray(value) ? "a list" : "an object";
}
