// simdgrad: tensors, automatic differentiation, neural networks and optimizers.
import "./autograd/install.js";
import "./ops/install.js";

export type { BackwardOptions } from "./autograd/engine.js";
export { grad, type ScalarFunction, valueAndGrad } from "./autograd/functional.js";
export { gradcheck, type GradcheckOptions } from "./autograd/gradcheck.js";
export * from "./errors.js";
export * as nn from "./nn/index.js";
export * from "./ops/index.js";
export * as optim from "./optim/index.js";
export { arange, eye, full, linspace, ones, onesLike, tensor, type TensorOptions, zeros, zerosLike } from "./tensor/create.js";
export type { DType, TypedArray } from "./tensor/dtype.js";
export { defineOp, type Op, type OpDef, type Operand } from "./tensor/op.js";
export { Generator, manualSeed, rand, randint, randn, type RandomOptions, randperm } from "./tensor/random.js";
export { type Scope, scope } from "./tensor/scope.js";
export type { Shape, Spec } from "./tensor/shape.js";
export { memory, type MemoryReport } from "./tensor/storage.js";
export { enableGrad, isGradEnabled, noGrad } from "./tensor/tape.js";
export { type NestedNumbers, Tensor } from "./tensor/tensor.js";
export type { Build } from "./wasm/build.js";
export { init, type InitOptions } from "./wasm/kernels.js";
export { runtime, type RuntimeReport } from "./runtime.js";
