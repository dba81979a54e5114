// where: every pair of increments, every tail and alignment, any byte but 0 as true, bits copied as they are.
import { describe, expect, test } from "vitest";
import { PLACES } from "./elementwise.js";
import { Arena, builds, kernels } from "./harness.js";

/** Words that are NaN with a payload as float32, or denormal: arithmetic would change some of them. */
const words = (n: number, from: number) =>
  Int32Array.from({ length: n }, (_, i) => Math.imul(from + i, 0x9e3779b1) | (i & 1 ? 0x7f800001 : 0));

describe.each(builds)("%s where", (build) => {
  const { where } = kernels(build);

  test.each([
    { aInc: 1, bInc: 1 },
    { aInc: 1, bInc: 0 },
    { aInc: 0, bInc: 1 },
    { aInc: 0, bInc: 0 },
  ])("with steps $aInc and $bInc", ({ aInc, bInc }) => {
    for (const { n, shift } of PLACES) {
      const arena = new Arena();
      const c = arena.place(
        Uint8Array.from({ length: n }, (_, i) => [0, 1, 255, 0, 2, 0, 128][(i + n) % 7] as number),
        n % 16,
      );
      const a = arena.place(words(aInc ? n : 1, n), shift);
      const b = arena.place(words(bInc ? n : 1, 2 * n + 1), 12 - shift);
      const out = arena.place(new Int32Array(n).fill(-12345), 4);
      where?.(c.ptr, a.ptr, aInc, b.ptr, bInc, out.ptr, n);
      const want = Array.from(c.values, (set, i) => (set ? a.values[i * aInc] : b.values[i * bInc]));
      expect(Array.from(out.values)).toEqual(want);
      for (const { ptr, values } of [...(aInc ? [a] : []), ...(bInc ? [b] : [])]) {
        const before = values.slice();
        where?.(c.ptr, a.ptr, aInc, b.ptr, bInc, ptr, n);
        expect(Array.from(values)).toEqual(want);
        values.set(before);
      }
      expect(arena.damaged()).toBeUndefined();
    }
  });
});
