// Activations and gradients of chosen modules, for one run.
import { registerHook } from "../autograd/engine.js";
import { detach } from "../ops/move/shape.js";
import { checkWork, tensorsIn, unscoped } from "../tensor/scope.js";
import { shareHandle, type Tensor } from "../tensor/tensor.js";
import { registerForwardHook } from "./hooks.js";
import { checkModule, type Module } from "./module.js";
import { type PathPatterns, selectPaths } from "./paths.js";

/**
 * What `capture` saw. Its tensors are its own: `dispose()` gives them back. Errors: none.
 * @example using seen = nn.capture(model, "0", () => model.call(x)); seen.activations["0"]?.[0]?.shape; // [2, 4]
 */
export class Captured<Result> {
  /** What the function returned. */
  declare readonly result: Result;
  /** By path of the module, its output tensors in the order of its calls. */
  readonly activations: Record<string, Tensor[]> = {};
  /** By path, the gradients of these at the same positions, null where none has come. A `backward()` after the run sets them too. */
  readonly gradients: Record<string, (Tensor | null)[]> = {};

  /**
   * Gives the memory of the activations and gradients back.
   * @example nn.capture(model, "0", () => model.call(x)).dispose();
   */
  dispose(): void {
    for (const lists of [this.activations, this.gradients]) for (const list of Object.values(lists)) for (const x of list) x?.dispose();
  }

  /** Does what `dispose` does, at the end of a block with `using seen = capture(...)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Runs a function and keeps what modules of a model give meanwhile, and the gradients of that: by the paths of the modules, of which `*`
 * in a pattern is any name or part of one and `**` any number of names.
 * Activations are outside the graph; gradients are those of the latest `backward()`.
 * Errors: `ArgError` for what is no module, pattern or function, and for a pattern that fits no module; those of the function.
 * @example
 * using seen = nn.capture(model, ["0", "2"], () => model.call(x).square().sum().backward());
 * seen.activations["0"]?.[0]?.shape; // [2, 4]
 * seen.gradients["2"]?.[0]?.shape; // [2, 2]
 */
export function capture<Result>(model: Module, patterns: PathPatterns, run: () => Result): Captured<Result> {
  checkModule("capture", "model", model);
  checkWork("capture", run);
  const modules = new Map(model.namedModules());
  const seen = new Captured<Result>();
  const handles = selectPaths("capture", [...modules.keys()], patterns, "whole").map((path) => {
    const activations: Tensor[] = [];
    const gradients: (Tensor | null)[] = [];
    seen.activations[path] = activations;
    seen.gradients[path] = gradients;
    return registerForwardHook(modules.get(path) as Module, (_, __, output) => {
      for (const y of tensorsIn(output)) {
        const at = gradients.push(null) - 1;
        activations.push(unscoped(() => detach(y)));
        if (y.requiresGrad)
          registerHook(y, (g) => {
            gradients[at]?.dispose();
            gradients[at] = shareHandle(g);
          });
      }
    });
  });
  try {
    return Object.assign(seen, { result: run() });
  } catch (error) {
    seen.dispose();
    throw error;
  } finally {
    for (const handle of handles) handle.remove();
  }
}
