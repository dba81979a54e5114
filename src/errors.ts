// The error classes of the library, and how their messages name a value. Messages begin with the operation, then what came,
// what fits, and the next step.

/**
 * Base of every error this library throws on purpose; `instanceof SimdgradError` tells them from bugs.
 * @example
 * try {
 *   ones([2, 3]).add(ones([4]));
 * } catch (error) {
 *   if (error instanceof SimdgradError) console.log(error.name, error.message);
 * }
 */
export class SimdgradError extends Error {
  /** The name of the class, which minifiers leave as it is. */
  // Spelled out in every class: a minifier renames constructors.
  override get name(): string {
    return "SimdgradError";
  }
}

/**
 * Shapes that do not fit together or do not suit the operation.
 * @example ones([2, 3]).add(ones([4])); // ShapeError
 */
export class ShapeError extends SimdgradError {
  override get name(): string {
    return "ShapeError";
  }
}

/**
 * An element type the operation does not take.
 * @example tensor([1, 2], { dtype: "int32" }).exp(); // DTypeError
 */
export class DTypeError extends SimdgradError {
  override get name(): string {
    return "DTypeError";
  }
}

/**
 * A position or dimension outside its range.
 * @example ones([2, 3]).at(2); // IndexError
 */
export class IndexError extends SimdgradError {
  override get name(): string {
    return "IndexError";
  }
}

/**
 * An argument outside its domain: a probability of 2, a stride of 0.
 * @example dropout(x, { p: 2 }); // ArgError
 */
export class ArgError extends SimdgradError {
  override get name(): string {
    return "ArgError";
  }
}

/**
 * Misuse of automatic differentiation: backward twice, on a non-scalar, after an in-place edit.
 * @example weight.mul(2).backward(); // GradError
 */
export class GradError extends SimdgradError {
  override get name(): string {
    return "GradError";
  }
}

/**
 * An object in the wrong state: a disposed tensor, a state dict that does not match its module.
 * @example x.dispose(); x.add(1); // StateError
 */
export class StateError extends SimdgradError {
  override get name(): string {
    return "StateError";
  }
}

/**
 * Bytes that are not what their format promises.
 * @example loadSafetensors(new Uint8Array(3)); // FormatError
 */
export class FormatError extends SimdgradError {
  override get name(): string {
    return "FormatError";
  }
}

/**
 * A request the memory limit cannot serve; nothing was allocated and the library goes on working.
 * @example zeros([1e6, 1e6]); // MemoryError
 */
export class MemoryError extends SimdgradError {
  override get name(): string {
    return "MemoryError";
  }
}

/** @internal The error for an object that another copy of the library made. */
export function otherCopy(op: string, kind: string | undefined): StateError {
  return new StateError(`${op}: got a ${kind} of another copy of simdgrad; import it from one place`);
}

/** @internal The kind of a built-in object whatever realm made it, such as `Float32Array`; `Object` for most others. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** @internal Whether a value is an object written as `{ ... }`, also in another realm, or one without a prototype; no array, tensor or module. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "hasOwnProperty"));
}

/** Texts and lists longer than this are shortened in messages. */
const LONGEST_TEXT = 40;
const LONGEST_LIST = 8;

const withArticle = (noun: string): string => `${/^[AEIOU]/i.test(noun) && !/^Uint/.test(noun) ? "an" : "a"} ${noun}`;

const shorten = (items: readonly string[]): readonly string[] =>
  items.length > LONGEST_LIST ? [...items.slice(0, LONGEST_LIST), "..."] : items;

function describeObject(value: object): string {
  if (Array.isArray(value))
    return `[${shorten(value.slice(0, LONGEST_LIST + 1).map((item) => (Array.isArray(item) ? "[...]" : describe(item)))).join(",")}]`;
  const { shape, dtype } = value as { shape?: unknown; dtype?: unknown };
  if (isPlainObject(value))
    return Object.keys(value).length === 0 ? "an object" : `an object with ${shorten(Object.keys(value)).join(", ")}`;
  if (typeof dtype === "string" && Array.isArray(shape)) return `a tensor ${dtype}${describe(shape)}`;
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return withArticle(typeof name === "string" && name !== "" ? name : kindOf(value));
}

/**
 * @internal A value in a few words, for messages: `"text"`, `3`, `null`, `a function`, `[1,2]`, `a tensor float32[2]`, `a Map`. It takes
 * every value, also those that do not convert to text by themselves (symbols, cyclic arrays).
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT - 3)}...` : value);
    case "bigint":
      return `${value}n`;
    case "symbol":
    case "function":
      return `a ${typeof value}`;
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}
