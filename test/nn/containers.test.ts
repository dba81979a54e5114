// Containers: names, order, editing, and what they refuse.
import { ArgError, IndexError, nn, ShapeError, StateError, type Tensor, tensor, zeros } from "simdgrad";
import { describe, expect, it } from "vitest";

const names = (module: nn.Module): string[] => [...module.namedChildren()].map(([name, child]) => `${name}:${child.constructor.name}`);
const linear = (): nn.Linear => new nn.Linear(2, 2);

describe("Sequential", () => {
  it.each<[string, () => nn.Sequential]>([
    ["an object", () => new nn.Sequential({ first: linear(), act: new nn.ReLU() })],
    ["a Map", () => new nn.Sequential(new Map<string, nn.Module>(Object.entries({ first: linear(), act: new nn.ReLU() })))],
  ])("takes names from %s", (_, make) => {
    const model = make();
    expect(names(model)).toEqual(["first:Linear", "act:ReLU"]);
    expect(Object.keys(model.stateDict())).toEqual(["first.weight", "first.bias"]);
    expect(model.get("act")).toBe(model.at(-1));
    expect(model.get("none")).toBeUndefined();
    expect(model.call(zeros(1, 2)).shape).toEqual([1, 2]);
  });

  it("appends, inserts and slices", () => {
    const model = new nn.Sequential(linear()).append(new nn.ReLU()).insert(0, new nn.Flatten()).insert(-1, new nn.Tanh());
    expect(names(model)).toEqual(["0:Flatten", "1:Linear", "2:Tanh", "3:ReLU"]);
    model.append(new nn.Identity(), "last");
    const part = model.slice(1, -2);
    expect(names(part)).toEqual(["0:Linear", "1:Tanh"]);
    expect(part.at(0)).toBe(model.at(1));
    expect(names(model.slice(-1))).toEqual(["last:Identity"]);
    expect([...model].length).toBe(5);
  });

  it("slices keep the names of a module that stands twice", () => {
    const shared = linear();
    expect(names(new nn.Sequential({ a: shared, b: shared }).slice())).toEqual(["a:Linear", "b:Linear"]);
  });

  it("gives its first module all inputs", () => {
    class Sum extends nn.Module {
      forward(a: Tensor, b: Tensor): Tensor {
        return a.add(b);
      }
    }
    expect(new nn.Sequential(new Sum(), new nn.ReLU()).call(tensor([1, -5]), tensor([2, 1])).toArray()).toEqual([3, 0]);
  });

  it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    [
      "a name with a dot",
      () => new nn.Sequential({ "a.b": linear() }),
      ArgError,
      'Sequential: a name must be text without dots, got "a.b"',
    ],
    [
      "a name twice",
      () => new nn.Sequential({ a: linear() }).append(linear(), "a"),
      ArgError,
      'Sequential: there are two modules named "a"',
    ],
    ["a class among the names", () => new nn.Sequential({ a: linear(), b: nn.ReLU as never }), ArgError, '"b" is the class ReLU'],
    ["a list of modules", () => new nn.Sequential([linear()] as never), ArgError, "write the modules one by one, e.g. with ..."],
    ["a position outside", () => new nn.Sequential(linear()).insert(3, linear()), IndexError, "position 3 is outside [0, 1]"],
    ["a position that is none", () => new nn.Sequential().insert("0" as never, linear()), ArgError, "index must be a whole number"],
  ])("refuses %s", (_, make, Kind, message) => {
    expect(make).toThrow(Kind);
    expect(make).toThrow(message);
  });
});

it("ModuleList inserts and slices", () => {
  const list = new nn.ModuleList([linear(), new nn.ReLU()]).insert(1, new nn.Tanh());
  expect(names(list)).toEqual(["0:Linear", "1:Tanh", "2:ReLU"]);
  expect(list.slice(1)).toBeInstanceOf(nn.ModuleList);
  expect(names(list.slice(1))).toEqual(["0:Tanh", "1:ReLU"]);
});

describe("lists and dictionaries of parameters", () => {
  class Net extends nn.Module {
    list = new nn.ParameterList([nn.Parameter.zeros([2]), tensor([1, 2, 3])]);
    dict = new nn.ParameterDict({ scale: tensor([2]), shift: nn.Parameter.zeros([1]) });
    forward(x: Tensor): Tensor {
      return x.mul(this.dict.get("scale") as Tensor).add(this.list.at(0) as Tensor);
    }
  }

  it("have PyTorch's names, are trained and loaded", () => {
    const net = new Net();
    expect(Object.keys(net.stateDict())).toEqual(["list.0", "list.1", "dict.scale", "dict.shift"]);
    expect(net.parameters().every((p) => p.requiresGrad)).toBe(true);
    net
      .call(tensor([1, 1]))
      .sum()
      .backward();
    expect(net.dict.get("scale")?.grad?.toArray()).toEqual([2]);
    const other = new Net();
    net.list.append(tensor([9]));
    expect(() => other.loadStateDict(net.stateDict())).toThrow("unexpected: list.2");
    expect(String(net.list)).toBe("ParameterList(0: [2], 1: [3], 2: [1])");
    expect([...net.list].length).toBe(net.list.length);
    expect([...net.dict].map(([name]) => name)).toEqual([...net.dict.keys()]);
    expect([net.dict.size, net.dict.has("scale"), net.dict.has("none")]).toEqual([2, true, false]);
  });

  it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["no list", () => new nn.ParameterList(3 as never), ArgError, "ParameterList: takes a list, such as new ParameterList([a, b]), got 3"],
    [
      "a tensor",
      () => new nn.ParameterList(tensor([1]) as never),
      ArgError,
      "ParameterList: takes a list, such as new ParameterList([a, b]), got a tensor",
    ],
    ["no dictionary", () => new nn.ParameterDict([tensor([1])] as never), ArgError, "ParameterDict: takes tensors by name"],
    ["a name with a dot", () => new nn.ParameterDict({ "a.b": tensor([1]) }), ArgError, 'a name must be text without dots, got "a.b"'],
    ["a call", () => new nn.ParameterList().call(), StateError, "ParameterList: has no forward"],
  ])("refuse %s", (_, make, Kind, message) => {
    expect(make).toThrow(Kind);
    expect(make).toThrow(message);
  });
});

describe("Residual", () => {
  it("adds the input, or what the shortcut makes of it", () => {
    expect(new nn.Residual(new nn.ReLU()).call(tensor([-1, 2])).toArray()).toEqual([-1, 4]);
    const both = new nn.Residual(linear(), { shortcut: linear() });
    expect(Object.keys(both.stateDict())).toEqual(["body.weight", "body.bias", "shortcut.weight", "shortcut.bias"]);
    expect(both.call(zeros(1, 2)).shape).toEqual([1, 2]);
  });

  it("does not broadcast", () => {
    expect(() => new nn.Residual(new nn.Linear(2, 1)).call(zeros(3, 2))).toThrow(ShapeError);
    expect(() => new nn.Residual(3 as never)).toThrow("Residual: body is no module");
  });
});

describe("the tree of a model", () => {
  const model = (): nn.Sequential => new nn.Sequential(linear(), new nn.Residual(linear()));

  it("apply visits children first, and returns the module", () => {
    const seen: string[] = [];
    const net = model();
    expect(net.apply((module) => seen.push(module.constructor.name))).toBe(net);
    expect(seen).toEqual(["Linear", "Linear", "Residual", "Sequential"]);
    expect(net.children().map((m) => m.constructor.name)).toEqual(["Linear", "Residual"]);
    expect(net.modules()).toHaveLength(4);
  });

  it.each<[nn.PathPatterns, string[]]>([
    ["0", ["0.weight", "0.bias"]],
    ["**.bias", ["0.bias", "1.body.bias"]],
    ["*.bias", ["0.bias"]],
    ["1.*", ["1.body.weight", "1.body.bias"]],
    ["1.**.w*t", ["1.body.weight"]],
    [
      ["0.bias", "1"],
      ["0.bias", "1.body.weight", "1.body.bias"],
    ],
    ["**", ["0.weight", "0.bias", "1.body.weight", "1.body.bias"]],
  ])("freeze and unfreeze take %j", (patterns, expected) => {
    const net = model();
    const trained = (): string[] => [...net.namedParameters()].filter(([, p]) => p.requiresGrad).map(([path]) => path);
    const all = trained();
    expect(nn.freeze(net, patterns)).toEqual(expected);
    expect(trained()).toEqual(all.filter((path) => !expected.includes(path)));
    expect(nn.unfreeze(net, patterns)).toEqual(expected);
    expect(trained()).toEqual(all);
  });

  it("freezes nothing where a pattern fits nothing", () => {
    const net = model();
    expect(() => nn.freeze(net, ["0", "head"])).toThrow(
      'freeze: nothing has the path "head"; there are 0.weight, 0.bias, 1.body.weight, 1.body.bias',
    );
    expect(() => nn.freeze(net, 3 as never)).toThrow(ArgError);
    expect(() => nn.freeze(net, "")).toThrow(ArgError);
    expect(() => nn.freeze(net, "0.w")).toThrow(ArgError);
    expect(net.parameters().every((p) => p.requiresGrad)).toBe(true);
  });

  it("an error tells the path of the layer once", () => {
    let message = "";
    try {
      new nn.Sequential(new nn.Residual(new nn.Sequential({ head: linear() }))).call(zeros(1, 3));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(
      /^linear: x is float32\[1,3\].*\n {2}in Linear\(2, 2, bias=true\) called with float32\[1,3\]\n {2}at Sequential\.0\.body\.head$/,
    );
  });
});

describe("parameters in 16 bits", () => {
  class Net extends nn.Module {
    conv = new nn.Conv1d(1, 2, 3);
    norm = new nn.BatchNorm1d(2);
    head = new nn.Linear(4, 3);
    forward(x: Tensor): Tensor {
      return this.head.call(this.norm.call(this.conv.call(x)).flatten(1));
    }
  }

  it.each(["float16", "bfloat16"] as const)("%s: forward computes in float32 with the stored values", (dtype) => {
    const [net, rounded] = [new Net().eval(), new Net().eval()];
    const state = Object.fromEntries(
      Object.entries(net.stateDict()).map(([name, x]) => [name, x.dtype === "int32" ? x : x.to(dtype).float()]),
    );
    rounded.loadStateDict(state);
    const x = tensor([[[0.5, -1, 2, 0.25]]], { requiresGrad: true });
    expect(net.to(dtype)).toBe(net);
    const y = net.call(x);
    expect(y.dtype).toBe("float32");
    expect(y.toArray()).toEqual(rounded.call(x).toArray());
    y.sum().backward();
    const got = x.grad?.toArray();
    x.grad = null;
    rounded.call(x).sum().backward();
    expect(got).toEqual((x.grad as Tensor | null)?.toArray());
    expect(net.stateDict()["head.weight"]?.dtype).toBe(dtype);
    expect(net.stateDict()["norm.running_mean"]?.dtype).toBe(dtype);
    expect(net.parameters().some((p) => p.requiresGrad)).toBe(false);
    expect(() => net.requiresGrad()).toThrow("requiresGrad: needs float32");
    expect(Object.keys(net.stateDict())).toEqual(Object.keys(rounded.stateDict()));
  });

  it("goes back to float32, loads float32 files, and prints as before", () => {
    const [net, same] = [new Net().eval(), new Net().eval()];
    const text = String(net);
    nn.castModule(net, "float16");
    net.loadStateDict(same.stateDict());
    expect(String(net)).toBe(text);
    expect(net.summary([1, 1, 4]).sizeBytes).toBeLessThan(same.summary([1, 1, 4]).sizeBytes);
    nn.castModule(net, "float32").requiresGrad(true);
    expect(net.head.weight.toArray()).toEqual(same.head.weight.half().float().toArray());
    net
      .call(zeros(1, 1, 4))
      .sum()
      .backward();
    expect(net.head.weight.grad?.shape).toEqual([3, 4]);
  });

  it("keeps shared parameters shared, and leaks nothing", () => {
    const layer = linear();
    const net = new nn.Sequential(layer, layer);
    net.to("float16");
    expect(net.parameters()).toHaveLength(2);
    expect(net.call(zeros(1, 2)).dtype).toBe("float32");
    expect(() => nn.castModule(net, "int8" as never)).toThrow(
      'castModule: parameters are stored as float32, float16 or bfloat16, got "int8"',
    );
    expect(() => new nn.Parameter(tensor([1]).half())).toThrow("Parameter: needs float32");
    expect(() => new nn.Parameter(tensor([1]).int(), { requiresGrad: false })).toThrow("Parameter: needs float32");
  });
});
