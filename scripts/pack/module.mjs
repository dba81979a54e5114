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
 * @typedef {{ parameters: Uint8Array, body: Uint8Array }} Code a function: types of its parameters, and its body
 * @typedef {{ head: Uint8Array, tail: Uint8Array, functions: Code[], exports: Map<string, number> }} Module
 */

/**
 * @param {Uint8Array} bytes
 * @returns {Module}
 */
export function readModule(bytes) {
  const reader = new Reader(bytes, 8); // behind the magic number and the version
  const module = { head: bytes, tail: bytes, functions: [], exports: new Map() };
  let types = [];
  let typeOf = [];
  while (!reader.done) {
    const from = reader.at;
    const id = reader.byte();
    const size = reader.leb();
    const section = new Reader(reader.take(size));
    if (id === TYPE) {
      types = section.list(() => {
        section.byte(); // func
        const parameters = section.take(section.leb());
        section.take(section.leb()); // results
        return parameters;
      });
    } else if (id === FUNCTION) {
      typeOf = section.list(() => section.leb());
    } else if (id === EXPORT) {
      for (let n = section.leb(); n > 0; n--) {
        const name = Buffer.from(section.take(section.leb())).toString();
        const kind = section.byte();
        const index = section.leb();
        if (kind === EXPORTED_FUNCTION) module.exports.set(name, index);
      }
    } else if (id === CODE) {
      module.head = bytes.subarray(0, from);
      module.tail = bytes.subarray(reader.at);
      module.functions = section.list(() => section.take(section.leb())).map((body, i) => ({ parameters: types[typeOf[i]], body }));
    }
  }
  return module;
}

/** The bytes of an unsigned LEB128 number. */
export function leb(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value & 127) | 128);
  return [...out, value];
}

/**
 * A module with other bodies of its functions.
 * @param {Uint8Array} bytes
 * @param {(code: Code, i: number) => Uint8Array} bodyOf
 */
export function withBodies(bytes, bodyOf) {
  const { head, tail, functions } = readModule(bytes);
  const entries = functions.map(bodyOf).flatMap((body) => [Buffer.from(leb(body.length)), body]);
  const content = Buffer.concat([Buffer.from(leb(functions.length)), ...entries]);
  return Buffer.concat([head, Buffer.from([CODE, ...leb(content.length)]), content, tail]);
}
