// Unpacks the kernels' text, which is raw DEFLATE in base64. A small WebAssembly module (assembly/unpack) does it, because JavaScript
// that runs for the first time would take longer to decode the text than that module takes in all.
import { instantiateSync } from "@assemblyscript/loader";
import { unpacker } from "../generated/text.js";

/** Packed bytes, and their number when unpacked. */
export interface Packed {
  readonly text: string;
  readonly size: number;
}

/** The difference of some bytes to others, as scripts/delta.mjs computes it. */
export interface Difference {
  readonly delta: Packed;
  /** Bytes of the result. */
  readonly size: number;
}

interface Unpacker extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  base64(text: number, n: number, out: number): void;
  inflate(from: number, out: number): void;
  patch(base: number, delta: number, out: number, size: number): void;
}

const PAGE = 65536;
/** Bytes that the unpacker may read and write beyond the end of a range. */
const SLACK = 32;

/** Decodes base64 in JavaScript; only for the unpacker itself, which is small. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** Returns the bytes of `base`, or those that `difference` makes of them. */
export function unpack(base: Packed, difference?: Difference): Uint8Array<ArrayBuffer> {
  const { memory, base64, inflate, patch } = instantiateSync<Unpacker>(bytesOf(unpacker)).instance.exports as unknown as Unpacker;
  let top = PAGE; // the unpacker's tables are in the first page
  const take = (bytes: number): number => {
    const at = top;
    top += bytes + SLACK;
    if (top > memory.buffer.byteLength) memory.grow(Math.ceil((top - memory.buffer.byteLength) / PAGE));
    return at;
  };
  const read = ({ text, size }: Packed): number => {
    const [from, out] = [take(text.length), take(size)];
    new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, from));
    base64(from, text.length, from);
    inflate(from, out);
    return out;
  };
  const whole = read(base);
  if (!difference) return new Uint8Array(memory.buffer, whole, base.size);
  const [delta, out] = [read(difference.delta), take(difference.size)];
  patch(whole, delta, out, difference.size);
  return new Uint8Array(memory.buffer, out, difference.size);
}
