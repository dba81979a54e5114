// Reading safetensors: all of the file checked first, then every tensor copied into the library's memory, or none.
import { tensor } from "../../tensor/create.js";
import type { TypedArray } from "../../tensor/dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Bytes, failOn, quote } from "../bytes.js";
import type { Entry } from "./entry.js";
import { readHeader } from "./header.js";

/** Tensors by name. It has no prototype, so that a tensor may be called `constructor` or `__proto__`. */
export type TensorRecord = Record<string, Tensor>;

/**
 * Reads the tensors of a safetensors file: F32, I32, U8, I8 and BOOL as they are, F64, F16 and BF16 as float32
 * (nearest), I64, U64, U32, I16 and U16 as int32.
 *
 * bytes: the whole file. Result: tensors by name, in the file's shapes, owned by the caller or the open scope.
 * Errors: `FormatError` with every problem, before anything is allocated, for a file that is not well-formed: a header that
 * is too long, is not JSON or repeats a name, data not tiled exactly, a value that int32, float32 or bool cannot hold.
 * Source: https://github.com/huggingface/safetensors#format
 * @example model.loadStateDict(loadSafetensors(bytes));
 */
export function loadSafetensors(bytes: Bytes): TensorRecord {
  const { entries } = readHeader("loadSafetensors", bytes);
  const problems: string[] = [];
  const values = entries.map((entry) => readValues(entry, problems));
  failOn("loadSafetensors", problems);
  const made: TensorRecord = Object.create(null);
  try {
    entries.forEach(({ name, shape, type }, i) => {
      made[name] = tensor(values[i] as TypedArray, { shape, dtype: type.dtype });
    });
  } catch (error) {
    for (const name in made) made[name]?.dispose();
    throw error;
  }
  return made;
}

/** The elements of one tensor; the first that does not fit is reported. */
function readValues({ name, typeName, type, bytes }: Entry, problems: string[]): TypedArray {
  let reported = false;
  return type.read(bytes, (position, value) => {
    if (!reported) {
      problems.push(`tensor ${quote(name)}: element ${position} of ${typeName} is ${value}, which ${type.dtype} cannot hold`);
    }
    reported = true;
  });
}

/**
 * The texts a safetensors file carries beside its tensors (its `__metadata__`), by key; empty if there are none.
 * No tensor is read.
 *
 * Errors: `FormatError` as in `loadSafetensors`.
 * @example safetensorsMetadata(saveSafetensors({}, { metadata: { epoch: "3" } })); // { epoch: "3" }
 */
export function safetensorsMetadata(bytes: Bytes): Record<string, string> {
  const texts: Record<string, string> = Object.create(null);
  for (const [key, text] of readHeader("safetensorsMetadata", bytes).metadata) texts[key] = text;
  return texts;
}
