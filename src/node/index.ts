// simdgrad/node: models in files, for Node, Deno and Bun. Everywhere else, bytes go through simdgrad/io.
import { readFile, writeFile } from "node:fs/promises";
import { loadSafetensors, saveSafetensors } from "../io/index.js";
import type { StateDict } from "../nn/module.js";

/** A path, or a URL object that points at a file. */
export type FilePath = string | { readonly href: string };

/**
 * Reads a state dict from a safetensors file. Errors: those of the file system, `FormatError`.
 * @example model.loadStateDict(await readModel("model.safetensors"));
 */
export async function readModel(path: FilePath): Promise<StateDict> {
  return loadSafetensors(await readFile(path as string));
}

/**
 * Writes a state dict to a safetensors file; `metadata` are texts kept in its header. Errors: those of the file system.
 * @example await writeModel("model.safetensors", model.stateDict());
 */
export async function writeModel(path: FilePath, state: StateDict, metadata: Record<string, string> = {}): Promise<void> {
  await writeFile(path as string, saveSafetensors(state, { metadata }));
}
