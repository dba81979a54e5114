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
let top = FIRST;
let usedBytes = 0;
let peakBytes = 0;

// Free blocks by size class. A freed block is the first to be handed out again, while it is still warm in the cache.
const free: number[][] = [];

/** Four classes per doubling: at most a quarter of a block is slack. */
function classOf(bytes: number): number {
  const lines = Math.max(1, Math.ceil(bytes / ALIGN));
  if (lines <= 4) return lines - 1;
  const power = 31 - Math.clz32(lines - 1);
  const quarter = 2 ** (power - 2);
  return 4 * (power - 1) + Math.ceil(lines / quarter) - 5;
}

/** Bytes of a block of class `c`; the inverse of `classOf`. */
function bytesOf(c: number): number {
  if (c < 4) return (c + 1) * ALIGN;
  const power = Math.floor(c / 4) + 1;
  return (5 + (c % 4)) * 2 ** (power - 2) * ALIGN;
}

export function linearMemory(): WebAssembly.Memory {
  memory ??= new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES });
  return memory;
}

/** Whether threads can share the memory. */
export function isShared(): boolean {
  return !(linearMemory().buffer instanceof ArrayBuffer);
}

/** A memory as large as the one in use. Some engines set a shared one's maximum aside at once, and may refuse: then it is less. */
export function newMemory(shared: boolean): WebAssembly.Memory {
  const initial = linearMemory().buffer.byteLength / PAGE;
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
  if (next.buffer.byteLength < buffer.byteLength) next.grow((buffer.byteLength - next.buffer.byteLength) / PAGE);
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

/** Puts unused blocks of larger classes to use when the top cannot move any more. */
function takeLarger(c: number): number | undefined {
  for (let larger = c + 1; larger < free.length; larger++) {
    const ptr = free[larger]?.pop();
    if (ptr === undefined) continue;
    recycleRange(ptr + bytesOf(c), bytesOf(larger) - bytesOf(c));
    return ptr;
  }
  return undefined;
}

/** Puts a stretch of free memory back as the largest blocks that fill it. */
function recycleRange(start: number, bytes: number): void {
  let [ptr, left] = [start, bytes];
  while (left >= ALIGN) {
    let fit = classOf(left);
    if (bytesOf(fit) > left) fit--;
    recycle(ptr, fit);
    ptr += bytesOf(fit);
    left -= bytesOf(fit);
  }
}

/**
 * Joins free blocks that lie side by side, and gives what lies below the top back to it: the last resort before an error,
 * for memory that was cut into small pieces.
 */
function joinFree(): void {
  const blocks = free.flatMap((list, c) => list.map((ptr) => [ptr, bytesOf(c)] as const)).sort(([a], [b]) => a - b);
  free.length = 0;
  let start = 0;
  let end = 0;
  for (const [ptr, bytes] of blocks) {
    if (ptr !== end) {
      recycleRange(start, end - start);
      start = ptr;
    }
    end = ptr + bytes;
  }
  if (end === top && end > start) top = start;
  else recycleRange(start, end - start);
}

function recycle(ptr: number, c: number): void {
  let list = free[c];
  if (!list) {
    while (free.length <= c) free.push([]);
    list = free[c] as number[];
  }
  list.push(ptr);
}

/** Bytes the allocator sets aside for a request. */
export function blockBytes(bytes: number): number {
  return bytesOf(classOf(bytes));
}

/** A block of class `c` from the pool, else from the top, else from a larger block. */
function take(c: number, size: number): number | undefined {
  const ptr = free[c]?.pop();
  if (ptr !== undefined) return ptr;
  if (top + size > FIRST + limitBytes || !growTo(top + size)) return takeLarger(c);
  top += size;
  return top - size;
}

/**
 * Hands out a block of at least `bytes`, not cleared, at an address that is a multiple of 64.
 * Throws `MemoryError`, with nothing allocated, when the limit would be passed.
 */
export function allocate(bytes: number): number {
  if (!(bytes >= 0 && bytes <= limitBytes)) throw outOfMemory(bytes);
  const c = classOf(bytes);
  const size = bytesOf(c);
  let ptr = take(c, size);
  if (ptr === undefined) {
    joinFree();
    ptr = take(c, size);
  }
  if (ptr === undefined) throw outOfMemory(bytes);
  usedBytes += size;
  if (usedBytes > peakBytes) peakBytes = usedBytes;
  return ptr;
}

/** Takes a block back. `bytes` is what was asked for. */
export function release(ptr: number, bytes: number): void {
  usedBytes -= blockBytes(bytes);
  recycle(ptr, classOf(bytes));
}

function outOfMemory(bytes: number): MemoryError {
  const available = limitBytes - usedBytes;
  return new MemoryError(
    `memory: ${bytes} bytes requested, at most ${available} of ${limitBytes} available; dispose of tensors, use scope(), or make batches smaller`,
  );
}

/** Sets the most bytes blocks may take. Errors: `ArgError` below what is in use. */
export function setLimit(bytes: number): void {
  if (!(bytes >= usedBytes)) throw new ArgError(`init: limitBytes must be at least the ${usedBytes} bytes in use, got ${bytes}`);
  limitBytes = Math.min(bytes, MAX_PAGES * PAGE - PAGE);
}

export function usage(): { usedBytes: number; peakBytes: number; heapBytes: number; limitBytes: number } {
  return { usedBytes, peakBytes, heapBytes: memory?.buffer.byteLength ?? 0, limitBytes };
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

let workPtr = 0;
let workBytes = 0;

/** Scratch for one kernel call: its content means nothing before and after. Grows to the largest request and stays. */
export function workspace(bytes: number): number {
  if (bytes > workBytes) {
    const ptr = allocate(bytes);
    if (workBytes > 0) release(workPtr, workBytes);
    workPtr = ptr;
    workBytes = bytes;
  }
  return workPtr;
}
