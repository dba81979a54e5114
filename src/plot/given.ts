// What charts check of what they are given: numbers, texts and ranges come as such, or an error says what came instead.
import { ArgError, describe } from "../errors.js";

/** Numbers in an array or a typed array; NaN and undefined among them are gaps. Errors: `ArgError` with the place of what is no number. */
export function checkNumbers(op: string, what: string, given: unknown): ArrayLike<number> {
  const isList = Array.isArray(given) || (ArrayBuffer.isView(given) && "length" in given);
  if (!isList) throw new ArgError(`${op}: ${what} must be numbers in an array or a typed array, got ${describe(given)}`);
  const list = given as ArrayLike<unknown>;
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] === "number" || list[i] === undefined) continue;
    throw new ArgError(`${op}: ${what} has ${describe(list[i])} at ${i}, expected a number (NaN for a gap)`);
  }
  return given as ArrayLike<number>;
}

/** Throws `ArgError` unless all of these are texts. */
export function checkTexts(op: string, texts: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== "string") throw new ArgError(`${op}: ${name} must be text, got ${describe(text)}`);
  }
}

/** Two finite numbers in order. Errors: `ArgError`; `words` names the two. */
export function checkRange(op: string, name: string, given: unknown, words: readonly [string, string]): readonly [number, number] {
  const [low, high] = Array.isArray(given) ? (given as unknown[]) : [];
  if (typeof low === "number" && typeof high === "number" && low < high && Number.isFinite(high - low)) return [low, high];
  throw new ArgError(`${op}: ${name} must be [${words.join(", ")}] with ${words.join(" < ")}, got ${describe(given)}`);
}
