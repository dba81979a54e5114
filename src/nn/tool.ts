// Methods of Module whose code a bundle has only if it imports the function that does the same.
import { StateError } from "../errors.js";
import type { Module } from "./module.js";

type Tools = Readonly<Record<string, (module: Module, argument: never) => unknown>>;

let tools: Tools = {};

/** Sets the functions behind methods, by name. */
export function giveTools(given: Tools): void {
  tools = given;
}

/** Calls one of them. Errors: `StateError` in a bundle, which does not have it. */
export function callTool(name: string, module: Module, argument: unknown): unknown {
  const run = tools[name];
  if (!run) throw new StateError(`${name}: a bundle has this only as a function of simdgrad/nn`);
  return run(module, argument as never);
}
