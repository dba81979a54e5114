// A block of linear memory with a reference count: tensors, views and the tape hold it.
import { StateError } from "../errors.js";
import { readOptions } from "../options.js";
import { type Block, returnBlock, takeBlock, usage } from "../wasm/memory.js";
import type { DType } from "./dtype.js";
import type { Shape } from "./shape.js";

let liveTensors = 0;
let liveBytes = 0;
let peakBytes = 0;

/** The state that the finalizer receives when a storage has become unreachable. It must not refer to the storage itself. */
interface Holding {
  readonly block: Block;
  /** Whether the storage holds the block. A block that was freed may belong to another storage by now. */
  held: boolean;
  /** Tensors that use the storage. */
  tensors: number;
}

// The finalizer frees storage that became unreachable without a dispose. It is only the last resort, because its callbacks never run
// inside a synchronous loop. Some Workers have no finalizers.
const collected =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<Holding>(({ block, held, tensors }) => {
        if (!held) return;
        liveTensors -= tensors;
        liveBytes -= block.bytes;
        returnBlock(block);
        announcedBytes = liveBytes;
        floorBytes = liveBytes;
      })
    : undefined;

/** Growth of the live memory after which it is announced to the engine again. */
const ANNOUNCE_EVERY = 16 * 1024 * 1024;
/** The most that is announced while less than half of the limit is live. */
const ANNOUNCE_MOST = 128 * 1024 * 1024;
/** What is announced from then on: V8 collects at once, where it otherwise marks beside the program and may come too late. */
const ANNOUNCE_URGENT = 2 ** 31;
/** Live bytes at the last announcement, or when the engine last collected something. */
let announcedBytes = 0;
/** Live bytes when the engine last collected something. */
let floorBytes = 0;

/**
 * Makes the engine collect garbage in time. To the collector a tensor is an object of a few bytes, so it would let gigabytes of dropped
 * tensors accumulate. A buffer that is created and dropped untouched uses no memory, but the collector counts its size. Each such buffer
 * is larger than the one before until something is collected, and has the largest size if much memory is live: engines discard small
 * buffers before their thresholds are reached, and the thresholds may be near the limit of this memory. A host that cannot have such a
 * buffer, as a Worker, collects all it can before it says so.
 */
function announceMemory(): void {
  const growing = liveBytes < ANNOUNCE_MOST ? Math.min(2 * (liveBytes - floorBytes), ANNOUNCE_MOST) : ANNOUNCE_MOST;
  const bytes = 2 * liveBytes > usage().limitBytes ? ANNOUNCE_URGENT : growing;
  try {
    // The length is read because minifiers drop a buffer that nobody reads.
    if (new ArrayBuffer(bytes).byteLength === bytes) announcedBytes = liveBytes;
  } catch {
    announcedBytes = liveBytes;
  }
}

/** Tensors that have not been disposed of. */
export function liveCount(): number {
  return liveTensors;
}

/** Something that was computed from elements, such as a packed matrix, and is kept until they change or are freed. */
interface Derived {
  readonly value: unknown;
  readonly drop: () => void;
}

export class Storage {
  readonly ptr: number;
  /** Number of tensors and saved values that hold the block; at 0 it is freed. */
  refs = 0;
  /** Counts in-place edits, so that the tape can tell when a value it saved has changed. */
  version = 0;
  /** Counts how often the block was freed: a value that was not kept alive is lost if this has changed. */
  generation = 0;
  readonly #holding: Holding;
  /** By what was computed and from which elements. */
  #derived: Map<string, Derived> | undefined;
  /** The version from which all of them were computed. */
  #derivedFrom = 0;

  private constructor(block: Block) {
    this.ptr = block.ptr;
    this.#holding = { block, held: false, tensors: 0 };
    // Registration costs more than the rest of a small operation, so a storage is reused together with its block and registered once.
    collected?.register(this, this.#holding);
  }

  /** Allocates storage of `bytes` bytes, not cleared. Errors: `MemoryError`, with nothing allocated. */
  static of(bytes: number): Storage {
    const block = takeBlock(bytes);
    const storage = (block.spare as Storage | undefined) ?? new Storage(block);
    block.spare = undefined; // a block that is held must not hold the storage, which then could never be collected
    storage.#holding.held = true;
    liveBytes += bytes;
    if (liveBytes > peakBytes) peakBytes = liveBytes;
    if (collected && liveBytes > announcedBytes + ANNOUNCE_EVERY) announceMemory();
    return storage;
  }

  /** Allocates storage for the library itself, which is never freed and does not count as live. Errors: `MemoryError`. */
  static permanent(bytes: number): Storage {
    const storage = new Storage(takeBlock(bytes));
    storage.retain();
    return storage;
  }

  /** Bytes that were asked for. */
  get bytes(): number {
    return this.#holding.block.bytes;
  }

  retain(): void {
    this.refs++;
  }

  release(): void {
    if (--this.refs > 0) return;
    if (this.#derived) this.dropDerived();
    this.generation++;
    this.#holding.held = false;
    const { block } = this.#holding;
    liveBytes -= block.bytes;
    returnBlock(block, this);
  }

  /** Called for every new tensor over this storage. */
  addTensor(): void {
    this.refs++;
    this.#holding.tensors++;
    liveTensors++;
  }

  /** Called when a tensor over this storage is disposed of. */
  dropTensor(): void {
    this.#holding.tensors--;
    liveTensors--;
    this.release();
  }

  /**
   * What `make` computes from the elements of `sources`; `key` says what it is. It is computed again only after one of them has changed, and
   * released then, when one of them is freed, and by `dropDerived`. Nothing is kept if `make` throws.
   */
  static derive<T extends { release(): void }>(sources: readonly Storage[], key: string, make: () => T): T {
    for (const source of sources) {
      if (source.#derivedFrom !== source.version) source.dropDerived();
      source.#derivedFrom = source.version;
      source.#derived ??= new Map();
    }
    const name = `${key} of ${sources.map(({ ptr }) => ptr)}`;
    const known = (sources[0] as Storage).#derived?.get(name);
    if (known) return known.value as T;
    const value = make();
    const drop = (): void => {
      for (const source of sources) source.#derived?.delete(name);
      value.release();
    };
    for (const source of sources) source.#derived?.set(name, { value, drop });
    return value;
  }

  /** Releases what was derived from the elements. */
  dropDerived(): void {
    this.#derived?.forEach(({ drop }) => void drop());
  }
}

/** What `memory()` reports. */
export interface MemoryReport {
  /** Tensors that have not been disposed of; views and gradients count too, values that only the tape saved do not. */
  liveTensors: number;
  /** Bytes of the elements of these tensors and of what the tape saved; views share their bytes. */
  liveBytes: number;
  /** The most `liveBytes` has been. */
  peakBytes: number;
  /** Bytes of the linear memory, including what the pool keeps ready. It grows as needed; `trim()` gives back what is free. */
  heapBytes: number;
  /** The most bytes tensors may take. */
  limitBytes: number;
}

/** A tensor that `memory({ live: true })` lists. */
export interface LiveTensor {
  /** Its sizes. */
  shape: Shape;
  /** The type of its elements. */
  dtype: DType;
  /** Bytes of its elements, which views share with the tensor they look at. */
  bytes: number;
  /** The line of the program that made it, as it stands in a stack trace. */
  where: string;
}

let list: (() => LiveTensor[]) | undefined;

/** Sets what lists the tensors; `undefined` if nothing does. */
export function listTensorsBy(lister: typeof list): void {
  list = lister;
}

/**
 * Memory in use: tensors and bytes. With `live`, also a list of the tensors that were made since `traceMemory(true)` and were not disposed
 * of, the oldest first: their shapes, dtypes, bytes, and the lines that made them.
 * Errors: `StateError` for `live` where `traceMemory` is off, `ArgError` for an unknown option.
 * @example memory().liveBytes;
 * @example
 * traceMemory(true);
 * const kept = ones([2, 3]);
 * memory({ live: true }).live[0]?.shape; // [2, 3]
 * traceMemory(false);
 */
export function memory(options?: { live?: false }): MemoryReport;
export function memory(options: { live: boolean }): MemoryReport & { live: LiveTensor[] };
export function memory(options?: { live?: boolean }): MemoryReport & { live?: LiveTensor[] } {
  const { live } = readOptions("memory", options, { live: false });
  if (live && !list) throw new StateError("memory: lists live tensors only if traceMemory(true) was called before they were made");
  const { heapBytes, limitBytes } = usage();
  const report = { liveTensors, liveBytes, peakBytes, heapBytes, limitBytes };
  return live && list ? { ...report, live: list() } : report;
}
