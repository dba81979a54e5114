// The functions of a module in the order of their exports, behind those that are not exported. So an export is its name only, and the calls
// of functions that others share have small numbers.
import { instructionsOf, typesOf } from "./instructions.mjs";
import { leb, Reader, readModule, writeModule } from "./module.mjs";

const CALL = 0x10;

/** The functions that a function calls. */
export const callsOf = (instructions) =>
  instructions.filter(({ opcode }) => opcode[0] === CALL).map(({ immediate }) => new Reader(immediate).leb());

/** How many functions come in front of those that are exported, in their order. */
export function internalFunctions({ functions, exports }) {
  const internal = functions.length - exports.size;
  if ([...exports.values()].some((index, i) => index !== internal + i)) throw new Error("scripts/pack: functions are not in order");
  return internal;
}

/** The body of a function that calls functions by other numbers. */
function renumbered(code, numberOf) {
  const declarations = code.body.subarray(0, typesOf(code).reader.at);
  const instructions = instructionsOf(code).map(({ opcode, immediate, bytes }) =>
    opcode[0] === CALL ? Buffer.from([CALL, ...leb(numberOf[new Reader(immediate).leb()])]) : bytes,
  );
  return Buffer.concat([declarations, ...instructions]);
}

/**
 * A module whose functions are in order.
 * @param {Uint8Array} bytes
 */
export function withFunctionsInOrder(bytes) {
  const module = readModule(bytes);
  const { head, functionsAt, functions, exports } = module;
  const exported = [...exports.values()];
  const order = [...functions.keys()].filter((index) => !exported.includes(index)).concat(exported);
  if (order.length > functions.length) throw new Error("scripts/pack: a function is exported twice");
  const numberOf = [];
  order.forEach((index, number) => {
    numberOf[index] = number;
  });
  const inOrder = Buffer.from(head);
  order.forEach((index, number) => {
    inOrder[functionsAt + number] = head[functionsAt + index];
  });
  return writeModule({
    ...module,
    head: inOrder,
    exports: new Map([...exports].map(([name, index]) => [name, numberOf[index]])),
    functions: order.map((index) => ({ ...functions[index], body: renumbered(functions[index], numberOf) })),
  });
}
