// Kernels for shared memory: the same code, with another declaration of the memory that it imports.

const IMPORTS = 2;
const MEMORY = 2;
const HAS_MAXIMUM = 1;
const SHARED = 2;
/** 65536 pages in LEB128, 4 GiB: the maximum of a shared memory. */
const MAXIMUM = [128, 128, 4];

/** Reads the unsigned LEB128 number at `at`. */
function read(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] as number;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, end: at };
  }
}

/**
 * Returns a copy of a module, whose only import must be a memory, with that memory declared as shared: its limits in the import section
 * get the flags of a shared memory and a maximum.
 */
export function shareMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 8; // after the magic number and the version
  while (bytes[at] !== IMPORTS) {
    const { value, end } = read(bytes, at + 1);
    at = end + value;
  }
  const section = read(bytes, at + 1);
  const next = section.end + section.value;
  // The section has the number of imports, two names with their lengths, a kind, flags, a minimum and optionally a maximum.
  const outer = read(bytes, section.end + 1);
  const inner = read(bytes, outer.end + outer.value);
  const flags = inner.end + inner.value + 1;
  const minimum = read(bytes, flags + 1);
  if (bytes[section.end] !== 1 || bytes[flags - 1] !== MEMORY) throw new Error("kernels: expected one import, a memory");
  const body = [...bytes.subarray(section.end, flags), HAS_MAXIMUM | SHARED, ...bytes.subarray(flags + 1, minimum.end), ...MAXIMUM];
  const out = new Uint8Array(at + 2 + body.length + bytes.length - next);
  out.set(bytes.subarray(0, at));
  out.set([IMPORTS, body.length, ...body], at); // a section this short has a length of one byte
  out.set(bytes.subarray(next), at + 2 + body.length);
  return out;
}
