// A block of linear memory with a count of who holds it: tensors, views and the tape.
import { type Block, returnBlock, takeBlock, usage } from "../wasm/memory.js";

let liveTensors = 0;
let liveBytes = 0;
let peakBytes = 0;

/** What the finalizer gets when a storage has become unreachable: it must not hold the storage itself. */
interface Remains {
  readonly block: Block;
  /** Whether the storage holds the block. A free block may be held by another storage, or by nobody, by now. */
  held: boolean;
  /** Tensors that went with it. */
  tensors: number;
}

// The last net: storage that became unreachable without a dispose. It cannot be the first one, because a synchronous
// loop never gives the collector's callbacks a turn. Some Workers have no finalizers.
const collected =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<Remains>(({ block, held, tensors }) => {
        if (!held) return;
        liveTensors -= tensors;
        liveBytes -= block.bytes;
        returnBlock(block);
        toldBytes = liveBytes;
        floorBytes = liveBytes;
      })
    : undefined;

/** How much more memory may be live before the engine is told again. */
const TELL_EVERY = 16 * 1024 * 1024;
/** The most that the engine is told at once. A Worker has no room for more, nor needs it. */
const TELL_MOST = 128 * 1024 * 1024;
/** Live bytes when the engine was told last, or when it last collected something. */
let toldBytes = 0;
/** Live bytes when the engine last collected something. */
let floorBytes = 0;

/**
 * A garbage collector sees a tensor as an object of some bytes, and lets gigabytes of dropped ones lie. A buffer that is made and
 * dropped untouched costs no memory, but counts for its schedule. Each one is larger than the one before until something is
 * collected, and where much is live it is as large as can be: engines forget small ones before their thresholds are reached, and those
 * may be near the limit of this memory.
 */
function tellCollector(): void {
  const bytes = liveBytes < TELL_MOST ? Math.min(2 * (liveBytes - floorBytes), TELL_MOST) : TELL_MOST;
  try {
    // The length is read because minifiers drop a buffer that nobody reads.
    if (new ArrayBuffer(bytes).byteLength === bytes) toldBytes = liveBytes;
  } catch {
    toldBytes = liveBytes; // the host has no memory left, and has just collected all it could to find some
  }
}

/** Tensors that have not been disposed of. */
export function liveCount(): number {
  return liveTensors;
}

/** What was computed from all elements and is kept beside them. */
interface Derived {
  readonly form: string;
  /** Of the elements it was computed from. */
  readonly version: number;
  readonly storage: Storage;
}

export class Storage {
  readonly ptr: number;
  /** Tensors and saved values that keep the block; at 0 it goes back to the pool. */
  refs = 0;
  /** Counts in-place edits, so that the tape can tell when a value it saved has changed. */
  version = 0;
  /** Counts how often the block was given back: a value that was not kept alive is gone when this has changed. */
  generation = 0;
  readonly #remains: Remains;
  #derived: Derived | undefined;

  private constructor(block: Block) {
    this.ptr = block.ptr;
    this.#remains = { block, held: false, tensors: 0 };
    // Registering costs more than all else about a small operation: a storage is used again with its block, and registered once.
    collected?.register(this, this.#remains);
  }

  /** Storage of so many bytes, not cleared. Errors: `MemoryError`, with nothing allocated. */
  static of(bytes: number): Storage {
    const block = takeBlock(bytes);
    const storage = (block.spare as Storage | undefined) ?? new Storage(block);
    block.spare = undefined; // a block that is held must not hold the storage, which then could never be collected
    storage.#remains.held = true;
    liveBytes += bytes;
    if (liveBytes > peakBytes) peakBytes = liveBytes;
    if (collected && liveBytes > toldBytes + TELL_EVERY) tellCollector();
    return storage;
  }

  /** Storage that belongs to the library itself and is never given back; it does not count as live. Errors: `MemoryError`. */
  static permanent(bytes: number): Storage {
    const storage = new Storage(takeBlock(bytes));
    storage.retain();
    return storage;
  }

  /** Bytes that were asked for. */
  get bytes(): number {
    return this.#remains.block.bytes;
  }

  retain(): void {
    this.refs++;
  }

  release(): void {
    if (--this.refs > 0) return;
    this.forget();
    this.generation++;
    this.#remains.held = false;
    const { block } = this.#remains;
    liveBytes -= block.bytes;
    returnBlock(block, this);
  }

  /** A tensor came to look at this storage. */
  addTensor(): void {
    this.refs++;
    this.#remains.tensors++;
    liveTensors++;
  }

  /** A tensor was disposed of. */
  dropTensor(): void {
    this.#remains.tensors--;
    liveTensors--;
    this.release();
  }

  /**
   * The address of what `fill` derives from the elements; derived again only when they have changed since. One form is kept.
   * Where `fill` throws nothing is kept.
   */
  derive(form: string, bytes: number, fill: (ptr: number) => void): number {
    const known = this.#derived;
    if (known && known.form === form && known.version === this.version) return known.storage.ptr;
    this.forget();
    const storage = Storage.of(bytes);
    storage.retain();
    try {
      fill(storage.ptr);
    } catch (error) {
      storage.release();
      throw error;
    }
    this.#derived = { form, version: this.version, storage };
    return storage.ptr;
  }

  /** Gives back what was derived. */
  forget(): void {
    this.#derived?.storage.release();
    this.#derived = undefined;
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

/**
 * Memory in use: tensors and bytes. Errors: none.
 * @example memory().liveBytes;
 */
export function memory(): MemoryReport {
  const { heapBytes, limitBytes } = usage();
  return { liveTensors, liveBytes, peakBytes, heapBytes, limitBytes };
}
