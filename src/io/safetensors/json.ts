// The strict subset of JSON a safetensors header may use. `JSON.parse` would hide repeated keys, round large integers,
// accept 1e3 for a size and recurse as deep as the file says; this parser reports each of them.
import { quote } from "../bytes.js";

/** Objects become maps: no name in a file ever meets a prototype. */
export type Json = string | number | readonly Json[] | ReadonlyMap<string, Json>;

/** Header, tensor, list: nothing valid nests deeper. */
const MAX_DEPTH = 3;

const SPACE = /[ \t\r\n]*/y;
const INTEGER = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;

/** Parses strings, whole numbers, arrays and objects. Throws `SyntaxError` with what is wrong and where. */
export function parseJson(text: string): Json {
  let at = 0;

  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at character ${at}`);
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const next = (): string => {
    match(SPACE);
    return text[at] ?? "";
  };

  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') {
      if (at >= text.length) return fail("text without a closing quote");
      at += text[at] === "\\" ? 2 : 1;
    }
    const raw = text.slice(start, ++at);
    try {
      return JSON.parse(raw) as string; // escapes decoded, control characters refused
    } catch {
      at = start;
      return fail("text with a broken escape or a control character");
    }
  };

  /** The items between two brackets. `item` reads one and stands behind it. */
  const list = (close: string, item: () => void): void => {
    at++;
    if (next() === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      const mark = next();
      if (mark !== "," && mark !== close) fail(`expected "," or "${close}"`);
      at++;
      if (mark === close) return;
    }
  };

  const object = (depth: number): ReadonlyMap<string, Json> => {
    const members = new Map<string, Json>();
    list("}", () => {
      if (next() !== '"') fail("expected a name in quotes");
      const start = at;
      const name = string();
      if (members.has(name)) {
        at = start;
        fail(`${quote(name)} appears twice`);
      }
      if (next() !== ":") fail('expected ":"');
      at++;
      members.set(name, value(depth));
    });
    return members;
  };

  const value = (depth: number): Json => {
    const first = next();
    if (first === '"') return string();
    if (first === "{" || first === "[") {
      if (depth === MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH}`);
      if (first === "{") return object(depth + 1);
      const items: Json[] = [];
      list("]", () => items.push(value(depth + 1)));
      return items;
    }
    const digits = match(INTEGER);
    return digits === undefined ? fail("expected text, a whole number, a list or an object") : Number(digits);
  };

  const parsed = value(0);
  if (next() !== "") fail("something behind the end");
  return parsed;
}
