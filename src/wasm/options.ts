// Checks of the options that this folder's public functions take.
import { ArgError } from "../errors.js";

/** Returns a value as an error message shows it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return value === null || ["number", "boolean", "undefined"].includes(typeof value) ? String(value) : typeof value;
}

/**
 * Returns `options` if it is an object with no other keys than `names`.
 * Errors: `ArgError`, naming the options that there are.
 */
export function checkOptions<Options extends object>(op: string, options: Options, ...names: readonly (keyof Options & string)[]): Options {
  const known = `{ ${names.join(", ")} }`;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ArgError(`${op}: options must be an object ${known}, got ${show(options)}`);
  }
  const unknown = Object.keys(options).filter((name) => !(names as readonly string[]).includes(name));
  if (unknown.length > 0) throw new ArgError(`${op}: there is no option ${unknown.join(", ")}; the options are ${known}`);
  return options;
}
