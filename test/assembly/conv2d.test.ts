// Convolution and its gradients against float64 loops, over a table of windows.
import { describe, expect, test } from "vitest";
import { checkBatch, checkConv, conv, ints, nanReach, place, type Row } from "./conv.js";
import { builds, kernels } from "./harness.js";

const rows: Row[] = [
  { x: [2, 3, 7, 6], w: [4, 3, 3] },
  { x: [1, 1, 1, 1], w: [1, 1, 1] },
  { x: [2, 5, 4, 5], w: [7, 1, 1] },
  { x: [2, 5, 4, 5], w: [7, 1, 1], stride: [2, 1] },
  { x: [1, 2, 3, 3], w: [3, 1, 1], pad: [1, 1, 1, 1] },
  { x: [1, 2, 3, 3], w: [3, 1, 1], pad: [0, 1, 0, 0] },
  { x: [2, 4, 6, 6], w: [6, 3, 3], pad: [1, 1, 1, 1], groups: 2 },
  { x: [3, 2, 14, 14], w: [5, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 3, 9, 11], w: [2, 5, 5], pad: [2, 2, 2, 2] },
  { x: [1, 2, 9, 9], w: [3, 3, 3], dilation: [2, 2] },
  { x: [1, 2, 8, 9], w: [3, 3, 3], pad: [2, 2, 3, 3], dilation: [2, 3] },
  { x: [3, 2, 5, 6], w: [3, 2, 3], pad: [1, 1, 2, 2], dilation: [2, 1] },
  { x: [1, 1, 5, 5], w: [9, 5, 5] },
  { x: [2, 6, 7, 7], w: [4, 4, 4], stride: [3, 3], pad: [2, 2, 2, 2], groups: 2 },
  { x: [1, 4, 8, 8], w: [4, 3, 3], stride: [1, 2], groups: 4 },
  { x: [2, 3, 6, 7], w: [6, 3, 3], stride: [2, 1], pad: [1, 1, 1, 1], groups: 3 },
  { x: [2, 3, 20, 21], w: [3, 3, 3], pad: [1, 1, 1, 1], groups: 3 },
  { x: [2, 2, 9, 37], w: [2, 3, 5], stride: [2, 2], pad: [1, 2, 0, 3], groups: 2 },
  { x: [1, 2, 9, 40], w: [2, 3, 3], stride: [1, 3], groups: 2 },
  { x: [1, 2, 3, 4], w: [2, 3, 3], pad: [5, 4, 1, 1], groups: 2 },
  { x: [1, 2, 3, 4], w: [2, 3, 3], pad: [1, 1, 5, 4], groups: 2 },
  { x: [1, 2, 9, 7], w: [2, 3, 2], pad: [1, 1, 2, 2], dilation: [2, 3], groups: 2 },
  { x: [1, 2, 5, 5], w: [2, 2, 2], pad: [9, 9, 9, 9], dilation: [9, 9], groups: 2 },
  { x: [1, 2, 6, 5], w: [3, 3, 4], pad: [1, 1, 1, 2] },
  { x: [1, 2, 6, 5], w: [3, 4, 2], pad: [1, 2, 0, 1] },
  { x: [1, 3, 30, 29], w: [4, 7, 7], stride: [2, 2], pad: [3, 3, 3, 3] },
  { x: [1, 2, 20, 31], w: [3, 2, 2], stride: [3, 4] },
  { x: [1, 2, 2, 2], w: [2, 5, 5], pad: [2, 2, 2, 2] },
  { x: [1, 2, 2, 3], w: [2, 3, 3], pad: [4, 4, 5, 5] },
  { x: [1, 1, 3, 3], w: [2, 2, 2], pad: [6, 6, 6, 6], stride: [3, 3] },
  { x: [1, 1, 2, 2], w: [1, 3, 3], pad: [3, 3, 3, 3], dilation: [3, 3] },
  { x: [1, 40, 5, 5], w: [3, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 30, 6, 6], w: [8, 3, 3] },
  { x: [1, 2, 40, 26], w: [3, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 1, 3, 600], w: [2, 3, 3], pad: [1, 1, 1, 1] },
  { x: [2, 3, 1, 37], w: [5, 1, 9], pad: [0, 0, 4, 4] },
  { x: [2, 70, 1, 1], w: [9, 1, 1] },
  { x: [0, 3, 4, 4], w: [2, 3, 3] },
  { x: [2, 9, 7, 6], w: [8, 5, 5], pad: [2, 2, 2, 2] },
  { x: [1, 9, 7, 6], w: [8, 5, 5], pad: [1, 1, 1, 1] },
  { x: [2, 32, 5, 7], w: [16, 3, 3], pad: [1, 1, 1, 1], groups: 2 },
  { x: [1, 9, 8, 8], w: [8, 3, 3], pad: [2, 2, 2, 2], dilation: [2, 2] },
  { x: [1, 8, 4, 5], w: [8, 2, 2], pad: [3, 3, 3, 2] },
];

describe.each(builds)("%s conv2d", (build) => {
  const k = kernels(build);

  test.each(rows.map((row) => ({ row, name: JSON.stringify(row) })))("$name", ({ row }) => checkConv(k, conv(row)));

  test.each<Row>([
    { x: [5, 6, 9, 9], w: [7, 3, 3], pad: [1, 1, 1, 1] },
    { x: [3, 9, 7, 6], w: [8, 5, 5], pad: [2, 2, 2, 2] },
  ])("an image of a batch gives what it gives alone, bit for bit: %j", (row) => checkBatch(k, conv(row)));

  test.each<Row>([
    { x: [1, 2, 7, 7], w: [3, 3, 3], pad: [1, 1, 1, 1] },
    { x: [1, 3, 6, 5], w: [3, 3, 3], pad: [1, 1, 1, 1], groups: 3 },
    { x: [1, 2, 9, 11], w: [2, 3, 3], pad: [1, 1, 1, 1], stride: [2, 2], groups: 2 },
    { x: [1, 2, 8, 9], w: [3, 3, 3], stride: [2, 2] },
    { x: [1, 2, 5, 5], w: [3, 1, 1] },
    { x: [1, 9, 7, 6], w: [8, 5, 5], pad: [2, 2, 2, 2] },
  ])("NaN reaches what a product carries it to and nothing else: %j", (row) => {
    for (const { got, direct } of Object.values(nanReach(k, conv(row)))) expect(got).toEqual(direct);
  });

  test("an infinite weight makes padding NaN, as 0 * Inf does", () => {
    const s = conv({ x: [1, 1, 3, 3], w: [1, 3, 3], pad: [1, 1, 1, 1] });
    const { x, w, out, work } = place(k, s);
    x.values.fill(1);
    w.values.fill(1)[0] = Number.POSITIVE_INFINITY;
    k.conv2d(x.ptr, w.ptr, 0, out.ptr, work.ptr, ...ints(s), s.F, 0, 0);
    const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(Array.from(out.values)).toEqual([nan, nan, nan, nan, inf, inf, nan, inf, inf]);
  });
});
