// PNG files of raw pixels, stored without compression: small enough for thumbnails, and no decoder is needed to write one.
// Source: PNG specification, third edition (https://www.w3.org/TR/png-3); zlib and deflate, RFC 1950 and 1951.

/** CRC-32 of every byte value (polynomial edb88320, reflected). */
const crcTable: Uint32Array = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const bigEndian = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

function concat(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Length, type, data, checksum of type and data. */
function chunk(type: string, data: ArrayLike<number>): Uint8Array {
  const body = concat(
    [...type].map((char) => char.charCodeAt(0)),
    data,
  );
  return concat(bigEndian(data.length), body, bigEndian(crc32(body)));
}

/** The bytes in stored blocks of at most 65,535, between zlib's header and checksum. */
function stored(bytes: Uint8Array): Uint8Array {
  const blocks: ArrayLike<number>[] = [[0x78, 0x01]];
  for (let at = 0; at < bytes.length; at += 65535) {
    const block = bytes.subarray(at, at + 65535);
    const n = block.length;
    const final = at + n === bytes.length ? 1 : 0;
    blocks.push([final, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255], block);
  }
  return concat(...blocks, bigEndian(adler32(bytes)));
}

/** A PNG file. pixels: 8 bits each, row after row, `channels` (1 grey, 3 red-green-blue) per pixel. */
export function encodePng(pixels: Uint8Array, width: number, height: number, channels: 1 | 3): Uint8Array<ArrayBuffer> {
  const stride = width * channels;
  const rows = new Uint8Array(height * (stride + 1)); // each row behind a byte 0: no filter
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const head = [...bigEndian(width), ...bigEndian(height), 8, channels === 1 ? 0 : 2, 0, 0, 0];
  return concat([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], chunk("IHDR", head), chunk("IDAT", stored(rows)), chunk("IEND", []));
}

/** The file as an address that an image element takes. */
export function pngUri(pixels: Uint8Array, width: number, height: number, channels: 1 | 3): string {
  const bytes = encodePng(pixels, width, height, channels);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:image/png;base64,${btoa(binary)}`;
}
