// One build of the kernels as a difference to the other: most functions are the same in both, so 124 KB become 16.

/** Shortest run worth copying: a shorter one costs as much as its bytes, once gzip has been over both. */
const LEAST_RUN = 12;
/** Places remembered for the same few bytes; more find hardly better runs. */
const MOST_PLACES = 32;

function placesOf(base) {
  const places = new Map();
  for (let i = 0; i + LEAST_RUN <= base.length; i++) {
    const key = base.toString("latin1", i, i + LEAST_RUN);
    const list = places.get(key);
    if (!list) places.set(key, [i]);
    else if (list.length < MOST_PLACES) list.push(i);
  }
  return places;
}

function runLength(base, from, target, at) {
  let n = 0;
  while (at + n < target.length && from + n < base.length && base[from + n] === target[at + n]) n++;
  return n;
}

/**
 * Steps of three parts, until the target is complete: how many new bytes, these bytes; how many bytes to copy from the
 * base; how far from the end of the last copy they start (zigzag). Numbers are LEB128. `src/wasm/modules/delta.ts` reads it.
 * @param {Buffer} base
 * @param {Buffer} target
 * @returns {Buffer}
 */
export function encodeDelta(base, target) {
  const places = placesOf(base);
  const out = [];
  const number = (n) => {
    for (; n > 127; n >>>= 7) out.push((n & 127) | 128);
    out.push(n);
  };
  let copiedTo = 0;
  let fresh = 0; // start of the bytes not yet written
  for (let at = 0; at < target.length; ) {
    let length = 0;
    let from = 0;
    const straightOn = copiedTo + (at - fresh);
    for (const place of [straightOn, ...(places.get(target.toString("latin1", at, at + LEAST_RUN)) ?? [])]) {
      const n = runLength(base, place, target, at);
      if (n > length) [length, from] = [n, place];
    }
    const ends = at + length === target.length;
    if (length < LEAST_RUN && !ends) {
      at++;
      continue;
    }
    number(at - fresh);
    out.push(...target.subarray(fresh, at));
    number(length);
    const distance = from - copiedTo;
    number(distance < 0 ? -2 * distance - 1 : 2 * distance);
    at += length;
    copiedTo = from + length;
    fresh = at;
  }
  if (fresh < target.length) {
    number(target.length - fresh);
    out.push(...target.subarray(fresh));
    number(0);
    number(0);
  }
  return Buffer.from(out);
}
