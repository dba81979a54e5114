// One linear memory for kernels and tensors; blocks are handed out here, on the TypeScript side.
// Addresses and sizes are bytes. Blocks start at multiples of 64 (a cache line).
import { ArgError, MemoryError } from "../errors.js";

const PAGE = 65536;
const ALIGN = 64;
const MAX_PAGES = 65536;
/** The first page belongs to the kernels' constants; every build leaves what is above to this allocator. */
const FIRST = PAGE;
/** Growing in steps of at least this much keeps the number of view renewals small. */
const GROW_BYTES = 16 * 1024 * 1024;

let memory: WebAssembly.Memory | undefined;
let limitBytes = MAX_PAGES * PAGE - PAGE;
/** Everything from here on has never been handed out. */
let top = FIRST;
let usedBytes = 0;
/** Bytes of all free blocks. */
let pooledBytes = 0;

/** A stretch of the memory that is handed out as a whole. */
export class Block {
  /** What the holder asked for; the block itself is as large as its class. */
  bytes = 0;
  /** What the last holder left with the free block, for the next one. */
  spare: unknown = undefined;

  constructor(
    readonly ptr: number,
    readonly sizeClass: number,
  ) {}
}

// Free blocks by size class. A freed block is the first to be handed out again, while it is still warm in the cache.
const free: Block[][] = [];

/** Four classes per doubling: at most a quarter of a block is slack. */
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

/** A memory, as large as the one in use unless said. Some engines set a shared one's maximum aside at once, and may refuse: then it is less. */
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

/** Goes on with another memory: everything gets the same address there. */
export function moveMemory(next: WebAssembly.Memory): void {
  const { buffer } = linearMemory();
  if (next === memory) return;
  if (next.buffer.byteLength < top) next.grow(Math.ceil((top - next.buffer.byteLength) / PAGE));
  new Uint8Array(next.buffer).set(new Uint8Array(buffer, 0, top));
  memory = next;
}

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

function recycle(block: Block): void {
  const c = block.sizeClass;
  while (free.length <= c) free.push([]);
  (free[c] as Block[]).push(block);
  pooledBytes += bytesOf(c);
}

function pop(c: number): Block | undefined {
  const block = free[c]?.pop();
  if (block) pooledBytes -= bytesOf(c);
  return block;
}

/** Puts a stretch of free memory back as the largest blocks that fill it. */
function recycleRange(start: number, bytes: number): void {
  let [ptr, left] = [start, bytes];
  while (left >= ALIGN) {
    let fit = classOf(left);
    if (bytesOf(fit) > left) fit--;
    recycle(new Block(ptr, fit));
    ptr += bytesOf(fit);
    left -= bytesOf(fit);
  }
}

/** The front of the smallest free block of a larger class; the rest stays free. */
function splitLarger(c: number): Block | undefined {
  for (let larger = c + 1; larger < free.length; larger++) {
    const block = pop(larger);
    if (!block) continue;
    recycleRange(block.ptr + bytesOf(c), bytesOf(larger) - bytesOf(c));
    return new Block(block.ptr, c);
  }
  return undefined;
}

/** Coalesces free blocks that lie side by side; if the last one ends at `top`, it goes back below it. The next to be handed out are the lowest. */
function joinFree(): void {
  const blocks = free.flat().sort((a, b) => a.ptr - b.ptr);
  free.length = 0;
  pooledBytes = 0;
  const close = (run: readonly Block[], start: number, end: number): void => {
    if (end === top) top = start;
    else if (run.length === 1) recycle(run[0] as Block);
    else recycleRange(start, end - start);
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

/** Whether the memory grew although as much was free, in pieces. Then they are joined once few blocks lie between them. */
let scattered = false;
/** Blocks in use are few when they take less than this share of the memory. */
const FEW = 1 / 2;

/** Joins what is free; the bytes that are in use, and lie between blocks in use, from the start of the memory on. */
export function compact(): number {
  dropIdle();
  joinFree();
  return top;
}

/** A block from below the top, or from the untouched memory above it. The memory grows only when joining what is free makes no room. */
function find(c: number): Block | undefined {
  const size = bytesOf(c);
  if (pooledBytes >= size) {
    const split = splitLarger(c);
    if (split) return split;
    if (top + size > linearMemory().buffer.byteLength) {
      joinFree();
      const found = pop(c) ?? splitLarger(c);
      if (found) return found;
      scattered = true;
    }
  }
  return extend(c, size);
}

function extend(c: number, size: number): Block | undefined {
  if (top + size > FIRST + limitBytes || !growTo(top + size)) return undefined;
  top += size;
  return new Block(top - size, c);
}

/** The last resort at the limit: whatever can be joined or split. */
function scrape(c: number): Block | undefined {
  dropIdle();
  joinFree();
  return pop(c) ?? splitLarger(c) ?? extend(c, bytesOf(c));
}

/**
 * Hands out a block of at least `bytes`, not cleared, at an address that is a multiple of 64.
 * Errors: `MemoryError`, with nothing allocated, when the limit would be passed.
 */
export function takeBlock(bytes: number): Block {
  if (!(bytes >= 0 && bytes <= limitBytes)) throw outOfMemory(bytes);
  const c = classOf(bytes);
  const size = bytesOf(c);
  if (usedBytes + size > limitBytes) throw outOfMemory(bytes);
  const block = pop(c) ?? find(c) ?? scrape(c);
  if (block === undefined) throw outOfMemory(bytes);
  block.bytes = bytes;
  usedBytes += size;
  return block;
}

/** Takes a block back, with what is to be found with it by its next holder. */
export function returnBlock(block: Block, spare?: unknown): void {
  block.spare = spare;
  usedBytes -= bytesOf(block.sizeClass);
  recycle(block);
  if (scattered && usedBytes < top * FEW) {
    scattered = false;
    joinFree();
  }
}

/** The largest block that was scratch, apart from the free ones: else every layer's scratch would break up what tensors fill. */
let idle: Block | undefined;

function dropIdle(): void {
  if (idle) recycle(idle);
  idle = undefined;
}

/** A block for the inside of one kernel call; its content means nothing before and after. Errors: those of `takeBlock`. */
export function takeScratch(bytes: number): Block {
  if (idle === undefined || bytesOf(idle.sizeClass) < bytes || usedBytes + bytesOf(idle.sizeClass) > limitBytes) {
    dropIdle();
    return takeBlock(bytes);
  }
  const block = idle;
  idle = undefined;
  block.bytes = bytes;
  usedBytes += bytesOf(block.sizeClass);
  return block;
}

/** Takes back what `takeScratch` gave, with what was to be found with it. */
export function returnScratch(block: Block): void {
  const kept = idle && idle.sizeClass > block.sizeClass ? idle : block;
  const other = kept === block ? idle : block;
  usedBytes -= bytesOf(block.sizeClass);
  if (other) recycle(other);
  idle = kept;
}

/** The address of a block of at least `bytes`; see `takeBlock`. */
export function allocate(bytes: number): number {
  return takeBlock(bytes).ptr;
}

/** Takes back what `allocate` gave. `bytes` is what was asked for. */
export function release(ptr: number, bytes: number): void {
  returnBlock(new Block(ptr, classOf(bytes)));
}

/** Bytes the allocator sets aside for a request. */
export function blockBytes(bytes: number): number {
  return bytesOf(classOf(bytes));
}

function outOfMemory(bytes: number): MemoryError {
  const available = limitBytes - usedBytes;
  const how = available >= bytes ? "available, but not in one piece" : "available";
  return new MemoryError(
    `memory: ${bytes} bytes requested, at most ${available} of ${limitBytes} ${how}; dispose of tensors, use scope(), or make batches smaller`,
  );
}

/** Sets the most bytes blocks may take. Errors: `ArgError` below what is in use. */
export function setLimit(bytes: number): void {
  if (!(bytes >= usedBytes)) throw new ArgError(`init: limitBytes must be at least the ${usedBytes} bytes in use, got ${bytes}`);
  limitBytes = Math.min(bytes, MAX_PAGES * PAGE - PAGE);
}

export function usage(): { usedBytes: number; heapBytes: number; limitBytes: number } {
  return { usedBytes, heapBytes: memory?.buffer.byteLength ?? 0, limitBytes };
}

// Views are made anew whenever growing has detached the buffer they looked at.
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
