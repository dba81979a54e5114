// Winograd's tiles against float64 loops: tiles of 2, which 3 x 3 windows take by themselves, and tiles of 4, which `fast` allows.
import { describe, expect, test } from "vitest";
import { checkBatch, checkConv, conv, ints, nanReach, place, type Row, truthOf } from "./conv.js";
import { builds, kernels } from "./harness.js";

const padded: Row["pad"] = [1, 1, 1, 1];

const twos: Row[] = [
  { x: [1, 8, 3, 3], w: [8, 3, 3], pad: padded },
  { x: [1, 7, 6, 6], w: [8, 3, 3], pad: padded },
  { x: [1, 8, 6, 6], w: [7, 3, 3], pad: padded },
  { x: [2, 16, 9, 7], w: [12, 3, 3], pad: padded },
  { x: [1, 11, 8, 10], w: [13, 3, 3] },
  { x: [1, 9, 7, 9], w: [8, 3, 3], pad: [0, 1, 1, 0] },
  { x: [1, 8, 4, 9], w: [10, 3, 3], pad: [3, 2, 3, 4] },
  { x: [1, 16, 3, 3], w: [16, 3, 3] },
  { x: [1, 8, 1, 1], w: [8, 3, 3], pad: padded },
  { x: [7, 8, 10, 10], w: [9, 3, 3], pad: padded },
  { x: [1, 8, 4, 301], w: [8, 3, 3], pad: padded },
  { x: [1, 260, 6, 6], w: [8, 3, 3], pad: padded },
  { x: [1, 264, 3, 3], w: [256, 3, 3], pad: padded },
  { x: [0, 8, 6, 6], w: [8, 3, 3], pad: padded },
];

const fours: Row[] = [
  { x: [1, 8, 13, 5], w: [8, 3, 3], pad: padded },
  { x: [1, 8, 12, 8], w: [8, 3, 3], pad: padded },
  { x: [2, 16, 14, 14], w: [12, 3, 3], pad: padded },
  { x: [1, 11, 16, 18], w: [13, 3, 3] },
  { x: [1, 8, 11, 12], w: [10, 3, 3], pad: [3, 2, 3, 4] },
  { x: [5, 8, 19, 22], w: [9, 3, 3], pad: padded },
  { x: [1, 8, 8, 303], w: [8, 3, 3], pad: padded },
  { x: [1, 260, 13, 5], w: [8, 3, 3], pad: padded },
];

describe.each(builds)("%s Winograd", (build) => {
  const k = kernels(build);

  test.each([...twos, ...fours.map((row) => ({ ...row, fast: true }))].map((row) => ({ row, name: JSON.stringify(row) })))(
    "$name",
    ({ row }) => checkConv(k, conv(row)),
  );

  test.each([false, true])("an image of a batch gives what it gives alone, bit for bit; fast %j", (fast) => {
    checkBatch(k, conv({ x: [5, 9, 15, 14], w: [8, 3, 3], pad: padded, fast }));
  });

  test.each<Row>([
    { x: [1, 8, 9, 7], w: [8, 3, 3], pad: padded },
    { x: [1, 8, 8, 8], w: [8, 3, 3] },
  ])("with tiles of 2 NaN reaches what a product carries it to and nothing else: %j", (row) => {
    for (const { got, direct } of Object.values(nanReach(k, conv(row)))) expect(got).toEqual(direct);
  });

  test("with tiles of 4 it fills the tiles it reaches", () => {
    const s = conv({ x: [1, 8, 15, 14], w: [8, 3, 3], pad: padded, fast: true });
    const { out, dx } = nanReach(k, s);
    const tileOf = (i: number): number => {
      const [channel, row, column] = [Math.floor(i / (s.W * s.H)), Math.floor(i / s.W) % s.H, i % s.W];
      return (channel * 4 + (row >> 2)) * 4 + (column >> 2);
    };
    for (const { got, direct } of [out, dx]) {
      const tiles = new Set(direct.map(tileOf));
      expect(got.length).toBeGreaterThan(direct.length);
      expect(got.filter((i) => !tiles.has(tileOf(i)))).toEqual([]);
      expect(direct.filter((i) => !got.includes(i))).toEqual([]);
    }
  });

  test.each([
    { fast: false, bound: 1e-6 },
    { fast: true, bound: 4e-6 },
  ])("loses $bound of the largest value; fast $fast", ({ fast, bound }) => {
    const s = conv({ x: [1, 64, 16, 16], w: [16, 3, 3], pad: padded, fast });
    const placed = place(k, s);
    const { x, w, g, out, dx, work } = placed;
    k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
    k.conv2dGradInput(g.ptr, w.ptr, dx.ptr, work.ptr, ...ints(s), s.C);
    const truth = truthOf(s, placed);
    const most = (values: Float64Array): number => values.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
    const lost = (got: Float32Array, { sums }: { sums: Float64Array }): number =>
      most(sums.map((sum, i) => (got[i] as number) - sum)) / most(sums);
    expect(lost(out.values, truth.out)).toBeLessThan(bound);
    expect(lost(dx.values, truth.dx)).toBeLessThan(bound);
  });
});
