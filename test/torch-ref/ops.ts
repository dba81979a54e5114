// How each reference case is called here: its tensors and arguments in, results by output name out.

import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";

/** The inputs of a case by name, and its arguments as they are in the file. */
// biome-ignore lint/suspicious/noExplicitAny: arguments differ from op to op
export type Call = (x: Readonly<Record<string, Tensor>>, args: any) => Tensor | Readonly<Record<string, Tensor>>;

type In = Readonly<Record<"x" | "a" | "b" | "c" | "weight" | "bias" | "index" | "mask" | "src" | "target" | "i", Tensor>>;
const call =
  // biome-ignore lint/suspicious/noExplicitAny: as above
    (run: (x: In, args: any) => Tensor | Readonly<Record<string, Tensor>>): Call =>
    (x, args) =>
      run(x as In, args);

const unary = (name: string): Call => call(({ x }) => (sg as unknown as Record<string, (x: Tensor) => Tensor>)[name]?.(x) as Tensor);
const binary = (name: string): Call =>
  call(({ a, b }) => (sg as unknown as Record<string, (a: Tensor, b: Tensor) => Tensor>)[name]?.(a, b) as Tensor);

/** `{dim, keepdim}` as reductions take it. */
// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
const dims = ({ dim, keepdim }: any): sg.ReduceOptions => ({
  ...(dim === undefined ? {} : { dim }),
  ...(keepdim === undefined ? {} : { keepdim }),
});
// biome-ignore lint/suspicious/noExplicitAny: arguments as they are in the file
const windows = ({ stride, padding, output_padding, dilation, ceil_mode, count_include_pad, divisor_override, groups }: any): object =>
  Object.fromEntries(
    Object.entries({
      stride,
      padding,
      outputPadding: output_padding,
      groups,
      dilation,
      ceilMode: ceil_mode,
      countIncludePad: count_include_pad,
      divisorOverride: divisor_override,
    }).filter(([, value]) => value !== undefined && value !== null),
  );

const listed = (x: Readonly<Record<string, Tensor>>): Tensor[] =>
  Object.keys(x)
    .filter((name) => /^x\d+$/.test(name))
    .sort((p, q) => Number(p.slice(1)) - Number(q.slice(1)))
    .map((name) => x[name] as Tensor);

const elementwise: Record<string, Call> = Object.fromEntries([
  ...["abs", "ceil", "cos", "erf", "exp", "floor", "log", "neg", "reciprocal", "relu", "round", "rsqrt", "sigmoid", "silu"].map((name) => [
    name,
    unary(name),
  ]),
  ...["sin", "sqrt", "square", "tanh", "trunc"].map((name) => [name, unary(name)]),
  // sign(NaN) is NaN here and 0 there (docs/numerics.md).
  ["sign", call(({ x }) => sg.where(x.ne(x), 0, sg.sign(x)))],
  ["clamp", call(({ x }, { min, max }) => sg.clamp(x, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }))],
  ["elu", call(({ x }, { alpha }) => sg.elu(x, { alpha }))],
  ["gelu", call(({ x }, { approximate }) => sg.gelu(x, { approximate }))],
  ["leaky_relu", call(({ x }, { negative_slope }) => sg.leakyRelu(x, { negativeSlope: negative_slope }))],
  ["pow_scalar", call(({ x }, { exponent }) => sg.pow(x, exponent))],
  ["relu6", call(({ x }) => sg.clamp(x, { min: 0, max: 6 }))],
  ["softplus", call(({ x }, { beta, threshold }) => sg.softplus(x, { beta, threshold }))],
]);

const binaries: Record<string, Call> = Object.fromEntries([
  ...["add", "div", "maximum", "minimum", "mul", "pow", "remainder", "sub"].map((name) => [name, binary(name)]),
]);

const reductions: Record<string, Call> = {
  amax: call(({ x }, args) => sg.amax(x, dims(args))),
  amin: call(({ x }, args) => sg.amin(x, dims(args))),
  argmax: call(({ x }, args) => sg.argmax(x, dims(args) as { dim?: number })),
  argmin: call(({ x }, args) => sg.argmin(x, dims(args) as { dim?: number })),
  cumsum: call(({ x }, { dim }) => sg.cumsum(x, dim)),
  logsumexp: call(({ x }, args) => sg.logsumexp(x, dims(args))),
  max_dim: call(({ x }, { dim, keepdim = false }) => ({ ...sg.max(x, dim, { keepdim }) })),
  mean: call(({ x }, args) => sg.mean(x, dims(args))),
  min_dim: call(({ x }, { dim, keepdim = false }) => ({ ...sg.min(x, dim, { keepdim }) })),
  std: call(({ x }, { unbiased = true, ...args }) => sg.std(x, { ...dims(args), correction: unbiased ? 1 : 0 })),
  sum: call(({ x }, args) => sg.sum(x, dims(args))),
  var: call(({ x }, { unbiased = true, ...args }) => sg.variance(x, { ...dims(args), correction: unbiased ? 1 : 0 })),
};

const crossEntropy: Call = call(({ x, target, weight }, { reduction = "mean", ignore_index = -100, label_smoothing = 0 }) =>
  sg.crossEntropy(x, target, { weight: weight ?? null, reduction, ignoreIndex: ignore_index, labelSmoothing: label_smoothing }),
);

const maxPool = (pool: typeof sg.maxPool1dWithIndices | typeof sg.maxPool2dWithIndices): Call =>
  call(({ x }, { kernel_size, ...args }) => {
    const { values, indices } = pool(x, kernel_size, windows(args));
    return { out: values, indices };
  });

const convolution = (conv: typeof sg.conv1d | typeof sg.conv2d | typeof sg.convTranspose1d | typeof sg.convTranspose2d): Call =>
  call(({ x, weight, bias }, args) => conv(x, weight, bias, windows(args)));

const binaryCrossEntropy: Call = (x, { reduction = "none" }) => {
  const { x: logits, target, weight, pos_weight: posWeight } = x as Readonly<Record<string, Tensor>>;
  return sg.binaryCrossEntropyWithLogits(logits as Tensor, target as Tensor, {
    weight: weight ?? null,
    posWeight: posWeight ?? null,
    reduction,
  });
};

const prefixed = (prefix: string, calls: Readonly<Record<string, Call>>): [string, Call][] =>
  Object.entries(calls).map(([name, run]) => [`${prefix}/${name}`, run]);

/** Every kind of case that is an op, by its label. */
export const ops: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...prefixed("unary", elementwise),
  ...prefixed("special", elementwise),
  ...prefixed("binary", binaries),
  ...prefixed("special", binaries),
  ...prefixed("reduce", reductions),
  ...prefixed("special", Object.fromEntries(Object.entries(reductions).map(([name, run]) => [`reduce_${name}`, run]))),
  ...prefixed("special", Object.fromEntries(["sum", "mean", "logsumexp"].map((name) => [`empty_${name}`, reductions[name] as Call]))),
  ...prefixed("compare", Object.fromEntries(["eq", "ge", "gt", "le", "lt", "ne"].map((name) => [name, binary(name)]))),
  ["special/long_sum", call(({ x }) => sg.sum(x))],
  ["special/var_offset", call(({ x }) => sg.variance(x))],
  ["special/cross_entropy", crossEntropy],
  ["special/bce_with_logits", binaryCrossEntropy],
  ["special/max_pool2d", maxPool(sg.maxPool2dWithIndices)],
  ["binary/where", call(({ c, a, b }) => sg.where(c, a, b))],
  ["matmul/matmul", binary("matmul")],
  ["matmul/linear", call(({ x, weight, bias }) => sg.linear(x, weight, bias))],
  ["matmul/addmm", call(({ c, a, b }, { alpha, beta }) => sg.addmm(c, a, b, { alpha, beta }))],
  ["conv/conv1d", convolution(sg.conv1d)],
  ["conv/conv2d", convolution(sg.conv2d)],
  ["conv/conv_transpose1d", convolution(sg.convTranspose1d)],
  ["conv/conv_transpose2d", convolution(sg.convTranspose2d)],
  ["pool/max_pool1d", maxPool(sg.maxPool1dWithIndices)],
  ["pool/max_pool2d", maxPool(sg.maxPool2dWithIndices)],
  ["pool/avg_pool1d", call(({ x }, { kernel_size, ...args }) => sg.avgPool1d(x, kernel_size, windows(args)))],
  ["pool/avg_pool2d", call(({ x }, { kernel_size, ...args }) => sg.avgPool2d(x, kernel_size, windows(args)))],
  ["pool/adaptive_avg_pool1d", call(({ x }, { output_size }) => sg.adaptiveAvgPool1d(x, output_size))],
  ["pool/adaptive_avg_pool2d", call(({ x }, { output_size }) => sg.adaptiveAvgPool2d(x, output_size))],
  ["softmax/softmax", call(({ x }, { dim }) => sg.softmax(x, dim))],
  ["softmax/log_softmax", call(({ x }, { dim }) => sg.logSoftmax(x, dim))],
  ["loss/cross_entropy", crossEntropy],
  ["loss/bce_with_logits", binaryCrossEntropy],
  ["loss/l1", call(({ x, target }, { reduction }) => sg.l1Loss(x, target, { reduction }))],
  [
    "loss/nll",
    call(({ x, target, weight }, { reduction, ignore_index }) =>
      sg.nllLoss(sg.logSoftmax(x, 1), target, { weight: weight ?? null, reduction, ignoreIndex: ignore_index }),
    ),
  ],
  ["loss/mse", call(({ x, target }, { reduction }) => sg.mseLoss(x, target, { reduction }))],
  ["embedding/embedding", call(({ index, weight }, { padding_idx }) => sg.embedding(index, weight, { paddingIdx: padding_idx }))],
  [
    "norm/layer_norm",
    call(({ x, weight, bias }, { normalized_shape, eps }) =>
      sg.layerNorm(x, normalized_shape, { weight: weight ?? null, bias: bias ?? null, eps }),
    ),
  ],
  [
    "norm/batch_norm",
    (x, { training, momentum, eps }) => {
      const { running_mean, running_var } = x as Readonly<Record<string, Tensor>>;
      // momentum null is a plain average over batches; of the first batch its share is all.
      const options = { weight: x["weight"] ?? null, bias: x["bias"] ?? null, training, momentum: momentum ?? 1, eps };
      const out = sg.batchNorm(x["x"] as Tensor, running_mean ?? null, running_var ?? null, options);
      return { out, running_mean_after: running_mean as Tensor, running_var_after: running_var as Tensor };
    },
  ],
  ["shape/cat", (x, { dim }) => sg.cat(listed(x), dim)],
  ["shape/stack", (x, { dim }) => sg.stack(listed(x), dim)],
  ["shape/expand", call(({ x }, { shape }) => sg.expand(x, shape))],
  ["shape/flip", call(({ x }, { dims }) => sg.flip(x, dims))],
  ["shape/gather", call(({ x, index }, { dim }) => sg.gather(x, dim, index))],
  ["shape/index_select", call(({ x, index }, { dim }) => sg.indexSelect(x, dim, index))],
  ["shape/masked_fill", call(({ x, mask }, { value }) => sg.maskedFill(x, mask, value))],
  ["shape/one_hot", call(({ i }, { num_classes }) => sg.oneHot(i, num_classes))],
  ["shape/permute", call(({ x }, { dims }) => sg.permute(x, dims))],
  ["shape/reshape", call(({ x }, { shape }) => sg.reshape(x, shape))],
  ["shape/scatter_add", call(({ x, index, src }, { dim }) => sg.scatterAdd(x, dim, index, src))],
  ["shape/slice", call(({ x }, { slices }) => sg.slice(x, ...slices))],
  ["shape/split", call(({ x }, { sizes, dim }) => Object.fromEntries(sg.split(x, sizes, dim).map((part, i) => [`out${i}`, part])))],
]);
