// The body of a function as symbols, each an opcode with what belongs to it, and their immediates: what assembly/unpack writes back.
import { Reader } from "./module.mjs";

// Kinds of immediates, as in assembly/unpack/stream.ts.
export const LOCAL = 128;
export const TABLE = 64;
export const LEB = 32;
export const BYTES_BEHIND = 31;

const TYPES = 5;
const I32 = 0x7f;
const PREFIX = 0xfc;
const SIMD = 0xfd;
const LOCAL_GET = 0x20;
const LOCAL_TEE = 0x22;
const BR_TABLE = 0x0e;
const MEMORY_COPY = 10;
const MEMORY_FILL = 11;
const V128_CONST = 12;
const SHUFFLE = 13;

/** Opcodes by their first byte: the bytes that belong to the opcode, and the kind of what follows. Not listed: neither. */
const PLAIN = new Map([
  ...[0x02, 0x03, 0x04].map((op) => [op, [1, 0]]), // block, loop, if, with a type
  ...[0x0c, 0x0d, 0x10, 0x23, 0x24, 0x41, 0x42].map((op) => [op, [0, LEB]]), // br, br_if, call, globals, integer constants
  [BR_TABLE, [0, LEB | TABLE]],
  ...Array.from({ length: 0x3e - 0x28 + 1 }, (_, i) => [0x28 + i, [1, LEB]]), // loads and stores: alignment, offset
  [0x3f, [1, 0]], // memory.size
  [0x40, [1, 0]], // memory.grow
  [0x43, [0, 4]], // f32.const
  [0x44, [0, 8]], // f64.const
]);

/** The same for opcodes behind the prefix of SIMD. */
function simd(op) {
  if (op <= 11 || op === 92 || op === 93) return [1, LEB]; // loads and stores
  if (op === V128_CONST || op === SHUFFLE) return [0, 16];
  if (op >= 21 && op <= 34) return [0, 1]; // a lane
  if (op >= 84 && op <= 91) return [1, LEB | 1]; // loads and stores of a lane
  return [0, 0];
}

/** The same for opcodes behind the other prefix. */
function prefixed(op) {
  if (op === MEMORY_COPY) return [2, 0];
  if (op === MEMORY_FILL) return [1, 0];
  if (op < 8) return [0, 0]; // conversions that saturate
  throw new Error(`scripts/pack: unknown opcode 0xfc ${op}`);
}

function rulesOf(reader, op) {
  if (op === SIMD) return simd(reader.leb());
  if (op === PREFIX) return prefixed(reader.leb());
  return PLAIN.get(op) ?? [0, 0];
}

function immediateOf(reader, kind) {
  const from = reader.at;
  const labels = kind & TABLE ? reader.leb() : 0;
  if (labels > 127) throw new Error("scripts/pack: a br_table has more than 127 labels");
  if (kind & LEB) for (let more = labels + 1; more > 0; more--) reader.lebBytes();
  reader.take(kind & BYTES_BEHIND);
  return reader.bytes.subarray(from, reader.at);
}

/**
 * The types of all variables of a function, the parameters first, and a reader behind their declarations.
 * @param {import("./module.mjs").Code} code
 */
export function typesOf({ parameters, body }) {
  const reader = new Reader(body);
  const types = [...parameters];
  for (let runs = reader.leb(); runs > 0; runs--) {
    const n = reader.leb();
    types.push(...new Array(n).fill(reader.byte()));
  }
  return { types, reader };
}

/**
 * @typedef {{ opcode: Uint8Array, kind: number, immediate: Uint8Array, bytes: Uint8Array }} Instruction
 * @param {import("./module.mjs").Code} code
 * @returns {Instruction[]}
 */
export function instructionsOf(code) {
  const { types, reader } = typesOf(code);
  const { parameters, body } = code;
  // The variables of each type that were used, the last one first. All parameters are.
  const recent = Array.from({ length: TYPES }, () => []);
  parameters.forEach((type, i) => {
    recent[I32 - type].push(i);
  });
  const instructions = [];
  while (!reader.done) {
    const from = reader.at;
    const op = reader.byte();
    if (op >= LOCAL_GET && op <= LOCAL_TEE) {
      const index = reader.leb();
      const type = I32 - types[index];
      const place = recent[type].indexOf(index) + 1;
      if (place > 255) throw new Error("scripts/pack: a function has more than 255 variables of one type");
      if (place) recent[type].splice(place - 1, 1);
      recent[type].unshift(index);
      const kind = LOCAL | ((op - LOCAL_GET) * TYPES + type);
      instructions.push({ opcode: Uint8Array.of(op), kind, immediate: Uint8Array.of(place), bytes: body.subarray(from, reader.at) });
      continue;
    }
    const [more, kind] = rulesOf(reader, op);
    reader.take(more);
    const opcode = body.subarray(from, reader.at);
    const immediate = immediateOf(reader, kind);
    instructions.push({ opcode, kind, immediate, bytes: body.subarray(from, reader.at) });
  }
  return instructions;
}
