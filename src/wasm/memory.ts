// The allocator of the linear memory that kernels and tensors share.
// Addresses and sizes are bytes. Blocks start at multiples of 64 (a cache line).
import { ArgError, MemoryError } from "../errors.js";

const PAGE = 65536;
const ALIGN = 64;
const MAX_PAGES = 65536;
/** The first page holds the constants of the kernels; the allocator manages the memory above it. */
const FIRST = PAGE;
/** The smallest step of growth. Larger steps are rarer, and after each step all views must be renewed. */
const GROW_BYTES = 16 * 1024 * 1024;

let memory: WebAssembly.Memory | undefined;
let limitBytes = MAX_PAGES * PAGE - PAGE;
/** End of the heap: memory from here on is unused. */
let top = FIRST;
let usedBytes = 0;
/** Bytes of all free blocks. */
let pooledBytes = 0;

/** A range of the memory that is allocated as a whole. */
export class Block {
  /** The size that was requested; the block itself has the size of its class. */
  bytes = 0;
  /** A value that the last holder attached to the free block for the next holder. */
  spare: unknown = undefined;

  constructor(
    readonly ptr: number,
    readonly sizeClass: number,
  ) {}
}

// Free blocks by size class. The block that was freed last is allocated first, because it may still be in the cache.
const free: Block[][] = [];

/** The size class of a request: four classes per doubling, so at most a quarter of a block is unused. */
function classOf(bytes: number): number {
  if (bytes <= 4 * ALIGN) return bytes <= ALIGN ? 0 : Math.ceil(bytes / ALIGN) - 1;
  const lines = Math.ceil(bytes / ALIGN);
  const power = 31 - Math.clz32(lines - 1);
  return 4 * (power - 1) + Math.ceil(lines / (1 << (power - 2))) - 5;
}

/** Bytes of a block of class `c`; the inverse of `classOf`. */
function bytesOf(c: number): number {
  if (c < 4) return (c + 1) * ALIGN;
  return (5 + (c & 3)) * (1 << ((c >> 2) - 1)) * ALIGN;
}

export function linearMemory(): WebAssembly.Memory {
  memory ??= new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES });
  return memory;
}

/** Whether threads can share the memory. */
export function isShared(): boolean {
  return !(linearMemory().buffer instanceof ArrayBuffer);
}

/**
 * Creates a memory; the default size is that of the current one. Some engines reserve the maximum size of a shared memory and may
 * refuse, so smaller maximums are tried too.
 */
export function newMemory(shared: boolean, sizeBytes: number = linearMemory().buffer.byteLength): WebAssembly.Memory {
  const initial = Math.ceil(sizeBytes / PAGE);
  for (let maximum = MAX_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared });
    } catch (error) {
      if (maximum / 2 < 2 * initial) throw error;
    }
  }
}

/** Copies the content to another memory and uses that from now on. All addresses stay the same. */
export function moveMemory(next: WebAssembly.Memory): void {
  const { buffer } = linearMemory();
  if (next === memory) return;
  if (next.buffer.byteLength < top) next.grow(Math.ceil((top - next.buffer.byteLength) / PAGE));
  new Uint8Array(next.buffer).set(new Uint8Array(buffer, 0, top));
  memory = next;
}

/** Grows the memory to at least `end` bytes; returns whether the engine allowed it. */
function growTo(end: number): boolean {
  const { buffer } = linearMemory();
  if (end <= buffer.byteLength) return true;
  const wanted = Math.min(Math.max(end, buffer.byteLength + GROW_BYTES), FIRST + limitBytes);
  for (const target of [wanted, end]) {
    try {
      linearMemory().grow(Math.ceil((target - buffer.byteLength) / PAGE));
      return true;
    } catch {
      // The engine refuses; the smaller step may still fit.
    }
  }
  return false;
}

function addFree(block: Block): void {
  const c = block.sizeClass;
  while (free.length <= c) free.push([]);
  (free[c] as Block[]).push(block);
  pooledBytes += bytesOf(c);
}

function popFree(c: number): Block | undefined {
  const block = free[c]?.pop();
  if (block) pooledBytes -= bytesOf(c);
  return block;
}

/** Divides a range of free memory into the largest blocks that fit, and adds them to the free blocks. */
function addFreeRange(start: number, bytes: number): void {
  let [ptr, left] = [start, bytes];
  while (left >= ALIGN) {
    let fit = classOf(left);
    if (bytesOf(fit) > left) fit--;
    addFree(new Block(ptr, fit));
    ptr += bytesOf(fit);
    left -= bytesOf(fit);
  }
}

/** Splits the smallest free block of a larger class: returns its beginning as a block of class `c`, and keeps the remainder free. */
function splitLarger(c: number): Block | undefined {
  for (let larger = c + 1; larger < free.length; larger++) {
    const block = popFree(larger);
    if (!block) continue;
    addFreeRange(block.ptr + bytesOf(c), bytesOf(larger) - bytesOf(c));
    return new Block(block.ptr, c);
  }
  return undefined;
}

/** Coalesces adjacent free blocks, and lowers `top` if the last one is free. Afterwards the lowest free blocks are allocated first. */
function joinFree(): void {
  const blocks = free.flat().sort((a, b) => a.ptr - b.ptr);
  free.length = 0;
  pooledBytes = 0;
  const close = (run: readonly Block[], start: number, end: number): void => {
    if (end === top) top = start;
    else if (run.length === 1) addFree(run[0] as Block);
    else addFreeRange(start, end - start);
  };
  let run: Block[] = [];
  let end = 0;
  for (const block of blocks) {
    if (run.length > 0 && block.ptr !== end) {
      close(run, (run[0] as Block).ptr, end);
      run = [];
    }
    run.push(block);
    end = block.ptr + bytesOf(block.sizeClass);
  }
  if (run.length > 0) close(run, (run[0] as Block).ptr, end);
  for (const blocks of free) blocks.reverse();
}

/** Whether the memory grew although enough bytes were free, but not adjacent. Free blocks are then coalesced once half of the heap is free. */
let scattered = false;

/** Coalesces free blocks, and returns the end of the heap: the bytes that the memory must have. */
export function compact(): number {
  freeIdleScratch();
  joinFree();
  return top;
}

/** Returns a block from a larger free block, or from the end of the heap. The memory grows only if coalescing does not give a block. */
function findBlock(c: number): Block | undefined {
  const size = bytesOf(c);
  if (pooledBytes >= size) {
    const split = splitLarger(c);
    if (split) return split;
    if (top + size > linearMemory().buffer.byteLength) {
      joinFree();
      const found = popFree(c) ?? splitLarger(c);
      if (found) return found;
      scattered = true;
    }
  }
  return extendHeap(c, size);
}

/** Returns a block at the end of the heap. */
function extendHeap(c: number, size: number): Block | undefined {
  if (top + size > FIRST + limitBytes || !growTo(top + size)) return undefined;
  top += size;
  return new Block(top - size, c);
}

/** The last resort when the limit is reached: frees the idle scratch, coalesces, and tries everything again. */
function findAtLimit(c: number): Block | undefined {
  freeIdleScratch();
  joinFree();
  return popFree(c) ?? splitLarger(c) ?? extendHeap(c, bytesOf(c));
}

/**
 * Allocates a block of at least `bytes`, not cleared, at an address that is a multiple of 64.
 * Errors: `MemoryError`, with nothing allocated, if the limit would be exceeded.
 */
export function takeBlock(bytes: number): Block {
  if (!(bytes >= 0 && bytes <= limitBytes)) throw outOfMemory(bytes);
  const c = classOf(bytes);
  const size = bytesOf(c);
  if (usedBytes + size > limitBytes) throw outOfMemory(bytes);
  const block = popFree(c) ?? findBlock(c) ?? findAtLimit(c);
  if (block === undefined) throw outOfMemory(bytes);
  block.bytes = bytes;
  usedBytes += size;
  return block;
}

/** Frees a block, and attaches `spare` to it for the next holder. */
export function returnBlock(block: Block, spare?: unknown): void {
  block.spare = spare;
  usedBytes -= bytesOf(block.sizeClass);
  addFree(block);
  if (scattered && usedBytes < top / 2) {
    scattered = false;
    joinFree();
  }
}

/** The largest block that was used as scratch. It is kept apart from the free blocks, so that scratch does not fragment them. */
let idleScratch: Block | undefined;

function freeIdleScratch(): void {
  if (idleScratch) addFree(idleScratch);
  idleScratch = undefined;
}

/** Allocates scratch for one kernel call; its content is undefined before and after the call. Errors: those of `takeBlock`. */
export function takeScratch(bytes: number): Block {
  if (idleScratch === undefined || bytesOf(idleScratch.sizeClass) < bytes || usedBytes + bytesOf(idleScratch.sizeClass) > limitBytes) {
    freeIdleScratch();
    return takeBlock(bytes);
  }
  const block = idleScratch;
  idleScratch = undefined;
  block.bytes = bytes;
  usedBytes += bytesOf(block.sizeClass);
  return block;
}

/** Frees a block from `takeScratch`. Its `spare` stays attached. */
export function returnScratch(block: Block): void {
  const larger = idleScratch && idleScratch.sizeClass > block.sizeClass ? idleScratch : block;
  const smaller = larger === block ? idleScratch : block;
  usedBytes -= bytesOf(block.sizeClass);
  if (smaller) addFree(smaller);
  idleScratch = larger;
}

/** Allocates a block of at least `bytes` and returns its address; see `takeBlock`. */
export function allocate(bytes: number): number {
  return takeBlock(bytes).ptr;
}

/** Frees a block from `allocate`. `bytes` is the size that was requested. */
export function release(ptr: number, bytes: number): void {
  returnBlock(new Block(ptr, classOf(bytes)));
}

/** The size of the block that the allocator uses for a request. */
export function blockBytes(bytes: number): number {
  return bytesOf(classOf(bytes));
}

function outOfMemory(bytes: number): MemoryError {
  const available = limitBytes - usedBytes;
  const how = available >= bytes ? "available, but not in one piece" : "available";
  return new MemoryError(
    `memory: ${bytes} bytes requested, at most ${available} of ${limitBytes} ${how}; dispose of tensors, use scope() or smaller batches`,
  );
}

/** Sets the most bytes that blocks may take. Errors: `ArgError` for less than the bytes in use. */
export function setLimit(bytes: number): void {
  if (!(bytes >= usedBytes)) throw new ArgError(`init: limitBytes must be at least the ${usedBytes} bytes in use, got ${bytes}`);
  limitBytes = Math.min(bytes, MAX_PAGES * PAGE - PAGE);
}

export function usage(): { usedBytes: number; heapBytes: number; limitBytes: number } {
  return { usedBytes, heapBytes: memory?.buffer.byteLength ?? 0, limitBytes };
}

// The views are renewed when growth of the memory has detached their buffer.
let f32 = new Float32Array(0);
let i32 = new Int32Array(0);
let u8 = new Uint8Array(0);
let i8 = new Int8Array(0);

function renewViews(): void {
  const { buffer } = linearMemory();
  f32 = new Float32Array(buffer);
  i32 = new Int32Array(buffer);
  u8 = new Uint8Array(buffer);
  i8 = new Int8Array(buffer);
}

/** The whole memory as float32; valid until the next allocation. */
export function floats(): Float32Array<ArrayBuffer> {
  if (f32.buffer !== memory?.buffer) renewViews();
  return f32;
}

/** The whole memory as int32; valid until the next allocation. */
export function ints(): Int32Array<ArrayBuffer> {
  if (i32.buffer !== memory?.buffer) renewViews();
  return i32;
}

/** The whole memory as bytes; valid until the next allocation. */
export function bytes(): Uint8Array<ArrayBuffer> {
  if (u8.buffer !== memory?.buffer) renewViews();
  return u8;
}

/** The whole memory as signed bytes; valid until the next allocation. */
export function signedBytes(): Int8Array<ArrayBuffer> {
  if (i8.buffer !== memory?.buffer) renewViews();
  return i8;
}
