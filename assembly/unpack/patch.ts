// Bytes from others and their difference to these, as scripts/delta.mjs writes it: steps of how many new bytes, these bytes, how many
// bytes to copy from the base, and how far from the end of the last copy they start (zigzag). Numbers are LEB128.

let at: usize = 0;

function number(): i32 {
  let value = 0;
  let shift = 0;
  let byte: i32;
  do {
    byte = load<u8>(at++);
    value |= (byte & 127) << shift;
    shift += 7;
  } while (byte > 127);
  return value;
}

/** Writes `size` bytes to `out`. */
export function patch(base: usize, delta: usize, out: usize, size: i32): void {
  at = delta;
  let from = base;
  for (const end = out + size; out < end; ) {
    const fresh = number();
    memory.copy(out, at, fresh);
    at += fresh;
    out += fresh;
    const length = number();
    const zigzag = number();
    from += (zigzag >> 1) ^ -(zigzag & 1);
    memory.copy(out, from, length);
    from += length;
    out += length;
  }
}
