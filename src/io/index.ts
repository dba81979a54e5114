// simdgrad/io: files as bytes in and bytes out.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";
import "../ops/install.js"; // the tensors given out have their methods, whatever else is imported

export type { Bytes } from "./bytes.js";
export type { CheckpointParts, LoadCheckpointOptions, Stateful, Streamed } from "./checkpoint.js";
export { loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
export { type CsvOptions, type CsvTable, parseCsv, parseCsvRecords } from "./csv.js";
export { type GunzipOptions, gunzip, isGzip } from "./gzip.js";
export { type IdxArray, type IdxValues, loadIdx, parseIdx } from "./idx.js";
export { type LoadSafetensorsOptions, loadSafetensors, safetensorsMetadata, type TensorRecord } from "./safetensors/load.js";
export { type SaveSafetensorsOptions, saveSafetensors } from "./safetensors/save.js";

libraryPart(begin, () => new Error().stack);
