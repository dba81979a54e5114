// Neural-network layers, losses and initialisation. In the order of these subjects a bundle is smallest: what is alike is near each other.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";
import "../autograd/install.js"; // the tensors given out have their methods, whatever else is imported
import "../ops/install.js";
import "./install.js";

// What looks at modules and their parts

export { type Captured, capture } from "./capture.js";
export { freeze, unfreeze } from "./freeze.js";
export type { BackwardHook, ForwardHook, ForwardPreHook, GradientList, HookHandle } from "./hooks.js";
export { registerForwardHook, registerForwardPreHook, registerFullBackwardHook } from "./hooks.js";
export type { PathPatterns } from "./paths.js";
export type { LayerSummary, ModelSummary, SummaryInput } from "./summary.js";

// Other forms of weights

export type { Lora, LoraOptions, PeftConfig } from "./lora.js";
export { injectLora } from "./lora.js";
export { loraOptions } from "./loraConfig.js";
export { removeParametrizations, renameOldNorms, type SpectralNormOptions, spectralNorm, weightNorm } from "./parametrize.js";
export { castModule, type StoredDType } from "./stored.js";

// Modules

export { Flatten, Identity, ModuleDict, ModuleList, type NamedModules, Sequential } from "./containers.js";
export type { StateDict, StateMismatch } from "./module.js";
export { Module } from "./module.js";
export { Buffer, Parameter } from "./parameter.js";
export { ParameterDict, ParameterList } from "./parameterContainers.js";
export { Residual } from "./residual.js";

// Dropout

export { Dropout } from "./dropout.js";
export { AlphaDropout, Dropout1d, Dropout2d, Dropout3d, DropPath, FeatureAlphaDropout, GaussianNoise } from "./featureDropout.js";

// Convolutions

export { Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d } from "./conv.js";
export { Conv3d, ConvTranspose3d } from "./conv3d.js";
export type { SeparableConv2dOptions } from "./separable.js";
export { SeparableConv2d } from "./separable.js";

// Pooling

export { AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d } from "./adaptivePooling.js";
export type { FractionalMaxPoolLayerOptions } from "./fractionalPooling.js";
export { FractionalMaxPool2d, FractionalMaxPool3d } from "./fractionalPooling.js";
export { GlobalAvgPool, GlobalMaxPool, LPPool1d, LPPool2d, LPPool3d, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./otherPooling.js";
export type { MaybeIndices } from "./pooling.js";
export { AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d } from "./pooling.js";
export { AdaptiveAvgPool3d, AvgPool3d, MaxPool3d } from "./pooling3d.js";

// Losses

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

// Functions and initial weights

export * as functional from "./functional.js";
export * as init from "./init.js";

// Padding, and layers that move or resize

export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from "./padding.js";
export { ChannelShuffle, Fold, PixelShuffle, PixelUnshuffle, Unflatten, Unfold } from "./rearrange.js";
export type { UpsampleOptions, UpsamplingOptions } from "./upsample.js";
export { Upsample, UpsamplingBilinear2d, UpsamplingNearest2d } from "./upsample.js";

// Linear layers

export { Linear } from "./linear.js";
export type { CosineSimilarityOptions, PairwiseDistanceOptions } from "./similarity.js";
export { Bilinear, CosineSimilarity, PairwiseDistance } from "./similarity.js";
export { SwiGLU } from "./swiglu.js";

// Tables and many classes

export { AdaptiveLogSoftmaxWithLoss } from "./adaptiveSoftmax.js";
export { Embedding, EmbeddingBag } from "./embedding.js";

// Activations

export { ELU, GELU, LeakyReLU, LogSoftmax, ReLU, ReLU6, Sigmoid, SiLU, Softmax, Softplus, Tanh } from "./activation.js";
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

// Recurrent layers

export { GRUCell, LSTMCell, RNNCell } from "./cells.js";
export type { PackedSequence } from "./packed.js";
export type { LSTMOptions, LSTMState, RecurrentOptions, RNNOptions } from "./recurrent.js";
export { GRU, LSTM, RNN } from "./recurrent.js";
export * as utils from "./utils/index.js";

// Normalisation

export type { BatchNormLayerOptions } from "./batchNorm.js";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from "./batchNorm.js";
export type { GroupNormLayerOptions, RMSNormLayerOptions } from "./groupNorm.js";
export { GroupNorm, LocalResponseNorm, RMSNorm } from "./groupNorm.js";
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./instanceNorm.js";
export type { LayerNormLayerOptions } from "./layerNorm.js";
export { LayerNorm } from "./layerNorm.js";

// Attention

export type { MultiheadAttentionCallOptions, MultiheadAttentionOptions } from "./attention.js";
export { KeyValueCache, MultiheadAttention } from "./attention.js";
export { LearnedPositions, RotaryEmbedding, SinusoidalPositions } from "./positions.js";
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
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "./transformer.js";

libraryPart(begin, () => new Error().stack);
