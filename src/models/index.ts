// simdgrad/models: networks that are ready to be trained, and generation of tokens.

import { libraryPart } from "../tensor/stack.js";
import { begin } from "./begin.js";
import "../autograd/install.js"; // the tensors given out have their methods, whatever else is imported
import "../ops/install.js";

export { Autoencoder, VAE, type VAEOptions, vaeLoss } from "./autoencoder.js";
export { BERT, type BERTCallOptions, type BERTOptions } from "./bert.js";
export { DCGANDiscriminator, DCGANGenerator, type DCGANOptions } from "./dcgan.js";
export { type GenerateOptions, generate, type Prompt } from "./generate.js";
export { GPT, type GPTOptions } from "./gpt.js";
export type { LanguageModel } from "./languageModel.js";
export { LeNet, type LeNetOptions } from "./lenet.js";
export { Llama, type LlamaOptions } from "./llama.js";
export { LSTMClassifier, type LSTMClassifierOptions } from "./lstmClassifier.js";
export { LSTMLanguageModel, type LSTMLanguageModelOptions } from "./lstmLanguageModel.js";
export { MLP, type MLPOptions } from "./mlp.js";
export { MobileNetV2, type MobileNetV2Options } from "./mobileNetV2.js";
export { CifarResNet, ResNet, type ResNetOptions, resnet18, resnet20, resnet50 } from "./resnet.js";
export { type PaddingMasks, Seq2SeqTransformer, type Seq2SeqTransformerOptions } from "./seq2seq.js";
export { TCN, type TCNOptions } from "./tcn.js";
export { UNet, type UNetOptions } from "./unet.js";
export { ViT, type ViTOptions } from "./vit.js";

libraryPart(begin, () => new Error().stack);
