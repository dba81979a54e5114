// Protocol buffers, the writing half: https://protobuf.dev/programming-guides/encoding

/** A whole number of at least 0 in groups of seven bits, the lowest first. */
function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

const VARINT = 0;
const LENGTH = 2;
const tag = (field, type) => varint((field << 3) | type);

/** A message is the list of its fields, each as bytes. */
export const message = (...fields) => Buffer.concat(fields.flat());

/** Negative numbers are written as 64 bits. */
export const int = (field, value) => Buffer.from([...tag(field, VARINT), ...varint(BigInt.asUintN(64, BigInt(value)))]);

/** Text, bytes or an inner message. */
export function bytes(field, value) {
  const content = typeof value === "string" ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return Buffer.concat([Buffer.from([...tag(field, LENGTH), ...varint(content.length)]), content]);
}
