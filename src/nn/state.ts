// State dicts: tensors by name, as modules return and load them and as files contain them.
import { ArgError, describe } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";

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
