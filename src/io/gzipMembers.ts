// Where the members of a gzip file end. Only the compressed data says so: it is walked through, code by code, and nothing is unpacked.
// Source: RFC 1951 (DEFLATE), RFC 1952 (gzip).

/** Walks through bits, lowest first. Beyond the end of the bytes all bits are 0; `at` tells that it went there. */
class Bits {
  #byte: number;
  #bit = 0;

  constructor(
    readonly bytes: Uint8Array,
    start: number,
  ) {
    this.#byte = start;
  }

  /** The next byte that was not touched. */
  get at(): number {
    return this.#byte + (this.#bit > 0 ? 1 : 0);
  }

  set at(byte: number) {
    this.#byte = byte;
    this.#bit = 0;
  }

  /** The next 17 bits or more, without going on. */
  peek(): number {
    const [low = 0, middle = 0, high = 0] = [this.bytes[this.#byte], this.bytes[this.#byte + 1], this.bytes[this.#byte + 2]];
    return (low | (middle << 8) | (high << 16)) >>> this.#bit;
  }

  skip(count: number): void {
    this.#bit += count;
    this.#byte += this.#bit >> 3;
    this.#bit &= 7;
  }

  take(count: number): number {
    const value = this.peek() & ((1 << count) - 1);
    this.skip(count);
    return value;
  }
}

const LONGEST_CODE = 15;

/** A Huffman code as a table over the next 15 bits: symbol and length of the code that they begin with; 0 where there is none. */
type Table = Uint16Array;

function tableOf(lengths: readonly number[]): Table {
  const table = new Uint16Array(1 << LONGEST_CODE);
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      // Codes are stored highest bit first, everything else lowest bit first.
      let reversed = 0;
      for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
      for (let i = reversed; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
      code++;
    }
    code <<= 1;
  }
  return table;
}

/** The next symbol, or -1 where the bits are no code. */
function symbolOf(bits: Bits, table: Table): number {
  const entry = table[bits.peek() & (table.length - 1)] as number;
  bits.skip(entry & 15);
  return entry === 0 ? -1 : entry >> 4;
}

const repeated = (length: number, times: number): number[] => new Array<number>(times).fill(length);
const FIXED = [[...repeated(8, 144), ...repeated(9, 112), ...repeated(7, 24), ...repeated(8, 8)], repeated(5, 30)] as const;

/** The order in which the lengths of the code of code lengths are given. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The code lengths of literals and of distances at the head of a block, or nothing for what is none. */
function readLengths(bits: Bits): readonly [number[], number[]] | undefined {
  const [literals, distances, given] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  const own = repeated(0, ORDER.length);
  for (const symbol of ORDER.slice(0, given)) own[symbol] = bits.take(3);
  const table = tableOf(own);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = symbolOf(bits, table);
    if (symbol < 0) return undefined;
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) lengths.push(...repeated(lengths.at(-1) ?? 0, 3 + bits.take(2)));
    else lengths.push(...repeated(0, symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)));
  }
  return [lengths.slice(0, literals), lengths.slice(literals)];
}

const END_OF_BLOCK = 256;
const LAST_LENGTH = 285;

/** Goes to the end of a compressed block. Whether there was one. */
function skipCodes(bits: Bits, literals: Table, distances: Table): boolean {
  while (bits.at <= bits.bytes.length) {
    const symbol = symbolOf(bits, literals);
    if (symbol === END_OF_BLOCK) return true;
    if (symbol < 0 || symbol > LAST_LENGTH) return false;
    if (symbol < END_OF_BLOCK) continue;
    const length = symbol - END_OF_BLOCK - 1;
    if (length >= 8 && symbol < LAST_LENGTH) bits.skip((length >> 2) - 1);
    const distance = symbolOf(bits, distances);
    if (distance < 0) return false;
    if (distance >= 4) bits.skip((distance >> 1) - 1);
  }
  return false;
}

/** The byte behind compressed data that begins at `start`; nothing where it is damaged or does not end. */
function endOfData(bytes: Uint8Array, start: number): number | undefined {
  const bits = new Bits(bytes, start);
  for (let last = false; !last; ) {
    last = bits.take(1) === 1;
    const type = bits.take(2);
    if (type === 0) {
      const at = bits.at;
      bits.at = at + 4 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
    } else {
      const lengths = type === 1 ? FIXED : type === 2 ? readLengths(bits) : undefined;
      if (!lengths || !skipCodes(bits, tableOf(lengths[0]), tableOf(lengths[1]))) return undefined;
    }
    if (bits.at > bytes.length) return undefined;
  }
  return bits.at;
}

/** The byte behind a member's header. */
function endOfHeader(bytes: Uint8Array, start: number): number {
  const flags = bytes[start + 3] ?? 0;
  let at = start + 10;
  if (flags & 4) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)); // extra field
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1 || bytes.length; // name, comment
  return at + (flags & 2 ? 2 : 0); // checksum
}

const TRAILER = 8;

/**
 * The members of a gzip file, each by itself; zeros behind the last are padding and belong to none. Nothing for bytes that are not made of
 * whole members. What is in them is not checked.
 */
export function membersOf(bytes: Uint8Array): Uint8Array[] | undefined {
  const members: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (members.length > 0 && bytes.subarray(at).every((byte) => byte === 0)) break;
    if (bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b) return undefined;
    const end = endOfData(bytes, endOfHeader(bytes, at));
    if (end === undefined || end + TRAILER > bytes.length) return undefined;
    members.push(bytes.subarray(at, end + TRAILER));
    at = end + TRAILER;
  }
  return members;
}
