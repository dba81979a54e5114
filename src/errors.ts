// The error classes of the library, and how their messages name a value. Messages begin with the operation, then what came,
// what fits, and the next step.

/** Base of every error this library throws on purpose; `instanceof SimdgradError` tells them from bugs. */
export class SimdgradError extends Error {
  // Spelled out in every class: a minifier renames constructors.
  override get name(): string {
    return "SimdgradError";
  }
}

/** Shapes that do not fit together or do not suit the operation. */
export class ShapeError extends SimdgradError {
  override get name(): string {
    return "ShapeError";
  }
}

/** An element type the operation does not take. */
export class DTypeError extends SimdgradError {
  override get name(): string {
    return "DTypeError";
  }
}

/** A position or dimension outside its range. */
export class IndexError extends SimdgradError {
  override get name(): string {
    return "IndexError";
  }
}

/** An argument outside its domain: a probability of 2, a stride of 0. */
export class ArgError extends SimdgradError {
  override get name(): string {
    return "ArgError";
  }
}

/** Misuse of automatic differentiation: backward twice, on a non-scalar, after an in-place edit. */
export class GradError extends SimdgradError {
  override get name(): string {
    return "GradError";
  }
}

/** An object in the wrong state: a disposed tensor, a state dict that does not match its module. */
export class StateError extends SimdgradError {
  override get name(): string {
    return "StateError";
  }
}

/** Bytes that are not what their format promises. */
export class FormatError extends SimdgradError {
  override get name(): string {
    return "FormatError";
  }
}

/** A request the memory limit cannot serve; nothing was allocated and the library goes on working. */
export class MemoryError extends SimdgradError {
  override get name(): string {
    return "MemoryError";
  }
}

/** What kind of built-in object a value is, such as "Float32Array", whatever realm (iframe, vm context) it was made in. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Texts and lists longer than this are shortened in messages. */
const LONGEST_TEXT = 40;
const LONGEST_LIST = 8;

function describeObject(value: object): string {
  const { shape, dtype } = value as { shape?: unknown; dtype?: unknown };
  if (typeof dtype === "string" && Array.isArray(shape)) return `a tensor ${dtype}${describe(shape)}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
    return `a ${typeof name === "string" && name !== "" ? name : kindOf(value)}`;
  }
  const keys = Object.keys(value);
  const more = keys.length > LONGEST_LIST ? ", ..." : "";
  return keys.length === 0 ? "an empty object" : `an object with ${keys.slice(0, LONGEST_LIST).join(", ")}${more}`;
}

function describeArray(list: readonly unknown[]): string {
  const shown = list.slice(0, LONGEST_LIST).map((item) => (Array.isArray(item) ? "[...]" : describe(item)));
  return `[${shown.join(",")}${list.length > LONGEST_LIST ? ",..." : ""}]`;
}

/**
 * A value in a few words, for messages. It takes every value, also those that do not convert to text (symbols, cyclic arrays).
 * @example describe("sum"); // "sum" in quotes
 * @example describe(zeros(2)); // a tensor float32[2]
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}...` : value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${String(value)}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? describeArray(value) : describeObject(value);
    default:
      return String(value);
  }
}
