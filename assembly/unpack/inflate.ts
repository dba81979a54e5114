// Raw DEFLATE (RFC 1951) to bytes. The text comes with the script and was written by the build, so nothing is checked but that a code
// exists. Small rather than fast: it runs once, on 40 KB.

/** Bits of the longest code, and most codes. */
const LONGEST = 15;
const MOST = 288;
const DISTANCES = 30;
const END = 256;

/** Bits that are looked up at once. */
const QUICK = 9;

// A code, in 16 bits each: how many codes there are of each length; symbols in the order of their codes; then, for all values of
// the next QUICK bits, the symbol they begin with << 4 | the length of its code, or 0 where the code is longer.
const SYMBOLS: usize = 2 * (15 + 1);
const TABLE: usize = 2 * (15 + 1 + 288);
const literals: usize = memory.data(2 * (15 + 1 + 288 + 512), 16);
const distances: usize = memory.data(2 * (15 + 1 + 288 + 512), 16);

/** Bits of the code of each symbol. */
const lengths: usize = memory.data(288 + 32);

/** The order in which the lengths of the code of lengths come. */
const ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

// Bytes are read ahead into `held`, the next bit lowest; up to two of them may lie behind the end.
let next: usize = 0;
let held: u32 = 0;
let count: i32 = 0;

@inline
function hold(n: i32): void {
  for (; count < n; count += 8) held |= <u32>load<u8>(next++) << count;
}

@inline
function drop(n: i32): void {
  held >>= n;
  count -= n;
}

/** The next `n` bits as a number. */
function bits(n: i32): i32 {
  hold(n);
  const value = held & ((1 << n) - 1);
  drop(n);
  return value;
}

/** Notes a short code: its bits come highest first, so they are turned, and whatever follows them is part of the place. */
function note(code: usize, value: i32, length: i32, symbol: i32): void {
  let place = 0;
  for (let bit = 0; bit < length; bit++) place |= ((value >> bit) & 1) << (length - 1 - bit);
  for (; place < 1 << QUICK; place += 1 << length) store<u16>(code + TABLE + (<usize>place << 1), (symbol << 4) | length);
}

/** Makes a code from the lengths of the codes of `n` symbols: codes of one length are consecutive, longer ones go on from them. */
function makeCode(code: usize, from: usize, n: i32): void {
  memory.fill(code, 0, TABLE + (2 << QUICK));
  let place = code + SYMBOLS;
  let value = 0;
  for (let length = 1; length <= LONGEST; length++) {
    const first = value;
    for (let symbol = 0; symbol < n; symbol++) {
      if (load<u8>(from + symbol) != length) continue;
      store<u16>(place, symbol);
      place += 2;
      if (length <= QUICK) note(code, value, length, symbol);
      value++;
    }
    store<u16>(code + (<usize>length << 1), value - first);
    value <<= 1;
  }
}

/** The symbol whose code comes next. */
function symbol(code: usize): i32 {
  hold(LONGEST);
  const quick = <i32>load<u16>(code + TABLE + ((held & ((1 << QUICK) - 1)) << 1));
  if (quick) {
    drop(quick & 15);
    return quick >> 4;
  }
  let value = 0;
  let first = 0;
  let place = code + SYMBOLS;
  for (let length = 1; length <= LONGEST; length++) {
    value |= held & 1;
    drop(1);
    const codes = <i32>load<u16>(code + (<usize>length << 1));
    if (value - first < codes) return load<u16>(place + (<usize>(value - first) << 1));
    place += <usize>codes << 1;
    first = (first + codes) << 1;
    value <<= 1;
  }
  return unreachable();
}

/** Copies byte by byte: what is copied may be part of what is written. */
@inline
function repeat(out: usize, distance: i32, length: i32): usize {
  for (; length > 0; length--, out++) store<u8>(out, load<u8>(out - distance));
  return out;
}

function block(out: usize): usize {
  for (let value = symbol(literals); value != END; value = symbol(literals)) {
    if (value < END) {
      store<u8>(out++, value);
      continue;
    }
    // Lengths and distances grow by powers of two: the tables of the RFC, as the rules they follow.
    const l = value - END - 1;
    const extra = l < 8 || l == 28 ? 0 : (l >> 2) - 1;
    const length = l < 8 ? 3 + l : l == 28 ? 258 : 3 + ((4 + (l & 3)) << extra) + bits(extra);
    const d = symbol(distances);
    const more = d < 4 ? 0 : (d >> 1) - 1;
    const distance = d < 4 ? 1 + d : 1 + ((2 + (d & 1)) << more) + bits(more);
    out = repeat(out, distance, length);
  }
  return out;
}

/** Bytes as they are, from the next whole one on. */
function stored(out: usize): usize {
  next -= count >> 3;
  held = 0;
  count = 0;
  const length = <i32>load<u16>(next);
  memory.copy(out, next + 4, length);
  next += 4 + length;
  return out + length;
}

function fixedCodes(): void {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  makeCode(literals, lengths, MOST);
  memory.fill(lengths, 5, DISTANCES);
  makeCode(distances, lengths, DISTANCES);
}

function codesFromBlock(): void {
  const literalCount = bits(5) + 257;
  const all = literalCount + bits(5) + 1;
  const given = bits(4) + 4;
  memory.fill(lengths, 0, 19);
  for (let i = 0; i < given; i++) store<u8>(lengths + load<u8>(ORDER + i), bits(3));
  makeCode(literals, lengths, 19);
  for (let i = 0; i < all; ) {
    const value = symbol(literals);
    if (value < 16) {
      store<u8>(lengths + i++, value);
      continue;
    }
    const before = value == 16 ? load<u8>(lengths + i - 1) : 0;
    const times = value == 16 ? 3 + bits(2) : value == 17 ? 3 + bits(3) : 11 + bits(7);
    memory.fill(lengths + i, before, times);
    i += times;
  }
  makeCode(distances, lengths + literalCount, all - literalCount);
  makeCode(literals, lengths, literalCount);
}

/** Writes to `out` what the bytes at `from` stand for. */
export function inflate(from: usize, out: usize): void {
  next = from;
  held = 0;
  count = 0;
  let last = false;
  while (!last) {
    last = bits(1) == 1;
    const kind = bits(2);
    if (kind == 0) out = stored(out);
    else {
      if (kind == 1) fixedCodes();
      else codesFromBlock();
      out = block(out);
    }
  }
}
