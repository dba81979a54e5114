// Hooks: functions that see, and may replace, what goes into a module, what comes out of it, and the gradients of both.
import { mapTree } from "../autograd/tree.js";
import { describe, GradError } from "../errors.js";
import { copyAll } from "../ops/move/strided.js";
import { zeros } from "../tensor/create.js";
import { defineOp, type Op } from "../tensor/op.js";
import { checkWork, scope } from "../tensor/scope.js";
import type { Shape } from "../tensor/shape.js";
import { isGradEnabled } from "../tensor/tape.js";
import { shareHandle, Tensor } from "../tensor/tensor.js";
import { checkModule, type Module } from "./module.js";

/** Sees the inputs of a module before `forward`; a list it returns takes their place, and one value that of a single input. */
// biome-ignore lint/suspicious/noExplicitAny: each module decides the types of its inputs
export type ForwardPreHook = (module: Module, inputs: readonly any[]) => unknown;
/** Sees inputs and result of a module after `forward`; what it returns, unless undefined, takes the place of the result. */
// biome-ignore lint/suspicious/noExplicitAny: each module decides the types of its inputs and outputs
export type ForwardHook = (module: Module, inputs: readonly any[], output: any) => unknown;
/** Gradients by position; null where there is none. */
export type GradientList = readonly (Tensor | null)[];
/** Sees the gradients of the inputs and results of a module; a list it returns takes the place of those of the inputs. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks on returns nothing
export type BackwardHook = (module: Module, gradInputs: GradientList, gradOutputs: GradientList) => GradientList | void;

/** What takes a hook away again. */
export interface HookHandle {
  /** Takes the hook away. A second call does nothing. */
  remove(): void;
}

interface Hooks {
  readonly before: Set<ForwardPreHook>;
  readonly after: Set<ForwardHook>;
  readonly backward: Set<BackwardHook>;
}

const hooksOf = new WeakMap<Module, Hooks>();

type Grads = readonly (Tensor | undefined)[];

/**
 * Tensors as they are, as one operation, so that their gradients are there at the same time: `see` gets them, and what it returns goes on.
 */
const pass: Op<Tensor[], (grads: Grads) => Grads, Tensor[]> = defineOp<Tensor[], (grads: Grads) => Grads, Tensor[]>({
  name: "moduleHook",
  several: true,
  infer: (xs) => xs,
  forward: (outs, xs) => {
    for (const [i, x] of xs.entries()) copyAll(x, outs[i] as Tensor);
  },
  backward: {
    inputs: "any",
    saves: [],
    rule: (grads, { attr, shapes }) => attr(grads).map((g, i) => g ?? zeros(shapes[i] as Shape)),
  },
});

/**
 * Puts every tensor that needs a gradient, however deep, through `pass`. `see` gets the gradients of all tensors, null where there is
 * none. Without such tensors, the result is undefined.
 */
function passThrough(value: unknown, see: (grads: GradientList) => GradientList): unknown {
  const all: Tensor[] = [];
  mapTree(value, (leaf) => leaf instanceof Tensor && all.push(leaf));
  const needed = all.map((x) => x.requiresGrad);
  const found = all.filter((x) => x.requiresGrad);
  if (found.length === 0) return undefined;
  const passed = pass(...found, (grads) => {
    let at = 0;
    const seen = see(needed.map((need) => (need && grads[at++]) || null));
    return seen.flatMap((g, i) => (needed[i] ? [g ?? undefined] : []));
  });
  let at = 0;
  return mapTree(value, (leaf) => (leaf instanceof Tensor && leaf.requiresGrad ? passed[at++] : leaf));
}

/** What the backward hooks of one call do with its gradients. */
function watchGradients(module: Module, { backward }: Hooks) {
  /** Those of this pass; undefined in one that does not go through the outputs, such as for a second derivative. */
  let gradOutputs: GradientList | undefined;
  let hasInputs = false;
  const report = (gradInputs: GradientList): GradientList => {
    const outputs = gradOutputs;
    if (!outputs) return gradInputs;
    gradOutputs = undefined;
    let now = gradInputs;
    try {
      for (const hook of backward) {
        const given = hook(module, now, outputs) ?? now;
        if (!Array.isArray(given) || given.length !== now.length)
          throw new GradError(`registerFullBackwardHook: a hook returns nothing or a list of ${now.length}, got ${describe(given)}`);
        now = given as GradientList;
      }
      return now;
    } finally {
      for (const g of outputs) g?.dispose();
    }
  };
  return {
    enter(inputs: readonly unknown[]): readonly unknown[] {
      const passed = passThrough(inputs, report);
      hasInputs = passed !== undefined;
      return hasInputs ? (passed as readonly unknown[]) : inputs;
    },
    leave(inputs: readonly unknown[], output: unknown): unknown {
      const see = (grads: GradientList): GradientList => {
        gradOutputs = grads.map((g) => g && shareHandle(g));
        if (!hasInputs) report(inputs.filter((input) => input instanceof Tensor).map(() => null));
        return grads;
      };
      return passThrough(output, see) ?? output;
    },
  };
}

function callWith(module: Module, hooks: Hooks, inputs: readonly unknown[]): unknown {
  let given = inputs;
  for (const hook of hooks.before) {
    const instead: unknown = hook(module, given);
    if (instead !== undefined) given = Array.isArray(instead) ? instead : [instead];
  }
  const watch = hooks.backward.size > 0 && isGradEnabled() ? watchGradients(module, hooks) : undefined;
  if (watch) given = watch.enter(given);
  let output: unknown = (Object.getPrototypeOf(module) as Module).call.apply(module, given as never[]);
  for (const hook of hooks.after) {
    const instead: unknown = hook(module, given, output);
    if (instead !== undefined) output = instead;
  }
  return watch ? watch.leave(given, output) : output;
}

/** Registers a hook; the first one of a module gives it a `call` of its own, which is not among the fields that are searched. */
function register<Kind extends keyof Hooks>(op: string, kind: Kind, module: Module, hook: unknown): HookHandle {
  checkModule(op, "module", module);
  checkWork(op, hook);
  let hooks = hooksOf.get(module);
  if (!hooks) {
    const made: Hooks = { before: new Set(), after: new Set(), backward: new Set() };
    hooksOf.set(module, made);
    const value = (...inputs: unknown[]): unknown => scope(() => callWith(module, made, inputs));
    Object.defineProperty(module, "call", { value, writable: true });
    hooks = made;
  }
  const own = ((...args: never[]) => (hook as (...args: never[]) => unknown)(...args)) as never; // one function may be registered twice
  const list = hooks[kind] as Set<unknown>;
  list.add(own);
  return { remove: () => void list.delete(own) };
}

/**
 * Calls `hook(module, inputs)` before each `forward` of a module. A list that it returns takes the place of the inputs, another value that
 * of a single one. Hooks run in the order of their registration, inside the scope of the call: `keep(x)` what is to stay.
 * Result: an object whose `remove()` takes the hook away.
 * Errors: `ArgError` for what is no module or function.
 * @example const hook = nn.registerForwardPreHook(model, (_module, [x]) => x.mul(2)); hook.remove();
 */
export function registerForwardPreHook(module: Module, hook: ForwardPreHook): HookHandle {
  return register("registerForwardPreHook", "before", module, hook);
}

/**
 * Calls `hook(module, inputs, output)` after each `forward` of a module. What it returns, unless undefined, takes the place of the output.
 * Hooks run in the order of their registration, inside the scope of the call: `keep(x)` what is to stay.
 * Result: an object whose `remove()` takes the hook away.
 * Errors: `ArgError` for what is no module or function.
 * @example
 * const hook = nn.registerForwardHook(model, (_module, _inputs, y) => y.mul(2));
 * model.call(x).shape; // [2, 2]
 * hook.remove();
 */
export function registerForwardHook(module: Module, hook: ForwardHook): HookHandle {
  return register("registerForwardHook", "after", module, hook);
}

/**
 * Calls `hook(module, gradInputs, gradOutputs)` in `backward()`, once for each call of a module that was recorded: with the gradients of
 * its input tensors and of its output tensors, null where there is none. A list that it returns takes the place of those of the
 * inputs. If no input needs a gradient, it is called when those of the outputs are there. Inputs and outputs of the module are copied
 * for it. Hooks run in the order of their registration, in the scope of `backward()`: `keep(g)` what is to stay.
 * Result: an object whose `remove()` takes the hook away.
 * Errors: `ArgError` for what is no module or function; in `backward()` `GradError` for a result that is no list of gradients.
 * @example
 * const hook = nn.registerFullBackwardHook(model, (_module, _gradInputs, [g]) => console.log(g?.shape));
 * model.call(x).sum().backward();
 * hook.remove();
 */
export function registerFullBackwardHook(module: Module, hook: BackwardHook): HookHandle {
  return register("registerFullBackwardHook", "backward", module, hook);
}
