// Layers and losses.
import type { Tensor } from "simdgrad";
import * as sg from "simdgrad";
import { type Call, call, windows } from "./call.js";

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

export const network: readonly (readonly [string, Call])[] = [
  ["special/cross_entropy", crossEntropy],
  ["special/bce_with_logits", binaryCrossEntropy],
  ["special/max_pool2d", maxPool(sg.maxPool2dWithIndices)],
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
];
