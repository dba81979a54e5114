// Neural-network layers, losses and initialisation.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";
import "../autograd/install.js"; // the tensors given out have their methods, whatever else is imported
import "../ops/install.js";
import "./install.js";

export { ELU, GELU, LeakyReLU, LogSoftmax, ReLU, ReLU6, Sigmoid, SiLU, Softmax, Softplus, Tanh } from "./activation.js";
export { AdaptiveLogSoftmaxWithLoss } from "./adaptiveSoftmax.js";
export type { MultiheadAttentionCallOptions, MultiheadAttentionOptions } from "./attention.js";
export { KeyValueCache, MultiheadAttention } from "./attention.js";
export type { BatchNormLayerOptions } from "./batchNorm.js";
export { BatchNorm1d, BatchNorm2d } from "./batchNorm.js";
export { type Captured, capture } from "./capture.js";
export { GRUCell, LSTMCell, RNNCell } from "./cells.js";
export { Flatten, Identity, ModuleDict, ModuleList, type NamedModules, Sequential } from "./containers.js";
export { Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d } from "./conv.js";
export { Dropout } from "./dropout.js";
export { Embedding, EmbeddingBag } from "./embedding.js";
export { freeze, unfreeze } from "./freeze.js";
export * as functional from "./functional.js";
export type { BackwardHook, ForwardHook, ForwardPreHook, GradientList, HookHandle } from "./hooks.js";
export { registerForwardHook, registerForwardPreHook, registerFullBackwardHook } from "./hooks.js";
export * as init from "./init.js";
export type { LayerNormLayerOptions } from "./layerNorm.js";
export { LayerNorm } from "./layerNorm.js";
export { Linear } from "./linear.js";
export type { Lora, LoraOptions } from "./lora.js";
export { injectLora } from "./lora.js";
export { BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from "./loss.js";
export {
  BCELoss,
  CTCLoss,
  DiceLoss,
  FocalLoss,
  GaussianNLLLoss,
  HuberLoss,
  InfoNCELoss,
  KLDivLoss,
  PoissonNLLLoss,
  SmoothL1Loss,
} from "./lossLikelihood.js";
export {
  CosineEmbeddingLoss,
  HingeEmbeddingLoss,
  MarginRankingLoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
  MultiMarginLoss,
  SoftMarginLoss,
  TripletMarginLoss,
  TripletMarginWithDistanceLoss,
} from "./lossMargin.js";
export type { StateDict, StateMismatch } from "./module.js";
export { Module } from "./module.js";
export {
  CELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LogSigmoid,
  Mish,
  PReLU,
  RReLU,
  SELU,
  Softmax2d,
  Softmin,
  Softshrink,
  Softsign,
  Tanhshrink,
  Threshold,
} from "./moreActivations.js";
export type { PackedSequence } from "./packed.js";
export { Buffer, Parameter } from "./parameter.js";
export { ParameterDict, ParameterList } from "./parameterContainers.js";
export { removeParametrizations, renameOldNorms, type SpectralNormOptions, spectralNorm, weightNorm } from "./parametrize.js";
export type { PathPatterns } from "./paths.js";
export { AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./pooling.js";
export { LearnedPositions, RotaryEmbedding, SinusoidalPositions } from "./positions.js";
export type { LSTMOptions, LSTMState, RecurrentOptions, RNNOptions } from "./recurrent.js";
export { GRU, LSTM, RNN } from "./recurrent.js";
export { Residual } from "./residual.js";
export { castModule, type StoredDType } from "./stored.js";
export type { LayerSummary, ModelSummary, SummaryInput } from "./summary.js";
export type {
  DecoderCallOptions,
  DecoderLayerCallOptions,
  EncoderCallOptions,
  EncoderLayerCallOptions,
  TransformerCallOptions,
  TransformerLayerOptions,
  TransformerOptions,
} from "./transformer.js";
export {
  SwiGLU,
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "./transformer.js";
export * as utils from "./utils/index.js";

libraryPart(begin, () => new Error().stack);
