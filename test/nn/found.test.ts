// What a module finds in its fields, and what of other copies of the library it refuses.
import { runInNewContext } from "node:vm";
import { ArgError, memory, nn, StateError, type Tensor, tensor } from "simdgrad";
import { saveSafetensors } from "simdgrad/io";
import { describe, expect, it, vi } from "vitest";

vi.resetModules();
const other = await import("../../src/index.js");

const layer = (): nn.Linear => new nn.Linear(1, 1);

abstract class Net extends nn.Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

describe("modules and parameters are found", () => {
  const rows: [string, () => nn.Module, string[]][] = [
    [
      "in nested arrays",
      () =>
        new (class extends Net {
          blocks = [[layer(), layer()], [layer()]];
        })(),
      ["blocks.0.0", "blocks.0.1", "blocks.1.0"],
    ],
    [
      "in plain objects, also inside of each other",
      () =>
        new (class extends Net {
          heads = { a: layer(), more: { b: layer(), list: [layer()] } };
        })(),
      ["heads.a", "heads.more.b", "heads.more.list.0"],
    ],
    [
      "in Maps",
      () =>
        new (class extends Net {
          heads = new Map([
            ["a", layer()],
            ["b", layer()],
          ]);
        })(),
      ["heads.a", "heads.b"],
    ],
    [
      "in Sets",
      () =>
        new (class extends Net {
          parts = new Set([layer(), layer()]);
        })(),
      ["parts.0", "parts.1"],
    ],
    [
      "in collections of another realm",
      () =>
        new (class extends Net {
          heads = Object.assign(runInNewContext("({ list: [], map: new Map() })"), { a: layer() });
          constructor() {
            super();
            this.heads.list.push(layer());
            this.heads.map.set("b", layer());
          }
        })(),
      ["heads.list.0", "heads.map.b", "heads.a"],
    ],
    [
      "in the fields of a subclass of Sequential",
      () =>
        new (class extends nn.Sequential {
          extra = layer();
        })(layer(), layer()),
      ["0", "1", "extra"],
    ],
    ["in a ModuleDict", () => new nn.ModuleDict({ a: layer(), b: layer() }), ["a", "b"]],
    ["in a ModuleDict of a Map", () => new nn.ModuleDict(new Map([["a", layer()]])), ["a"]],
  ];
  it.each(rows)("%s", (_, make, paths) => {
    const net = make();
    expect([...net.namedChildren()].map(([path]) => path)).toEqual(paths);
    expect(Object.keys(net.stateDict())).toEqual(paths.flatMap((path) => [`${path}.weight`, `${path}.bias`]));
    expect(net.parameters()).toHaveLength(2 * paths.length);
    net.eval();
    expect([...net.namedModules()].every(([, module]) => !module.training)).toBe(true);
    const copy = make();
    copy.loadStateDict(net.stateDict());
    expect(copy.parameters().map((p) => p.toArray())).toEqual(net.parameters().map((p) => p.toArray()));
  });

  it("bare parameters too", () => {
    const net = new (class extends Net {
      scales = { first: [new nn.Parameter(tensor([1]))], state: new Map([["n", nn.Buffer.zeros([1])]]) };
    })();
    expect([...net.namedParameters()].map(([path]) => path)).toEqual(["scales.first.0"]);
    expect([...net.namedBuffers()].map(([path]) => path)).toEqual(["scales.state.n"]);
  });

  it("once, where fields form a circle", () => {
    const settings: Record<string, unknown> = { inner: layer() };
    settings["self"] = settings;
    const net = new (class extends Net {
      settings = settings;
    })();
    expect(net.parameters()).toHaveLength(2);
  });

  it("not behind #private, which nobody can see from outside", () => {
    class Hidden extends Net {
      readonly #layer = layer();
      override forward(x: Tensor): Tensor {
        return this.#layer.call(x);
      }
    }
    expect(new Hidden().parameters()).toEqual([]);
  });
});

describe("ModuleDict", () => {
  it("is a dictionary", () => {
    const [a, b] = [layer(), layer()];
    const dict = new nn.ModuleDict({ a });
    expect([dict.set("b", b), dict.get("b"), dict.get("c"), dict.has("a"), dict.size, [...dict.keys()]]).toEqual([
      ...[dict, b, undefined, true, 2],
      ["a", "b"],
    ]);
    expect([...dict]).toEqual([
      ["a", a],
      ["b", b],
    ]);
    expect(() => dict.call()).toThrow(StateError);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a module",
      () => new nn.ModuleDict(layer() as never),
      "ModuleDict: takes modules by name, such as new ModuleDict({ name: module }), got a Linear",
    ],
    ["a number", () => new nn.ModuleDict(3 as never), "got 3"],
    ["a name with a dot", () => new nn.ModuleDict({ "a.b": layer() }), 'ModuleDict: a name must be text without dots, got "a.b"'],
    [
      "a list of names",
      () => new nn.ModuleDict(["a"] as never),
      'ModuleDict: takes modules by name, such as new ModuleDict({ name: module }), got "a"',
    ],
    ["a position that is none", () => new nn.Sequential(layer()).at("0" as never), 'Sequential: index must be a whole number, got "0"'],
    ["a mode that is none", () => layer().train("yes" as never), 'train: mode must be true or false, got "yes"'],
    [
      "what is no module",
      () => new nn.ModuleDict({ a: 3 as never }),
      'ModuleDict: "a" is no module; make a class that extends nn.Module (got 3)',
    ],
    [
      "no list of modules",
      () => new nn.ModuleList(layer() as never),
      "ModuleList: takes a list, such as new ModuleList([a, b]), got a Linear",
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(ArgError);
    expect(make).toThrow(message);
  });
});

describe("of another copy of the library", () => {
  const foreign = (): nn.Module => new other.nn.Linear(1, 1) as unknown as nn.Module;
  it.each<[string, () => unknown, string]>([
    [
      "a module in a field",
      () =>
        new (class Own extends Net {
          layer = foreign();
        })().parameters(),
      "Own: layer is a module of another copy of simdgrad; import it from one place",
    ],
    [
      "a parameter in a field",
      () =>
        new (class Own extends Net {
          w = other.nn.Parameter.zeros([1]);
        })().parameters(),
      "Own.w: got a Parameter of another copy of simdgrad",
    ],
    ["a module in Sequential", () => new nn.Sequential(foreign()), "Sequential: item 0 is a module of another copy of simdgrad"],
    ["a module in ModuleDict", () => new nn.ModuleDict({ a: foreign() }), 'ModuleDict: "a" is a module of another copy of simdgrad'],
    [
      "a tensor in a state",
      () => layer().loadStateDict(foreign().stateDict()),
      "nothing was loaded; weight: got a Tensor of another copy of simdgrad",
    ],
    [
      "a tensor as parameter",
      () => new nn.Parameter(other.tensor([1]) as unknown as Tensor),
      "Parameter: got a Tensor of another copy of simdgrad",
    ],
    [
      "a tensor in a summary",
      () => layer().summary(other.tensor([1]) as unknown as Tensor),
      "summary: got a Tensor of another copy of simdgrad",
    ],
  ])("%s is refused by that name", (_, call, message) => {
    expect(call).toThrow(StateError);
    expect(call).toThrow(message);
  });
});

describe("loadStateDict", () => {
  it("tells what it did not find", () => {
    expect(layer().loadStateDict({ "module.weight": tensor([[1]]), bias: tensor([1]) }, { strict: false })).toEqual({
      missing: ["weight"],
      unexpected: ["module.weight"],
    });
    expect(layer().loadStateDict(layer().stateDict())).toEqual({ missing: [], unexpected: [] });
  });

  it("takes a Map, as saveSafetensors does", () => {
    const [from, to] = [layer(), layer()];
    to.loadStateDict(new Map(Object.entries(from.stateDict())));
    expect(to.weight.toArray()).toEqual(from.weight.toArray());
  });

  it.each<[string, () => unknown, string]>([
    [
      "nothing",
      () => layer().loadStateDict(undefined as never),
      "loadStateDict: takes tensors by name, in an object or a Map, got undefined",
    ],
    [
      "a module",
      () => layer().loadStateDict(layer() as never),
      "loadStateDict: takes tensors by name, got a module; pass model.stateDict()",
    ],
    [
      "a module to be saved",
      () => saveSafetensors(layer() as never),
      "saveSafetensors: takes tensors by name, got a module; pass model.stateDict()",
    ],
    [
      "nothing to be saved",
      () => saveSafetensors(null as never),
      "saveSafetensors: takes tensors by name, in an object or a Map, got null",
    ],
    ["a list of tensors", () => layer().loadStateDict([tensor(1)] as never), "loadStateDict: takes tensors by name, in an object or a Map"],
    [
      "an unknown option",
      () => layer().loadStateDict({}, { strickt: false } as never),
      'loadStateDict: there is no option "strickt", only strict',
    ],
    ["strict by position", () => layer().loadStateDict({}, false as never), "options go into one object"],
    ["strict as text", () => layer().loadStateDict({}, { strict: "no" as never }), 'loadStateDict: strict must be true or false, got "no"'],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(ArgError);
    expect(call).toThrow(message);
  });

  it("takes files of batch normalisation without num_batches_tracked, and refuses those without running_mean", () => {
    const [from, to] = [new nn.Sequential(new nn.BatchNorm1d(1)), new nn.Sequential(new nn.BatchNorm1d(1))];
    const { "0.num_batches_tracked": _, ...old } = from.stateDict();
    expect(to.loadStateDict(old)).toEqual({ missing: [], unexpected: [] });
    const { "0.running_mean": __, ...broken } = old;
    expect(() => to.loadStateDict(broken)).toThrow("missing: 0.running_mean");
  });
});

describe("batch normalisation checks its options", () => {
  it.each<[unknown, string]>([
    [1e-3, "BatchNorm2d: options go into one object"],
    [{ momentun: 0.1 }, 'BatchNorm2d: there is no option "momentun", only eps, momentum'],
    [{ eps: Number.NaN }, "BatchNorm2d: eps must be a finite number of at least 0, got NaN"],
    [{ momentum: "0.1" }, 'BatchNorm2d: momentum must be a number within [0, 1], got "0.1"'],
    [{ affine: null }, "BatchNorm2d: affine must be true or false, got null"],
  ])("%j", (options, message) => {
    expect(() => new nn.BatchNorm2d(3, options as never)).toThrow(ArgError);
    expect(() => new nn.BatchNorm2d(3, options as never)).toThrow(message);
  });

  it("and takes undefined as not given", () => {
    expect(new nn.BatchNorm2d(3, { eps: undefined, momentum: undefined }).extraRepr()).toBe(new nn.BatchNorm2d(3).extraRepr());
  });
});

describe("a summary", () => {
  class Tokens extends nn.Module {
    table = new nn.Parameter(tensor([[1], [2], [3]]));
    head = layer();
    forward(ids: Tensor, scale?: Tensor): Tensor {
      const rows = this.head.call(nn.functional.embedding(ids, this.table));
      return scale ? rows.mul(scale) : rows;
    }
  }

  it("takes tensors, for models of tokens", () => {
    const summary = new Tokens().summary(tensor([0, 2], { dtype: "int32" }));
    expect(summary.layers.map(({ path, outputShape }) => [path, outputShape])).toEqual([
      ["", [2, 1]],
      ["head", [2, 1]],
    ]);
    expect(String(summary)).toContain("multiply-adds for an input of int32 [2]");
  });

  it("takes several inputs", () => {
    expect(String(new Tokens().summary(tensor([0, 2], { dtype: "int32" }), [1]))).toContain("for inputs of int32 [2] and [1]");
  });

  it("takes shape and dtype", () => {
    const model = new Tokens();
    const before = memory().liveTensors;
    const given = model.summary({ shape: [3, 2], dtype: "int32" }, { shape: [1] });
    expect(given.layers[1]?.outputShape).toEqual([3, 2, 1]);
    expect(String(given)).toContain("for inputs of int32 [3, 2] and [1]");
    expect(memory().liveTensors).toBe(before);
  });

  it("has a row for what a model owns beside its layers, so that the rows add up", () => {
    const { layers, parameters } = new Tokens().summary({ shape: [2], dtype: "int32" });
    expect(layers.map(({ path, type, parameters: own }) => [path, type, own])).toEqual([
      ["", "Tokens", 3],
      ["head", "Linear", 2],
    ]);
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
  });

  it("shows the first of several results", () => {
    class Two extends nn.Module {
      w = new nn.Parameter(tensor([1, 2]));
      forward = (x: Tensor): Tensor[] => [x.mul(this.w), x];
    }
    const both = new (class extends nn.Module {
      two = new Two();
      forward = (x: Tensor): Tensor => this.two.call(x)[0] as Tensor;
    })();
    expect(both.summary([3, 1]).layers.map(({ path, outputShape }) => [path, outputShape])).toEqual([["two", [3, 2]]]);
  });

  it("counts the bytes of every dtype", () => {
    const net = new (class extends Net {
      table = new nn.Buffer(tensor(new Int8Array(10)));
      flags = new nn.Buffer(tensor([true, false]));
      w = new nn.Parameter(tensor([1, 2, 3]));
    })();
    expect(net.summary([1]).sizeBytes).toBe(10 + 2 + 12);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a number",
      () => layer().summary(2 as never),
      "summary: takes a shape, { shape, dtype } or a tensor for each input, such as summary([1, 16], [1, 8]), got 2",
    ],
    [
      "an object without a shape",
      () => layer().summary({ size: [2] } as never),
      "{ shape, dtype } or a tensor for each input, such as summary([1, 16], [1, 8]), got an object with size",
    ],
    ["an unknown field", () => layer().summary({ shape: [2], type: "int32" } as never), 'summary: there is no option "type"'],
    [
      "all shapes in one",
      () => layer().summary([[1], [1]] as never),
      "for each input, such as summary([1, 16], [1, 8]), got [[...],[...]]",
    ],
    ["nothing", () => layer().summary(), "a tensor for each input, such as summary([1, 16], [1, 8]), got []"],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(ArgError);
    expect(call).toThrow(message);
  });
});
