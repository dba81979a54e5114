// Finds the operation that made the first NaN.
import { running } from "../autograd/engine.js";
import { GradError } from "../errors.js";
import { endsOf } from "../ops/reduce/more.js";
import { type Call, type Interceptor, withoutInterceptors } from "../tensor/dispatch.js";
import { checkWork } from "../tensor/scope.js";
import { formatSpec } from "../tensor/shape.js";
import { here, userFrame } from "../tensor/stack.js";
import type { Storage } from "../tensor/storage.js";
import { Node, noGrad } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import { observe } from "./observe.js";

type Bad = "NaN" | "an infinity" | undefined;

/** The worst that is among the elements. */
function worstOf(x: unknown): Bad {
  const hasNumbers = x instanceof Tensor && x.dtype === "float32" && x.size > 0 && !x.disposed;
  const found = hasNumbers ? withoutInterceptors(() => noGrad(() => endsOf(x))) : [typeof x === "number" ? x : 0];
  return found.some(Number.isNaN) ? "NaN" : found.every(Number.isFinite) ? undefined : "an infinity";
}

/** Where an operation was called: its name and the stack trace. */
interface Origin {
  readonly what: string;
  readonly stack: string;
}

const tell = ({ what, stack }: Origin): string => `${what} ${userFrame(stack)}`;

/** An interceptor that throws at the first NaN. */
function detector(): Interceptor {
  /** Where recorded operations were called. */
  const calls = new WeakMap<Node, Origin>();
  /** The operations whose infinities storages contain. A storage is used again with other elements: its generation tells. */
  const infinities = new WeakMap<Storage, Origin & { readonly generation: number }>();

  const infinityIn = (x: unknown): (Origin & { readonly generation: number }) | undefined => {
    if (!(x instanceof Tensor)) return undefined;
    const known = infinities.get(x.storage);
    return known?.generation === x.storage.generation ? known : undefined;
  };

  const report = ({ op, inputs }: Call, origin: Origin, node: typeof running, isStep: boolean): GradError => {
    const bad = op.kind === "edit" ? [] : inputs.map(worstOf);
    const given = bad.indexOf("NaN");
    const x = inputs[given];
    const found =
      given < 0
        ? `${origin.what} gave NaN`
        : `input ${given} of ${origin.what}${x instanceof Tensor ? `, ${formatSpec(x)},` : ""} has NaN ${isStep ? "after it" : "already"}`;
    const forward = node instanceof Node ? calls.get(node) : undefined;
    const where = [userFrame(origin.stack)];
    if (node) where.push(forward ? `the gradient is that of ${tell(forward)}` : "");
    inputs.forEach((input, i) => {
      if (bad[i] !== "an infinity") return;
      const from = infinityIn(input);
      where.push(`input ${i} has an infinity${from ? `, which came first from ${tell(from)}` : ""}`);
    });
    return new GradError(`detectAnomaly: ${found}, ${where.filter(Boolean).join("; ")}`);
  };

  return (call, next) => {
    const { op, inputs } = call;
    const stack = here();
    const node = running;
    const what = node ? `${op.name} in the gradient of ${node instanceof Node ? node.op.name : "a leaf"}` : op.name;
    const origin = { what, stack };
    const before = inputs.map(infinityIn).find(Boolean);
    const results = next(call);
    const isStep = results.length === 0; // that of an optimizer, which changes its inputs: each parameter is followed by its gradient
    for (const y of isStep ? (inputs as readonly Tensor[]) : results) {
      if (y.node instanceof Node && y.node.op === op && !calls.has(y.node)) calls.set(y.node, origin);
      const bad = worstOf(y);
      if (bad === "NaN" && inputs.length > 0) {
        const error = report(call, origin, node, isStep);
        if (op.kind !== "edit") for (const made of results) made.dispose();
        throw error;
      }
      if (bad) infinities.set(y.storage, { ...(before ?? origin), generation: y.storage.generation });
    }
    return results;
  };
}

/**
 * Runs `work` and throws an error at the first operation that gives NaN, in the forward direction or in a rule of `backward()`. The error
 * names the operation, the line of the program that called it, in `backward()` also the operation whose gradient it was and the line
 * of that, and where the infinities among its inputs came from. An input that has NaN already is named as such, and so is a parameter that
 * has NaN after a step of an optimizer: the inputs of a step are each parameter and its gradient.
 * Result: that of `work`, which may return a promise; until it is settled, other code is checked too. Each operation takes
 * several times as long. What a factory such as `full` is told to write is not checked.
 * Errors: `GradError` at the first NaN, `ArgError` if `work` is no function, and those of `work`.
 * @example detectAnomaly(() => tensor([-1]).sqrt()); // GradError
 */
export function detectAnomaly<T>(work: () => T): T {
  checkWork("detectAnomaly", work);
  return observe(detector(), work, (result) => result) as T;
}
