// Checkpoints of a training: the states of all its parts in one safetensors file, tensors as tensors and the rest as JSON in its metadata.
import { mapTree } from "../autograd/tree.js";
import { ArgError, describe, FormatError, isPlainObject, StateError } from "../errors.js";
import { Module, type StateDict } from "../nn/module.js";
import { clone } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import type { GeneratorState } from "../tensor/random.js";
import { scope } from "../tensor/scope.js";
import { sameShape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Bytes } from "./bytes.js";
import { loadSafetensors, safetensorsMetadata, type TensorRecord } from "./safetensors/load.js";
import { saveSafetensors } from "./safetensors/save.js";

/** What has a state of tensors and plain data: a module, an optimizer, a schedule. `loadStateDict` loads all of it or nothing. */
export interface Stateful {
  /** The state. */
  stateDict(): unknown;
  /** Takes a state over. */
  // biome-ignore lint/suspicious/noExplicitAny: each part decides the type of its state
  loadStateDict(state: any): unknown;
}

/** What stands somewhere in a stream of random numbers, such as a `Generator`. */
export interface Streamed {
  /** Where it stands. */
  getState(): GeneratorState;
  /** Goes there. */
  setState(state: GeneratorState): unknown;
}

/** The parts of a training by name. */
export type CheckpointParts = Readonly<Record<string, Stateful | Streamed>>;

/** Options of `loadCheckpoint`. */
export interface LoadCheckpointOptions {
  /** Whether every part of the file must be given (default true). */
  readonly strict?: boolean | undefined;
}

/** What the metadata hold. Texts begin with `'`, the names of tensors with `#`, and numbers that JSON does not have with `=`. */
interface Content {
  readonly parts: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

const KEY = "simdgrad.checkpoint";

const isStateful = (part: unknown): part is Stateful =>
  typeof (part as Partial<Stateful> | null | undefined)?.stateDict === "function" && typeof (part as Stateful).loadStateDict === "function";
const isStreamed = (part: unknown): part is Streamed =>
  typeof (part as Partial<Streamed> | null | undefined)?.getState === "function" && typeof (part as Streamed).setState === "function";

const stateOf = (part: Stateful | Streamed): unknown => (isStateful(part) ? part.stateDict() : part.getState());
const setStateOf = (part: Stateful | Streamed, state: unknown): unknown =>
  isStateful(part) ? part.loadStateDict(state) : part.setState(state as GeneratorState);

/** A value as JSON; its tensors go into `tensors` under their paths. Errors: `ArgError` for what a file cannot hold. */
function encode(value: unknown, path: string, tensors: Map<string, Tensor>): unknown {
  if (typeof value === "string") return `'${value}`;
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : `=${Object.is(value, -0) ? "-0" : value}`;
  if (value instanceof Tensor) {
    let name = path;
    while (tensors.has(name)) name += "'";
    tensors.set(name, value);
    return `#${name}`;
  }
  if (Array.isArray(value)) return value.map((item, i) => encode(item, `${path}.${i}`, tensors));
  if (!isPlainObject(value))
    throw new ArgError(
      `saveCheckpoint: ${path} is ${describe(value)}; a checkpoint holds tensors, numbers, texts, lists and plain objects`,
    );
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, encode(item, `${path}.${key}`, tensors)]));
}

/** The value that `encode` wrote. Errors: `FormatError` for what it does not write. */
function decode(json: unknown, tensors: TensorRecord): unknown {
  return mapTree(json, (leaf) => {
    if (typeof leaf !== "string") return leaf;
    const [kind, text] = [leaf[0], leaf.slice(1)];
    if (kind === "'") return text;
    if (kind === "=") return Number(text);
    const found = kind === "#" ? tensors[text] : undefined;
    if (!found) throw new FormatError(`loadCheckpoint: the file has no tensor ${JSON.stringify(text)}, which its metadata name`);
    return found;
  });
}

/**
 * The state of a training as one safetensors file. What has `stateDict()` and `loadStateDict()` (modules, optimizers, schedules) and what has
 * `getState()` and `setState()` (generators, `defaultGenerator`) are parts, which `loadCheckpoint` continues; all else is data, which it
 * gives back: numbers, texts, booleans, null, tensors, lists and plain objects of these. Tensors have their paths as names, such as
 * `model.0.weight`; the rest is JSON in the metadata. Numbers are kept exactly. Names are free, so there may be several models. The
 * training mode is not part of a state.
 * Errors: `ArgError` for what is no object, and for data that a file cannot hold.
 * @example const file = saveCheckpoint({ model, optimizer, generator, epoch: 3 });
 */
export function saveCheckpoint(parts: Readonly<Record<string, unknown>>): Uint8Array<ArrayBuffer> {
  if (!isPlainObject(parts))
    throw new ArgError(`saveCheckpoint: takes the parts by name, such as { model, optimizer }, got ${describe(parts)}`);
  mapTree(parts, (leaf) => leaf); // refuses what contains itself
  const tensors = new Map<string, Tensor>();
  return scope(() => {
    const given = Object.entries(parts).filter(([, part]) => part !== undefined);
    const encoded = given.map(([name, part]) => {
      const has = isStateful(part) || isStreamed(part);
      return { name, has, json: encode(has ? stateOf(part as Stateful) : part, name, tensors) };
    });
    const under = (has: boolean) => Object.fromEntries(encoded.filter((e) => e.has === has).map(({ name, json }) => [name, json]));
    const content: Content = { parts: under(true), data: under(false) };
    return saveSafetensors(tensors, { metadata: { [KEY]: JSON.stringify(content) } });
  });
}

/** What the metadata of a file hold. Errors: `FormatError` for a file that is no checkpoint. */
function contentOf(bytes: Bytes): Content {
  const text = safetensorsMetadata(bytes)[KEY];
  let content: Partial<Content> | undefined;
  try {
    content = JSON.parse(text ?? "null") as Partial<Content>;
  } catch {}
  if (!isPlainObject(content) || !isPlainObject(content["parts"]) || !isPlainObject(content["data"]))
    throw new FormatError("loadCheckpoint: the file is no checkpoint that saveCheckpoint wrote; weights alone are read by loadSafetensors");
  return content as unknown as Content;
}

/** Runs `work`; an error that it throws begins with the name of a part. */
function forPart<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.message = `loadCheckpoint: ${name}: ${error.message}`;
    throw error;
  }
}

/** Throws what loading would throw: loads the module's own values wherever those of the state fit. */
function checkModel(model: Module, state: StateDict): void {
  const own = model.stateDict();
  const value = ([name, x]: [string, Tensor]): [string, Tensor] => [name, own[name] && sameShape(own[name].shape, x.shape) ? own[name] : x];
  model.loadStateDict(new Map(Object.entries(state).map(value)));
}

const snapshot = (part: Stateful | Streamed): unknown => mapTree(stateOf(part), (leaf) => (leaf instanceof Tensor ? clone(leaf) : leaf));

/**
 * Continues a training from a file of `saveCheckpoint`: the parts get their states back, all or none. A state is copied into the parts, which
 * are made as before. Result: the data that were saved beside the parts; their tensors belong to the caller or the open scope.
 *
 * bytes: the file. parts: those that were saved, by the same names. With `strict: false`, parts of the file may be left out, such as the
 * optimizer where a model only predicts.
 * Errors: `FormatError` for a file that is no checkpoint; `StateError` for parts that the file does not have or that are not given, and for
 * states that do not fit, with the name of the part; `ArgError` for what is no part. Nothing is changed then.
 * @example
 * const file = saveCheckpoint({ model, optimizer, epoch: 3 });
 * loadCheckpoint(file, { model, optimizer })["epoch"]; // 3
 */
export function loadCheckpoint(bytes: Bytes, parts: CheckpointParts, options?: LoadCheckpointOptions): Record<string, unknown> {
  const { strict } = readOptions<LoadCheckpointOptions>("loadCheckpoint", options, { strict: true });
  if (!isPlainObject(parts))
    throw new ArgError(`loadCheckpoint: takes the parts by name, such as { model, optimizer }, got ${describe(parts)}`);
  for (const [name, part] of Object.entries(parts))
    if (!isStateful(part) && !isStreamed(part))
      throw new ArgError(`loadCheckpoint: ${name} is ${describe(part)}; a part has stateDict and loadStateDict, or getState and setState`);
  const content = contentOf(bytes);
  const missing = Object.keys(parts).filter((name) => !Object.hasOwn(content.parts, name));
  const left = strict ? Object.keys(content.parts).filter((name) => !Object.hasOwn(parts, name)) : [];
  if (missing.length + left.length > 0) {
    const problems = [
      missing.length > 0 && `the file does not have ${missing.join(", ")}`,
      left.length > 0 && `not given: ${left.join(", ")}`,
    ];
    throw new StateError(`loadCheckpoint: nothing was loaded; ${problems.filter(Boolean).join("; ")}`);
  }
  return scope(() => {
    const tensors = loadSafetensors(bytes, { keepDtype: true });
    const data = decode(content.data, tensors) as Record<string, unknown>;
    noGrad(() => load(Object.entries(parts).map(([name, part]) => ({ name, part, state: decode(content.parts[name], tensors) }))));
    return data;
  });
}

interface Loaded {
  readonly name: string;
  readonly part: Stateful | Streamed;
  readonly state: unknown;
}

/** Loads all parts or none. Models come last, since a check before tells that they will be loaded; of the others all but one are undone by copies. */
function load(all: readonly Loaded[]): void {
  const models = all.filter(({ part }) => part instanceof Module);
  for (const { name, part, state } of models) forPart(name, () => checkModel(part as Module, state as StateDict));
  const hasTensors = ({ state }: Loaded): boolean => {
    let found = false;
    mapTree(state, (leaf) => {
      found ||= leaf instanceof Tensor;
    });
    return found;
  };
  const others = all.filter((loaded) => !models.includes(loaded)).sort((a, b) => Number(hasTensors(a)) - Number(hasTensors(b)));
  const undo: (() => unknown)[] = [];
  try {
    for (const [i, { name, part, state }] of others.entries()) {
      if (i < others.length - 1) {
        const before = snapshot(part);
        undo.unshift(() => setStateOf(part, before));
      }
      forPart(name, () => setStateOf(part, state));
    }
  } catch (error) {
    for (const back of undo) back();
    throw error;
  }
  for (const { part, state } of models) setStateOf(part, state);
}
