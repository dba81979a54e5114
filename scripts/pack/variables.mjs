// The variables of a function in the order of their first use, and only those that are used. So which variable comes next is known, and the
// text needs neither its number nor the declarations.
import { instructionsOf, LOCAL, typesOf } from "./instructions.mjs";
import { leb, Reader, withBodies } from "./module.mjs";

/**
 * Writes a body.
 * @param {Uint8Array} types those of the variables that are no parameters
 * @param {Uint8Array[]} code
 */
export function bodyOf(types, code) {
  const runs = [];
  for (const type of types) {
    if (runs.at(-1)?.type !== type) runs.push({ type, n: 0 });
    runs.at(-1).n++;
  }
  return Buffer.concat([Buffer.from([...leb(runs.length), ...runs.flatMap(({ type, n }) => [...leb(n), type])]), ...code]);
}

/** The index of the variable of an instruction. */
export const variableOf = (bytes) => new Reader(bytes, 1).leb();

/** The body of a function with other numbers of its variables. */
function renumbered(code) {
  const { types } = typesOf(code);
  const first = code.parameters.length;
  const numbers = new Map([...code.parameters.keys()].map((index) => [index, index]));
  const used = [];
  const bytes = instructionsOf(code).map(({ bytes, kind, opcode }) => {
    if (!(kind & LOCAL)) return bytes;
    const index = variableOf(bytes);
    if (!numbers.has(index)) numbers.set(index, first + used.push(types[index]) - 1);
    return Buffer.from([...opcode, ...leb(numbers.get(index))]);
  });
  return bodyOf(used, bytes);
}

/**
 * A module whose functions have their variables in the order of their first use.
 * @param {Uint8Array} bytes
 */
export const withVariablesInOrder = (bytes) => withBodies(bytes, (code) => renumbered(code));
