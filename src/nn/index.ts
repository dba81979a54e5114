// Neural-network layers, losses and initialisation.

export * as functional from "../ops/index.js";
export { ELU, GELU, LeakyReLU, LogSoftmax, ReLU, ReLU6, Sigmoid, SiLU, Softmax, Softplus, Tanh } from "./activation.js";
export type { BatchNormLayerOptions } from "./batchNorm.js";
export { BatchNorm1d, BatchNorm2d } from "./batchNorm.js";
export { Flatten, Identity, ModuleList, Sequential } from "./containers.js";
export { Conv2d } from "./conv.js";
export { Dropout } from "./dropout.js";
export * as init from "./init.js";
export { Linear } from "./linear.js";
export { CrossEntropyLoss, MSELoss } from "./loss.js";
export type { StateDict } from "./module.js";
export { Module } from "./module.js";
export { Buffer, Parameter } from "./parameter.js";
export { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from "./pooling.js";
export type { LayerSummary, ModelSummary } from "./summary.js";
