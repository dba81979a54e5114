// Low-rank adapters: the formula of Hu et al. (2021) in float64, PEFT's names, merging, and what is refused.
// r rank; the rows of matrices are arrays.
import { ArgError, Generator, manualSeed, nn, optim, randn, StateError, type Tensor, tensor } from "simdgrad";
import { loadSafetensors, saveSafetensors } from "simdgrad/io";
import { beforeEach, describe, expect, it } from "vitest";
import { live } from "../support.js";

type Matrix = number[][];

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] as number[]).map((_, j) => row.reduce((s, v, k) => s + v * ((b[k] as number[])[j] as number), 0)));
const transposed = (a: Matrix): Matrix => (a[0] as number[]).map((_, j) => a.map((row) => row[j] as number));
const matrix = (x: Tensor): Matrix => x.reshape([x.shape[0] as number, -1]).toArray() as Matrix;

function expectClose(got: Tensor, expected: readonly number[], tolerance = 1e-5): void {
  const flat = got.toTypedArray();
  expect(flat).toHaveLength(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs((flat[i] as number) - value)).toBeLessThan(tolerance * (1 + Math.abs(value)));
}

const net = (): nn.Sequential => new nn.Sequential({ up: new nn.Linear(3, 4), act: new nn.Tanh(), down: new nn.Linear(4, 2) });
/** Fills B, which starts as 0. */
const learn = (adapters: nn.Lora): void => {
  for (const p of adapters.parameters()) nn.init.normal(p, 0, 0.5);
};

/** As the layer of this name, told by its fields. */
class Embedding extends nn.Module {
  weight = new nn.Parameter(randn([5, 3]));
  embeddingDim = 3;
  options = { paddingIdx: null };
  forward(index: Tensor): Tensor {
    return nn.functional.embedding(index, this.weight);
  }
}

beforeEach(() => {
  manualSeed(3);
});

describe("the formula", () => {
  it.each([
    [2, 6, false, 3],
    [4, 1, true, 0.5],
  ])("rank %i, alpha %d, rslora %s: y = W x + b + %d B A x, and its gradients", (rank, alpha, rslora, scale) => {
    const layer = new nn.Linear(5, 3);
    const [w, b] = [matrix(layer.weight), (layer.bias as Tensor).toArray() as number[]];
    const adapters = nn.injectLora(layer, { rank, alpha, rslora });
    learn(adapters);
    const [A, B] = adapters.parameters().map(matrix) as [Matrix, Matrix];
    const x = randn([2, 5], { requiresGrad: true });
    const rows = matrix(x);
    const low = product(rows, transposed(A));
    const expected = product(rows, transposed(w)).map((row, i) =>
      row.map((v, j) => v + (b[j] as number) + scale * (product(low, transposed(B))[i]?.[j] as number)),
    );
    const y = layer.call(x);
    expectClose(y, expected.flat());
    const g = [
      [1, -2, 0.5],
      [0.25, 1, 3],
    ];
    y.backward({ gradient: tensor(g) });
    const [gradA, gradB] = adapters.parameters().map((p) => p.grad as Tensor) as [Tensor, Tensor];
    expectClose(
      gradB,
      product(transposed(g), low)
        .flat()
        .map((v) => v * scale),
    );
    expectClose(
      gradA,
      product(transposed(product(g, B)), rows)
        .flat()
        .map((v) => v * scale),
    );
    const through = product(product(g, B), A);
    expectClose(
      x.grad as Tensor,
      product(g, w).flatMap((row, i) => row.map((v, j) => v + scale * (through[i]?.[j] as number))),
    );
    expect(layer.weight.grad).toBeNull();
  });

  it("starts with the model as it was: A uniform, B 0", () => {
    const model = net();
    const x = randn([2, 3]);
    const before = model.call(x).toArray();
    const adapters = nn.injectLora(model, { rank: 3 });
    expect(model.call(x).toArray()).toEqual(before);
    const state = adapters.stateDict();
    expect(Object.entries(state).map(([name, p]) => [name, p.shape])).toEqual([
      ["base_model.model.up.lora_A.weight", [3, 3]],
      ["base_model.model.up.lora_B.weight", [4, 3]],
      ["base_model.model.down.lora_A.weight", [3, 4]],
      ["base_model.model.down.lora_B.weight", [2, 3]],
    ]);
    const a = state["base_model.model.down.lora_A.weight"] as Tensor;
    expect(a.abs().max().item()).toBeLessThanOrEqual(0.5);
    expect(a.std().item()).toBeGreaterThan(0.1);
    expect(state["base_model.model.down.lora_B.weight"]?.abs().max().item()).toBe(0);
    expect(adapters.paths).toEqual(["up", "down"]);
  });

  it("drops inputs of adapters in training alone", () => {
    const layer = new nn.Linear(3, 2);
    const adapters = nn.injectLora(layer, { rank: 2, dropout: 1, generator: new Generator(1) });
    learn(adapters);
    const x = randn([4, 3]);
    const base = nn.functional.linear(x, layer.weight, layer.bias).toArray();
    expect(layer.call(x).toArray()).toEqual(base);
    expect(layer.eval().call(x).toArray()).not.toEqual(base);
  });
});

describe("layers", () => {
  const layers: [string, () => nn.Module, () => Tensor][] = [
    ["Linear", () => new nn.Linear(3, 4), () => randn([2, 6, 3])],
    ["Linear without bias", () => new nn.Linear(3, 4, { bias: false }), () => randn([3])],
    ["Conv1d", () => new nn.Conv1d(2, 3, 3, { padding: 1, stride: 2 }), () => randn([2, 2, 7])],
    ["Conv2d", () => new nn.Conv2d(2, 3, [3, 2], { padding: 1, dilation: 2 }), () => randn([2, 2, 7, 6])],
    ["an embedding", () => new Embedding(), () => tensor([[0, 4, 2]], { dtype: "int32" })],
  ];

  it.each(layers)("%s: merged gives the same, unmerged and removed what was before", (_, make, input) => {
    const layer = make().eval();
    const model = new nn.Sequential({ part: layer });
    const x = input();
    const base = model.call(x);
    const names = Object.keys(model.stateDict());
    const adapters = nn.injectLora(model, { rank: 2, alpha: 3, targets: "part" });
    expectClose(model.call(x), [...base.toTypedArray()], 1e-6);
    learn(adapters);
    const adapted = model.call(x);
    expect(adapted.sub(base).abs().max().item()).toBeGreaterThan(0.05);
    adapters.merge();
    expect(adapters.merged).toBe(true);
    expectClose(model.call(x), [...adapted.toTypedArray()], 1e-5);
    adapters.unmerge();
    expectClose(model.call(x), [...adapted.toTypedArray()], 1e-5);
    adapters.merge().unmerge();
    adapters.remove();
    expectClose(model.call(x), [...base.toTypedArray()], 1e-5);
    expect(Object.keys(model.stateDict())).toEqual(names);
    expect(() => adapters.merge()).toThrow("merge: the adapters were removed");
    nn.injectLora(model, { targets: "part" }).merge().remove();
    expectClose(model.call(x), [...base.toTypedArray()], 1e-5);
  });

  it("with weights in 16 bits, before and after", () => {
    const [first, second] = [net(), net()];
    second.loadStateDict(first.stateDict());
    const x = randn([2, 3]);
    const options = { rank: 2, alpha: 4 };
    const adapters = nn.injectLora(first.to("bfloat16"), options);
    const same = nn.injectLora(second, options);
    second.to("bfloat16");
    learn(adapters);
    same.loadStateDict(adapters.stateDict());
    const y = first.call(x);
    expect(second.call(x).toArray()).toEqual(y.toArray());
    y.sum().backward();
    expect(adapters.parameters().every((p) => p.grad !== null)).toBe(true);
    expect(first.stateDict()["up.weight"]?.dtype).toBe("bfloat16");
    adapters.merge();
    expectClose(first.call(x), [...y.toTypedArray()], 0.05);
  });
});

describe("adapter_config.json", () => {
  it("says what PEFT has to know, and gives the same adapters again", () => {
    const options = { rank: 3, alpha: 6, dropout: 0.25, rslora: true, targets: ["down"] };
    const adapters = nn.injectLora(net(), options);
    const config = adapters.config({ taskType: "CAUSAL_LM", baseModel: "some/model" });
    // The fields of PEFT's LoraConfig.
    expect(JSON.parse(JSON.stringify(config))).toEqual({
      peft_type: "LORA",
      task_type: "CAUSAL_LM",
      base_model_name_or_path: "some/model",
      r: 3,
      lora_alpha: 6,
      lora_dropout: 0.25,
      use_rslora: true,
      target_modules: ["down"],
      bias: "none",
      fan_in_fan_out: false,
      inference_mode: true,
    });
    expect(nn.loraOptions(config)).toEqual(options);
    const model = net().eval();
    const again = nn.injectLora(model, nn.loraOptions(JSON.parse(JSON.stringify(config))));
    learn(again);
    const other = net().eval();
    other.loadStateDict({ ...model.stateDict() }, { strict: false });
    const same = nn.injectLora(other, options);
    same.loadStateDict(again.stateDict());
    const x = randn([2, 3]);
    expect(other.call(x).toArray()).toEqual(model.call(x).toArray());
    expect(adapters.config().task_type).toBeNull();
    expect(() => adapters.config({ task: "x" } as never)).toThrow(/config: there is no option "task"/);
  });

  it("is read as PEFT writes it, with all its fields", () => {
    const written = {
      ...{ alpha_pattern: {}, auto_mapping: null, base_model_name_or_path: "m", bias: "none", fan_in_fan_out: false },
      ...{ inference_mode: true, init_lora_weights: true, layers_pattern: null, layers_to_transform: null, loftq_config: {} },
      ...{ lora_alpha: 16, lora_dropout: 0.1, megatron_config: null, modules_to_save: null, peft_type: "LORA", r: 4 },
      ...{ rank_pattern: {}, revision: null, target_modules: ["up", "down"], task_type: "CAUSAL_LM", use_dora: false, use_rslora: false },
    };
    expect(nn.loraOptions(written)).toEqual({ rank: 4, alpha: 16, dropout: 0.1, rslora: false, targets: ["up", "down"] });
    const all = nn.loraOptions({ ...written, target_modules: "all-linear" });
    expect(nn.injectLora(net(), all).paths).toEqual(["up", "down"]);
    expect(nn.loraOptions({ peft_type: "LORA", target_modules: ["up"] })).toEqual({ targets: ["up"] });
    for (const odd of [
      ...[{ bias: "all" }, { use_dora: true }, { rank_pattern: { up: 2 } }, { modules_to_save: ["head"] }, { fan_in_fan_out: true }],
      ...[{ target_modules: ".*up" }, { target_modules: null }, { peft_type: "IA3" }],
    ])
      expect(() => nn.loraOptions({ ...written, ...odd })).toThrow(ArgError);
    expect(() => nn.loraOptions({ ...written, use_dora: true })).toThrow("loraOptions: use_dora true is not supported");
    expect(() => nn.loraOptions(null)).toThrow("loraOptions: takes the content of adapter_config.json");
  });
});

describe("training", () => {
  it("changes the adapters alone, and keeps nothing else", () => {
    const model = net();
    const adapters = nn.injectLora(model, { rank: 2, targets: ["down"] });
    const trained = model.parameters().filter((p) => p.requiresGrad);
    expect(trained.map((p) => adapters.parameters().indexOf(p))).toEqual([0, 1]);
    const optimizer = new optim.Adam(adapters.parameters(), { lr: 0.05 });
    const [x, goal] = [randn([8, 3]), randn([8, 2])];
    const frozen = model.stateDict()["down.weight"]?.toArray();
    const losses: number[] = [];
    let tensors = 0;
    for (let step = 0; step < 30; step++) {
      const loss = nn.functional.mseLoss(model.call(x), goal);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
      if (step === 10) tensors = live().liveTensors;
    }
    expect(live().liveTensors).toBe(tensors);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.8);
    expect(model.stateDict()["down.weight"]?.toArray()).toEqual(frozen);
  });

  it("adapters are swapped by files", () => {
    const model = net();
    const adapters = nn.injectLora(model);
    const x = randn([2, 3]);
    const files = [1, 2].map(() => {
      learn(adapters);
      return { file: saveSafetensors(adapters.stateDict()), y: model.call(x).toArray() };
    });
    for (const { file, y } of files) {
      adapters.loadStateDict(loadSafetensors(file));
      expect(model.call(x).toArray()).toEqual(y);
    }
    expect(Object.keys(model.stateDict())).toContain("up.lora_A.weight");
  });
});

describe("refuses", () => {
  it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ["what is no module", () => nn.injectLora({} as never), ArgError, "injectLora: model is no module"],
    ["a rank of 0", () => nn.injectLora(net(), { rank: 0 }), ArgError, "injectLora: rank must be a whole number of at least 1, got 0"],
    [
      "a dropout above 1",
      () => nn.injectLora(net(), { dropout: 2 }),
      ArgError,
      "injectLora: dropout must be a number within [0, 1], got 2",
    ],
    ["an alpha that is none", () => nn.injectLora(net(), { alpha: Number.NaN }), ArgError, "injectLora: alpha must be a finite number"],
    ["PEFT's name of the rank", () => nn.injectLora(net(), { r: 8 } as never), ArgError, 'injectLora: there is no option "r"'],
    [
      "a target that fits nothing",
      () => nn.injectLora(net(), { targets: "act" }),
      ArgError,
      'injectLora: nothing has the path "act"; there are up, down',
    ],
    [
      "a grouped convolution",
      () => nn.injectLora(new nn.Conv2d(2, 2, 1, { groups: 2 }), { targets: "" }),
      ArgError,
      "nothing has the path",
    ],
    ["a transposed convolution", () => nn.injectLora(new nn.ConvTranspose2d(2, 2, 1), { targets: "" }), ArgError, "nothing has the path"],
    ["a model without linear layers", () => nn.injectLora(new nn.ReLU()), ArgError, "injectLora: ReLU has no linear layer; name targets"],
  ])("%s", (_, run, Kind, message) => {
    expect(run).toThrow(Kind);
    expect(run).toThrow(message);
  });

  it("a second adapter, and leaves the first as it is", () => {
    const model = net();
    nn.injectLora(model, { targets: "down" });
    expect(() => nn.injectLora(model)).toThrow("injectLora: down has an adapter; remove() it first");
    expect(Object.keys(model.stateDict()).filter((name) => name.includes("lora_A"))).toEqual(["down.lora_A.weight"]);
  });

  it("states that do not fit, and loading while merged; nothing is loaded", () => {
    const adapters = nn.injectLora(net(), { targets: "up" });
    const state = adapters.stateDict();
    const before = adapters.parameters().map((p) => p.toArray());
    const name = "base_model.model.up.lora_A.weight";
    const broken = { ...state, [name]: tensor([1]), more: tensor([1]) };
    expect(() => adapters.loadStateDict(broken)).toThrow(`nothing was loaded; unexpected: more; ${name} is [1], expected [8,3]`);
    expect(() => adapters.loadStateDict({})).toThrow(StateError);
    expect(adapters.parameters().map((p) => p.toArray())).toEqual(before);
    adapters.merge();
    expect(() => adapters.loadStateDict(state)).toThrow("loadStateDict: the adapters are merged");
    expect(() => adapters.merge()).toThrow("merge: the adapters are merged");
    adapters.unmerge();
    expect(() => adapters.unmerge()).toThrow("unmerge: the adapters are not merged");
  });
});
