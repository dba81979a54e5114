// Most functions of the baseline build are those of the relaxed one with each fused multiply-add in two steps. They are derived, so that their
// text need not be stored; the compiler writes the same operations in another order.
import { instructionsOf, LOCAL } from "./instructions.mjs";
import { Reader, readModule } from "./module.mjs";

// Opcodes, of f32x4 where they have no type.
const RELAXED_MADD = [0xfd, 0x85, 0x02];
const RELAXED_NMADD = [0xfd, 0x86, 0x02];
const ADD = [0xfd, 0xe4, 0x01];
const SUB = [0xfd, 0xe5, 0x01];
const MUL = [0xfd, 0xe6, 0x01];
const I32_CONST = [0x41];
const LOAD32_SPLAT = [0xfd, 0x09, 0x02]; // with its alignment
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const V128 = 0x7b;
/** Variables that hold the addend and the product. */
const ADDED_VARIABLES = 2;

export function leb(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value & 127) | 128);
  return [...out, value];
}

const is = (opcode, wanted) => opcode.length === wanted.length && wanted.every((byte, i) => opcode[i] === byte);
export const isFused = ({ opcode }) => is(opcode, RELAXED_MADD) || is(opcode, RELAXED_NMADD);

/** Declarations of variables, and the instructions behind them with their bytes. */
function partsOf({ parameters, body }) {
  const reader = new Reader(body);
  const runs = reader.leb();
  const from = reader.at;
  let variables = parameters.length;
  for (let i = 0; i < runs; i++) {
    variables += reader.leb();
    reader.byte();
  }
  return { runs, declared: body.subarray(from, reader.at), variables, code: body.subarray(reader.at) };
}

/**
 * The body of a function with each fused multiply-add, `a b c -> a * b + c` or `c - a * b`, as a product and a sum.
 * @param {import("./module.mjs").Code} code
 */
export function derivedBody(code) {
  const { runs, declared, variables, code: bytes } = partsOf(code);
  const [addend, product] = [leb(variables), leb(variables + 1)];
  const out = [];
  let at = 0;
  for (const { instruction, end } of spansOf(code)) {
    if (!isFused(instruction)) out.push(...bytes.subarray(at, end));
    else if (is(instruction.opcode, RELAXED_MADD)) out.push(LOCAL_SET, ...addend, ...MUL, LOCAL_GET, ...addend, ...ADD);
    else out.push(LOCAL_SET, ...addend, ...MUL, LOCAL_SET, ...product, LOCAL_GET, ...addend, LOCAL_GET, ...product, ...SUB);
    at = end;
  }
  return Buffer.from([...leb(runs + 1), ...declared, ADDED_VARIABLES, V128, ...out]);
}

/** Where each instruction of a body ends, counted from the first one. */
function spansOf(code) {
  const { instructions } = instructionsOf(code);
  let end = 0;
  return instructions.map((instruction) => {
    end += instruction.size;
    return { instruction, end };
  });
}

/**
 * How often a function has each operation, whatever the order; without moves between variables. Constants count once, because it is the
 * compiler's choice whether they are loaded again or kept in variables.
 */
function operationsOf(code, split) {
  const counts = new Map();
  const count = (name) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { opcode, kind, immediate } of instructionsOf(code).instructions) {
    if (kind & LOCAL) continue;
    const isConstant = is(opcode, I32_CONST) || is(opcode, LOAD32_SPLAT);
    if (isConstant) counts.set(`${[...opcode]}:${[...immediate]}`, 1);
    else if (split && is(opcode, RELAXED_MADD)) for (const part of [MUL, ADD]) count(`${part}:`);
    else if (split && is(opcode, RELAXED_NMADD)) for (const part of [MUL, SUB]) count(`${part}:`);
    else count(`${[...opcode]}:${[...immediate]}`);
  }
  return JSON.stringify([...counts].sort());
}

/**
 * The baseline build with the bodies that can be derived from the relaxed build. Both have the same functions.
 * @param {Buffer} relaxed
 * @param {Buffer} baseline
 */
export function deriveBaseline(relaxed, baseline) {
  const [from, to] = [readModule(relaxed), readModule(baseline)];
  if (from.functions.length !== to.functions.length) throw new Error("scripts/pack: the builds have different functions");
  const bodies = to.functions.map((code, i) => {
    const fused = from.functions[i];
    const derivable = instructionsOf(fused).instructions.some(isFused) && operationsOf(fused, true) === operationsOf(code, false);
    return derivable ? derivedBody(fused) : code.body;
  });
  const entries = bodies.flatMap((body) => [Buffer.from(leb(body.length)), body]);
  const content = Buffer.concat([Buffer.from(leb(bodies.length)), ...entries]);
  const CODE = 10;
  return Buffer.concat([to.head, Buffer.from([CODE, ...leb(content.length)]), content, to.tail]);
}
