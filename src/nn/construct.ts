// How modules that are made of several others are constructed.
import { type Tensor, watchTensors } from "../tensor/tensor.js";

/** Runs work that makes modules. If it fails, for instance for want of memory, the tensors that it made until then are disposed of. */
export function allOrNothing<T>(work: () => T): T {
  const made: Tensor[] = [];
  const stop = watchTensors((tensor) => made.push(tensor));
  try {
    return work();
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  } finally {
    stop();
  }
}
