// Makes a module of WebAssembly from the groups of functions that a program has. scripts/pack/index.mjs writes what is read here.
import { BODIES, BODY, FRAME, FUNCTIONS, IMMEDIATES, LOCALS, MODULE, RUNS, SYMBOLS } from "./layout";
import { start } from "./range";
import { BYTES_BEHIND, LEB, LOCAL, OPCODE, readBytes, readInstructions, TABLE } from "./stream";

/** For each symbol: how many bytes its opcode has, these, and the kind of its immediate. */
const OPCODES: usize = memory.data(256 * 8);
const KIND: usize = 5;
const COLUMNS: usize = 6;

// Opcodes that open and close blocks.
const BLOCK: u8 = 2;
const IF: u8 = 4;
const END: u8 = 11;
/** Types of values go down from here: i32, i64, f32, f64, v128. */
const I32 = 127;
const TYPES: usize = 5;
/** Bytes of a list of variables of one type: how many there are, and their indices. */
const CLASS: usize = 2 * 4096;

/** A body of a function that is not there: no variables, `unreachable`, `end`. */
const MISSING: u32 = 0x0b000003;

const EXPORT_SECTION = 7;
const CODE_SECTION = 10;
/** The kind of an export. */
const FUNCTION = 0;

/** Where the bytes of a module are in what surrounds the code, behind the three numbers and the size. */
const HEAD: usize = 8;
/** Bytes that are kept of it. */
const FRAME_SIZE: usize = 32 * 1024;

// Where the baseline body of a function comes from, if it is not the relaxed one: text of its own, or the relaxed one, split.
const OWN: u8 = 1;
const DERIVED: u8 = 2;

// Entries of the table of opcodes: f32x4.relaxed_madd and relaxed_nmadd.
const MADD: u32 = 0x0285fd03;
const NMADD: u32 = 0x0286fd03;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const ADD = 0xe4;
const SUB = 0xe5;
const MUL = 0xe6;
const V128 = 123;

let count: usize = 0;
/** The part of the frame that comes next. */
let part: usize = 0;
/** The group of each function. */
let groups: usize = 0;
/** In front of the types of functions, and the number of each function's type. */
let types: usize = 0;
let typeOf: usize = 0;
/** Where the next body goes. */
let bodies: usize = BODIES;
/** How many variables a body has so far, and the last of the runs of equal types that declare them. */
let variables = 0;
let run: usize = 0;

/** Writes a number and returns where the next byte goes. */
function writeLeb(at: usize, value: i32): usize {
  for (; value > 127; value >>= 7) store<u8>(at++, value | 128);
  store<u8>(at, value);
  return at + 1;
}

/** Copies an immediate and returns where the next byte goes. */
function copyImmediate(at: usize, from: usize, kind: i32): usize {
  let numbers = kind & LEB ? 1 : 0;
  let first = kind & TABLE;
  while (numbers > 0) {
    const byte = <i32>load<u8>(from++);
    store<u8>(at++, byte);
    if (byte > 127) continue;
    if (first) numbers += byte + 1;
    first = 0;
    numbers--;
  }
  store<u64>(at, load<u64>(from)); // at most 16 bytes
  store<u64>(at, load<u64>(from, 8), 8);
  return at + (kind & BYTES_BEHIND);
}

/** Moves the variable at `place` of a list, from 1, to its front, and returns its index. */
function moveToFront(list: usize, place: usize): i32 {
  let at = list + (place << 1);
  const index = load<u16>(at);
  for (list += 2; at > list; at -= 2) store<u16>(at, load<u16>(at - 2));
  store<u16>(list, index);
  return index;
}

/** Adds a variable to the list of its type, and returns how many that has. */
function add(list: usize): usize {
  const size = <usize>load<u16>(list) + 1;
  store<u16>(list, size);
  store<u16>(list + (size << 1), variables++);
  return size;
}

/** Adds a variable, `0x7f - type`, to the runs of equal types that a body starts with: their lengths, and types in the upper half. */
function declare(type: u32): void {
  const last = load<u32>(run);
  if (last >> 16 == I32 - type) store<u32>(run, last + 1);
  else store<u32>((run += 4), ((I32 - type) << 16) | 1);
}

/** The index of a variable, by its place in the list of its type; 0 stands for a new one. */
function variable(type: u32, place: usize): i32 {
  const list = LOCALS + <usize>type * CLASS;
  if (!place) {
    declare(type);
    place = add(list);
  }
  return moveToFront(list, place);
}

/** Starts the variables of a function with its parameters, and with two vectors if its body is derived; returns the first of those. */
function startVariables(index: usize, derived: bool): i32 {
  for (let type: usize = 0; type < TYPES; type++) store<u16>(LOCALS + type * CLASS, 0);
  variables = 0;
  run = RUNS;
  store<u32>(run, 0);
  let at = types;
  for (let before = load<u8>(typeOf + index); before > 0; before--) {
    at += 2 + <usize>load<u8>(at, 1); // func, the parameters
    at += 1 + <usize>load<u8>(at); // results
  }
  for (let parameters = <i32>load<u8>(at, 1); parameters > 0; parameters--, at++) {
    add(LOCALS + <usize>(I32 - load<u8>(at, 2)) * CLASS);
  }
  const first = variables;
  if (derived) {
    declare(I32 - V128);
    declare(I32 - V128);
    variables += 2;
  }
  return first;
}

/** Writes the declarations of variables and returns where the next byte goes. */
function writeRuns(at: usize): usize {
  at = writeLeb(at, <i32>((run - RUNS) >> 2));
  for (let next = RUNS; next < run; ) {
    next += 4;
    at = writeLeb(at, load<u16>(next));
    store<u8>(at++, load<u8>(next, 2));
  }
  return at;
}

/** Writes an instruction with a variable. */
function writeLocal(at: usize, opcode: i32, index: i32): usize {
  store<u8>(at, opcode);
  return writeLeb(at + 1, index);
}

/** Writes an operation of f32x4. */
function writeVector(at: usize, opcode: i32): usize {
  store<u32>(at, 0x100fd | (opcode << 8));
  return at + 3;
}

/** Writes `a * b + c` or `c - a * b` as a product and a sum; a, b and c are on the stack. */
function writeSplit(at: usize, addend: i32, negated: bool): usize {
  at = writeVector(writeLocal(at, LOCAL_SET, addend), MUL);
  if (!negated) return writeVector(writeLocal(at, LOCAL_GET, addend), ADD);
  at = writeLocal(at, LOCAL_SET, addend + 1);
  return writeVector(writeLocal(writeLocal(at, LOCAL_GET, addend), LOCAL_GET, addend + 1), SUB);
}

/** Writes the body of a function whose instructions start at `instruction`; returns where those of the next one do. */
function body(index: usize, instruction: usize, derived: bool): usize {
  const addend = startVariables(index, derived);
  let at = BODY;
  for (let depth = 1; depth > 0; instruction++) {
    const symbol = <usize>load<u8>(SYMBOLS + instruction);
    const opcode = OPCODES + symbol * OPCODE;
    if (derived) {
      const entry = load<u32>(opcode);
      if (entry == MADD || entry == NMADD) {
        at = writeSplit(at, addend, entry == NMADD);
        continue;
      }
    }
    store<u64>(at, load<u64>(opcode, 1)); // no opcode is longer, and what is too much is overwritten
    at += load<u8>(opcode);
    const first = load<u8>(opcode, 1);
    if (first >= BLOCK && first <= IF) depth++;
    if (first == END) depth--;
    const kind = <i32>load<u8>(opcode, KIND);
    if (!kind) continue;
    const immediate = <usize>load<u32>(IMMEDIATES + (instruction << 2));
    if (kind & LOCAL) at = writeLeb(at, variable(<u32>(kind & 15) % <u32>TYPES, load<u8>(immediate)));
    else at = copyImmediate(at, immediate, kind);
  }
  const slot = FUNCTIONS + (index << 3);
  store<u32>(slot, bodies);
  const declared = writeRuns(at) - at;
  const size = at - BODY;
  bodies = writeLeb(bodies, <i32>(declared + size));
  memory.copy(bodies, at, declared);
  memory.copy(bodies + declared, BODY, size);
  bodies += declared + size;
  store<u32>(slot, bodies, 4);
  return instruction;
}

/** What comes before everything else in the first segment: the opcodes, and the groups of all functions. */
function readTables(at: usize): usize {
  const symbols = <usize>load<u8>(at++);
  for (let column = OPCODES; column < OPCODES + COLUMNS; column++) {
    let value = 0;
    for (let symbol: usize = 0; symbol < symbols; symbol++) {
      value += load<u8>(at++);
      store<u8>(column + symbol * OPCODE, value);
    }
  }
  count = load<u16>(at);
  groups = at + 2;
  for (let i: usize = 0; i < count; i++) store<u32>(FUNCTIONS + (i << 3), 0);
  return groups + count;
}

/**
 * Reads which functions a build has of its own, and what surrounds their code: the places of two lists in the sections in front of the
 * exports, how many functions are not exported, and, each with its size in front, these sections, the names of the exports, the sections in
 * front of the code, and those behind it. It is kept, because streams go back.
 */
function readFrame(from: usize): void {
  memory.copy(FRAME, from, FRAME_SIZE);
  const frame = FRAME + count;
  types = frame + HEAD + load<u16>(frame);
  typeOf = frame + HEAD + load<u16>(frame, 2);
}

/**
 * Reads a segment of a group, which starts at `from`: that of the relaxed build, or (`own`) what the baseline build has of its own, which
 * follows. The first segment is that of group 0, the core, in the relaxed build; it is kept in mind for all others (`save`), and the streams
 * go back to it after each group (`restore`). `baseline` says which build is wanted.
 */
export function segment(from: usize, group: u8, baseline: bool, own: bool): void {
  start(from);
  if (group == 0) {
    let at = readBytes();
    if (!own) at = readTables(at);
    readFrame(at);
  }
  let instruction = <usize>readInstructions(OPCODES + KIND);
  for (let i: usize = 0; i < count; i++) {
    const origin = load<u8>(FRAME + i);
    if (load<u8>(groups + i) != group || (own && origin != OWN)) continue;
    instruction = body(i, instruction, baseline && !own && origin == DERIVED);
  }
}

/** Copies the next part of the frame, which has its size in front, and returns where the next byte goes. */
function copyPart(at: usize): usize {
  const size = <usize>load<u16>(part);
  memory.copy(at, part + 2, size);
  part += 2 + size;
  return at + size;
}

/** Writes the section of exports: functions from `index` on, by names that end with a zero. */
function writeExports(at: usize, index: usize): usize {
  let name = part + 2;
  part = name + load<u16>(part);
  let end = writeLeb(BODY, <i32>(count - index));
  for (; index < count; index++) {
    const from = end++;
    for (; load<u8>(name); name++) store<u8>(end++, load<u8>(name));
    store<u8>(from, end - from - 1);
    store<u8>(end, FUNCTION);
    end = writeLeb(end + 1, <i32>index);
    name++;
  }
  store<u8>(at, EXPORT_SECTION);
  const size = end - BODY;
  at = writeLeb(at + 1, <i32>size);
  memory.copy(at, BODY, size);
  return at + size;
}

/** Writes the module, with functions that only trap where a group was not read; returns its size. It starts at `MODULE`. */
export function link(): i32 {
  let size = 0;
  for (let i: usize = 0; i < count; i++) {
    const start = load<u32>(FUNCTIONS + (i << 3));
    size += start ? <i32>(load<u32>(FUNCTIONS + (i << 3), 4) - start) : 4;
  }
  part = FRAME + count + HEAD - 2;
  let at = copyPart(writeExports(copyPart(MODULE), load<u16>(FRAME + count, 4)));
  store<u8>(at++, CODE_SECTION);
  const counted = <i32>(writeLeb(BODY, <i32>count) - BODY);
  at = writeLeb(at, size + counted);
  at = writeLeb(at, <i32>count);
  for (let i: usize = 0; i < count; i++) {
    const start = load<u32>(FUNCTIONS + (i << 3));
    if (!start) {
      store<u32>(at, MISSING);
      at += 4;
      continue;
    }
    const length = load<u32>(FUNCTIONS + (i << 3), 4) - start;
    memory.copy(at, start, length);
    at += length;
  }
  return <i32>(copyPart(at) - MODULE);
}
