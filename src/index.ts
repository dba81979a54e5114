// simdgrad: tensors, automatic differentiation, neural networks and optimizers.
import { begin } from "./begin.js";
import { libraryPart } from "./tensor/stack.js";
import "./autograd/install.js";
import "./ops/install.js";
import "./unbundled.js";

export { checkpoint } from "./autograd/checkpoint.js";
export type { BackwardOptions } from "./autograd/engine.js";
export { type ArgnumsOptions, grad, type ScalarFunction, valueAndGrad } from "./autograd/functional.js";
export { type CheckedFunction, type GradcheckOptions, type GradgradcheckOptions, gradcheck, gradgradcheck } from "./autograd/gradcheck.js";
export { hessian, hvp, jacobian, jvp, vjp } from "./autograd/jacobian.js";
export type { Tree } from "./autograd/tree.js";
export {
  ArgError,
  DTypeError,
  FormatError,
  GradError,
  IndexError,
  MemoryError,
  ShapeError,
  SimdgradError,
  StateError,
} from "./errors.js";
export { detectAnomaly } from "./inspect/anomaly.js";
export { type Profile, type ProfileEvent, type ProfileRow, profile, type TableOptions } from "./inspect/profile.js";
export { traceMemory } from "./inspect/traceMemory.js";
export * as nn from "./nn/index.js";
export type { DiagonalOptions } from "./ops/arrange/diagonal.js";
export type { UnfoldOptions } from "./ops/arrange/fold.js";
export type { RotaryOptions } from "./ops/attention/positions.js";
export type { AttentionOptions } from "./ops/attention/scaledDotProductAttention.js";
export type { PaddingMode } from "./ops/conv/around.js";
export type { Conv1dOptions } from "./ops/conv/conv1d.js";
export type { Conv2dOptions } from "./ops/conv/conv2d.js";
export type { Conv3dOptions, ConvTranspose3dOptions } from "./ops/conv/conv3d.js";
export type { ConvPadding } from "./ops/conv/convGeometry.js";
export type { ConvTranspose1dOptions, ConvTranspose2dOptions } from "./ops/conv/convTranspose.js";
export type { ClampOptions } from "./ops/elementwise/activation.js";
export type { AlphaOptions, BinaryWith, DivOptions } from "./ops/elementwise/arithmetic.js";
export type { EmbeddingOptions } from "./ops/embedding/embedding.js";
export type { BagOptions, EmbeddingBagOptions } from "./ops/embedding/embeddingBag.js";
export type { ActivationName, EpilogueOptions } from "./ops/gemm/epilogue.js";
export type { LinearOptions } from "./ops/gemm/linear.js";
export type { ScaleOptions } from "./ops/gemm/matmul.js";
export * from "./ops/index.js";
export type { Index } from "./ops/indexing/get.js";
export type { ScatterReduction } from "./ops/indexing/scatter.js";
export type { SliceScatterOptions } from "./ops/indexing/slices.js";
export type { CdistOptions } from "./ops/linalg/distance.js";
export type { LeastSquares, ToleranceOptions } from "./ops/linalg/leastSquares.js";
export type { EighOptions } from "./ops/linalg/orthogonal.js";
export type { SolveTriangularOptions } from "./ops/linalg/solve.js";
export type { InfoNceLossOptions } from "./ops/loss/contrastive.js";
export type { CrossEntropyOptions, NllLossOptions } from "./ops/loss/crossEntropy.js";
export type { CtcLossOptions, Lengths } from "./ops/loss/ctc.js";
export type { GaussianNllLossOptions, KlDivOptions, PoissonNllLossOptions } from "./ops/loss/likelihood.js";
export type {
  BinaryCrossEntropyOptions,
  HuberLossOptions,
  ProbabilityLossOptions,
  Reduction,
  WeightedLossOptions,
} from "./ops/loss/loss.js";
export type {
  MarginLossOptions,
  MultiMarginLossOptions,
  TripletDistanceOptions,
  TripletMarginLossOptions,
} from "./ops/loss/margin.js";
export type { DiceLossOptions, FocalLossOptions } from "./ops/loss/segmentation.js";
export type { SoftplusOptions } from "./ops/math/activation.js";
export type { CloseOptions } from "./ops/math/closeness.js";
export type { SliceRange } from "./ops/move/slice.js";
export type { BatchNormOptions } from "./ops/norm/batchNorm.js";
export type { GroupNormOptions, InstanceNormOptions } from "./ops/norm/groupNorm.js";
export type { LayerNormOptions } from "./ops/norm/layerNorm.js";
export type { LocalResponseNormOptions } from "./ops/norm/localResponseNorm.js";
export type { RMSNormOptions } from "./ops/norm/rmsNorm.js";
export type { Wanted2d } from "./ops/pool/adaptiveMax.js";
export type { FractionalMaxPoolOptions } from "./ops/pool/fractional.js";
export type { LPPool1dOptions, LPPool2dOptions, LPPool3dOptions } from "./ops/pool/lpPool.js";
export type { AvgPool1dOptions, MaxPool1dOptions } from "./ops/pool/pool1d.js";
export type { AvgPool2dOptions, MaxPool2dOptions } from "./ops/pool/pool2d.js";
export type { AvgPool3dOptions, MaxPool3dOptions, Wanted3d } from "./ops/pool/pool3d.js";
export type { MaxUnpool1dOptions, MaxUnpool2dOptions, MaxUnpool3dOptions } from "./ops/pool/unpool.js";
export type { Padding, Padding1d, Padding3d, Pair, Sides, Triple } from "./ops/pool/window.js";
export { normal, randLike, randnLike } from "./ops/random/draws.js";
export type { DropoutOptions } from "./ops/random/dropout.js";
export { randint, randintLike } from "./ops/random/integers.js";
export type { RreluOptions } from "./ops/random/rrelu.js";
export type { NormOptions } from "./ops/reduce/more.js";
export type { ReduceArgument, ReduceOptions, ValuesAndIndices, VarianceOptions } from "./ops/reduce/reduce.js";
export type { GridSampleOptions } from "./ops/resample/gridSample.js";
export type { InterpolateMode, InterpolateOptions, SizeOrFactor } from "./ops/resample/interpolate.js";
export type { PadMode, PadOptions } from "./ops/resample/pad.js";
export type { FftOptions } from "./ops/signal/fft.js";

export type { DimOr, PickOptions } from "./ops/sort/pick.js";
export type { SearchOptions } from "./ops/sort/search.js";
export type { SortOptions, TopkOptions } from "./ops/sort/sort.js";
export type { UniqueConsecutiveOptions, UniqueOptions } from "./ops/sort/unique.js";
export type { BincountOptions, HistcOptions, Histogram, HistogramOptions } from "./ops/statistics/count.js";
export type { CovOptions, DiffOptions } from "./ops/statistics/cov.js";
export type { QuantileOptions } from "./ops/statistics/quantile.js";
export * as optim from "./optim/index.js";
export { type RuntimeReport, runtime } from "./runtime.js";
export {
  arange,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  linspace,
  logspace,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./tensor/create.js";
export { defineCustomOp as defineOp } from "./tensor/custom.js";
export { type Call, type Interceptor, intercept } from "./tensor/dispatch.js";
export type { DType, TypedArray } from "./tensor/dtype.js";
export { meta } from "./tensor/meta.js";
export type {
  Argument,
  Definition,
  Joint,
  Kind,
  Op,
  OpDef,
  Operand,
  Operation,
  Resolved,
  Results,
  Rule,
  Rules,
  Save,
  Saved,
  Scratch,
} from "./tensor/op.js";
export {
  defaultGenerator,
  Generator,
  type GeneratorState,
  getRngState,
  manualSeed,
  type RandomOptions,
  rand,
  randn,
  randperm,
  setRngState,
} from "./tensor/random.js";
export { keep, type Scope, scope } from "./tensor/scope.js";
export type { Shape, Spec } from "./tensor/shape.js";
export { type LiveTensor, type MemoryReport, memory } from "./tensor/storage.js";
export { enableGrad, isGradEnabled, noGrad } from "./tensor/tape.js";
export { type NestedNumbers, Tensor } from "./tensor/tensor.js";
export type { Build } from "./wasm/build.js";
export type { WasmResponse, WasmSource } from "./wasm/givenKernels.js";
export { type InitOptions, init, threads, trim } from "./wasm/kernels.js";
export type { WorkerUrl } from "./wasm/threads/host.js";
export { setThreads, type ThreadOptions } from "./wasm/threads/index.js";

libraryPart(begin, () => new Error().stack);
