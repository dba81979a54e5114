// The layer normalisation layer: its parameters, its text, and that it is the same in training and evaluation.
import { ArgError, layerNorm, nn, randn, ShapeError, scope, type Tensor, zeros } from "simdgrad";
import { expect, it, test } from "vitest";

it.each<[nn.LayerNorm, string[], string]>([
  [new nn.LayerNorm(8), ["weight", "bias"], "LayerNorm([8], eps=0.00001, elementwiseAffine=true)"],
  [new nn.LayerNorm([3, 4], { bias: false }), ["weight"], "LayerNorm([3,4], eps=0.00001, elementwiseAffine=true, bias=false)"],
  [new nn.LayerNorm(8, { elementwiseAffine: false, eps: 0.01 }), [], "LayerNorm([8], eps=0.01, elementwiseAffine=false)"],
])("%s", (layer, names, text) => {
  expect(Object.keys(layer.stateDict())).toEqual(names);
  expect(String(layer)).toBe(text);
});

test("starts with weight 1 and bias 0, and trains both", () => {
  scope(() => {
    const [layer, x] = [new nn.LayerNorm([3, 4]), randn([2, 3, 4])];
    expect(layer.weight?.toArray()).toEqual(new Array(3).fill([1, 1, 1, 1]));
    expect(layer.bias?.toArray()).toEqual(new Array(3).fill([0, 0, 0, 0]));
    const y = layer.call(x);
    expect(y.toArray()).toEqual(layerNorm(x, [3, 4]).toArray());
    expect(layer.eval().call(x).toArray()).toEqual(y.toArray());
    y.square().sum().backward();
    expect(layer.parameters().map((p) => (p.grad as Tensor).shape)).toEqual([
      [3, 4],
      [3, 4],
    ]);
  });
});

test("refuses shapes that are none, and inputs of another shape", () => {
  expect(() => new nn.LayerNorm([])).toThrow(ArgError);
  expect(() => new nn.LayerNorm(2.5)).toThrow(/^LayerNorm: normalizedShape must be one or more whole numbers of at least 1, got 2.5/);
  expect(() => new nn.LayerNorm(4).call(zeros(2, 3))).toThrow(ShapeError);
  expect(() => new nn.LayerNorm(4).call(zeros(2, 3))).toThrow(/x must be \[\.\.\., 4\], got float32\[2,3\]\n {2}in LayerNorm/);
});
