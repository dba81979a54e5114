// Options come in one object. Anything else in their place would be ignored without a word.
import { ArgError } from "../errors.js";

/** The options, or `ArgError` with what to write instead. */
export function readOptions<Options extends object>(op: string, options: Options, example: string): Options {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return options;
  throw new ArgError(`${op}: options go into one object, such as ${example}, got ${String(options)}`);
}
