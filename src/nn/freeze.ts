// Freezing of parameters by their paths.
import { checkModule, type Module } from "./module.js";
import { type PathPatterns, selectPaths } from "./paths.js";

function setTrained(op: string, model: Module, patterns: PathPatterns, trained: boolean): string[] {
  checkModule(op, "model", model);
  const parameters = new Map(model.namedParameters());
  const chosen = selectPaths(op, [...parameters.keys()], patterns, "start");
  for (const path of chosen) (parameters.get(path) as { requiresGrad: boolean }).requiresGrad = trained;
  return chosen;
}

/**
 * Freezes parameters by their paths: they get no gradients, and optimizers leave them as they are. The path of a module stands for all
 * in it; in a pattern `*` is any name or part of one and `**` any number of names. Batch normalisation needs `eval()` too, since its
 * running statistics are no parameters. Returns the paths of the parameters.
 * Errors: `ArgError` for what is no module or pattern, and for a pattern that fits no parameter; nothing is frozen then.
 * @example nn.freeze(model, "0"); // ["0.weight", "0.bias"]
 * @example nn.freeze(model, ["0.*", "**.bias"]);
 */
export function freeze(model: Module, patterns: PathPatterns): string[] {
  return setTrained("freeze", model, patterns, false);
}

/**
 * Lets parameters be trained again, by their paths as `freeze` takes them. Returns the paths of the parameters.
 * Errors: those of `freeze`; `DTypeError` for a parameter stored in 16 bits.
 * @example nn.freeze(model, "**"); nn.unfreeze(model, "2"); // ["2.weight", "2.bias"]
 */
export function unfreeze(model: Module, patterns: PathPatterns): string[] {
  return setTrained("unfreeze", model, patterns, true);
}
