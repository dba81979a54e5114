// Attention with several heads. N sequences, L queries, S keys, E features, H heads of D features, K heads of keys and values.
import { checkFinite, checkThat, isGiven } from "../checks.js";
import { ShapeError } from "../errors.js";
import { attend, causalBias } from "../ops/attention/attend.js";
import { attention } from "../ops/attention/fused.js";
import { biasOf } from "../ops/attention/scaledDotProductAttention.js";
import { add } from "../ops/elementwise/arithmetic.js";
import { where } from "../ops/elementwise/select.js";
import { linearBy } from "../ops/gemm/linear.js";
import { cat } from "../ops/move/join.js";
import { expand, permute, reshape, squeeze, transpose, unsqueeze } from "../ops/move/shape.js";
import { split } from "../ops/move/slice.js";
import { mean } from "../ops/reduce/reduce.js";
import { readOptions } from "../options.js";
import { zeros } from "../tensor/create.js";
import { keep } from "../tensor/scope.js";
import { checkForm, formatSpec } from "../tensor/shape.js";
import { checkAlive, checkFloat, type Tensor } from "../tensor/tensor.js";
import { constant, xavierNormal, xavierUniform } from "./init.js";
import { Linear } from "./linear.js";
import { Parameter } from "./parameter.js";
import { RotaryEmbedding } from "./positions.js";
import { Renamed, snakeNames } from "./renamed.js";
import { shown } from "./shown.js";
import { checkCount } from "./weights.js";

/**
 * Keys and values of the positions that were seen, for decoding step by step: each call with this cache appends its own, and attends to all.
 * The cache owns its tensors: `reset` (or `dispose`) frees them. No dtypes or gradients of its own; one layer needs one cache.
 * Errors: `ShapeError` for another batch than before, `ArgError` for an option `cache` that is not one.
 * @example
 * const attention = new nn.MultiheadAttention(8, 2, { batchFirst: true });
 * const cache = new nn.KeyValueCache();
 * const token = randn([1, 1, 8]);
 * noGrad(() => attention.call(token, token, token, { cache })); // and so on for each token
 * cache.length; // 1
 */
export class KeyValueCache {
  #parts: readonly [key: Tensor, value: Tensor] | undefined;
  #cross: KeyValueCache | undefined;

  /** Positions that were seen. */
  get length(): number {
    return this.#parts?.[0].shape[2] ?? 0;
  }

  /** @internal The keys and values [N, K, S, D], if there are any. */
  get parts(): readonly [key: Tensor, value: Tensor] | undefined {
    return this.#parts;
  }

  /** @internal Whether keys and values are those of the first call, and later calls add none. */
  fixed = false;

  /** @internal The cache of a decoder layer's attention to the memory. */
  get cross(): KeyValueCache {
    this.#cross ??= Object.assign(new KeyValueCache(), { fixed: true });
    return this.#cross;
  }

  /** @internal Appends keys and values [N, K, L, D]; returns all. */
  append(...added: readonly [key: Tensor, value: Tensor]): readonly [key: Tensor, value: Tensor] {
    const before = this.#parts;
    if (before && before[0].shape[0] !== added[0].shape[0])
      throw new ShapeError(`KeyValueCache: has ${before[0].shape[0]} sequences, got ${added[0].shape[0]}; reset it for another batch`);
    const join = (part: 0 | 1): Tensor => (before ? cat([before[part], added[part]], 2) : added[part]);
    this.#parts = keep([join(0), join(1)] as const, before);
    return this.#parts;
  }

  /**
   * Forgets all positions and frees them. Errors: none.
   * @example new nn.KeyValueCache().reset();
   */
  reset(): void {
    for (const part of this.#parts ?? []) part.dispose();
    this.#parts = undefined;
    this.#cross?.reset();
  }

  /**
   * Does what `reset` does. Errors: none.
   * @example new nn.KeyValueCache().dispose();
   */
  dispose(): void {
    this.reset();
  }

  /** Does what `reset` does, at the end of a block with `using cache = new nn.KeyValueCache()`. */
  [Symbol.dispose](): void {
    this.reset();
  }
}

/** Options of the layer `MultiheadAttention`. */
export interface MultiheadAttentionOptions {
  /** Probability that a weight is dropped while training; 0 unless given. */
  dropout?: number;
  /** Whether the projections have biases; true unless given. */
  bias?: boolean;
  /** Whether a trained key and value are appended to all; false unless given. */
  addBiasKv?: boolean;
  /** Whether a key and a value of zeros are appended to all; false unless given. */
  addZeroAttn?: boolean;
  /** Features of the key; `embedDim` unless given. */
  kdim?: number | null;
  /** Features of the value; `embedDim` unless given. */
  vdim?: number | null;
  /** Whether inputs and outputs are [N, L, E] and not [L, N, E]; false unless given. */
  batchFirst?: boolean;
  /** Heads of keys and values, a divisor of `numHeads`: each serves several heads of queries; `numHeads` unless given. Not in PyTorch. */
  numKvHeads?: number | null;
  /** Rotary positions that queries and keys get after their projection; none unless given. Not in PyTorch. */
  rotary?: RotaryEmbedding | null;
}

/** Options of a call of `MultiheadAttention`. */
export interface MultiheadAttentionCallOptions {
  /** [N, S]: bool, true where a key is padding; or float32, added to its scores. None unless given. */
  keyPaddingMask?: Tensor | null;
  /** Whether the weights are returned; true unless given. */
  needWeights?: boolean;
  /** [N H, L, S], or what broadcasts to [N, H, L, S], such as [L, S]: bool, true where a query must not see a key; or float32, added. */
  attnMask?: Tensor | null;
  /** Whether the weights are the mean over all heads; true unless given. */
  averageAttnWeights?: boolean;
  /** Whether each query sees only the keys up to its own position, also without `attnMask`; false unless given. */
  isCausal?: boolean;
  /** Keys and values of the positions before, to which those of the call are appended; masks and causality count from the first one. */
  cache?: KeyValueCache | null;
}

const LAYER: Required<MultiheadAttentionOptions> = {
  dropout: 0,
  bias: true,
  addBiasKv: false,
  addZeroAttn: false,
  kdim: null,
  vdim: null,
  batchFirst: false,
  numKvHeads: null,
  rotary: null,
};

const CALL: Required<MultiheadAttentionCallOptions> = {
  keyPaddingMask: null,
  needWeights: true,
  attnMask: null,
  averageAttnWeights: true,
  isCausal: false,
  cache: null,
};

const OP = "MultiheadAttention";

/** The sum of what there is of two biases. */
const sumOf = (a: Tensor | null, b: Tensor | null): Tensor | undefined => (a && b ? add(a, b) : (a ?? b ?? undefined));

/** 0 where a mask is false, -Infinity where it is true: the bias of what PyTorch's layers call a mask. */
const blockedBias = (mask: Tensor): Tensor => where(mask, Number.NEGATIVE_INFINITY, 0);

/** Throws unless an option `cache` is one. */
export function checkCache(op: string, cache: unknown): asserts cache is KeyValueCache | null {
  checkThat(op, cache === null || cache instanceof KeyValueCache, "cache must be a KeyValueCache", cache);
}

/**
 * Attention with several heads: query, key and value are projected, cut into H heads of D = E / H features, and each head gives
 * `softmax(q k^T / sqrt(D) + masks) v`; the heads together are projected again. query: float32 [L, N, E], key [S, N, kdim], value [S, N, vdim];
 * [N, L, E] and so on with `batchFirst`; without N for one sequence -> [out as query, weights [N, L, S]], weights [N, H, L, S] without
 * `averageAttnWeights`, `null` without `needWeights`. A query that may see no key gives zeros before the last projection; PyTorch does so
 * without `needWeights`, and gives NaN with it.
 * State dict: in_proj_weight [3 E, E] with the rows of query, key and value, or q_proj_weight, k_proj_weight and v_proj_weight if kdim or vdim
 * is not E; in_proj_bias [3 E], bias_k and bias_v [1, 1, E], out_proj.weight [E, E], out_proj.bias [E]. With K of `numKvHeads`, K D in place of
 * E in the rows of key and value. Weights start Xavier-uniform, biases with 0, bias_k and bias_v Xavier-normal, out_proj.weight as of `Linear`.
 * Gradient: that of the formula, also to float masks.
 * Errors: `ArgError` for options outside their range, `ShapeError` for shapes that do not fit, `DTypeError`.
 * Source: Vaswani et al., 2017.
 * @example
 * const [out, weights] = new nn.MultiheadAttention(8, 2).call(randn([5, 1, 8]), randn([3, 1, 8]), randn([3, 1, 8]));
 * [out.shape, weights?.shape]; // [[5, 1, 8], [1, 5, 3]]
 */
export class MultiheadAttention extends Renamed {
  static override readonly stateNames: Readonly<Record<string, string>> = snakeNames(
    "inProjWeight",
    "qProjWeight",
    "kProjWeight",
    "vProjWeight",
    "inProjBias",
    "biasK",
    "biasV",
    "outProj",
  );

  /** Projections of query, key and value one below the other, or `null` if they are apart. */
  readonly inProjWeight: Parameter | null = null;
  /** Projection of the query, or `null` if all three are one weight. */
  readonly qProjWeight: Parameter | null = null;
  /** Projection of the key, or `null` if all three are one weight. */
  readonly kProjWeight: Parameter | null = null;
  /** Projection of the value, or `null` if all three are one weight. */
  readonly vProjWeight: Parameter | null = null;
  /** Biases of the three projections, or `null` without them. */
  readonly inProjBias: Parameter | null;
  /** The key that is appended, [1, 1, K D], or `null`. */
  readonly biasK: Parameter | null;
  /** The value that is appended, [1, 1, K D], or `null`. */
  readonly biasV: Parameter | null;
  /** The last projection. */
  readonly outProj: Linear;
  /** Positions that queries and keys get, or `null`. */
  readonly rotary: RotaryEmbedding | null;
  /** The other options, all of them. */
  readonly options: Required<Omit<MultiheadAttentionOptions, "rotary">>;
  /** Sizes of the three projections. */
  readonly #sizes: readonly [q: number, k: number, v: number];
  /** Features of the three inputs. */
  readonly #features: readonly [q: number, k: number, v: number];

  constructor(
    /** Features of the query and the result. */
    readonly embedDim: number,
    /** Heads of queries. */
    readonly numHeads: number,
    options?: MultiheadAttentionOptions,
  ) {
    super();
    const { rotary, ...read } = readOptions(OP, options, LAYER);
    this.options = read;
    checkCount(OP, "embedDim", embedDim);
    checkCount(OP, "numHeads", numHeads);
    checkFinite(OP, "dropout", read.dropout, 0, 1);
    checkThat(OP, embedDim % numHeads === 0, `embedDim must be a multiple of numHeads ${numHeads}`, embedDim);
    const kinds = checkCount(OP, "numKvHeads", read.numKvHeads ?? numHeads);
    checkThat(OP, numHeads % kinds === 0, `numHeads must be a multiple of numKvHeads ${kinds}`, numHeads);
    checkThat(OP, !isGiven(rotary) || rotary instanceof RotaryEmbedding, "rotary must be a RotaryEmbedding", rotary);
    this.rotary = rotary;
    const kv = (embedDim / numHeads) * kinds;
    this.#sizes = [embedDim, kv, kv];
    this.#features = [embedDim, checkCount(OP, "kdim", read.kdim ?? embedDim), checkCount(OP, "vdim", read.vdim ?? embedDim)];
    const weight = (rows: number, features: number): Parameter => xavierUniform(Parameter.zeros([rows, features])) as Parameter;
    if (this.#features.every((size) => size === embedDim)) this.inProjWeight = weight(embedDim + 2 * kv, embedDim);
    else {
      const [q, k, v] = this.#features;
      this.qProjWeight = weight(embedDim, q);
      this.kProjWeight = weight(kv, k);
      this.vProjWeight = weight(kv, v);
    }
    this.inProjBias = read.bias ? Parameter.zeros([embedDim + 2 * kv]) : null;
    const extra = (): Parameter | null => (read.addBiasKv ? (xavierNormal(Parameter.zeros([1, 1, kv])) as Parameter) : null);
    this.biasK = extra();
    this.biasV = extra();
    this.outProj = new Linear(embedDim, embedDim, { bias: read.bias });
    if (this.outProj.bias) constant(this.outProj.bias, 0);
  }

  /** Heads [N, heads, length, D] of projected features [N, length, heads D]. */
  #heads(x: Tensor): Tensor {
    const size = this.embedDim / this.numHeads;
    const [batch, length, features] = x.shape as [number, number, number];
    return permute(reshape(x, [batch, length, features / size, size]), [0, 2, 1, 3]);
  }

  /** The sum of all masks, as what is added to the scores [N, H, L, S]. */
  #bias(mask: Tensor | null, padding: Tensor | null, scores: readonly [number, number, number, number]): Tensor | undefined {
    const [batch, heads, , keys] = scores;
    const each = mask?.ndim === 3 && mask.shape[0] === batch * heads ? reshape(mask, [batch, heads, ...mask.shape.slice(1)]) : mask;
    return sumOf(
      each && biasOf(OP, "attnMask", each, scores, blockedBias),
      padding && reshape(expand(biasOf(OP, "keyPaddingMask", padding, [batch, keys], blockedBias), [batch, keys]), [batch, 1, 1, keys]),
    );
  }

  /** Checks the inputs, and brings them to [N, length, features]. */
  #batched(inputs: readonly Tensor[]): { tensors: Tensor[]; one: boolean } {
    const [query] = inputs as [Tensor];
    const { batchFirst } = this.options;
    for (const [i, name] of ["query", "key", "value"].entries()) {
      const x = inputs[i] as Tensor;
      checkAlive(OP, x, name);
      checkFloat(OP, x);
      const fits = x.ndim === query.ndim && (x.ndim === 2 || x.ndim === 3) && x.shape.at(-1) === this.#features[i];
      const wanted = `[${batchFirst ? "N, length" : "length, N"}, ${this.#features[i]}], or all three without N`;
      checkForm(OP, x, fits, wanted, name);
    }
    const one = query.ndim === 2;
    // The same tensor is turned once, so that it is still seen to be the same.
    const turned = new Map(inputs.map((x) => [x, one ? unsqueeze(x, 0) : batchFirst ? x : transpose(x, 0, 1)]));
    const tensors = inputs.map((x) => turned.get(x) as Tensor);
    const [q, k, v] = tensors as [Tensor, Tensor, Tensor];
    if (q.shape[0] !== k.shape[0] || k.shape[0] !== v.shape[0] || k.shape[1] !== v.shape[1])
      throw new ShapeError(
        `${OP}: query, key and value are ${inputs.map(formatSpec).join(", ")}; batches, and lengths of key and value, must match`,
      );
    return { tensors, one };
  }

  /** The projections of query, key and value, each by itself. */
  #apart(tensors: readonly Tensor[]): Tensor[] {
    const pieces = (all: Parameter | null): Tensor[] | null => all && split(all, this.#sizes);
    const weights = pieces(this.inProjWeight) ?? [this.qProjWeight, this.kProjWeight, this.vProjWeight];
    const biases = pieces(this.inProjBias);
    return tensors.map((x, i) => linearBy(x, weights[i] as Tensor, biases?.[i] ?? null, false));
  }

  /** The projections of query, key and value, as heads, with their positions. */
  #projected(tensors: readonly Tensor[], seen: number): Tensor[] {
    const [query, key, value] = tensors as [Tensor, Tensor, Tensor];
    const same = this.inProjWeight && query === key && key === value;
    const parts = same ? split(linearBy(query, this.inProjWeight, this.inProjBias, !this.training), this.#sizes, -1) : this.#apart(tensors);
    const { rotary } = this;
    return parts.map((x, i) => {
      const heads = this.#heads(x);
      return rotary && i < 2 ? rotary.call(heads, seen) : heads;
    });
  }

  forward(query: Tensor, key: Tensor, value: Tensor, options?: MultiheadAttentionCallOptions): [out: Tensor, weights: Tensor | null] {
    const read = readOptions(OP, options, CALL);
    const { cache } = read;
    const { addZeroAttn, batchFirst, dropout } = this.options;
    checkCache(OP, cache);
    const { tensors, one } = this.#batched([query, key, value]);
    const known = cache?.fixed ? cache.parts : undefined;
    const seen = cache?.fixed ? 0 : (cache?.length ?? 0);
    const [q, ...added] = this.#projected(known ? tensors.slice(0, 1) : tensors, seen) as [Tensor, Tensor, Tensor];
    let [k, v] = known ?? cache?.append(...added) ?? added;
    const [batch, heads, queries, size] = q.shape as [number, number, number, number];
    const keys = k.shape[2] as number;
    if (known && (k.shape[0] !== batch || keys !== tensors[1]?.shape[1]))
      throw new ShapeError(`${OP}: the cache has keys ${formatSpec(k)} of another memory than ${formatSpec(key)}; reset it`);
    let bias = this.#bias(read.attnMask, read.keyPaddingMask, [batch, heads, queries, keys]);
    let causal = read.isCausal ? seen : undefined;
    const more = (x: Tensor, row: Tensor | null): Tensor =>
      row ? cat([x, expand(reshape(row, [1, -1, 1, row.size > 1 ? size : 1]), [batch, x.shape[1] as number, 1, size])], 2) : x;
    const none = addZeroAttn ? zeros([1]) : null;
    [k, v] = [more(more(k, this.biasK), none), more(more(v, this.biasV), none)];
    const extra = (k.shape[2] as number) - keys;
    if (extra > 0) {
      // What was appended is seen by every query.
      const all = sumOf(bias ?? null, causal === undefined ? null : causalBias(queries, keys, causal));
      bias = all && cat([expand(all, [...all.shape.slice(0, -1), keys]), zeros([...all.shape.slice(0, -1), extra])], -1);
      causal = undefined;
    }
    const how = { bias, causal, scale: 1 / Math.sqrt(size), dropoutP: this.training ? dropout : 0 };
    const found = read.needWeights ? attend(q, k, v, how) : undefined;
    const out = this.outProj.call(reshape(permute(found?.out ?? attention(q, k, v, how), [0, 2, 1, 3]), [batch, queries, this.embedDim]));
    const weights = found ? (read.averageAttnWeights ? mean(found.weights, 1) : found.weights) : null;
    if (one) return [squeeze(out, 0), weights && squeeze(weights, 0)];
    return [batchFirst ? out : transpose(out, 0, 1), weights];
  }

  override extraRepr(): string {
    return shown([this.embedDim, this.numHeads], this.options, LAYER);
  }
}
