// The header of a safetensors file: 8 bytes of length (little-endian), that many bytes of JSON, then the tensors.
// Everything is checked here, before anything is allocated: names, types, shapes, and that the data is tiled exactly.
import { FormatError } from "../../errors.js";
import { asBytes, type Bytes, failOn, quote } from "../bytes.js";
import { type Entry, readEntry } from "./entry.js";
import { type Json, parseJson } from "./json.js";

/** The reference implementation's bound on the header, in bytes. */
const MAX_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Reads and checks the header. Errors: `FormatError` with every problem found. */
export function readHeader(op: string, file: Bytes): Header {
  const bytes = asBytes(op, file);
  const { json, data } = splitFile(op, bytes);
  const problems: string[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  const entries: Entry[] = [];
  for (const [name, value] of json) {
    if (name === "__metadata__") {
      metadata = readMetadata(value, problems);
    } else {
      const entry = readEntry(name, value, data, (what) => problems.push(`tensor ${quote(name)}: ${what}`));
      if (entry) entries.push(entry);
    }
  }
  failOn(op, problems);
  failOn(op, tilingProblems(entries, data.length));
  return { entries, metadata };
}

/** The two parts of the file. */
function splitFile(op: string, bytes: Uint8Array): { json: ReadonlyMap<string, Json>; data: Uint8Array } {
  const fail = (what: string): never => {
    throw new FormatError(`${op}: ${what}`);
  };
  if (bytes.length < LENGTH_BYTES) {
    return fail(`${bytes.length} bytes are too few for a safetensors file, which starts with 8 bytes of length`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MAX_HEADER) {
    return fail(`the header claims ${length} bytes, more than the ${MAX_HEADER} allowed; this may not be a safetensors file`);
  }
  const end = LENGTH_BYTES + length;
  if (end > bytes.length) {
    return fail(`the header claims ${length} bytes and ${bytes.length - LENGTH_BYTES} follow; the file is truncated`);
  }
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

/** Holes could hide a second file in this one, overlaps make a small file a large load: the ranges must tile the data. */
function tilingProblems(entries: readonly Entry[], length: number): string[] {
  const problems: string[] = [];
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of ordered) {
    if (begin > covered) problems.push(`bytes ${covered} to ${begin} of the data belong to no tensor`);
    if (begin < covered) {
      problems.push(`tensor ${quote(name)} begins at byte ${begin}, inside another one that ends at ${covered}`);
    }
    covered = Math.max(covered, end);
  }
  if (covered < length) problems.push(`bytes ${covered} to ${length} of the data belong to no tensor`);
  return problems;
}
