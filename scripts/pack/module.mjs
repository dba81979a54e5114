// Reads a module of WebAssembly as far as its packing needs: types, functions, exports, bodies, and what surrounds the code section.

const TYPE = 1;
const FUNCTION = 3;
const EXPORT = 7;
const CODE = 10;
const EXPORTED_FUNCTION = 0;

/** A cursor over bytes. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  get done() {
    return this.at >= this.bytes.length;
  }
  byte() {
    return this.bytes[this.at++];
  }
  take(n) {
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
  /** The bytes of a LEB128 number. */
  lebBytes() {
    const from = this.at;
    while (this.byte() > 127);
    return this.bytes.subarray(from, this.at);
  }
  /** An unsigned LEB128 number. */
  leb() {
    return this.lebBytes().reduce((value, byte, i) => value + (byte & 127) * 2 ** (7 * i), 0);
  }
  list(read) {
    return Array.from({ length: this.leb() }, read);
  }
}

/**
 * What a module has: the bytes in front of its exports, with the places of the first type and of the first function's type in them, the
 * exported functions, the bytes between these and the code, the functions, and the bytes behind them.
 * @typedef {{ parameters: Uint8Array, body: Uint8Array }} Code a function: types of its parameters, and its body
 * @typedef {{
 *   head: Uint8Array, typesAt: number, functionsAt: number, exports: Map<string, number>, middle: Uint8Array, functions: Code[], tail: Uint8Array
 * }} Module
 */

/**
 * @param {Uint8Array} bytes
 * @returns {Module}
 */
export function readModule(bytes) {
  const reader = new Reader(bytes, 8); // behind the magic number and the version
  const module = { head: bytes, typesAt: 0, functionsAt: 0, exports: new Map(), middle: bytes, functions: [], tail: bytes };
  let types = [];
  let typeOf = [];
  let middle = 0;
  while (!reader.done) {
    const from = reader.at;
    const id = reader.byte();
    const end = reader.leb() + reader.at;
    const n = reader.leb();
    const list = (read) => Array.from({ length: n }, read);
    if (id === TYPE) {
      module.typesAt = reader.at;
      types = list(() => {
        reader.byte(); // func
        const parameters = reader.take(reader.leb());
        reader.take(reader.leb()); // results
        return parameters;
      });
    } else if (id === FUNCTION) {
      module.functionsAt = reader.at;
      typeOf = list(() => reader.leb());
      if (types.length > 127) throw new Error("scripts/pack: the number of a function's type has more than one byte");
    } else if (id === EXPORT) {
      module.head = bytes.subarray(0, from);
      for (const [name, kind, index] of list(() => [Buffer.from(reader.take(reader.leb())).toString(), reader.byte(), reader.leb()])) {
        if (kind !== EXPORTED_FUNCTION) throw new Error(`scripts/pack: ${name} is exported and is no function`);
        module.exports.set(name, index);
      }
      middle = reader.at;
    } else if (id === CODE) {
      module.middle = bytes.subarray(middle, from);
      module.functions = list(() => reader.take(reader.leb())).map((body, i) => ({ parameters: types[typeOf[i]], body }));
      module.tail = bytes.subarray(reader.at);
    }
    reader.at = end;
  }
  return module;
}

/** The bytes of an unsigned LEB128 number. */
export function leb(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value & 127) | 128);
  return [...out, value];
}

/** The bytes of a section: a list. */
function section(id, entries) {
  const content = Buffer.concat([Buffer.from(leb(entries.length)), ...entries]);
  return Buffer.concat([Buffer.from([id, ...leb(content.length)]), content]);
}

/**
 * The bytes of a module.
 * @param {Module} module
 */
export function writeModule({ head, exports, middle, functions, tail }) {
  const names = [...exports].map(([name, index]) => Buffer.from([name.length, ...Buffer.from(name), EXPORTED_FUNCTION, ...leb(index)]));
  const bodies = functions.map(({ body }) => Buffer.concat([Buffer.from(leb(body.length)), body]));
  return Buffer.concat([head, section(EXPORT, names), middle, section(CODE, bodies), tail]);
}

/**
 * A module with other bodies of its functions.
 * @param {Uint8Array} bytes
 * @param {(code: Code, i: number) => Uint8Array} bodyOf
 */
export function withBodies(bytes, bodyOf) {
  const module = readModule(bytes);
  return writeModule({ ...module, functions: module.functions.map((code, i) => ({ ...code, body: bodyOf(code, i) })) });
}
