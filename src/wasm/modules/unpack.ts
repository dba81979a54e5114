// Makes the kernels' module from their text: compressed functions, in groups, in base64. A small WebAssembly module (assembly/unpack)
// does it, because JavaScript that runs for the first time would take longer to decode the text than that module takes in all.
import { instantiateSync } from "@assemblyscript/loader";
import type { Build } from "../build.js";
import { unpacker } from "../generated/unpacker.js";

/** The functions of a group of kernels, as scripts/pack writes them. */
export interface GroupText {
  /** The core is 0. */
  readonly number: number;
  readonly relaxed: string;
  /** Functions that the baseline build has of its own. Those of the relaxed build have to be unpacked first. */
  readonly baseline: string;
}

interface Unpacker extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global;
  readonly MODULE: WebAssembly.Global;
  base64(text: number, n: number, out: number): void;
  segment(from: number, group: number, baseline: boolean, own: boolean): void;
  save(): void;
  restore(): void;
  link(): number;
}

/** The value of a hexadecimal digit, in lower case, by its character code. */
const digit = (code: number): number => (code & 15) + (code >> 6) * 9;

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const { fromHex } = Uint8Array as { fromHex?: (hex: string) => Uint8Array<ArrayBuffer> };
  if (fromHex) return fromHex(hex);
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(hex.charCodeAt(2 * i)) + digit(hex.charCodeAt(2 * i + 1));
  return bytes;
}

/** Returns a module of the kernels with the functions of the core and of other groups; in place of all others it has ones that trap. */
export function unpack(build: Build, core: GroupText, others: readonly GroupText[]): Uint8Array<ArrayBuffer> {
  const tool = instantiateSync<Unpacker>(bytesOf(unpacker)).instance.exports as unknown as Unpacker;
  const { memory, INPUT, MODULE } = tool;
  const baseline = build === "baseline";
  const read = (text: string, group: number, own: boolean): void => {
    new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, INPUT.value));
    tool.base64(INPUT.value, text.length, INPUT.value);
    tool.segment(INPUT.value, group, baseline, own);
  };
  for (const group of [core, ...others]) {
    read(group.relaxed, group.number, false);
    if (group === core && others.length > 0) tool.save();
    if (baseline) read(group.baseline, group.number, true);
    if (others.length > 0) tool.restore();
  }
  return new Uint8Array(memory.buffer as ArrayBuffer, MODULE.value, tool.link());
}
