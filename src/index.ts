// simdgrad: tensors, automatic differentiation, neural networks and optimizers.
import { begin } from "./begin.js";
import { libraryPart } from "./tensor/stack.js";
import "./autograd/install.js";
import "./ops/install.js";

export type { BackwardOptions } from "./autograd/engine.js";
export { grad, type ScalarFunction, valueAndGrad } from "./autograd/functional.js";
export { type GradcheckOptions, gradcheck } from "./autograd/gradcheck.js";
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
export * as nn from "./nn/index.js";
export type { BatchNormOptions } from "./ops/batchNorm.js";
export type { Conv1dOptions } from "./ops/conv1d.js";
export type { Conv2dOptions } from "./ops/conv2d.js";
export type { ConvTranspose1dOptions, ConvTranspose2dOptions } from "./ops/convTranspose.js";
export type { CrossEntropyOptions, NllLossOptions } from "./ops/crossEntropy.js";
export type { DropoutOptions } from "./ops/dropout.js";
export type { ActivationName, EpilogueOptions } from "./ops/epilogue.js";
export * from "./ops/index.js";
export type { LayerNormOptions } from "./ops/layerNorm.js";
export type { BinaryCrossEntropyOptions, Reduction } from "./ops/loss.js";
export type { AvgPool1dOptions, MaxPool1dOptions } from "./ops/pool1d.js";
export type { AvgPool2dOptions, MaxPool2dOptions } from "./ops/pool2d.js";
export type { DequantizeOptions, Quantized, QuantizeOptions } from "./ops/quantize.js";
export type { ReduceArgument, ReduceOptions, ValuesAndIndices } from "./ops/reduce.js";
export type { SliceRange } from "./ops/slice.js";
export type { Pair } from "./ops/window.js";
export * as optim from "./optim/index.js";
export { type RuntimeReport, runtime } from "./runtime.js";
export { arange, eye, full, linspace, ones, onesLike, type TensorOptions, tensor, zeros, zerosLike } from "./tensor/create.js";
export { defineCustomOp as defineOp } from "./tensor/custom.js";
export { type Call, type Interceptor, intercept } from "./tensor/dispatch.js";
export type { DType, TypedArray } from "./tensor/dtype.js";
export type { Joint, Op, OpDef, Operand, Rule, Saved } from "./tensor/op.js";
export { Generator, manualSeed, type RandomOptions, rand, randint, randn, randperm } from "./tensor/random.js";
export { keep, type Scope, scope } from "./tensor/scope.js";
export type { Shape, Spec } from "./tensor/shape.js";
export { type MemoryReport, memory } from "./tensor/storage.js";
export { enableGrad, isGradEnabled, noGrad } from "./tensor/tape.js";
export { type NestedNumbers, Tensor } from "./tensor/tensor.js";
export type { Build } from "./wasm/build.js";
export type { WasmResponse, WasmSource } from "./wasm/givenKernels.js";
export { type InitOptions, init, threads, trim } from "./wasm/kernels.js";
export { setThreads, type ThreadOptions } from "./wasm/threads/index.js";

libraryPart(begin, () => new Error().stack);
