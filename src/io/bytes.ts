// What every reader starts with: bytes in one form, and the problems found in them told together.
import { ArgError, describe, FormatError, kindOf } from "../errors.js";

/** A file's content as `fetch`, `File` or Node's `readFile` give it. */
export type Bytes = Uint8Array | ArrayBuffer;

/** How many problems a message lists before it only counts: a hostile header may hold a million. */
const LISTED = 10;

/** The content as a view, without a copy. Errors: `ArgError` for anything that is not bytes. */
export function asBytes(op: string, bytes: Bytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  // By kind, not by class: iframes, `vm` and Jest have classes of their own.
  const kind = kindOf(bytes);
  if (kind === "Uint8Array") {
    const { buffer, byteOffset, byteLength } = bytes as unknown as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (kind === "ArrayBuffer") return new Uint8Array(bytes as ArrayBuffer);
  const hint = typeof bytes === "string" ? "read the file first, a path is not opened here" : "pass a Uint8Array or an ArrayBuffer";
  throw new ArgError(`${op}: expected bytes, got ${describe(bytes)}; ${hint}`);
}

/** The bytes where a typed array with elements of `width` bytes may begin: the same ones, or a copy if they lie askew. */
export function aligned(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.byteOffset % width === 0 ? bytes : bytes.slice();
}

/** Throws one `FormatError` that names every problem, if there is any. */
export function failOn(op: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const listed = problems.slice(0, LISTED);
  if (problems.length > LISTED) listed.push(`and ${problems.length - LISTED} more`);
  throw new FormatError(`${op}: ${listed.join("\n  ")}`);
}

/** Text from a file in quotes, shortened, with everything unprintable escaped, so that no file writes its own message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
