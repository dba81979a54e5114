// Depthwise convolution and its gradients against float64 loops: every tail, padding and stride of the kernels for 3 x 3 windows,
// and of those that copy the plane first.
import { describe, expect, test } from "vitest";
import { checkBatch, checkConv, conv, ints, nanReach, place, products, type Row } from "./conv.js";
import { builds, kernels } from "./harness.js";

type Pad = [number, number, number, number];
const PADS: Pad[] = [
  [0, 0, 0, 0],
  [1, 1, 1, 1],
  [1, 0, 1, 0],
  [0, 1, 0, 1],
  [2, 3, 1, 1],
];

const WINDOWS: Omit<Row, "x" | "pad">[] = [
  { w: [2, 3, 3], groups: 2 },
  { w: [2, 3, 3], groups: 2, stride: [2, 2] },
  { w: [2, 3, 3], groups: 2, stride: [1, 2] },
  { w: [2, 3, 3], groups: 2, dilation: [2, 1] },
  { w: [2, 2, 5], groups: 2 },
  { w: [2, 1, 4], groups: 2, stride: [2, 2] },
];

const OTHERS: Row[] = [
  { x: [1, 1, 1, 5], w: [1, 3, 3], pad: [1, 1, 1, 1] },
  { x: [1, 1, 3, 3], w: [1, 3, 3] },
  { x: [1, 2, 6, 36], w: [2, 3, 3], pad: [1, 1, 1, 1], groups: 2 },
  { x: [1, 2, 7, 71], w: [2, 3, 3], pad: [0, 2, 1, 1], stride: [2, 2], groups: 2 },
  { x: [1, 2, 6, 40], w: [2, 5, 5], pad: [2, 2, 2, 2], groups: 2 },
  { x: [1, 2, 9, 90], w: [2, 4, 7], pad: [1, 2, 3, 3], stride: [1, 2], groups: 2 },
  { x: [1, 1, 520, 508], w: [1, 3, 3], pad: [1, 1, 1, 1] },
];

describe.each(builds)("%s depthwise", (build) => {
  const k = kernels(build);

  test.each(WINDOWS.flatMap((window) => PADS.map((pad) => ({ ...window, pad }))))(
    "$w of stride $stride, dilation $dilation, padding $pad",
    (row) => {
      for (let H = 4; H <= 7; H++) {
        for (let W = 6; W <= 24; W += W < 14 ? 1 : 5) checkConv(k, conv({ ...row, x: [1, 2, H, W] }));
      }
    },
  );

  test.each(OTHERS)("%j", (row) => checkConv(k, conv(row)));

  test.each<Row>([
    { x: [3, 2, 9, 11], w: [2, 3, 3], pad: [1, 1, 1, 1], groups: 2 },
    { x: [3, 2, 9, 11], w: [2, 3, 3], pad: [1, 1, 1, 1], stride: [2, 2], groups: 2 },
    { x: [3, 2, 9, 19], w: [2, 5, 5], pad: [2, 2, 2, 2], groups: 2 },
  ])("an image of a batch gives what it gives alone, bit for bit: %j", (row) => checkBatch(k, conv(row)));

  test.each<Row>([
    { x: [1, 2, 6, 7], w: [2, 3, 3], pad: [1, 1, 1, 1], groups: 2 },
    { x: [1, 2, 9, 13], w: [2, 3, 3], pad: [1, 1, 1, 1], stride: [2, 2], groups: 2 },
    { x: [1, 2, 8, 9], w: [2, 3, 3], groups: 2 },
    { x: [1, 2, 6, 9], w: [2, 5, 5], pad: [2, 2, 2, 2], groups: 2 },
  ])("NaN reaches what a product carries it to and nothing else: %j", (row) => {
    for (const { got, direct } of Object.values(nanReach(k, conv(row)))) expect(got).toEqual(direct);
  });

  test.each<Row>([
    { x: [1, 1, 5, 7], w: [1, 3, 3] },
    { x: [1, 1, 5, 7], w: [1, 3, 3], pad: [1, 1, 1, 1] },
    { x: [1, 1, 7, 14], w: [1, 3, 3], stride: [2, 2] },
    { x: [1, 1, 6, 9], w: [1, 3, 4] },
  ])("an infinite pixel makes the weights it meets infinite and none NaN: %j", (row) => {
    const s = conv(row);
    for (let pixel = 0; pixel < s.H * s.W; pixel++) {
      const { x, g, dw, work } = place(k, s);
      g.values.fill(1);
      x.values[pixel] = Number.POSITIVE_INFINITY;
      const met = new Set<number>();
      products(s, (ix, iw) => {
        if (ix === pixel) met.add(iw);
      });
      k.conv2dGradWeight(g.ptr, x.ptr, dw.ptr, work.ptr, ...ints(s), s.C, s.F);
      dw.values.forEach((value, i) => {
        expect(value === Number.POSITIVE_INFINITY, `pixel ${pixel}, weight ${i}: ${value}`).toBe(met.has(i));
        expect(value).not.toBeNaN();
      });
    }
  });

  test.each<Row>([
    { x: [1, 1, 224, 224], w: [1, 3, 3] },
    { x: [1, 1, 224, 224], w: [1, 1, 5] },
  ])("a gradient of 50,000 equal products loses next to nothing: %j", (row) => {
    const s = conv(row);
    const { x, g, dw, work } = place(k, s);
    x.values.fill(0.1);
    g.values.fill(1);
    k.conv2dGradWeight(g.ptr, x.ptr, dw.ptr, work.ptr, ...ints(s), s.C, s.F);
    const want = s.OH * s.OW * Math.fround(0.1);
    for (const got of dw.values) expect(Math.abs(got / want - 1)).toBeLessThan(1e-6);
  });
});
