// A quantized layer as a whole: how far it is from the float32 one, what it keeps beside its weight, what NaN does to it.
import { linear, manualSeed, memory, noGrad, randn, scope, type Tensor, tensor } from "simdgrad";
import { dequantize, int8Matmul, type Quantized, quantize, quantizedLinear } from "simdgrad/quantize";
import { beforeEach, describe, expect, test } from "vitest";

beforeEach(() => manualSeed(1));

const rms = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0) / values.length);
const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());

/** Root mean square of the error over that of the result. */
function errorOf(got: Tensor, wanted: Tensor): number {
  const truth = wanted.toTypedArray();
  return rms(got.toTypedArray().map((v, i) => v - (truth[i] as number))) / rms(truth);
}

describe("a layer of 512 to 256 features, normal numbers", () => {
  const make = () => ({ x: randn([64, 512]), weight: randn([256, 512]), bias: randn([256]) });

  test.each([
    { bits: 8, bound: 0.012 },
    { bits: 7, bound: 0.02 },
    { bits: 4, bound: 0.16 },
  ])("$bits bits are within $bound", ({ bits, bound }) => {
    scope(() => {
      const { x, weight, bias } = make();
      const q = quantize(weight, { axis: 0, bits });
      const error = errorOf(quantizedLinear(x, q, bias), linear(x, weight, bias));
      expect(error).toBeLessThan(bound);
      expect(error).toBeGreaterThan(bound / 3);
    });
  });

  test("one scale for all is worse, and within 0.016", () => {
    scope(() => {
      const { x, weight, bias } = make();
      expect(errorOf(quantizedLinear(quantize(x), quantize(weight), bias), linear(x, weight, bias))).toBeLessThan(0.016);
    });
  });

  test("it is the float32 layer over what the int8 numbers stand for", () => {
    scope(() => {
      const { x, weight, bias } = make();
      const [a, w] = [quantize(x, { axis: 0 }), quantize(weight, { axis: 0 })];
      const stands = linear(dequantize(a.values, a.scale, { axis: 0 }), dequantize(w.values, w.scale, { axis: 0 }), bias);
      expect(errorOf(quantizedLinear(x, w, bias), stands)).toBeLessThan(1e-6);
      expect(numbers(quantizedLinear(a, w, bias))).toEqual(numbers(quantizedLinear(x, w, bias)));
    });
  });
});

test("a value is at most half a step from what it stands for", () => {
  scope(() => {
    const x = randn([8, 100]);
    const { values, scale } = quantize(x, { axis: 0 });
    const back = dequantize(values, scale, { axis: 0 }).toTypedArray();
    const steps = scale.toTypedArray();
    x.toTypedArray().forEach((v, i) => {
      expect(Math.abs(v - (back[i] as number))).toBeLessThanOrEqual((steps[Math.floor(i / 100)] as number) * 0.500001);
    });
  });
});

test("NaN or Infinity in a row shows in all of its results and in no other row", () => {
  scope(() => {
    const x = tensor([
      [1, Number.NaN],
      [1, 2],
      [Number.POSITIVE_INFINITY, 2],
    ]);
    const y = quantizedLinear(x, quantize(tensor([[1, 1]])));
    expect(numbers(y).map(Number.isNaN)).toEqual([true, false, true]);
    expect(Number.isNaN(numbers(dequantize(quantize(x).values, quantize(x).scale))[2])).toBe(true);
  });
});

test("it records no gradient", () => {
  scope(() => {
    const x = randn([2, 3], { requiresGrad: true });
    const q = quantize(x, { axis: 0 });
    expect([q.values, q.scale, quantizedLinear(x, q)].map((t) => t.requiresGrad)).toEqual([false, false, false]);
  });
});

test("the packed weight is made once, made again after an edit, and goes with the weight", () => {
  const before = memory().liveTensors;
  const x = tensor([[1, 2, 3]]);
  const weight: Quantized = scope(() => quantize(tensor([[1, 1, 1]])));
  const call = (): number => scope(() => quantizedLinear(x, weight).item());
  expect(call()).toBeCloseTo(6, 5);
  const kept = memory().liveTensors;
  expect(call()).toBeCloseTo(6, 5);
  expect(memory().liveTensors).toBe(kept);
  noGrad(() => weight.values.fill_(-127));
  expect(call()).toBeCloseTo(-6, 5);
  expect(memory().liveTensors).toBe(kept);
  for (const t of [x, weight.values, weight.scale]) t.dispose();
  expect(memory().liveTensors).toBe(before);
});

test("integers beyond what float32 holds exactly", () => {
  scope(() => {
    const ones = tensor(new Int8Array(60_001).fill(127), { shape: [1, 60_001] });
    expect(int8Matmul(ones, ones.reshape(60_001, 1)).item()).toBe(60_001 * 127 * 127);
  });
});
