// What PyTorch has in torch.nn.utils.rnn.
export {
  type PackedSequence,
  packPaddedSequence,
  packSequence,
  padPackedSequence,
  padSequence,
  unpackSequence,
  unpadSequence,
} from "../packed.js";
