// simdgrad/node: models in files, for Node, Deno and Bun. Everywhere else, bytes go through simdgrad/io.
import { readFile, writeFile } from "node:fs/promises";
import { type LoadSafetensorsOptions, loadSafetensors, saveSafetensors } from "../io/index.js";
import type { StateDict } from "../nn/module.js";

/** A path, or a URL object that points at a file. */
export type FilePath = string | { readonly href: string };

/**
 * Reads a state dict from a safetensors file; the options are those of `loadSafetensors`.
 * Errors: those of the file system, `FormatError` and `ArgError` as in `loadSafetensors`.
 * @example
 * await writeModel("model.safetensors", model.stateDict());
 * model.loadStateDict(await readModel("model.safetensors"));
 */
export async function readModel(path: FilePath, options?: LoadSafetensorsOptions): Promise<StateDict> {
  return loadSafetensors(await readFile(path as string), options);
}

/**
 * Writes a state dict, tensors of any shape and of every dtype, to a safetensors file; `metadata` are texts kept in its header.
 * Errors: those of the file system, and those of `saveSafetensors`.
 * @example await writeModel("model.safetensors", model.stateDict());
 */
export async function writeModel(path: FilePath, state: StateDict, metadata: Record<string, string> = {}): Promise<void> {
  await writeFile(path as string, saveSafetensors(state, { metadata }));
}
