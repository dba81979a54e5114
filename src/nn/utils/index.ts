// What PyTorch has in torch.nn.utils.
export * as rnn from "./rnn.js";
