// State dicts: names and order are PyTorch's, sharing is kept, loading is all or nothing.
import { nn, noGrad, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";

const names = (module: nn.Module): string[] => Object.keys(module.stateDict());
const cnn = (): nn.Sequential =>
  new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.ReLU(), new nn.Flatten(), new nn.Linear(8, 3));

/** A block as users write them: nested, with an array, a list, a plain parameter and a buffer. */
class Block extends nn.Module {
  steps = nn.Buffer.zeros([], "int32");
  scale = nn.Parameter.zeros([2]);
  norm = new nn.BatchNorm1d(2, { affine: false });
  layers = [new nn.Linear(2, 2), new nn.Linear(2, 2, { bias: false })];
  heads = new nn.ModuleList([new nn.Linear(2, 1)]);
  gains = [nn.Parameter.zeros([1]), nn.Parameter.zeros([3])];

  forward(x: Tensor): Tensor {
    return x;
  }
}

class Net extends nn.Module {
  stem = cnn();
  block = new Block();

  forward(x: Tensor): Tensor {
    return x;
  }
}

describe("names and order", () => {
  it("of Sequential(Conv2d, BatchNorm2d, Linear)", () => {
    expect(names(cnn())).toEqual([
      ...["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"],
      ...["4.weight", "4.bias"],
    ]);
  });

  it("of nested modules with arrays: own parameters, own buffers, then children", () => {
    expect(names(new Block())).toEqual([
      ...["scale", "gains.0", "gains.1", "steps", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
      ...["layers.0.weight", "layers.0.bias", "layers.1.weight", "heads.0.weight", "heads.0.bias"],
    ]);
  });

  it("carry the path of the parent", () => {
    const found = names(new Net());
    expect(found.slice(0, 2)).toEqual(["stem.0.weight", "stem.0.bias"]);
    expect(found).toContain("block.layers.1.weight");
    expect(found.every((name) => /^(stem|block)\./.test(name))).toBe(true);
  });

  it("leave out what is switched off", () => {
    expect(names(new nn.BatchNorm2d(2, { affine: false, trackRunningStats: false }))).toEqual([]);
    expect(names(new nn.Conv2d(1, 1, 1, { bias: false }))).toEqual(["weight"]);
  });

  it("shapes are PyTorch's too", () => {
    const state = cnn().stateDict();
    const shapes = Object.fromEntries(Object.entries(state).map(([name, t]) => [name, `${t.dtype}[${t.shape.join(",")}]`]));
    expect(shapes).toMatchObject({ "0.weight": "float32[2,1,3,3]", "4.weight": "float32[3,8]", "1.num_batches_tracked": "int32[]" });
  });
});

describe("what is shared", () => {
  class Tied extends nn.Module {
    encoder = new nn.Linear(2, 2);
    decoder = this.encoder;
    copy = this.encoder.weight;

    forward(x: Tensor): Tensor {
      return this.decoder.call(this.encoder.call(x));
    }
  }

  it("comes under each of its names, and counts once", () => {
    const tied = new Tied();
    expect(names(tied)).toEqual(["copy", "encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"]);
    expect([...tied.namedParameters()].map(([name]) => name)).toEqual(["copy", "encoder.bias"]);
    expect([...tied.namedModules()].map(([path]) => path)).toEqual(["", "encoder"]);
    expect(tied.parameterCount()).toBe(6);
  });

  it("loads from a state dict of its own", () => {
    const [a, b] = [new Tied(), new Tied()];
    b.loadStateDict(a.stateDict());
    expect(b.encoder.weight.toArray()).toEqual(a.encoder.weight.toArray());
  });

  it("a module that knows its parent is walked once", () => {
    class Child extends nn.Linear {
      parent: nn.Module | undefined;
    }
    class Parent extends nn.Module {
      child = new Child(1, 1);

      constructor() {
        super();
        this.child.parent = this;
      }

      forward(x: Tensor): Tensor {
        return this.child.call(x);
      }
    }
    expect(names(new Parent())).toEqual(["child.weight", "child.bias"]);
  });
});

describe("stateDict", () => {
  it("shares memory with the module and has no history", () => {
    const layer = new nn.Linear(1, 1);
    const { weight } = layer.stateDict() as { weight: Tensor };
    expect([weight.requiresGrad, weight.isLeaf]).toEqual([false, true]);
    noGrad(() => layer.weight.fill_(7));
    expect(weight.toArray()).toEqual([[7]]);
  });

  it("has no prototype that names could collide with", () => {
    expect(Object.getPrototypeOf(new nn.Linear(1, 1).stateDict())).toBeNull();
  });
});

describe("loadStateDict", () => {
  it("copies values, so that both go their own ways", () => {
    const [a, b] = [cnn(), cnn()];
    scope(() => a.call(zeros(2, 1, 4, 4)));
    b.loadStateDict(a.stateDict());
    expect(b.stateDict()["1.num_batches_tracked"]?.item()).toBe(1);
    expect(b.parameters().map((p) => p.toArray())).toEqual(a.parameters().map((p) => p.toArray()));
    noGrad(() => b.parameters()[0]?.fill_(9));
    expect(a.parameters()[0]?.toArray()).not.toEqual(b.parameters()[0]?.toArray());
    expect(b.parameters().every((p) => p.requiresGrad)).toBe(true);
  });

  it("converts dtypes", () => {
    const norm = new nn.BatchNorm1d(1);
    norm.loadStateDict({ ...norm.stateDict(), num_batches_tracked: tensor(5), weight: tensor([3], { dtype: "int32" }) });
    expect([norm.numBatchesTracked?.dtype, norm.numBatchesTracked?.item(), norm.weight?.toArray()]).toEqual(["int32", 5, [3]]);
  });

  const rows: [string, (state: nn.StateDict) => nn.StateDict, RegExp][] = [
    ["a missing name", ({ bias: _, ...rest }) => rest, /nothing was loaded; missing: bias$/],
    ["an unexpected name", (state) => ({ ...state, more: zeros(1) }), /nothing was loaded; unexpected: more$/],
    ["another shape", (state) => ({ ...state, weight: zeros(3, 2) }), /nothing was loaded; weight is \[3,2\], expected \[2,3\]$/],
    ["what is no tensor", (state) => ({ ...state, bias: [1, 2] as never }), /nothing was loaded; bias: expected a tensor, got \[1,2\]/],
  ];

  it.each(rows)("refuses %s and loads nothing", (_, spoil, says) => {
    const layer = new nn.Linear(3, 2);
    const kept = layer.parameters().map((p) => p.toArray());
    const state = spoil({ weight: zeros(2, 3), bias: zeros(2) });
    expect(() => layer.loadStateDict(state)).toThrow(StateError);
    expect(() => layer.loadStateDict(state)).toThrow(says);
    expect(layer.parameters().map((p) => p.toArray())).toEqual(kept);
  });

  it("with strict: false takes what fits by name, but not by shape", () => {
    const layer = new nn.Linear(1, 1);
    layer.loadStateDict({ bias: tensor([4]), more: zeros(1) }, { strict: false });
    expect(layer.bias?.toArray()).toEqual([4]);
    expect(() => layer.loadStateDict({ bias: zeros(2) }, { strict: false })).toThrow(/bias is \[2\], expected \[1\]/);
  });
});
