// gzip through the platform's DecompressionStream, which Node, browsers, Deno, Bun and Workers all have.
import { ArgError, describe, FormatError } from "../errors.js";
import { readOptions } from "../options.js";
import { asBytes, type Bytes } from "./bytes.js";
import { membersOf } from "./gzipMembers.js";

/** How far `gunzip` goes. */
export interface GunzipOptions {
  /** Most bytes the result may have; 1 GiB when not given. */
  readonly maxBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 2 ** 30;

/**
 * Whether these bytes begin like a gzip file (1f 8b). Errors: `ArgError` for a value that is not bytes.
 * @example isGzip(Uint8Array.of(0x1f, 0x8b)); // true
 */
export function isGzip(bytes: Bytes): boolean {
  const [first, second] = asBytes("isGzip", bytes);
  return first === 0x1f && second === 0x8b;
}

/**
 * Unpacks a gzip file.
 *
 * bytes: the whole file, of one member or several (as `bgzip` and `cat a.gz b.gz` make); zeros behind the last are padding.
 * Result: the content of all members, checked against the file's own checksums.
 * Errors: `FormatError` for bytes that are not gzip, or are damaged, truncated, followed by anything but zeros, or unpack to more than
 * `maxBytes` (it stops there: a small file that unpacks to very much costs no more than that); `ArgError` for a bad `maxBytes` or unknown
 * options.
 * Source: RFC 1952; https://compression.spec.whatwg.org
 * @example const unpacked = await gunzip(gzipped);
 */
export async function gunzip(bytes: Bytes, options: GunzipOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes } = readOptions<{ maxBytes: number }>("gunzip", options, { maxBytes: DEFAULT_MAX_BYTES });
  if (!(typeof maxBytes === "number" && maxBytes >= 0)) throw new ArgError(`gunzip: maxBytes must be 0 or more, got ${describe(maxBytes)}`);
  const packed = asBytes("gunzip", bytes);
  if (!isGzip(packed)) {
    throw new FormatError("gunzip: these bytes are not gzip, which starts with 1f 8b; if they are unpacked already, use them as they are");
  }
  const whole = await unpack([packed], maxBytes);
  if (typeof whole !== "string" && whole.length % 2 ** 32 === sizeAtEnd(packed)) return whole;
  // Several members, padding, or damage. Some engines go from member to member by themselves, and leave out what comes behind a zero; those
  // that follow the standard refuse everything behind the first. So each member is unpacked by itself.
  const members = membersOf(packed);
  const joined = members ? await unpack(members, maxBytes) : typeof whole === "string" ? whole : "something follows its end";
  if (typeof joined === "string") throw new FormatError(`gunzip: the data is damaged or truncated (${joined})`);
  return joined;
}

/** The size of the content modulo 2^32, with which a member ends. */
function sizeAtEnd(packed: Uint8Array): number | undefined {
  const at = packed.length - 4;
  return at < 0 ? undefined : new DataView(packed.buffer, packed.byteOffset + at, 4).getUint32(0, true);
}

/** The contents of members, joined, or what the platform has against them. */
async function unpack(members: readonly Uint8Array[], maxBytes: number): Promise<Uint8Array<ArrayBuffer> | string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (const member of members) {
    const reader = unpacking(member).getReader();
    for (;;) {
      const next = await reader.read().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      if (typeof next === "string") return next;
      if (next.done) break;
      total += next.value.length;
      if (total > maxBytes) {
        await reader.cancel().catch(() => undefined); // nothing more is wanted from it, not even its complaint
        throw new FormatError(`gunzip: unpacks to more than ${maxBytes} bytes; pass a larger { maxBytes } if you trust the file`);
      }
      chunks.push(next.value);
    }
  }
  return joinChunks(chunks, total);
}

function unpacking(packed: Uint8Array): ReadableStream<Uint8Array> {
  const source = new ReadableStream<BufferSource>({
    start(controller) {
      controller.enqueue(packed as Uint8Array<ArrayBuffer>);
      controller.close();
    },
  });
  return source.pipeThrough(new DecompressionStream("gzip"));
}

function joinChunks(chunks: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
