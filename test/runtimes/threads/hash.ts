// One number for many bytes.

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

const wordsOf = ({ buffer, byteLength }: ArrayBufferView): Int32Array | Uint8Array =>
  byteLength % 4 === 0 ? new Int32Array(buffer, 0, byteLength / 4) : new Uint8Array(buffer, 0, byteLength);

/** FNV-1a, a word at a time. Each step is one-to-one, so one word that differs is always seen. The arrays start where their buffers do. */
export function hashOf(arrays: readonly ArrayBufferView[]): number {
  let hash = BASIS;
  for (const array of arrays) {
    const words = wordsOf(array);
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), PRIME);
  }
  return hash >>> 0;
}
