// Modules: what is found by walking them, modes, printing, summaries, and calls as scopes.
import { ArgError, nn, StateError, scope, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";
import { live } from "../support.js";

const nameOf = (module: nn.Module): string => module.constructor.name;

class Net extends nn.Module {
  conv = new nn.Conv2d(1, 4, 3, { padding: 1 });
  norm = new nn.BatchNorm2d(4);
  head = new nn.Sequential(new nn.Flatten(), new nn.Dropout(0.5), new nn.Linear(16, 3));
  helpers = [new nn.ReLU(), "not a module", new nn.MaxPool2d(2)];
  note = "fields that are no modules are left alone";

  forward(x: Tensor): Tensor {
    const y = this.norm.call(this.conv.call(x)).relu().maxPool2d(2);
    return this.head.call(y);
  }
}

describe("walking", () => {
  it("finds modules in fields, arrays and containers", () => {
    const paths = [...new Net().namedModules()].map(([path, module]) => `${path}: ${nameOf(module)}`);
    expect(paths).toEqual([
      ...[": Net", "conv: Conv2d", "norm: BatchNorm2d", "head: Sequential", "head.0: Flatten", "head.1: Dropout"],
      ...["head.2: Linear", "helpers.0: ReLU", "helpers.2: MaxPool2d"],
    ]);
  });

  it("finds parameters and buffers", () => {
    const net = new Net();
    expect([...net.namedParameters()].map(([path]) => path)).toEqual([
      ...["conv.weight", "conv.bias", "norm.weight", "norm.bias", "head.2.weight", "head.2.bias"],
    ]);
    expect([...net.namedBuffers()].map(([path]) => path)).toEqual(["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"]);
    expect(net.parameterCount()).toBe(4 * 9 + 4 + 4 + 4 + 16 * 3 + 3);
    expect(net.buffers()).toHaveLength(3);
  });

  it("requiresGrad freezes and thaws", () => {
    const net = new Net().requiresGrad(false);
    expect(net.parameters().some((p) => p.requiresGrad)).toBe(false);
    expect(
      net
        .requiresGrad()
        .parameters()
        .every((p) => p.requiresGrad),
    ).toBe(true);
  });

  it("zeroGrad clears every gradient", () => {
    const layer = new nn.Linear(2, 1);
    scope(() => layer.call(zeros(1, 2)).sum().backward());
    expect(layer.bias?.grad?.toArray()).toEqual([1]);
    layer.zeroGrad();
    expect(layer.parameters().map((p) => p.grad)).toEqual([null, null]);
  });
});

describe("modes", () => {
  it("train and eval reach every module", () => {
    const net = new Net();
    const modes = (): boolean[] => [...net.namedModules()].map(([, module]) => module.training);
    expect(modes().every(Boolean)).toBe(true);
    expect(net.eval()).toBe(net);
    expect(modes().some(Boolean)).toBe(false);
    net.train();
    expect(modes().every(Boolean)).toBe(true);
  });
});

describe("a call", () => {
  it("lets go of what forward made and did not return", () => {
    const [net, x] = [new Net().eval().requiresGrad(false), zeros(2, 1, 4, 4)];
    const before = live();
    const y = net.call(x);
    expect(live().liveTensors).toBe(before.liveTensors + 1);
    y.dispose();
    expect(live()).toEqual(before);
  });

  it("gives several results as they are", () => {
    class Two extends nn.Module {
      forward(x: Tensor): { twice: Tensor; size: number } {
        return { twice: x.mul(2), size: x.add(1).size };
      }
    }
    const { twice, size } = new Two().call(tensor([1, 2]));
    expect([twice.toArray(), size]).toEqual([[2, 4], 2]);
  });

  it("passes an input through that is also the output", () => {
    const x = tensor([1]);
    class Same extends nn.Module {
      forward(input: Tensor): Tensor {
        return input;
      }
    }
    expect(new Same().call(x)).toBe(x);
    new nn.Identity().call(x).dispose();
    expect(x.disposed).toBe(false);
  });

  it("refuses a forward that returns a promise", () => {
    class Later extends nn.Module {
      async forward(x: Tensor): Promise<Tensor> {
        return x;
      }
    }
    expect(() => new Later().call(zeros(1))).toThrow(ArgError);
  });

  it("leaves errors of others as they are", () => {
    class Broken extends nn.Module {
      forward(): never {
        throw new TypeError("mine");
      }
    }
    expect(() => new Broken().call()).toThrow(new TypeError("mine"));
  });
});

describe("containers", () => {
  it("Sequential runs its modules in order", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh());
    const x = tensor([[1, -1]]);
    const byHand = model.at(0)?.call(x).tanh() as Tensor;
    expect(model.call(x).toArray()).toEqual(byHand.toArray());
    expect([model.length, nameOf(model.at(-1) as nn.Module), [...model].length]).toEqual([2, "Tanh", 2]);
  });

  it("ModuleList grows, and has no forward", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 1)]).append(new nn.ReLU());
    expect([list.length, [...list].map(nameOf)]).toEqual([2, ["Linear", "ReLU"]]);
    expect(list.parameters()).toHaveLength(2);
    expect(() => list.call()).toThrow(StateError);
  });
});

describe("memory of a module", () => {
  it("outlives scopes and is given back by dispose", () => {
    const before = live();
    const net = scope(() => new Net());
    scope(() =>
      net
        .call(zeros(1, 1, 4, 4))
        .sum()
        .backward(),
    );
    expect(net.parameters().some((p) => p.disposed || p.grad === null)).toBe(false);
    net.dispose();
    expect(live()).toEqual(before);
    expect(() => net.call(zeros(1, 1, 4, 4))).toThrow(/was disposed/);
    expect(() => net.stateDict()).toThrow(StateError);
  });

  it("a Parameter copies the tensor it is made from", () => {
    const from = tensor([1, 2]);
    const p = new nn.Parameter(from);
    from.fill_(0);
    expect([p.toArray(), p.requiresGrad, p.isLeaf]).toEqual([[1, 2], true, true]);
    expect(nn.Parameter.zeros([2]).toArray()).toEqual([0, 0]);
    expect(nn.Buffer.zeros([2], "bool").toArray()).toEqual([false, false]);
  });
});

describe("text", () => {
  it("shows the structure", () => {
    expect(String(new Net())).toBe(`Net(
  (conv): Conv2d(1, 4, [3,3], padding=1)
  (norm): BatchNorm2d(4, eps=0.00001, momentum=0.1, affine=true, trackRunningStats=true)
  (head): Sequential(
    (0): Flatten()
    (1): Dropout(p=0.5)
    (2): Linear(16, 3, bias=true)
  )
  (helpers.0): ReLU()
  (helpers.2): MaxPool2d(2)
)`);
  });

  it.each([
    [
      new nn.Conv2d(2, 4, [3, 1], { padding: "same", dilation: 2, groups: 2, bias: false }),
      'Conv2d(2, 4, [3,1], padding="same", dilation=2, groups=2, bias=false)',
    ],
    [new nn.AvgPool2d(3, { stride: 2 }), "AvgPool2d(3, stride=2)"],
    [new nn.AdaptiveAvgPool2d([1, null]), "AdaptiveAvgPool2d([1,null])"],
    [new nn.Linear(2, 1, { bias: false }), "Linear(2, 1, bias=false)"],
  ])("of %s", (layer, text) => expect(String(layer)).toBe(text));
});

describe("summary", () => {
  it("adds up shapes, parameters and multiply-adds", () => {
    const net = new Net();
    const before = live();
    const { layers, parameters, multiplyAdds, sizeBytes } = net.summary([1, 1, 4, 4]);
    expect(layers.map(({ path, type, outputShape, parameters: own, multiplyAdds: work }) => [path, type, outputShape, own, work])).toEqual([
      ["conv", "Conv2d", [1, 4, 4, 4], 40, 4 * 16 * 9],
      ["norm", "BatchNorm2d", [1, 4, 4, 4], 8, 0],
      ["head.0", "Flatten", [1, 16], 0, 0],
      ["head.1", "Dropout", [1, 16], 0, 0],
      ["head.2", "Linear", [1, 3], 51, 48],
    ]);
    expect([parameters, multiplyAdds, sizeBytes]).toEqual([99, 576 + 48, 4 * (99 + 9)]);
    expect(live()).toEqual(before);
  });

  it("prints as a table", () => {
    const lines = String(new nn.Sequential(new nn.Linear(1000, 2)).summary([5, 1000])).split("\n");
    expect(lines[0]).toBe("layer    type        output  parameters  multiply-adds");
    expect(lines[2]).toBe("(model)  Sequential  [5, 2]           0              0");
    expect(lines[3]).toBe("  0      Linear      [5, 2]       2,002         10,000");
    expect(lines.at(-1)).toBe("10,000 multiply-adds for an input of [5, 1000]");
    expect(lines.at(-2)).toBe("2,002 parameters, 7.8 KB; 2,002 trained; results 0.0 KB");
  });

  it("is a tree of calls, in which a shared layer counts once", () => {
    const shared = new nn.Linear(4, 4);
    const model = new nn.Sequential({ body: new nn.Residual(new nn.Sequential(shared, new nn.ReLU(), shared)), head: new nn.Linear(4, 2) });
    nn.freeze(model, "body");
    const summary = model.summary([2, 4]);
    expect(summary.calls.map(({ path, depth, parameters, multiplyAdds }) => [path, depth, parameters, multiplyAdds])).toEqual([
      ["", 0, 0, 0],
      ["body", 1, 0, 0],
      ["body.body", 2, 0, 0],
      ["body.body.0", 3, 20, 32],
      ["body.body.1", 3, 0, 0],
      ["body.body.0", 3, 0, 32],
      ["head", 1, 10, 16],
    ]);
    expect(summary.layers).toHaveLength(4);
    expect([summary.parameters, summary.trainableParameters, summary.multiplyAdds]).toEqual([30, 10, 80]);
    expect(summary.outputBytes).toBe(4 * (3 * 8 + 4));
    expect(String(summary)).toMatch(/\n {6}0 +Linear +\[2, 4\] +20 +32\n/);
  });

  it("gives a row to a layer of several results", () => {
    class Two extends nn.Module {
      forward(x: Tensor): { first: Tensor; second: Tensor } {
        return { first: x.mul(2), second: x.sum() };
      }
    }
    const { layers, outputBytes } = new Two().summary([3]);
    expect([layers[0]?.outputShape, outputBytes]).toEqual([[3], 16]);
  });

  it("leaves modes, statistics and own forward functions as they were", () => {
    class Arrow extends nn.Linear {}
    const arrow = new Arrow(4, 4);
    const forward = (x: Tensor): Tensor => x.mul(3);
    arrow.forward = forward;
    const norm = new nn.BatchNorm1d(4);
    const model = new nn.Sequential(arrow, norm, new nn.Dropout());
    norm.training = false;
    model.summary([2, 4]);
    expect([...model].map(({ training }) => training)).toEqual([true, false, true]);
    expect([arrow.forward, Object.hasOwn(norm, "forward"), norm.numBatchesTracked?.item()]).toEqual([forward, false, 0]);
  });

  it("leaves the model usable when the input does not fit", () => {
    const model = new nn.Sequential(new nn.Linear(3, 1));
    expect(() => model.summary([2, 4])).toThrow(/takes 3 input features/);
    expect(Object.hasOwn(model.at(0) as nn.Module, "forward")).toBe(false);
    expect(model.call(zeros(2, 3)).shape).toEqual([2, 1]);
  });
});
