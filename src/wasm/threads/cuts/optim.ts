// Cuts of assembly/optim: parameters, their gradients and the optimizer's state, element by element.
import { flat, HEAVY, LIGHT, type Splits } from "./cut.js";

export const optim = {
  sgd: { ...flat(LIGHT, { p: 4, g: 4, buf: 4 }), writes: ["p", "buf"], updates: 1 },
  adam: { ...flat(HEAVY, { p: 4, g: 4, m: 4, v: 4, vmax: 4 }), writes: ["p", "m", "v", "vmax"], updates: 1 },
} satisfies Splits;
