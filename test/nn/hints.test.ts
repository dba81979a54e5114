// Mistakes that newcomers make with layers: the message says what to write instead.
import { ArgError, cat, nn, randn, ShapeError, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";

describe("images and sequences whose channels come last", () => {
  const images = "x must be [N, C, H, W]: for [N, H, W, C] write x.permute([0, 3, 1, 2])";
  const sequences = "x must be [N, C, L]: for [N, L, C] write x.permute([0, 2, 1])";
  const rows: [string, { call(x: Tensor): Tensor }, Tensor, string][] = [
    ["Conv2d", new nn.Conv2d(3, 4, 3), zeros(2, 8, 9, 3), images],
    ["Conv2d with groups", new nn.Conv2d(6, 4, 3, { groups: 2 }), zeros(2, 8, 8, 6), images],
    ["ConvTranspose2d", new nn.ConvTranspose2d(3, 4, 3), zeros(2, 8, 9, 3), images],
    ["BatchNorm2d", new nn.BatchNorm2d(3), zeros(2, 8, 9, 3), images],
    ["Conv1d", new nn.Conv1d(3, 4, 3), zeros(2, 8, 3), sequences],
    ["ConvTranspose1d", new nn.ConvTranspose1d(3, 4, 3), zeros(2, 8, 3), sequences],
    ["BatchNorm1d", new nn.BatchNorm1d(3), zeros(2, 8, 3), sequences],
  ];
  it.each(rows)("%s", (_, layer, x, hint) => {
    expect(() => layer.call(x)).toThrow(ShapeError);
    expect(() => layer.call(x)).toThrow(hint);
    const order = x.ndim === 4 ? [0, 3, 1, 2] : [0, 2, 1];
    expect(layer.call(x.permute(order)).shape[0]).toBe(2); // and the advice works
  });

  it("is not said where that would not help", () => {
    const why = (work: () => unknown): string => {
      try {
        work();
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(why(() => new nn.Conv2d(3, 4, 3).call(zeros(2, 4, 8, 8)))).toMatch(/must have 4 channels, it has 3\n/);
    expect(why(() => new nn.BatchNorm1d(3).call(zeros(3, 2)))).toMatch(/got float32\[3\]\n/);
  });

  it("one image needs no batch; images without channels are told of them", () => {
    expect(new nn.Conv2d(3, 4, 3).call(zeros(3, 8, 8)).shape).toEqual([4, 6, 6]);
    expect(() => new nn.Conv2d(1, 4, 3).call(zeros(5, 8, 8))).toThrow("it has 1; write x.unsqueeze(1) for images without channels");
    expect(() => new nn.MaxPool2d(2).call(zeros(8, 8))).toThrow(/got float32\[8,8\]\n/);
  });
});

describe("a dimension in an object", () => {
  const x = randn([2, 3]);
  const dim = { dim: 1 } as never;
  it.each<[string, () => unknown]>([
    ["softmax", () => x.softmax(dim)],
    ["logSoftmax", () => x.logSoftmax(dim)],
    ["cat", () => cat([x, x], dim)],
    ["unsqueeze", () => x.unsqueeze(dim)],
  ])("%s says how it is given", (op, work) => {
    expect(work).toThrow(ArgError);
    expect(work).toThrow(`${op}: dim must be a whole number by itself, such as 1 or -1, got an object with dim`);
  });

  it("max and min say what to write", () => {
    for (const [op, work] of Object.entries({ max: () => x.max(dim), min: () => x.min(dim) })) {
      expect(work).toThrow(ArgError);
      expect(work).toThrow(`${op}: dim must be a whole number or the other tensor, got an object with dim; write x.${op}(1)`);
    }
  });
});

describe("options of layers that have none", () => {
  const given = { inplace: true } as never;
  it.each<[string, () => unknown]>([
    ["ReLU", () => new nn.ReLU(given)],
    ["ReLU6", () => new nn.ReLU6(given)],
    ["Sigmoid", () => new nn.Sigmoid(given)],
    ["Tanh", () => new nn.Tanh(given)],
    ["SiLU", () => new nn.SiLU(given)],
    ["Softmax", () => new nn.Softmax(1, given)],
    ["LogSoftmax", () => new nn.LogSoftmax(1, given)],
    ["Flatten", () => new nn.Flatten(1, -1, given)],
    ["AdaptiveAvgPool1d", () => new nn.AdaptiveAvgPool1d(1, given)],
    ["AdaptiveAvgPool2d", () => new nn.AdaptiveAvgPool2d(1, given)],
  ])("%s", (layer, make) => {
    expect(make).toThrow(ArgError);
    expect(make).toThrow(`${layer}: takes no further argument, got an object with inplace`);
  });

  it("Flatten takes numbers", () => {
    expect(() => new nn.Flatten({ startDim: 1 } as never)).toThrow("Flatten: startDim must be a whole number, got an object with startDim");
  });
});

describe("a class in place of a module", () => {
  it("is told what is missing", () => {
    const make = (): unknown => new nn.Sequential(new nn.Linear(1, 1), nn.ReLU as never);
    expect(make).toThrow(ArgError);
    expect(make).toThrow("Sequential: item 1 is the class ReLU; make a module of it with new ReLU(...)");
  });
});

describe("files of batch normalisation without num_batches_tracked", () => {
  const { batchNorms, resnet } = (() => {
    const norm = (n: number): nn.BatchNorm2d => new nn.BatchNorm2d(n);
    class Block extends nn.Module {
      conv1: nn.Conv2d;
      bn1: nn.BatchNorm2d;
      downsample: nn.Sequential;
      constructor(from: number, to: number) {
        super();
        this.conv1 = new nn.Conv2d(from, to, 3, { padding: 1, bias: false });
        this.bn1 = norm(to);
        this.downsample = new nn.Sequential(new nn.Conv2d(from, to, 1, { bias: false }), norm(to));
      }
      forward(x: Tensor): Tensor {
        return this.bn1.call(this.conv1.call(x)).add(this.downsample.call(x)).relu();
      }
    }
    class ResNet extends nn.Module {
      conv1 = new nn.Conv2d(3, 4, 3, { padding: 1, bias: false });
      bn1 = norm(4);
      layer1 = new nn.Sequential(new Block(4, 4), new Block(4, 8));
      fc = new nn.Linear(8, 2);
      forward(x: Tensor): Tensor {
        return this.fc.call(this.layer1.call(this.bn1.call(this.conv1.call(x)).relu()).mean([2, 3]));
      }
    }
    return { batchNorms: 5, resnet: (): nn.Module => new ResNet() };
  })();

  const trained = resnet();
  trained.call(randn([2, 3, 4, 4])); // moves the running statistics
  const whole = trained.stateDict();
  const counts = Object.keys(whole).filter((name) => name.endsWith("num_batches_tracked"));
  const old = Object.fromEntries(Object.entries(whole).filter(([name]) => !counts.includes(name)));

  it("load with strict, keep the count that the model has, and predict the same", () => {
    expect(counts).toHaveLength(batchNorms);
    const loaded = resnet();
    expect(loaded.loadStateDict(old)).toEqual({ missing: [], unexpected: [] });
    const state = loaded.stateDict();
    expect(counts.map((name) => state[name]?.item())).toEqual(counts.map(() => 0));
    const x = randn([1, 3, 4, 4]);
    expect(loaded.eval().call(x).toArray()).toEqual(trained.eval().call(x).toArray());
  });

  const without = (name: string): Record<string, Tensor> => Object.fromEntries(Object.entries(old).filter(([key]) => key !== name));
  it.each<[string, Record<string, Tensor>, string]>([
    ["statistics that are missing", without("layer1.1.bn1.running_mean"), "missing: layer1.1.bn1.running_mean"],
    ["a weight that is missing", without("bn1.weight"), "missing: bn1.weight"],
    ["a count of another name", { ...old, "bn2.num_batches_tracked": tensor(1) }, "unexpected: bn2.num_batches_tracked"],
    ["a count of several numbers", { ...old, "bn1.num_batches_tracked": tensor([1, 2]) }, "bn1.num_batches_tracked is [2], expected []"],
  ])("are refused for %s", (_, state, message) => {
    expect(() => resnet().loadStateDict(state)).toThrow(message);
  });
});
