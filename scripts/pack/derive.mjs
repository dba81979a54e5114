// Most functions of the baseline build are those of the relaxed one with each fused multiply-add in two steps. They are derived, so that their
// text need not be stored; the compiler writes the same operations in another order.
import { instructionsOf, LOCAL, typesOf } from "./instructions.mjs";
import { leb, readModule, withBodies } from "./module.mjs";
import { bodyOf, variableOf } from "./variables.mjs";

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
/** The first variables behind the parameters, which hold the addend and the product. */
const ADDED = [V128, V128];

const is = (opcode, wanted) => opcode.length === wanted.length && wanted.every((byte, i) => opcode[i] === byte);
export const isFused = ({ opcode }) => is(opcode, RELAXED_MADD) || is(opcode, RELAXED_NMADD);

/**
 * The body of a function with each fused multiply-add, `a b c -> a * b + c` or `c - a * b`, as a product and a sum.
 * @param {import("./module.mjs").Code} code
 */
export function derivedBody(code) {
  const { types } = typesOf(code);
  const first = code.parameters.length;
  const [addend, product] = [leb(first), leb(first + 1)];
  const bytes = instructionsOf(code).map(({ opcode, kind, bytes }) => {
    if (is(opcode, RELAXED_MADD)) return [LOCAL_SET, ...addend, ...MUL, LOCAL_GET, ...addend, ...ADD];
    if (is(opcode, RELAXED_NMADD))
      return [LOCAL_SET, ...addend, ...MUL, LOCAL_SET, ...product, LOCAL_GET, ...addend, LOCAL_GET, ...product, ...SUB];
    if (!(kind & LOCAL)) return bytes;
    const index = variableOf(bytes);
    return [...opcode, ...leb(index < first ? index : index + ADDED.length)];
  });
  return bodyOf(
    [...ADDED, ...types.slice(first)],
    bytes.map((part) => Buffer.from(part)),
  );
}

/**
 * How often a function has each operation, whatever the order; without moves between variables. Constants count once, because it is the
 * compiler's choice whether they are loaded again or kept in variables.
 */
function operationsOf(code, split) {
  const counts = new Map();
  const count = (name) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { opcode, kind, immediate } of instructionsOf(code)) {
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
  const [from, to] = [relaxed, baseline].map((bytes) => readModule(bytes).functions);
  if (from.length !== to.length) throw new Error("scripts/pack: the builds have different functions");
  return withBodies(baseline, (code, i) => {
    const fused = from[i];
    const derivable = instructionsOf(fused).some(isFused) && operationsOf(fused, true) === operationsOf(code, false);
    return derivable ? derivedBody(fused) : code.body;
  });
}
