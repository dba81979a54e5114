// All rows, in the order they run.
import { attentions } from "./attention.mjs";
import { convolutions } from "./conv.mjs";
import { elementwise } from "./elementwise.mjs";
import { matmuls } from "./matmul.mjs";
import { memory } from "./memory.mjs";
import { recurrent } from "./recurrent.mjs";
import { small } from "./small.mjs";
import { tensors } from "./tensors.mjs";
import { training } from "./training.mjs";

export const rows = [
  ...matmuls,
  ...convolutions,
  ...elementwise,
  ...memory,
  ...tensors,
  ...attentions,
  ...small,
  ...training,
  ...recurrent,
];
