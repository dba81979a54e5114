// Weight norm and spectral norm against float64, with PyTorch's names; what they train, and how they are removed.
import { ArgError, gradcheck, IndexError, manualSeed, nn, ones, randn, scope, type Tensor, tensor } from "simdgrad";
import { beforeEach, describe, expect, it } from "vitest";
import { live } from "../support.js";

type Vector = number[];
type Matrix = Vector[];

const norm = (x: Vector): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0));
const normalized = (x: Vector): Vector => x.map((v) => v / Math.max(norm(x), 1e-12));
const times = (m: Matrix, x: Vector): Vector => m.map((row) => row.reduce((s, v, j) => s + v * (x[j] as number), 0));
const transposed = (m: Matrix): Matrix => (m[0] as Vector).map((_, j) => m.map((row) => row[j] as number));
const values = (x: Tensor | undefined): Vector => [...(x as Tensor).toTypedArray()];

function expectClose(got: Tensor, expected: readonly number[], tolerance = 1e-5): void {
  const flat = got.toTypedArray();
  expect(flat).toHaveLength(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs((flat[i] as number) - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
}

beforeEach(() => {
  manualSeed(5);
});

describe("weight norm", () => {
  it.each([
    [0, [4, 1, 1], (i: number) => Math.floor(i / 6)],
    [1, [1, 2, 1], (i: number) => Math.floor(i / 3) % 2],
    [2, [1, 1, 3], (i: number) => i % 3],
    [null, [], () => 0],
  ] as const)("over all dimensions but %s", (dim, shape, group) => {
    const layer = new nn.Conv1d(2, 4, 3);
    const before = values(layer.weight);
    expect(nn.weightNorm(layer, "weight", { dim })).toBe(layer);
    const state = layer.stateDict();
    expect(Object.keys(state)).toEqual(["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]);
    expect(state["parametrizations.weight.original0"]?.shape).toEqual(shape);
    expectClose(layer.weight, before);
    const [g, v] = ["0", "1"].map((i) => state[`parametrizations.weight.original${i}`] as Tensor) as [Tensor, Tensor];
    layer.loadStateDict({
      ...state,
      "parametrizations.weight.original0": randn(g.shape),
      "parametrizations.weight.original1": randn(v.shape),
    });
    const [gs, vs] = [values(g), values(v)];
    const norms = gs.map((_, j) => norm(vs.filter((__, i) => group(i) === j)));
    expectClose(
      layer.weight,
      vs.map((value, i) => (value * (gs[group(i)] as number)) / (norms[group(i)] as number)),
    );
    expect(layer.call(randn([1, 2, 5])).shape).toEqual([1, 4, 3]);
  });

  it("trains g and v by the right gradients", () => {
    const layer = nn.weightNorm(new nn.Linear(3, 2));
    const [g, v] = [...layer.namedParameters()].slice(1).map(([, p]) => p) as [nn.Parameter, nn.Parameter];
    const fn = (a: Tensor, b: Tensor): Tensor =>
      b.mul(a.div(b.square().sum(1, { keepdim: true }).sqrt())).mul(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      );
    expect(gradcheck(fn, [g, v])).toBe(true);
    layer.weight
      .mul(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      )
      .sum()
      .backward();
    const [a, b] = [g.detach(), v.detach()];
    for (const x of [a, b]) x.requiresGrad = true;
    fn(a, b).sum().backward();
    expectClose(g.grad as Tensor, values(a.grad as Tensor));
    expectClose(v.grad as Tensor, values(b.grad as Tensor));
  });

  it("takes files of the older function", () => {
    const layer = nn.weightNorm(new nn.Linear(3, 2));
    const model = new nn.Sequential({ head: layer });
    const state = model.stateDict();
    const old = {
      "head.bias": state["head.bias"] as Tensor,
      "head.weight_g": ones([2, 1]),
      "head.weight_v": tensor([
        [3, 4, 0],
        [0, 0, 2],
      ]),
    };
    model.loadStateDict(nn.renameOldNorms(old));
    expectClose(layer.weight, [0.6, 0.8, 0, 0, 0, 1]);
    const names = ["a.w_orig", "a.w_u", "a.w_v", "b.x_u", "weight_v", "bias"];
    const given = Object.fromEntries(names.map((name) => [name, ones(1)]));
    expect(Object.keys(nn.renameOldNorms(given))).toEqual([
      ...["a.parametrizations.w.original", "a.parametrizations.w.0._u", "a.parametrizations.w.0._v", "b.x_u", "weight_v", "bias"],
    ]);
  });
});

describe("spectral norm", () => {
  /** One step of the power iteration, and the weight that comes of it. */
  const reference = (m: Matrix, u: Vector, v: Vector, steps: number): { u: Vector; v: Vector; sigma: number } => {
    let [left, right] = [u, v];
    for (let i = 0; i < steps; i++) {
      left = normalized(times(m, right));
      right = normalized(times(transposed(m), left));
    }
    const sigma = times(m, right).reduce((s, value, i) => s + value * (left[i] as number), 0);
    return { u: left, v: right, sigma };
  };

  it.each([1, 3])("is the weight by its largest singular value, with %i steps in training", (nPowerIterations) => {
    const layer = nn.spectralNorm(new nn.Linear(4, 3), "weight", { nPowerIterations });
    const names = ["bias", "parametrizations.weight.original", "parametrizations.weight.0._u", "parametrizations.weight.0._v"];
    expect(Object.keys(layer.stateDict())).toEqual(names);
    const [, w, u, v] = names.map((name) => layer.stateDict()[name] as Tensor) as [Tensor, Tensor, Tensor, Tensor];
    expect([u.shape, v.shape]).toEqual([[3], [4]]);
    layer.loadStateDict({ ...layer.stateDict(), [names[2] as string]: tensor([0.6, 0.8, 0]), [names[3] as string]: tensor([0, 0, 1, 0]) });
    const m = w.toArray() as Matrix;
    const first = reference(m, values(u), values(v), nPowerIterations);
    expectClose(
      layer.weight,
      m.flat().map((x) => x / first.sigma),
    );
    expectClose(u, first.u);
    expectClose(v, first.v);
    layer.eval();
    expectClose(
      layer.weight,
      m.flat().map((x) => x / first.sigma),
    );
    expectClose(u, first.u, 1e-7);
    layer.train();
    for (let i = 0; i < 60; i++) scope(() => void layer.weight);
    expect(layer.eval().weight.svd().S.max().item()).toBeCloseTo(1, 4);
  });

  it("has the gradient with u and v as constants, also after a later forward", () => {
    const layer = nn.spectralNorm(new nn.Linear(3, 2, { bias: false }));
    const [w] = layer.parameters() as [nn.Parameter];
    const g = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const first = layer.weight;
    const state = layer.stateDict();
    const [u, v] = ["_u", "_v"].map((name) => values(state[`parametrizations.weight.0.${name}`])) as [Vector, Vector];
    void layer.weight;
    first.mul(g).sum().backward();
    const m = w.toArray() as Matrix;
    const sigma = times(m, v).reduce((s, x, i) => s + x * (u[i] as number), 0);
    const inner = m.flat().reduce((s, x, i) => s + x * (values(g)[i] as number), 0);
    expectClose(
      w.grad as Tensor,
      (g.toArray() as Matrix).flatMap((row, i) =>
        row.map((x, j) => x / sigma - (inner / sigma ** 2) * (u[i] as number) * (v[j] as number)),
      ),
    );
  });

  it("takes convolutions, the outputs of transposed ones in dimension 1, and vectors", () => {
    const shapes = (layer: nn.Module): unknown[] =>
      nn
        .spectralNorm(layer)
        .buffers()
        .map((b) => b.shape);
    expect(shapes(new nn.Conv2d(2, 3, 5))).toEqual([[3], [50]]);
    expect(shapes(new nn.ConvTranspose2d(2, 3, 5))).toEqual([[3], [50]]);
    const dims = new nn.ConvTranspose1d(2, 3, 2);
    nn.spectralNorm(dims, "weight", { dim: 0 });
    expect(dims.buffers().map((b) => b.shape)).toEqual([[2], [6]]);
    const layer = nn.spectralNorm(new nn.Linear(2, 2), "bias");
    layer.loadStateDict({ ...layer.stateDict(), "parametrizations.bias.original": tensor([3, 4]) });
    expectClose(layer.bias as Tensor, [0.6, 0.8]);
    expect(layer.call(randn([1, 2])).shape).toEqual([1, 2]);
  });

  it("steps once per call in training, as its vectors tell", () => {
    const layer = nn.spectralNorm(new nn.Conv2d(1, 4, 3));
    const u = layer.buffers()[0] as Tensor;
    const [, w] = [...layer.namedParameters()].map(([, p]) => p) as [nn.Parameter, nn.Parameter];
    const m = w.reshape([4, -1]).toArray() as Matrix;
    layer.loadStateDict({ ...layer.stateDict(), "parametrizations.weight.0._v": tensor(new Float32Array([1, 0, 0, 0, 0, 0, 0, 0, 0])) });
    const expected = normalized(times(m, [1, 0, 0, 0, 0, 0, 0, 0, 0]));
    layer.call(randn([1, 1, 5, 5]));
    expectClose(u, expected);
  });
});

describe("removal", () => {
  it.each([
    ["weight norm", nn.weightNorm],
    ["spectral norm", nn.spectralNorm],
  ])("of %s leaves the computed weight, and nothing else", (_, put) => {
    const layer = new nn.Linear(3, 2);
    const before = live().liveTensors;
    put(layer).eval();
    const weight = values(layer.weight);
    const x = randn([2, 3]);
    const y = values(layer.call(x));
    expect(nn.removeParametrizations(layer)).toBe(layer);
    expect(Object.keys(layer.stateDict()).sort()).toEqual(["bias", "weight"]);
    expect(layer.weight).toBeInstanceOf(nn.Parameter);
    expect(values(layer.weight)).toEqual(weight);
    expect(values(layer.call(x))).toEqual(y);
    expect(layer.weight.requiresGrad).toBe(true);
    expect(live().liveTensors).toBeLessThanOrEqual(before + 6); // x, two results and what was read of the weight
  });

  it("of a spectral norm may leave what it was computed from; two tensors of a layer are apart", () => {
    const layer = new nn.Linear(3, 2);
    const weight = values(layer.weight);
    nn.weightNorm(nn.spectralNorm(layer), "bias");
    nn.removeParametrizations(layer, "weight", { leaveParametrized: false });
    expect(values(layer.weight)).toEqual(weight);
    expect(Object.keys(layer.stateDict())).toContain("parametrizations.bias.original1");
  });

  it("frozen weights stay frozen, and a call leaks nothing", () => {
    const layer = nn.weightNorm(new nn.Linear(3, 2).requiresGrad(false));
    expect(layer.parameters().some((p) => p.requiresGrad)).toBe(false);
    const x = randn([2, 3]);
    const before = live().liveTensors;
    layer.call(x).dispose();
    expect(live().liveTensors).toBe(before);
  });
});

it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
  [
    "a field that is none",
    () => nn.weightNorm(new nn.Linear(1, 1), "kernel"),
    ArgError,
    "weightNorm: Linear.kernel must be a parameter, got undefined",
  ],
  ["a second one", () => nn.weightNorm(nn.spectralNorm(new nn.Linear(1, 1))), ArgError, "weightNorm: weight has a parametrization"],
  ["a dimension outside", () => nn.weightNorm(new nn.Linear(1, 1), "weight", { dim: 2 }), IndexError, "weightNorm: dim 2 is outside"],
  [
    "a negative dimension",
    () => nn.weightNorm(new nn.Linear(1, 1), "weight", { dim: -1 }),
    ArgError,
    "weightNorm: dim must be a whole number of at least 0",
  ],
  [
    "no steps",
    () => nn.spectralNorm(new nn.Linear(1, 1), "weight", { nPowerIterations: 0 }),
    ArgError,
    "nPowerIterations must be a whole number of at least 1",
  ],
  ["no module", () => nn.spectralNorm(3 as never), ArgError, "spectralNorm: module is no module"],
  [
    "to remove none",
    () => nn.removeParametrizations(new nn.Linear(1, 1)),
    ArgError,
    "removeParametrizations: Linear.weight has no parametrization",
  ],
  [
    "half of a weight norm",
    () => nn.removeParametrizations(nn.weightNorm(new nn.Linear(1, 1)), "weight", { leaveParametrized: false }),
    ArgError,
    "leaveParametrized: false needs one tensor",
  ],
])("refuses %s", (_, run, Kind, message) => {
  expect(run).toThrow(Kind);
  expect(run).toThrow(message);
});
