// Tensors without elements: what operations would give, by shape and dtype alone.
import { type Interceptor, intercept } from "./dispatch.js";
import { checkWork, currentScope } from "./scope.js";
import { frozen, type Spec } from "./shape.js";
import { Storage } from "./storage.js";
import { withRecording } from "./tape.js";
import { Handle, type Tensor, withoutValues } from "./tensor.js";

/** A tensor without elements. */
function emptyMeta({ shape, dtype }: Spec): Tensor {
  const storage = Storage.of(0);
  const made = withoutValues(new Handle(storage, storage.ptr, frozen(shape), dtype));
  currentScope()?.add(made);
  return made;
}

/** Edits of elements run as ever, but for those of tensors that have none. Nothing else is computed. */
const skip: Interceptor = (call, next) => {
  const { op, inputs, attr } = call;
  const [x] = inputs as [Tensor];
  if (op.kind === "edit" && !x.isMeta) return next(call);
  const specs = op.infer(inputs, attr);
  return op.kind === "edit" ? [x] : specs.map(emptyMeta);
};

/**
 * Runs `work` without computing anything: its operations check their inputs and give tensors that have a shape and a dtype but no elements
 * (`isMeta`), and take no memory. A model that is made inside has such weights, so that its shapes, its parameters and its `summary` can be
 * seen whatever its size. Tensors made outside may be inputs, and only they can be edited in place. No gradients are recorded. Result: that
 * of `work`.
 * Errors: those of the operations for inputs that do not fit; `StateError` ("needs values") where an element is read, such as by `item()`,
 * and outside for every operation on such a tensor; `ArgError` when `work` is no function or returns a promise.
 * @example meta(() => new nn.Linear(50000, 40000).call(zeros(1, 50000))).shape; // [1, 40000]
 */
export function meta<T>(work: () => T): T {
  checkWork("meta", work);
  return withRecording(false, () => intercept(skip, work));
}
