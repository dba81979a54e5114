// The objects in the fields of a module.
import { isPlainObject, kindOf } from "../errors.js";

/** The items of arrays, Maps, Sets and plain objects with their keys; nothing for other objects. */
export function entriesOf(value: object): Iterable<readonly [key: unknown, item: unknown]> | undefined {
  switch (kindOf(value)) {
    case "Array":
      return (value as readonly unknown[]).entries();
    case "Map":
      return value as ReadonlyMap<unknown, unknown>;
    case "Set":
      return [...(value as ReadonlySet<unknown>)].entries();
    default:
      return isPlainObject(value) ? Object.entries(value) : undefined;
  }
}

function* objectsIn(path: string, value: unknown, above: readonly object[]): Generator<[path: string, value: object]> {
  if (typeof value !== "object" || value === null || above.includes(value)) return;
  const entries = entriesOf(value);
  if (!entries) yield [path, value];
  else {
    // A list of numbers is data; it may be long.
    for (const [key, item] of entries) if (typeof item === "object") yield* objectsIn(`${path}.${String(key)}`, item, [...above, value]);
  }
}

/**
 * The objects in the fields of `owner` by name; those inside of arrays, Maps, Sets and plain objects by their path, such as `blocks.0.norm`.
 * Objects of classes are not looked into.
 */
export function* fieldsOf(owner: object): Generator<[path: string, value: object]> {
  for (const [name, value] of Object.entries(owner)) yield* objectsIn(name, value, []);
}

/** Runs work while fields of an object have other values. */
export function withFields<T>(owner: object, values: Readonly<Record<string, unknown>>, work: () => T): T {
  const fields = owner as Record<string, unknown>;
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, fields[name]]));
  Object.assign(fields, values);
  try {
    return work();
  } finally {
    Object.assign(fields, before);
  }
}
