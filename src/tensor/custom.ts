// Operations that users define: like those of the library, but implemented by other operations instead of kernels.
import { ArgError } from "../errors.js";
import { checkDefinition, checkSpecs } from "./definition.js";
import { ownNumbers, withoutInterceptors } from "./dispatch.js";
import { type AnyOpDef, type Argument, defineOp, type Op, type OpDef, type Results } from "./op.js";
import { refusePromise, scoped } from "./scope.js";
import { withRecording } from "./tape.js";
import { Tensor } from "./tensor.js";

/** Refuses what `forward` returns, but for `out` itself: a tensor in its place would be lost, and `out` would hold anything. */
function checkReturned(name: string, out: unknown, returned: unknown): void {
  refusePromise(name, returned);
  if (returned instanceof Tensor && ![out].flat().includes(returned)) {
    throw new ArgError(`${name}: forward returned a tensor; write values to out, such as out.copy_(x.square())`);
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
 * Errors: `ArgError` for a name that is taken, a definition that lacks a part or lists in `saves` what is not there, and in the call for
 * a spec from `infer` or a promise from `forward` that does not fit; `GradError` in `backward()` for a rule that reads what `saves` does not list or gives
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
  checkDefinition(def as AnyOpDef);
  const { name, several = false } = def as AnyOpDef;
  const plain: typeof def = Object.create(def, {
    infer: { value: (...args: Parameters<typeof def.infer>) => checkSpecs(name, def.infer(...args), several) },
    forward: {
      value: (...[out, inputs, ...rest]: Parameters<typeof def.forward>) => {
        const work = (): void => checkReturned(name, out, def.forward(out, ownNumbers(inputs), ...rest));
        withoutInterceptors(() => withRecording(false, () => scoped(name, () => void work())));
      },
    },
  });
  return defineOp(plain);
}
