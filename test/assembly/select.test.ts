// where: every layout and tail, every width of element, any byte but 0 as true, bits copied as they are.
import { describe, expect, test } from "vitest";
import { Arena, builds, kernels } from "./harness.js";
import { extent, LAYOUTS } from "./layouts.js";

/** Bit patterns, of which many are NaN with a payload or denormal as a float: arithmetic would change some of them. */
const words = (n: number, from: number): Uint32Array =>
  Uint32Array.from({ length: n }, (_, i) => Math.imul(from + i, 0x9e3779b1) | (i & 1 ? 0x7f800001 : 0));
/** The first n * bytes of such patterns. */
const patterns = (n: number, bytes: number, from: number): Uint8Array =>
  new Uint8Array(words(Math.ceil((n * bytes) / 4), from).buffer, 0, n * bytes);
const TRUE_OR_FALSE = [0, 1, 255, 0, 2, 0, 128];

/** Strides of the condition. */
const CONDITIONS: { of: string; strides: (cols: number) => [row: number, col: number] }[] = [
  { of: "each", strides: (cols) => [cols, 1] },
  { of: "one for a column", strides: () => [0, 1] },
  { of: "one for a row", strides: () => [1, 0] },
  { of: "one for all", strides: () => [0, 0] },
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  describe.each([8, 16, 32, 64])("where%i", (bits) => {
    const bytes = bits / 8;
    const where = k[`where${bits}`] as (...args: number[]) => void;

    test.each(CONDITIONS)("a condition of $of", ({ strides }) => {
      LAYOUTS.forEach(({ of, rows, cols, aRow, aCol, bRow, bCol }, i) => {
        const [cRow, cCol] = strides(cols);
        const arena = new Arena();
        const c = arena.place(
          Uint8Array.from({ length: extent(rows, cols, cRow, cCol) }, (_, j) => TRUE_OR_FALSE[(i + j) % 7] as number),
          i % 16,
        );
        const a = arena.place(patterns(extent(rows, cols, aRow, aCol), bytes, i), (i & 3) * 4);
        const b = arena.place(patterns(extent(rows, cols, bRow, bCol), bytes, 2 * i + 1), ((i >> 1) & 3) * 4);
        const out = arena.place(new Uint8Array(rows * cols * bytes).fill(77), ((i >> 2) & 3) * 4);
        where(c.ptr, a.ptr, b.ptr, out.ptr, rows, cols, cRow, cCol, aRow, aCol, bRow, bCol);
        const want = Array.from(out.values, (_, at) => {
          const [element, byte] = [Math.floor(at / bytes), at % bytes];
          const [r, q] = [Math.floor(element / cols), element % cols];
          const side = c.values[r * cRow + q * cCol] ? a.values[(r * aRow + q * aCol) * bytes + byte] : undefined;
          return side ?? (b.values[(r * bRow + q * bCol) * bytes + byte] as number);
        });
        expect(Array.from(out.values), `${of}, ${cols} columns`).toEqual(want);
        expect(arena.damaged()).toBeUndefined();
      });
    });

    test("into either side", () => {
      for (let n = 0; n < 36; n++) {
        const arena = new Arena();
        const c = arena.place(Uint8Array.from({ length: n }, (_, i) => TRUE_OR_FALSE[(i + n) % 7] as number));
        const [a, b] = [arena.place(patterns(n, bytes, n)), arena.place(patterns(n, bytes, 7 * n + 1))];
        const out = arena.place(new Uint8Array(n * bytes));
        where(c.ptr, a.ptr, b.ptr, out.ptr, 1, n, 0, 1, 0, 1, 0, 1);
        for (const { ptr, values } of [a, b]) {
          const before = values.slice();
          where(c.ptr, a.ptr, b.ptr, ptr, 1, n, 0, 1, 0, 1, 0, 1);
          expect(values).toEqual(out.values);
          values.set(before);
        }
        expect(arena.damaged()).toBeUndefined();
      }
    });
  });
});
