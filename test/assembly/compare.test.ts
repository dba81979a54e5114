// Comparisons of two arrays: every layout and tail, with NaN, infinities, both zeros and the ends of int32.
import { describe, expect, test } from "vitest";
import { SPECIALS } from "./elementwise.js";
import { Arena, builds, kernels } from "./harness.js";
import { extent, LAYOUTS, pairs } from "./layouts.js";

const OPS: { name: string; truth: (a: number, b: number) => boolean }[] = [
  { name: "eq", truth: (a, b) => a === b },
  { name: "ne", truth: (a, b) => a !== b },
  { name: "lt", truth: (a, b) => a < b },
  { name: "le", truth: (a, b) => a <= b },
  { name: "gt", truth: (a, b) => a > b },
  { name: "ge", truth: (a, b) => a >= b },
];
const INTS = [0, 1, -1, 2, -2, 2147483647, -2147483648, 16777217, 16777216];

/** n values, the same few again and again, from another start and in another stride each time. */
const floats = (n: number, from: number) =>
  Float32Array.from({ length: n }, (_, i) => SPECIALS[(from + 5 * i) % SPECIALS.length] as number);
const ints = (n: number, from: number) => Int32Array.from({ length: n }, (_, i) => INTS[(from + 2 * i) % INTS.length] as number);

const TYPES: { type: string; suffix: string; make: (n: number, from: number) => Float32Array | Int32Array }[] = [
  { type: "float32", suffix: "", make: floats },
  { type: "int32", suffix: "I32", make: ints },
];

describe.each(builds)("%s", (build) => {
  const k = kernels(build);

  describe.each(TYPES)("of $type", ({ suffix, make }) => {
    test.each(OPS)("$name", ({ name, truth }) => {
      LAYOUTS.forEach((at, i) => {
        const arena = new Arena();
        const a = arena.place(make(extent(at.rows, at.cols, at.aRow, at.aCol), i), (i & 3) * 4);
        const b = arena.place(make(extent(at.rows, at.cols, at.bRow, at.bCol), 3 * i + 1), ((i >> 1) & 3) * 4);
        const out = arena.place(new Uint8Array(at.rows * at.cols).fill(77), i % 16);
        k[name + suffix]?.(a.ptr, b.ptr, out.ptr, at.rows, at.cols, at.aRow, at.aCol, at.bRow, at.bCol);
        pairs(a.values, b.values, at).forEach(([x, y], j) => {
          if (out.values[j] !== Number(truth(x, y)))
            expect.fail(`${at.of}, ${at.cols} columns: ${name}(${x}, ${y}) gives ${out.values[j]}`);
        });
        expect(arena.damaged()).toBeUndefined();
      });
    });
  });
});
