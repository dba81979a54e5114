// A stream of symbols, some of which have an immediate: a sequence of literals and of copies of earlier symbols, as in LZMA. A copied
// symbol is expected to have the immediate of the symbol that it is copied from. A literal is expected to have that of the last equal symbol.
// One bit says whether it has. So code that differs from earlier code in a few variables and constants costs a few bits.
import { BYTES, HEAP, IMMEDIATES, MODELS, SAVED, SYMBOLS } from "./layout";
import { bit, mantissa, MODEL, NUMBER, number, tree } from "./range";

// Kinds of immediates; scripts/pack/instructions.mjs has the same.
/**
 * An index of a local variable, as its place among those of its type that were used, the last one first, from 1; or 0 for the next one that
 * was not. The lowest 4 bits are a class.
 */
export const LOCAL = 128;
/** The immediate starts with a LEB128 number. */
export const LEB = 32;
/** That number, n, is followed by n + 1 more (the labels of br_table). */
export const TABLE = 64;
/** The number of bytes behind the numbers. */
export const BYTES_BEHIND = 31;

/** Bytes of each symbol in the table of opcodes. */
export const OPCODE: usize = 8;

// Models of each of the two streams: bytes, and instructions. The last two steps, of three kinds each, choose the models of a step.
const IS_COPY: usize = 0;
const IS_AGAIN: usize = 9 * MODEL; // copies from one of the last two distances
const IS_BEFORE: usize = 18 * MODEL; // from the one before the last
const COUNT: usize = 27 * MODEL;
const NEW_LENGTH: usize = COUNT + NUMBER;
const AGAIN_LENGTH: usize = NEW_LENGTH + NUMBER;
const DISTANCE_BITS: usize = AGAIN_LENGTH + NUMBER;
const DISTANCE: usize = DISTANCE_BITS + 32 * MODEL;
const LITERAL: usize = DISTANCE + 32 * 32 * MODEL;
const STREAM: usize = LITERAL + 256 * MODEL;

// Models of immediates.
const BYTE: usize = 256 * MODEL;
const IS_OTHER: usize = 2 * STREAM; // by symbol, the last three answers, whether it is copied, and the byte that is expected
const PLACE: usize = IS_OTHER + 256 * 64 * MODEL; // by class, and the place that was expected
const FIRST_BYTE: usize = PLACE + 16 * 8 * NUMBER; // by symbol
const OTHER_BYTE: usize = FIRST_BYTE + 256 * BYTE; // by the byte before
/** No model: for each symbol, where its last immediate is. */
const LAST: usize = OTHER_BYTE + 128 * BYTE;
const END: usize = LAST + 256 * 4;

/** Where the next immediate goes. */
let heap: usize = HEAP;
/** Symbols of each stream so far. */
let bytes: i32 = 0;
let instructions: i32 = 0;
/** The last answers to whether an immediate differed: of local variables, and of all others. */
let localAnswers: usize = 0;
let answers: usize = 0;

@inline
function byteOf(symbol: usize, position: i32, before: i32): i32 {
  return tree(MODELS + (position == 0 ? FIRST_BYTE + symbol * BYTE : OTHER_BYTE + (<usize>before >> 1) * BYTE), 8);
}

/** Reads an immediate that is not the expected one. */
function otherImmediate(symbol: usize, kind: i32, expected: usize, copied: bool): void {
  if (kind & LOCAL) {
    const place = copied ? min<usize>(load<u8>(expected), 6) : 7;
    store<u8>(heap++, number(MODELS + PLACE + ((<usize>(kind & 15) << 3) | place) * NUMBER));
    return;
  }
  let position = 0;
  let byte = 0;
  let numbers = kind & LEB ? 1 : 0;
  while (numbers > 0) {
    byte = byteOf(symbol, position++, byte);
    store<u8>(heap++, byte);
    if (byte > 127) continue;
    if (kind & TABLE && position == 1) numbers += byte + 1;
    numbers--;
  }
  for (let i = kind & BYTES_BEHIND; i > 0; i--) {
    byte = byteOf(symbol, position++, byte);
    store<u8>(heap++, byte);
  }
}

/** Where the immediate of a symbol is; `copied` is that of the symbol it was copied from, 0 if it was not. */
function immediate(symbol: usize, kind: i32, copied: usize): usize {
  const last = MODELS + LAST + symbol * 4;
  const expected = copied ? copied : <usize>load<u32>(last);
  if (expected) {
    const before = kind & LOCAL ? localAnswers : answers;
    const context = (((symbol << 3) | before) << 3) | (usize(copied != 0) << 2) | min<usize>(load<u8>(expected), 3);
    const other = bit(MODELS + IS_OTHER + context * MODEL);
    const after = ((before << 1) | other) & 7;
    if (kind & LOCAL) localAnswers = after;
    else answers = after;
    if (!other) {
      store<u32>(last, expected);
      return expected;
    }
  }
  const at = heap;
  otherImmediate(symbol, kind, expected, copied != 0);
  store<u32>(last, at);
  return at;
}

/**
 * Reads as many symbols as the stream says, behind the `from` that are there, and returns how many there are then. `kinds` has the kind of
 * immediate of each symbol, `OPCODE` bytes apart; 0 if none has any.
 */
function read(models: usize, symbols: usize, from: i32, kinds: usize): i32 {
  const end = from + number(models + COUNT);
  let last = 1;
  let before = 1;
  let steps: usize = 0;
  for (let at = from; at < end; ) {
    let length = 1;
    let distance = 0;
    if (!bit(models + IS_COPY + steps * MODEL)) {
      store<u8>(symbols + at, tree(models + LITERAL, 8));
      steps = (steps * 3) % 9;
    } else if (bit(models + IS_AGAIN + steps * MODEL)) {
      if (bit(models + IS_BEFORE + steps * MODEL)) {
        const other = before;
        before = last;
        last = other;
      }
      distance = last;
      length = number(models + AGAIN_LENGTH) + 1;
      steps = (steps * 3 + 1) % 9;
    } else {
      length = number(models + NEW_LENGTH) + 2;
      const bits = tree(models + DISTANCE_BITS, 5);
      distance = mantissa(models + DISTANCE + <usize>bits * (32 * MODEL), bits, bits <= 4 ? 4 : 2);
      before = last;
      last = distance;
      steps = (steps * 3 + 2) % 9;
    }
    for (; length > 0; length--, at++) {
      if (distance) store<u8>(symbols + at, load<u8>(symbols + at - distance));
      if (!kinds) continue;
      const symbol = <usize>load<u8>(symbols + at);
      const kind = <i32>load<u8>(kinds + symbol * OPCODE);
      if (!kind) continue;
      const copied = distance ? <usize>load<u32>(IMMEDIATES + (<usize>(at - distance) << 2)) : 0;
      store<u32>(IMMEDIATES + (<usize>at << 2), immediate(symbol, kind, copied));
    }
  }
  return end;
}

/** Reads the next bytes, and returns where they begin. */
export function readBytes(): usize {
  const from = BYTES + bytes;
  bytes = read(MODELS, BYTES, bytes, 0);
  return from;
}

/** Reads the next instructions, and returns the number of the first. */
export function readInstructions(kinds: usize): i32 {
  answers = 0;
  localAnswers = 0;
  const from = instructions;
  instructions = read(MODELS + STREAM, SYMBOLS, instructions, kinds);
  return from;
}

let savedBytes: i32 = 0;
let savedInstructions: i32 = 0;

/** Keeps what the models know and the streams have. */
export function save(): void {
  memory.copy(SAVED, MODELS, END);
  savedBytes = bytes;
  savedInstructions = instructions;
}

/** Goes back to what was saved. */
export function restore(): void {
  memory.copy(MODELS, SAVED, END);
  bytes = savedBytes;
  instructions = savedInstructions;
}
