// gzip through the platform's DecompressionStream, which Node, browsers, Deno, Bun and Workers all have.
import { ArgError, FormatError } from "../errors.js";
import { asBytes, type Bytes } from "./bytes.js";

/** How far `gunzip` goes. */
export interface GunzipOptions {
  /** Most bytes the result may have; 1 GiB when not given. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 2 ** 30;

/** Whether these bytes begin like a gzip file (1f 8b). @example const idx = isGzip(bytes) ? await gunzip(bytes) : bytes; */
export function isGzip(bytes: Bytes): boolean {
  const [first, second] = asBytes("isGzip", bytes);
  return first === 0x1f && second === 0x8b;
}

/**
 * Unpacks a gzip file.
 *
 * bytes: the whole file. Result: its content, checked against the file's own checksum.
 * Errors: `FormatError` for what is not gzip, is damaged, truncated, or unpacks to more than `maxBytes`
 * (it stops there: a small file that unpacks to very much costs no more than that); `ArgError` for a bad `maxBytes`.
 * Source: RFC 1952; https://compression.spec.whatwg.org
 * @example const images = loadIdx(await gunzip(bytes));
 */
export async function gunzip(bytes: Bytes, { maxBytes = DEFAULT_MAX_BYTES }: GunzipOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  if (!(maxBytes >= 0)) throw new ArgError(`gunzip: maxBytes must be 0 or more, got ${maxBytes}`);
  const packed = asBytes("gunzip", bytes);
  if (!isGzip(packed)) {
    throw new FormatError("gunzip: these bytes are not gzip, which starts with 1f 8b; if they are unpacked already, use them as they are");
  }
  const reader = unpacking(packed).getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new FormatError(`gunzip: the data is damaged or truncated (${error instanceof Error ? error.message : String(error)})`);
    });
    if (done) return join(chunks, total);
    total += value.length;
    if (total > maxBytes) {
      await reader.cancel().catch(() => undefined); // nothing more is wanted from it, not even its complaint
      throw new FormatError(`gunzip: unpacks to more than ${maxBytes} bytes; pass a larger { maxBytes } if you trust the file`);
    }
    chunks.push(value);
  }
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

function join(chunks: readonly Uint8Array[], total: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
