// Low-rank adapters (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021): y = W x + scale B A x, with only A and B trained.
// r is the rank. A [r, in] and B [out, r]; of a convolution A [r, in, ...kernel] and B [out, r, 1, ...].
import { checkBoolean, checkFinite, checkWhole } from "../checks.js";
import { ArgError, StateError } from "../errors.js";
import { add, mul, sub } from "../ops/elementwise/arithmetic.js";
import { convert } from "../ops/elementwise/cast.js";
import { linear } from "../ops/gemm/linear.js";
import { matmul } from "../ops/gemm/matmul.js";
import { copy_ } from "../ops/move/inplace.js";
import { detach, reshape, t } from "../ops/move/shape.js";
import { dropout as drop } from "../ops/random/dropout.js";
import { readOptions } from "../options.js";
import { checkGenerator, defaultGenerator, fillNormal, fillUniform, type Generator } from "../tensor/random.js";
import { scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkModule, type Module, type StateDict } from "./module.js";
import { Parameter } from "./parameter.js";
import { type PathPatterns, selectPaths } from "./paths.js";
import { loadState, type Named } from "./state.js";

/** Options of `injectLora`. */
export interface LoraOptions {
  /** Rank of the adapters; 8 unless given. */
  rank?: number;
  /** Their strength: the scale is `alpha / rank`; 8 unless given. */
  alpha?: number;
  /** Probability of a zero in the inputs of adapters while the layer trains; 0 unless given. */
  dropout?: number;
  /** Which layers: paths or their ends, such as `"attention.query"`, with `*` and `**`. All linear layers unless given. */
  targets?: PathPatterns | undefined;
  /** Whether the scale is `alpha / sqrt(rank)` (Kalajdzievski, 2023); false unless given. */
  rslora?: boolean;
  /** Where the random numbers of initial values and of dropout come from. */
  generator?: Generator;
}

const DEFAULTS: Required<LoraOptions> = {
  rank: 8,
  alpha: 8,
  dropout: 0,
  targets: undefined,
  rslora: false,
  generator: defaultGenerator,
};

/** What PEFT writes into `adapter_config.json` beside the adapters, as far as it says what they compute. */
export interface PeftConfig {
  /** The kind of adapters. */
  readonly peft_type: "LORA";
  /** What the model does, such as `"CAUSAL_LM"`. */
  readonly task_type: string | null;
  /** The name of the model without adapters. */
  readonly base_model_name_or_path: string | null;
  /** The rank. */
  readonly r: number;
  /** The strength. */
  readonly lora_alpha: number;
  /** Probability of a zero in the inputs of adapters in training. */
  readonly lora_dropout: number;
  /** Whether the scale is `alpha / sqrt(r)`. */
  readonly use_rslora: boolean;
  /** Paths of layers, or their ends. */
  readonly target_modules: readonly string[];
  /** Which biases are trained. */
  readonly bias: "none";
  /** Whether weights are [in, out]. */
  readonly fan_in_fan_out: false;
  /** Whether the adapters are loaded frozen. */
  readonly inference_mode: boolean;
}

/** Names in front of PEFT's. */
const PREFIX = "base_model.model.";

type Kind = "linear" | "convolution" | "embedding";

interface Layer extends Module {
  weight: Tensor;
  bias?: Tensor | null;
  readonly options?: { readonly groups?: number; readonly outputPadding?: unknown; readonly mode?: unknown };
  readonly inChannels?: number;
  readonly outChannels?: number;
}

/** What kind of layer an adapter would be for, if there is one. Layers are told by their fields, so that a bundle has only those it uses. */
function kindOf(module: Module): Kind | undefined {
  const { weight, options, inChannels, outChannels } = module as Layer;
  if (!(weight instanceof Parameter) || !Object.hasOwn(module, "weight")) return undefined;
  if ("inFeatures" in module && weight.ndim === 2) return "linear";
  if ("embeddingDim" in module && options?.mode === undefined) return "embedding";
  const isPlain = options?.groups === 1 && options.outputPadding === undefined;
  return isPlain && weight.shape[0] === outChannels && weight.shape[1] === inChannels ? "convolution" : undefined;
}

/** A weight as a matrix: what is after its first dimension is joined. */
const matrixOf = (weight: Tensor): Tensor => reshape(weight, [weight.shape[0] as number, -1]);

/** One adapter and the layer that it is in. */
class Adapter {
  readonly a: Parameter;
  readonly b: Parameter;
  /** A and B by the fields of the layer that hold them. */
  readonly fields: readonly [field: string, parameter: Parameter][];
  isOn = true;

  constructor(
    readonly layer: Layer,
    readonly kind: Kind,
    readonly scale: number,
    { rank, dropout, generator }: Required<LoraOptions>,
  ) {
    const { weight } = layer;
    const [first, ...rest] = weight.shape as [number, ...number[]];
    if (kind === "embedding") {
      this.a = Parameter.zeros([rank, first]);
      this.b = Parameter.zeros([rest[0] as number, rank]);
      fillNormal(this.b, 0, 1, generator);
    } else {
      this.a = Parameter.zeros([rank, ...rest]);
      this.b = Parameter.zeros([first, rank, ...rest.slice(1).map(() => 1)]);
      const bound = Math.sqrt(first / weight.size);
      fillUniform(this.a, -bound, bound, generator);
    }
    const stem = kind === "embedding" ? "lora_embedding_" : "lora_";
    this.fields = [
      [`${stem}A`, this.a],
      [`${stem}B`, this.b],
    ];
    for (const [field, weight] of this.fields) Object.assign(layer, { [field]: kind === "embedding" ? weight : { weight } });
    const { forward } = layer;
    const value = (x: Tensor, ...more: unknown[]): Tensor => {
      const y = forward.call(layer, x, ...more) as Tensor;
      if (!this.isOn) return y;
      const given = dropout > 0 && kind !== "embedding" ? drop(x, { p: dropout, training: layer.training, generator }) : x;
      return add(y, mul(this.#up(this.#down(() => forward.call(layer, given, ...more) as Tensor)), scale));
    };
    Object.defineProperty(layer, "forward", { value, writable: true, configurable: true });
  }

  /** What the layer gives with A for its weight. */
  #down(run: () => Tensor): Tensor {
    const { layer, a } = this;
    const { weight, bias } = layer;
    layer.weight = this.kind === "embedding" ? t(a) : a;
    if (bias) layer.bias = null;
    try {
      return run();
    } finally {
      layer.weight = weight;
      if (bias) layer.bias = bias;
    }
  }

  #up(x: Tensor): Tensor {
    if (this.kind !== "convolution") return linear(x, matrixOf(this.b));
    const [n, r, ...size] = x.shape as [number, number, ...number[]];
    return reshape(matmul(matrixOf(this.b), reshape(x, [n, r, -1])), [n, this.b.shape[0] as number, ...size]);
  }

  /** Adds B A to the weight, or takes it off. */
  change(by: typeof add): void {
    const { layer, a, b, kind, scale } = this;
    const { weight } = layer;
    noGrad(() =>
      scope(() => {
        const product = matmul(matrixOf(b), matrixOf(a));
        const delta = mul(kind === "embedding" ? t(product) : reshape(product, weight.shape), scale);
        copy_(weight, by(convert("lora", weight, "float32"), delta));
      }),
    );
  }

  /** A and B by PEFT's names. */
  named(path: string): Named<Parameter>[] {
    const end = this.kind === "embedding" ? "" : ".weight";
    return this.fields.map(([field, parameter]) => [`${PREFIX}${path && `${path}.`}${field}${end}`, parameter]);
  }
}

/**
 * The adapters that `injectLora` put into a model. Their state dict has PEFT's names: `base_model.model.<path>.lora_A.weight`.
 * Errors: `StateError` where adapters are to be merged, unmerged or loaded and are in the wrong state for it.
 * @example const adapters = nn.injectLora(model, { rank: 4 }); saveSafetensors(adapters.stateDict());
 */
export class Lora {
  /** Paths of the layers that have an adapter. */
  readonly paths: readonly string[];
  readonly #adapters: ReadonlyMap<string, Adapter>;
  readonly #options: Required<LoraOptions>;
  #merged = false;
  #removed = false;

  /** @internal */
  constructor(adapters: ReadonlyMap<string, Adapter>, options: Required<LoraOptions>) {
    this.#adapters = adapters;
    this.#options = options;
    this.paths = [...adapters.keys()];
  }

  /** Whether the adapters are part of the weights. */
  get merged(): boolean {
    return this.#merged;
  }

  #named(): Named<Parameter>[] {
    return [...this.#adapters].flatMap(([path, adapter]) => adapter.named(path));
  }

  #check(op: string, merged: boolean): void {
    if (this.#removed) throw new StateError(`${op}: the adapters were removed`);
    if (this.#merged !== merged) throw new StateError(`${op}: the adapters are ${this.#merged ? "" : "not "}merged`);
  }

  /**
   * The parameters of all adapters, for an optimizer.
   * @example new optim.AdamW(nn.injectLora(model).parameters(), { lr: 1e-3 });
   */
  parameters(): Parameter[] {
    return this.#named().map(([, parameter]) => parameter);
  }

  /**
   * A and B of all adapters by PEFT's names. The tensors share memory with them.
   * @example Object.keys(nn.injectLora(model, { targets: "0" }).stateDict()); // ["base_model.model.0.lora_A.weight", "base_model.model.0.lora_B.weight"]
   */
  stateDict(): StateDict {
    return Object.fromEntries(this.#named().map(([name, parameter]) => [name, detach(parameter)]));
  }

  /**
   * What PEFT reads from `adapter_config.json` beside `adapter_model.safetensors`, as an object for `JSON.stringify`. `loraOptions` reads it.
   * Options: `taskType`, such as `"CAUSAL_LM"`, and `baseModel`, the name of the model; null unless given. Errors: `ArgError` for unknown options.
   * @example nn.injectLora(model, { rank: 4 }).config({ taskType: "SEQ_CLS" }).r; // 4
   */
  config(options?: { taskType?: string | null; baseModel?: string | null }): PeftConfig {
    const { rank, alpha, dropout, rslora } = this.#options;
    const { taskType, baseModel } = readOptions<{ taskType: string | null; baseModel: string | null }>("config", options, {
      taskType: null,
      baseModel: null,
    });
    return {
      peft_type: "LORA",
      task_type: taskType,
      base_model_name_or_path: baseModel,
      r: rank,
      lora_alpha: alpha,
      lora_dropout: dropout,
      use_rslora: rslora,
      target_modules: this.paths,
      bias: "none",
      fan_in_fan_out: false,
      inference_mode: true,
    };
  }

  /**
   * Copies adapters in by PEFT's names, all or none.
   * Errors: `StateError` listing missing, unexpected and mis-shaped names, and while merged; `ArgError` for what is no state.
   * @example const adapters = nn.injectLora(model); adapters.loadStateDict(adapters.stateDict());
   */
  loadStateDict(state: StateDict | ReadonlyMap<string, Tensor>): void {
    this.#check("loadStateDict", false);
    loadState(this.#named(), state);
  }

  #setMerged(op: string, merged: boolean): this {
    this.#check(op, !merged);
    this.#merged = merged;
    for (const adapter of this.#adapters.values()) {
      adapter.change(merged ? add : sub);
      adapter.isOn = !merged;
    }
    return this;
  }

  /**
   * Adds the adapters to the weights of their layers, which are then as fast as without. They do not learn meanwhile. Returns the adapters.
   * Errors: `StateError` if they are merged or were removed.
   * @example nn.injectLora(model).merge().merged; // true
   */
  merge(): this {
    return this.#setMerged("merge", true);
  }

  /**
   * Takes the adapters off the weights again, which then differ from those before by rounding. Returns the adapters.
   * Errors: `StateError` unless they are merged.
   * @example nn.injectLora(model).merge().unmerge().merged; // false
   */
  unmerge(): this {
    return this.#setMerged("unmerge", false);
  }

  /**
   * Takes the adapters out of the model and gives their memory back; after `merge()` the model keeps what they have learned. Its
   * parameters stay frozen until `unfreeze` or `requiresGrad(true)`.
   * Errors: `StateError` if they were removed.
   * @example nn.injectLora(model).merge().remove();
   */
  remove(): void {
    this.#check("remove", this.#merged);
    this.#removed = true;
    for (const adapter of this.#adapters.values()) {
      adapter.isOn = false;
      for (const [field, parameter] of adapter.fields) {
        parameter.dispose();
        Reflect.deleteProperty(adapter.layer, field);
      }
    }
  }
}

/**
 * Puts low-rank adapters into layers of a model, and freezes all but them: `y = W x + scale B A x` with `scale = alpha / rank`. A starts
 * with the values of a linear layer and B as 0, so the model computes what it did before (for an embedding A is 0 and B normal). Layers that can have one: linear
 * layers, convolutions that are not transposed nor grouped, and embeddings. A layer of which another one reads the weight, instead of calling
 * it, has no use of its adapter. The weights of the model may be stored in 16 bits (`castModule`).
 * In the state dict of the model the adapters are `<path>.lora_A.weight` and `<path>.lora_B.weight`.
 * Errors: `ArgError` for what is no module, options outside their range, a target that fits no layer, and a layer that has an adapter;
 * nothing is changed then.
 * Source: Hu et al., 2021; names and initial values are those of PEFT.
 * @example
 * const adapters = nn.injectLora(model, { rank: 4, alpha: 8, targets: ["0", "2"] });
 * const optimizer = new optim.AdamW(adapters.parameters(), { lr: 1e-3 });
 */
export function injectLora(model: Module, options?: LoraOptions): Lora {
  checkModule("injectLora", "model", model);
  const read = readOptions<Required<LoraOptions>>("injectLora", options, DEFAULTS);
  const { rank, alpha, dropout, targets, rslora, generator } = read;
  checkWhole("injectLora", "rank", rank, 1);
  checkFinite("injectLora", "alpha", alpha);
  checkFinite("injectLora", "dropout", dropout, 0, 1);
  checkBoolean("injectLora", "rslora", rslora);
  checkGenerator("injectLora", generator);
  const layers = new Map<string, [layer: Layer, kind: Kind]>();
  for (const [path, layer] of model.namedModules()) {
    const kind = kindOf(layer);
    if (kind && (targets !== undefined || kind === "linear")) layers.set(path, [layer as Layer, kind]);
  }
  const all = [...layers.keys()];
  const chosen = targets === undefined ? all : selectPaths("injectLora", all, targets, "end");
  if (chosen.length === 0) throw new ArgError(`injectLora: ${model.constructor.name} has no linear layer; name targets`);
  const found = chosen.map((path) => [path, ...(layers.get(path) as [Layer, Kind])] as const);
  for (const [path, layer] of found)
    if ("lora_A" in layer || "lora_embedding_A" in layer)
      throw new ArgError(`injectLora: ${path || "the model"} has an adapter; remove() it first`);
  model.requiresGrad(false);
  const scale = alpha / (rslora ? Math.sqrt(rank) : rank);
  return new Lora(new Map(found.map(([path, layer, kind]) => [path, new Adapter(layer, kind, scale, read)])), read);
}
