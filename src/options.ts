// Options come in one object. Anything else in their place, or an option of another name, would be ignored without a word.
import { ArgError, describe, isPlainObject } from "./errors.js";

/**
 * The options over their defaults; `undefined` means the default. `defaults` names every option, those without a default as
 * `undefined`. Errors: `ArgError` for what is no options object and for unknown names, with those that exist.
 * @example const { stride } = readOptions("pool", given, { stride: 1, padding: 0 });
 */
export function readOptions<Options extends object>(op: string, given: unknown, defaults: Options): Options {
  if (given === undefined) return defaults;
  const names = (): string => Object.keys(defaults).join(", ");
  if (!isPlainObject(given)) throw new ArgError(`${op}: options go into one object with ${names()}; got ${describe(given)}`);
  const options = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new ArgError(`${op}: there is no option "${name}", only ${names()}`);
    if (value !== undefined) options[name as keyof Options] = value as Options[keyof Options];
  }
  return options;
}
