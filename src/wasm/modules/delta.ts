// Rebuilds one build of the kernels from the other and their difference, as scripts/delta.mjs writes it.

/** Applies a difference to `base`; `size` is the length of the result. */
export function applyDelta(base: Uint8Array, delta: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let read = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = delta[read++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  let copiedTo = 0;
  for (let at = 0; at < size; ) {
    const fresh = number();
    out.set(delta.subarray(read, read + fresh), at);
    read += fresh;
    at += fresh;
    const length = number();
    const zigzag = number();
    const from = copiedTo + (zigzag & 1 ? -(zigzag + 1) / 2 : zigzag / 2);
    out.set(base.subarray(from, from + length), at);
    at += length;
    copiedTo = from + length;
  }
  return out;
}
