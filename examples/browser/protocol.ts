// What the page and its worker say to each other. Each union is told apart by `type`, so a `switch` over it is checked.
import type { Progress, Settings } from "./training.js";

/** From the page to the worker. */
export type Command =
  /** Makes a new model and trains it from the first epoch. */
  | { type: "train"; settings: Settings }
  /** Stops after the batch that is running; everything stays where it is. */
  | { type: "cancel" }
  /** Goes on where `cancel` stopped. */
  | { type: "resume" }
  /** Asks for a digit: 64 pixels of 0 to 16. The answer carries the same `id`. */
  | { type: "classify"; id: number; pixels: Float32Array }
  /** Asks for the weights as a safetensors file. */
  | { type: "save" }
  /** Takes the weights of a safetensors file; what was being trained is given up. `resume` trains them further. */
  | { type: "load"; file: ArrayBuffer; settings: Settings };

/** From the worker to the page. */
export type Report =
  /** The data is there and the first model made. */
  | { type: "ready"; images: number; heldBack: number; parameters: number; kernels: string }
  | Progress
  | { type: "stopped"; why: "cancelled" | "finished" }
  | { type: "classified"; id: number; probabilities: Float32Array }
  | { type: "saved"; file: ArrayBuffer }
  | { type: "loaded"; heldBackAccuracy: number }
  /** A command could not be carried out: a file that is none of this model, a loss that became NaN. The worker goes on. */
  | { type: "failed"; message: string };
