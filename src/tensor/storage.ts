// A block of linear memory with a count of who holds it: tensors, views and the tape.
import { allocate, release, usage } from "../wasm/memory.js";

interface Block {
  readonly ptr: number;
  readonly bytes: number;
  live: boolean;
}

let made = 0;
let liveBlocks = 0;
let liveBytes = 0;
let peakBytes = 0;

function free(block: Block): void {
  if (!block.live) return;
  block.live = false;
  liveBlocks--;
  liveBytes -= block.bytes;
  release(block.ptr, block.bytes);
}

// The last net: storage that became unreachable without a dispose. It cannot be the first one, because
// a synchronous loop never gives the collector's callbacks a turn.
const collected = new FinalizationRegistry<Block>(free);

/** While set, notes where each storage is made. */
let origins: Map<Storage, string> | undefined;

/** Frames a trace keeps, so that it reaches the user's code; V8 keeps ten by default. */
const TRACE_FRAMES = 60;
let framesBefore = 0;

/** Notes where every storage is made until `endTrace`. Slow: a stack trace each. */
export function beginTrace(): void {
  origins = new Map();
  framesBefore = Error.stackTraceLimit;
  Error.stackTraceLimit = TRACE_FRAMES;
}

/** Stack traces of the storages made since `beginTrace` that are still held. */
export function endTrace(): string[] {
  const held = [...(origins ?? [])].filter(([storage]) => storage.refs > 0).map(([, stack]) => stack);
  origins = undefined;
  Error.stackTraceLimit = framesBefore;
  return held;
}

/** Storages made so far: the serial of the latest. */
export function storagesMade(): number {
  return made;
}

/** Blocks that are held by tensors or by the tape. */
export function liveCount(): number {
  return liveBlocks;
}

/** What was computed from all elements and is kept beside them. */
interface Derived {
  readonly form: string;
  /** Of the elements it was computed from. */
  readonly version: number;
  readonly storage: Storage;
}

export class Storage {
  /** Handles and saved values that keep the block; at 0 it goes back to the pool. */
  refs = 0;
  /** Counts in-place edits, so that the tape can tell when a value it saved has changed. */
  version = 0;
  /** Grows with time: tells what was made before and after a moment. */
  readonly serial: number = ++made;
  readonly #block: Block;
  #derived: Derived | undefined;

  constructor(bytes: number) {
    this.#block = { ptr: allocate(bytes), bytes, live: true };
    liveBlocks++;
    liveBytes += bytes;
    if (liveBytes > peakBytes) peakBytes = liveBytes;
    collected.register(this, this.#block);
    origins?.set(this, new Error().stack ?? "");
  }

  get ptr(): number {
    return this.#block.ptr;
  }

  retain(): void {
    this.refs++;
  }

  release(): void {
    if (--this.refs > 0) return;
    this.forget();
    free(this.#block);
  }

  /** The address of what `fill` derives from the elements; derived again only when they have changed since. One form is kept. */
  derive(form: string, bytes: number, fill: (ptr: number) => void): number {
    if (this.#derived?.form !== form || this.#derived.version !== this.version) {
      this.forget();
      const storage = new Storage(bytes);
      storage.retain();
      this.#derived = { form, version: this.version, storage };
      fill(storage.ptr);
    }
    return this.#derived.storage.ptr;
  }

  /** Gives back what was derived. */
  forget(): void {
    this.#derived?.storage.release();
    this.#derived = undefined;
  }
}

/** What `memory()` reports. */
export interface MemoryReport {
  /** Blocks held by tensors and by the tape; views share one. */
  liveTensors: number;
  /** Bytes of their elements. */
  liveBytes: number;
  /** The most `liveBytes` has been. */
  peakBytes: number;
  /** Bytes of the linear memory, including what the pool keeps ready. It grows and never shrinks. */
  heapBytes: number;
  /** The most bytes tensors may take. */
  limitBytes: number;
}

/**
 * Memory in use, in bytes.
 * @example memory().liveBytes;
 */
export function memory(): MemoryReport {
  const { heapBytes, limitBytes } = usage();
  return { liveTensors: liveBlocks, liveBytes, peakBytes, heapBytes, limitBytes };
}
