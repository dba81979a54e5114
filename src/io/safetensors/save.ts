// Writing safetensors, byte for byte as the reference implementation does: widest types first, then by name.
import { ArgError, describe, isPlainObject } from "../../errors.js";
import { stateEntries } from "../../nn/state.js";
import { readOptions } from "../../options.js";
import { bytesPerElement } from "../../tensor/dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkAlive } from "../../tensor/tensor.js";
import { bytes } from "../../wasm/memory.js";
import { writtenTypes } from "./dtypes.js";

/** Options of `saveSafetensors`. */
export interface SaveSafetensorsOptions {
  /** Texts to store in the file. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The data begins on a multiple of this: spaces behind the header fill up. */
const ALIGNMENT = 8;

/**
 * Tensors as a safetensors file: float32 as F32, float16 as F16, bfloat16 as BF16, int32 as I32, int64 as I64, uint8 as U8, int8 as I8,
 * bool as BOOL. The same tensors give the same bytes, whatever order they come in.
 *
 * tensors: by name, as an object or a Map; any shape. Result: the file's content.
 * Errors: `ArgError` for the name `__metadata__`, for metadata that is not text, for unknown options and for tensors that are not a state,
 * such as a module; `StateError` for a disposed tensor and one of another copy of the library.
 * Source: https://github.com/huggingface/safetensors#format
 * @example const file = saveSafetensors(model.stateDict(), { metadata: { epoch: "3" } });
 */
export function saveSafetensors(
  tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  options: SaveSafetensorsOptions = {},
): Uint8Array<ArrayBuffer> {
  const { metadata } = readOptions<SaveSafetensorsOptions>("saveSafetensors", options, { metadata: undefined });
  if (metadata !== undefined && !isPlainObject(metadata)) {
    throw new ArgError(`saveSafetensors: metadata must be an object of texts, got ${describe(metadata)}`);
  }
  const named = inFileOrder(tensors);
  const sizes = named.map(([, { dtype, size }]) => size * bytesPerElement[dtype]);
  const header = new TextEncoder().encode(headerText(named, sizes, metadata));
  const dataStart = Math.ceil((8 + header.length) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(dataStart + sizes.reduce((sum, size) => sum + size, 0));
  new DataView(file.buffer).setUint32(0, dataStart - 8, true);
  file.set(header, 8);
  file.fill(" ".charCodeAt(0), 8 + header.length, dataStart);
  let at = dataStart;
  named.forEach(([, tensor], i) => {
    const size = sizes[i] as number;
    file.set(bytes().subarray(tensor.ptr, tensor.ptr + size), at);
    at += size;
  });
  return file;
}

function inFileOrder(tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>): [string, Tensor][] {
  const named = stateEntries("saveSafetensors", tensors) as [string, Tensor][];
  for (const [name, tensor] of named) {
    if (name === "__metadata__") {
      throw new ArgError(`saveSafetensors: "__metadata__" cannot be a tensor's name; give texts as the option metadata`);
    }
    checkAlive("saveSafetensors", tensor);
  }
  const rank = (tensor: Tensor): number => writtenTypes.findIndex(([dtype]) => dtype === tensor.dtype);
  return named.sort(([a, s], [b, t]) => rank(s) - rank(t) || (a < b ? -1 : 1));
}

function headerText(named: readonly [string, Tensor][], sizes: readonly number[], metadata: Readonly<Record<string, string>> = {}): string {
  const typeNames = new Map(writtenTypes);
  const members: string[] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, text] of texts) {
    if (typeof text !== "string") {
      throw new ArgError(`saveSafetensors: metadata ${JSON.stringify(key)} must be text, got ${describe(text)}; write String(value)`);
    }
  }
  // Joined by hand: an object's integer-like names would come out of order and `__proto__` would be lost.
  const line = (name: string, value: string): string => `${JSON.stringify(name)}:${value}`;
  if (texts.length > 0) {
    members.push(line("__metadata__", `{${texts.map(([key, text]) => line(key, JSON.stringify(text))).join(",")}}`));
  }
  let at = 0;
  named.forEach(([name, { dtype, shape }], i) => {
    const end = at + (sizes[i] as number);
    members.push(line(name, JSON.stringify({ dtype: typeNames.get(dtype), shape, data_offsets: [at, end] })));
    at = end;
  });
  return `{${members.join(",")}}`;
}
