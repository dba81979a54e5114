// Packs the two builds of the kernels as text, in groups that assembly/unpack links to one module.
//
// A group is a folder of assembly/ whose kernels only some programs need. It has the functions that its kernels alone reach; all others are
// in the core, which every program has. The probabilities learned from the
// core's relaxed build are the starting point of every other segment, because the code is similar. The
// baseline build of a group comes right behind the relaxed one, and has only the functions that cannot be made from it. The bodies have their
// variables in the order of their first use (variables.mjs).
import { derivedBody, isFused } from "./derive.mjs";
import { callsOf, internalFunctions } from "./functions.mjs";
import { instructionsOf, LOCAL } from "./instructions.mjs";
import { readModule } from "./module.mjs";
import { Models, Prices, RangeEncoder } from "./range.mjs";
import { StreamEncoder } from "./stream.mjs";

/** The group that all others build on. */
export const CORE = "core";
/** A symbol is one byte, and so is their number. */
const MOST_SYMBOLS = 255;
/** Bytes of the longest opcode, with what belongs to it. */
const MOST_OPCODE = 4;
/** The symbols left for raw instructions, one for each length. */
const MOST_RAW = 8;

/** Base64 without padding. */
export const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/** All functions that can be reached from some. */
function reach(functions, roots) {
  const reached = new Set(roots);
  for (const index of reached) for (const called of callsOf(functions[index])) reached.add(called);
  return reached;
}

/**
 * The group of each function: the one whose kernels alone reach it, or the core.
 * @param {Map<string, string>} groupOfKernel
 */
function groupFunctions(module, functions, groupOfKernel) {
  const users = functions.map(() => new Set());
  for (const [kernel, index] of module.exports) {
    for (const reached of reach(functions, [index])) users[reached].add(groupOfKernel.get(kernel));
  }
  return users.map((groups) => (groups.size === 1 ? [...groups][0] : CORE));
}

const sameBytes = (a, b) => Buffer.compare(a, b) === 0;

// Where the baseline body of a function comes from: the relaxed one, text of its own, or the relaxed one with fused operations split.
const SAME = 0;
const OWN = 1;
const DERIVED = 2;
const originOf = (relaxed, body) => (sameBytes(relaxed.body, body) ? SAME : sameBytes(derivedBody(relaxed), body) ? DERIVED : OWN);

const nameOf = ({ opcode, kind }) => `${[...opcode]}:${kind}`;

const BLOCK = 0x02;
const IF = 0x04;
const END = 0x0b;
/** Instructions that the unpacker itself looks at: those with variables, those that open or close blocks, and fused operations. */
function isRead(instruction) {
  const { opcode, kind } = instruction;
  return (kind & LOCAL) !== 0 || (opcode[0] >= BLOCK && opcode[0] <= IF) || opcode[0] === END || isFused(instruction);
}

/** A rare instruction: all its bytes are an immediate of a symbol without opcode. */
function rawOf({ bytes }) {
  return { opcode: new Uint8Array(), kind: bytes.length, immediate: bytes, bytes };
}

/** A symbol for each kind of instruction that is frequent or that the unpacker looks at, and for each length of the others. */
class Alphabet {
  #symbols = new Map();
  #items = new Map();
  table = [];

  constructor(instructions) {
    const counts = new Map();
    for (const instruction of instructions) {
      const name = nameOf(instruction);
      const entry = counts.get(name) ?? { instruction, n: isRead(instruction) ? Number.POSITIVE_INFINITY : 0 };
      entry.n++;
      counts.set(name, entry);
    }
    const byFrequency = [...counts.values()].sort((a, b) => b.n - a.n).map(({ instruction }) => instruction);
    const frequent = byFrequency.slice(0, MOST_SYMBOLS - MOST_RAW);
    const inOrder = frequent.sort((a, b) => Buffer.compare(a.opcode, b.opcode) || a.kind - b.kind);
    for (const instruction of inOrder) this.#add(instruction);
    const rare = instructions.filter((instruction) => !this.#symbols.has(nameOf(instruction)));
    for (const instruction of rare.map(rawOf)) if (!this.#symbols.has(nameOf(instruction))) this.#add(instruction);
    if (this.table.length > MOST_SYMBOLS) throw new Error(`scripts/pack: rare instructions have more than ${MOST_RAW} lengths`);
  }

  #add(instruction) {
    this.#symbols.set(nameOf(instruction), this.table.length);
    this.table.push(instruction);
  }

  /** The item of an instruction, the same one for equal instructions. */
  itemOf(instruction) {
    const { opcode, kind, immediate } = this.#symbols.has(nameOf(instruction)) ? instruction : rawOf(instruction);
    const symbol = this.#symbols.get(nameOf({ opcode, kind }));
    const key = `${symbol},${immediate.join()}`;
    const item = this.#items.get(key) ?? { symbol, kind, immediate };
    this.#items.set(key, item);
    return item;
  }

  /** The number of symbols, and for each of these the length of its opcode, the opcode, and its kind, in columns, as differences: most are small. */
  get bytes() {
    const rows = this.table.map(({ opcode, kind }) => [opcode.length, ...Buffer.concat([opcode], MOST_OPCODE), kind]);
    const columns = rows[0].map((_, column) => rows.map((row, i) => (row[column] - (rows[i - 1]?.[column] ?? 0)) & 255));
    return [rows.length, ...columns.flat()];
  }
}

/** @returns {import("./steps.mjs").Item[]} */
const itemsOfBytes = (bytes) => Array.from(bytes, (symbol) => ({ symbol, kind: 0 }));
const short = (n) => [n & 255, n >> 8];
const part = (bytes) => [...short(bytes.length), ...bytes];

/** What surrounds the code of a module, without what the unpacker can count itself: sizes and numbers of exports, and signatures. */
function frameOf(module) {
  const { head, typesAt, functionsAt, exports, middle, tail } = module;
  const names = Buffer.from([...exports.keys()].map((name) => `${name}\0`).join(""));
  const places = [typesAt, functionsAt, internalFunctions(module)].flatMap(short);
  return [...places, ...part(head), ...part(names), ...part(middle), ...part(tail)];
}

/** How often all is packed, each time by the prices that the last time had. */
const PASSES = 3;

/**
 * @param {{ relaxed: Uint8Array, baseline: Uint8Array }} modules
 * @param {Map<string, string>} groupOfKernel
 * @returns {Map<string, { relaxed: Uint8Array, baseline: Uint8Array }>} the segments of each group
 */
export function packKernels(modules, groupOfKernel) {
  const [relaxed, baseline] = [modules.relaxed, modules.baseline].map(readModule);
  const functions = { relaxed: relaxed.functions.map(instructionsOf), baseline: baseline.functions.map(instructionsOf) };
  const groupOf = groupFunctions(relaxed, functions.relaxed, groupOfKernel);
  const origins = relaxed.functions.map((code, i) => originOf(code, baseline.functions[i].body));
  const groups = [...new Set([CORE, ...[...groupOfKernel.values()].sort()])];
  const alphabet = new Alphabet([...functions.relaxed, ...functions.baseline].flat());
  const tables = [...alphabet.bytes, ...short(groupOf.length), ...groupOf.map((group) => groups.indexOf(group))];
  const frame = (module) => [...origins, ...frameOf(module)];

  /** What the two streams of a segment have: some bytes, which only the core has, and the instructions of functions. */
  const contents = (group, build, bytes) => {
    const own = functions[build].filter((_, i) => groupOf[i] === group && (build === "relaxed" || origins[i] === OWN));
    return [group === CORE ? itemsOfBytes(bytes) : undefined, own.flat().map((instruction) => alphabet.itemOf(instruction))];
  };
  const segments = groups.map((group) => ({
    group,
    relaxed: contents(group, "relaxed", [...tables, ...frame(relaxed)]),
    baseline: contents(group, "baseline", frame(baseline)),
  }));

  let prices = new Prices();
  let packed;
  for (let pass = 0; pass < PASSES; pass++) {
    const next = new Prices();
    packed = packSegments(segments, prices, next);
    prices = next;
  }
  return packed;
}

/** Packs all segments by some prices, and notes the bits for the prices of the next time. The first segments are those of the core. */
function packSegments(segments, prices, next) {
  let models = new Models();
  const streams = [new StreamEncoder("bytes"), new StreamEncoder("code")];
  const pack = (contents) => {
    const encoder = new RangeEncoder(models, next);
    streams.forEach((stream, i) => {
      if (contents[i]) stream.write(encoder, contents[i], prices);
    });
    return encoder.finish();
  };
  let known;
  return new Map(
    segments.map(({ group, relaxed, baseline }) => {
      if (known) {
        models = known.models.copy();
        streams.forEach((stream, i) => {
          stream.restore(known.streams[i]);
        });
      }
      const first = pack(relaxed);
      known ??= { models: models.copy(), streams: streams.map((stream) => stream.save()) };
      return [group, { relaxed: first, baseline: pack(baseline) }];
    }),
  );
}
