// Parameters stored in 16 bits, which each call of their module converts to float32.
import { DTypeError, describe } from "../errors.js";
import { convert } from "../ops/elementwise/cast.js";
import { scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import { withFields } from "./fields.js";
import { checkModule, type Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** The types in which parameters may be stored. */
export type StoredDType = "float32" | "float16" | "bfloat16";

/** The fields of a module that hold a parameter. */
const parametersOf = (module: Module): [field: string, parameter: Parameter][] =>
  Object.entries(module).filter((field): field is [string, Parameter] => field[1] instanceof Parameter);

const converting = new WeakSet<Module>();

/** Gives a module a `forward` that finds float32 in its fields. It is not among the fields that are searched. */
function convertInForward(module: Module): void {
  if (converting.has(module)) return;
  converting.add(module);
  const { forward } = module;
  const value = (...inputs: unknown[]): unknown => {
    const stored = parametersOf(module).filter(([, { dtype }]) => dtype !== "float32");
    const converted = stored.map(([field, parameter]) => [field, convert("forward", parameter, "float32")]);
    return withFields(module, Object.fromEntries(converted), () => forward.apply(module, inputs));
  };
  Object.defineProperty(module, "forward", { value, writable: true, configurable: true });
}

/**
 * Stores the parameters of a module, and of all below it, in another float type. float16 and bfloat16 halve their memory; they are frozen,
 * and each `forward` computes in float32 with values converted anew. So models are served, and fine-tuned with adapters (`injectLora`).
 * Buffers stay as they are, and so do parameters in lists, objects, ParameterList and ParameterDict. `float32` converts back to
 * parameters that are frozen until `unfreeze` or `requiresGrad(true)`. Parameters are replaced: make optimizers afterwards. A
 * parameter that the `forward` of another module reads has the stored type there. Returns the module.
 * Errors: `DTypeError` for another dtype, `ArgError` for what is no module.
 * @example nn.castModule(model, "bfloat16").call(x).dtype; // "float32"
 */
export function castModule<M extends Module>(module: M, dtype: StoredDType): M {
  checkModule("castModule", "module", module);
  if (!["float32", "float16", "bfloat16"].includes(dtype))
    throw new DTypeError(`castModule: parameters are stored as float32, float16 or bfloat16, got ${describe(dtype)}`);
  const made = new Map<Parameter, Parameter>();
  for (const part of module.modules()) {
    for (const [field, before] of parametersOf(part)) {
      if (before.dtype === dtype) continue;
      const now =
        made.get(before) ?? scope(() => noGrad(() => new Parameter(convert("castModule", before, dtype), { requiresGrad: false })));
      made.set(before, now);
      Object.assign(part, { [field]: now });
      if (dtype !== "float32") convertInForward(part);
    }
  }
  for (const before of made.keys()) before.dispose();
  return module;
}
