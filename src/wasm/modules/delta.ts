// Rebuilds one build of the kernels from the other and their difference, as scripts/delta.mjs writes it.

/** Applies a difference to `base`; `size` is the length of the result. */
export function applyDelta(base: Uint8Array, delta: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  // All in one buffer, because a copy inside it makes no object: thousands of steps take 1 ms instead of 4.
  const buffer = new Uint8Array(base.length + delta.length + size);
  buffer.set(base);
  buffer.set(delta, base.length);
  let read = base.length;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[read++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const start = base.length + delta.length;
  let copiedTo = 0;
  for (let at = start; at < buffer.length; ) {
    const fresh = number();
    buffer.copyWithin(at, read, read + fresh);
    read += fresh;
    at += fresh;
    const length = number();
    const zigzag = number();
    const from = copiedTo + (zigzag & 1 ? -(zigzag + 1) / 2 : zigzag / 2);
    buffer.copyWithin(at, from, from + length);
    at += length;
    copiedTo = from + length;
  }
  return buffer.subarray(start);
}
