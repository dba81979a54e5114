// State dicts: tensors by name, as modules return and load them and as files contain them.
import { ArgError, describe } from "../errors.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";

/** The entries of a state, an object or a Map. Errors: `ArgError` for anything else. */
export function stateEntries(op: string, state: unknown): [name: string, value: unknown][] {
  if (typeof (state as { stateDict?: unknown } | null | undefined)?.stateDict === "function") {
    throw new ArgError(`${op}: takes tensors by name, got a module; pass model.stateDict()`);
  }
  if (typeof state !== "object" || state === null || Array.isArray(state) || state instanceof Tensor) {
    throw new ArgError(`${op}: takes tensors by name, in an object or a Map, got ${describe(state)}`);
  }
  return state instanceof Map ? [...state] : Object.entries(state);
}

const MOST_NAMES = 40;

/** Names with commas between them; of very many only the first. */
export const listed = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? ", ..." : "");

/** The problem of a value that is to be copied into `tensor`, if there is one. */
export function misfit(name: string, value: unknown, tensor: Tensor): string[] {
  try {
    checkAlive(name, value);
  } catch (error) {
    return [(error as Error).message];
  }
  return sameShape(value.shape, tensor.shape) ? [] : [`${name} is ${formatShape(value.shape)}, expected ${formatShape(tensor.shape)}`];
}
