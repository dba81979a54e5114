// State dicts: tensors by name, as modules return and load them and as files contain them.
import { ArgError, describe, StateError } from "../errors.js";
import { copy_ } from "../ops/move/inplace.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { noGrad } from "../tensor/tape.js";
import { checkAlive, Tensor } from "../tensor/tensor.js";
import type { StateMismatch } from "./module.js";

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
const listed = (names: readonly string[]): string => names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? ", ..." : "");

/** The problem of a value that is to be copied into `tensor`, if there is one. */
function misfit(name: string, value: unknown, tensor: Tensor): string[] {
  try {
    checkAlive(name, value);
  } catch (error) {
    return [(error as Error).message];
  }
  return sameShape(value.shape, tensor.shape) ? [] : [`${name} is ${formatShape(value.shape)}, expected ${formatShape(tensor.shape)}`];
}

/** A tensor that a state is loaded into, and whether the state may lack it. */
export type Named<Kind extends Tensor = Tensor> = [name: string, tensor: Kind, optional?: boolean];

/**
 * Copies a state into tensors, all or nothing: with `strict` every name must be there and none too many. Errors: `StateError` listing all
 * problems; `ArgError` for a value that is not a state.
 */
export function loadState(own: readonly Named[], state: unknown, strict = true): StateMismatch {
  const given = new Map(stateEntries("loadStateDict", state));
  const names = new Set(own.map(([name]) => name));
  const missing = own.flatMap(([name, , optional]) => (given.has(name) || optional ? [] : [name]));
  const unexpected = [...given.keys()].filter((name) => !names.has(name));
  const loaded = own.filter(([name]) => given.has(name));
  const problems = Object.entries(strict ? { missing, unexpected } : {}).flatMap(([what, list]) =>
    list.length > 0 ? `${what}: ${listed(list)}` : [],
  );
  for (const [name, tensor] of loaded) problems.push(...misfit(name, given.get(name), tensor));
  if (problems.length > 0) throw new StateError(`loadStateDict: nothing was loaded; ${problems.join("; ")}`);
  noGrad(() => {
    for (const [name, tensor] of loaded) copy_(tensor, given.get(name) as Tensor);
  });
  return { missing, unexpected };
}
