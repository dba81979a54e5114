// Operations that users define: as the library's own, but written in other operations instead of kernels.
import { ArgError, describe } from "../errors.js";
import { ownNumbers, withoutInterceptors } from "./dispatch.js";
import { type Argument, defineOp, type Op, type OpDef, type Results } from "./op.js";
import { scoped } from "./scope.js";
import { withRecording } from "./tape.js";
import type { Tensor } from "./tensor.js";

/** Definitions are written in plain JavaScript, too. */
function checkDefinition(def: unknown): void {
  const { name, infer, forward, backward } = (typeof def === "object" && def !== null ? def : {}) as Record<string, unknown>;
  if (typeof name !== "string" || name === "") throw new ArgError(`defineOp: name must be a text, got ${describe(name)}`);
  for (const [part, value] of Object.entries({ infer, forward })) {
    if (typeof value !== "function") throw new ArgError(`defineOp: ${part} of "${name}" must be a function, got ${describe(value)}`);
  }
  const isRules = Array.isArray(backward) && backward.every((rule) => rule === null || typeof rule === "function");
  const isJoint = typeof (backward as { rule?: unknown } | undefined | null)?.rule === "function";
  if (!isRules && !isJoint) {
    throw new ArgError(
      `defineOp: backward of "${name}" must be a list with a rule or null for each input, or { inputs, saves, rule }, got ${describe(backward)}`,
    );
  }
}

/**
 * Defines an operation with a gradient of its own. Result: a function of the inputs, then of the attributes if there are any.
 *
 * def.name: unique. def.infer: shape and dtype of the result, or the error for inputs that do not fit. def.forward: fills `out`, most
 * simply by `out.copy_(...)`; operations in it are not recorded, and tensors it makes are let go. def.backward: for each input a rule
 * from the result's gradient `g` to the input's, or `null` where there is none; or one rule for all inputs, `{ inputs, saves, rule }`,
 * which is told which gradients are wanted. def.saves: for each rule what it reads, inputs by position or `"out"`. Rules are
 * differentiable again if the operations in them are; otherwise say the same function in plain operations as `composite`.
 * With `several: true` there are several results: `infer` gives a list, `forward` gets one, and there is one rule for all.
 *
 * Errors: `ArgError` for a name that is taken; `GradError` in `backward()` for a rule that reads what `saves` does not list or gives
 * another shape than its input's, with the operation's name.
 * @example
 * const sign = defineOp<[x: Tensor]>({
 *   name: "straightThroughSign",
 *   infer: ([x]) => x,
 *   forward: (out, [x]) => out.copy_(x.sign()),
 *   backward: [(g) => g], // as if it were the identity
 * });
 */
export function defineCustomOp<In extends readonly Argument[], Attr = void, Out extends Results = Tensor>(
  def: OpDef<In, Attr, Out>,
): Op<In, Attr, Out> {
  checkDefinition(def);
  const plain: typeof def = Object.create(def, {
    forward: {
      value: (...[out, inputs, ...rest]: Parameters<typeof def.forward>) =>
        withoutInterceptors(() => withRecording(false, () => scoped(def.name, () => void def.forward(out, ownNumbers(inputs), ...rest)))),
    },
  });
  return defineOp(plain);
}
