// Bytes out of the text that scripts carry: raw DEFLATE in base64. A small module of its own does it (assembly/unpack): JavaScript that
// runs for the first time takes longer for the text than WebAssembly for all of its work.
import { instantiateSync } from "@assemblyscript/loader";
import { unpacker } from "../generated/text.js";

/** A text, and how many bytes it stands for. */
export interface Packed {
  readonly text: string;
  readonly size: number;
}

/** The same as the difference to other bytes, as scripts/delta.mjs makes it. */
export interface Difference {
  readonly delta: Packed;
  /** How many bytes the result has. */
  readonly size: number;
}

interface Unpacker extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  base64(text: number, n: number, out: number): void;
  inflate(from: number, out: number): void;
  patch(base: number, delta: number, out: number, size: number): void;
}

const PAGE = 65536;
/** What the unpacker may read and write behind an end. */
const SLACK = 32;

/** Bytes out of base64, few of them. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** The bytes of `base`, or those that lie a difference away from it. */
export function unpack(base: Packed, difference?: Difference): Uint8Array<ArrayBuffer> {
  const { memory, base64, inflate, patch } = instantiateSync<Unpacker>(bytesOf(unpacker)).instance.exports as unknown as Unpacker;
  let top = PAGE; // the unpacker's tables are below
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
