// How each reference case is called here: its tensors and arguments in, results by output name out.
import { arrange } from "./arrange.js";
import type { Call } from "./call.js";
import { elementwise } from "./elementwise.js";
import { linalg } from "./linalg.js";
import { losses } from "./losses.js";
import { network } from "./network.js";
import { reduce } from "./reduce.js";
import { sequence } from "./sequence.js";
import { shape } from "./shape.js";
import { spatial } from "./spatial.js";

/** Every kind of case that is an op, by its label. */
export const ops: ReadonlyMap<string, Call> = new Map([
  ...elementwise,
  ...reduce,
  ...linalg,
  ...shape,
  ...arrange,
  ...network,
  ...losses,
  ...sequence,
  ...spatial,
]);
