// Options are passed in one object. Another value in its place and an unknown option are errors, because they would be ignored silently.
import { checkBoolean } from "./checks.js";
import { ArgError, describe, isPlainObject } from "./errors.js";

/** Names of options in other libraries, in lower case and without underscores. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  axes: "dim",
  axis: "dim",
  ddof: "correction",
  dims: "dim",
  epsilon: "eps",
  keepdims: "keepdim",
  learningrate: "lr",
  pad: "padding",
  size: "shape",
  slope: "negativeSlope",
  strides: "stride",
  unbiased: "correction",
};

const plain = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** The option that a name from PyTorch, NumPy or TensorFlow.js stands for, if it is one of these. */
function meant(name: string, known: readonly string[]): string | undefined {
  const other = Object.hasOwn(OTHER_NAMES, plain(name)) ? OTHER_NAMES[plain(name)] : undefined;
  return known.find((option) => plain(option) === plain(name) || option === other);
}

function unknownOption(op: string, name: string, known: readonly string[]): ArgError {
  const instead = meant(name, known);
  const hint = instead ? `; did you mean "${instead}"?` : "";
  return new ArgError(`${op}: there is no option "${name}", only ${known.join(", ")}${hint}`);
}

/** The error for a value in place of the object: it suggests the first option without a default, or whose default has the type of the value. */
function noOptions(op: string, given: unknown, defaults: Readonly<Record<string, unknown>>): ArgError {
  const names = Object.keys(defaults);
  const fitting = names.find((name) => [typeof given, "undefined"].includes(typeof defaults[name]) && typeof given !== "object");
  const example = fitting ? `such as { ${fitting}: ${describe(given)} }` : `{ ${names.join(", ")} }`;
  return new ArgError(`${op}: options go into one object, ${example}, got ${describe(given)}`);
}

/**
 * The options over their defaults; `undefined` means the default. `defaults` names every option, those without a default as undefined.
 * An option whose default is true or false takes nothing else.
 * Errors: `ArgError` for what is no plain object, for an unknown name, with those that exist, and for a value that must be true or false.
 * @example const { alpha } = readOptions("elu", options, { alpha: 1 });
 */
export function readOptions<Options extends object>(op: string, given: unknown, defaults: Options): Options {
  if (given === undefined) return defaults;
  if (!isPlainObject(given)) throw noOptions(op, given, defaults as Record<string, unknown>);
  const options = { ...defaults } as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(defaults, name)) throw unknownOption(op, name, Object.keys(defaults));
    const value = given[name];
    if (value !== undefined) options[name] = typeof options[name] === "boolean" ? checkBoolean(op, name, value) : value;
  }
  return options as Options;
}
