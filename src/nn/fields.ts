// The fields of a module, and what is inside of them.
import { isPlainObject } from "../errors.js";

function* walk(name: string, value: unknown, above: readonly object[]): Generator<[path: string, value: object]> {
  if (typeof value !== "object" || value === null || above.includes(value)) return;
  const entries = Array.isArray(value) || value instanceof Map ? value.entries() : isPlainObject(value) ? Object.entries(value) : undefined;
  if (!entries) yield [name, value];
  else {
    // A list of numbers is data; it may be long.
    for (const [key, item] of entries) if (typeof item === "object") yield* walk(`${name}.${String(key)}`, item, [...above, value]);
  }
}

/**
 * The objects in the fields of `owner` by name; those inside of arrays, plain objects and Maps by their path, such as `blocks.0.norm`.
 * Objects of classes are not looked into.
 */
export function* fieldsOf(owner: object): Generator<[path: string, value: object]> {
  for (const [name, value] of Object.entries(owner)) yield* walk(name, value, []);
}
