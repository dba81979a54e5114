// Parameters stored in 16 bits, which each call of their module converts to float32.
import { DTypeError, describe } from "../errors.js";
import { convert } from "../ops/elementwise/cast.js";
import { copy_ } from "../ops/move/inplace.js";
import { scope } from "../tensor/scope.js";
import { noGrad } from "../tensor/tape.js";
import type { Tensor } from "../tensor/tensor.js";
import { entriesOf } from "./fields.js";
import { checkModule, Module } from "./module.js";
import { Buffer, Parameter } from "./parameter.js";

/** The types in which parameters may be stored. */
export type StoredDType = "float32" | "float16" | "bfloat16";

/** A tensor of a module, and what puts another one into its place. */
type Place = readonly [tensor: Parameter | Buffer, put: (value: Tensor) => void];

/** Adapters and parametrizations refer to their tensors from elsewhere, too. */
const KEPT = /^(lora_.*|parametrizations)$/;

/**
 * The places of the float tensors that the `forward` of a module finds: in its fields, in lists, objects and Maps there, and in ParameterList
 * and ParameterDict.
 */
function* placesIn(holder: object, above: readonly object[] = []): Generator<Place> {
  const entries = holder instanceof Module ? Object.entries(holder) : (entriesOf(holder) ?? []);
  const within = [...above, holder];
  for (const [key, item] of entries) {
    if (typeof item !== "object" || item === null || within.includes(item) || KEPT.test(String(key))) continue;
    if (item instanceof Parameter || item instanceof Buffer) {
      const put = (value: Tensor): void => {
        if (holder instanceof Map) holder.set(key, value);
        else (holder as Record<string, unknown>)[key as string] = value;
      };
      if (/float/.test(item.dtype) && !Object.isFrozen(holder)) yield [item, put];
    } else if (!(item instanceof Module)) yield* placesIn(item, within);
    else yield* placesIn((item as { held?: object }).held ?? [], within);
  }
  if (above.length === 0) yield* placesIn((holder as { held?: object }).held ?? [], within);
}

const converting = new WeakSet<Module>();

/** Gives a module a `forward` that finds float32 in its places. It is not among the fields that are searched. */
function convertInForward(module: Module): void {
  if (converting.has(module)) return;
  converting.add(module);
  const { forward } = module;
  const value = (...inputs: unknown[]): unknown => {
    const stored = [...placesIn(module)].filter(([{ dtype }]) => dtype !== "float32");
    const now = stored.map(([tensor]) => convert("forward", tensor, "float32"));
    for (const [i, [, put]] of stored.entries()) put(now[i] as Tensor);
    try {
      return forward.apply(module, inputs);
    } finally {
      for (const [i, [tensor, put]] of stored.entries()) {
        put(tensor);
        if (tensor instanceof Buffer && module.training) noGrad(() => copy_(tensor, now[i] as Tensor));
      }
    }
  };
  Object.defineProperty(module, "forward", { value, writable: true, configurable: true });
}

/**
 * Stores the parameters of a module, and of all below it, in another float type. float16 and bfloat16 halve their memory; they are frozen,
 * and each `forward` computes in float32 with values converted anew. So models are served, and fine-tuned with adapters (`injectLora`).
 * Float buffers are stored so as well. Adapters, parametrizations and parameters in Sets or frozen objects stay as they are. `float32` converts back to
 * parameters that are frozen until `unfreeze` or `requiresGrad(true)`. Parameters and buffers are replaced: make optimizers afterwards. A
 * parameter that the `forward` of another module reads has the stored type there, unless it is in a ParameterList or ParameterDict of that module. Returns the module.
 * Errors: `DTypeError` for another dtype, `ArgError` for what is no module.
 * @example nn.castModule(model, "bfloat16").call(x).dtype; // "float32"
 */
export function castModule<M extends Module>(module: M, dtype: StoredDType): M {
  checkModule("castModule", "module", module);
  if (!["float32", "float16", "bfloat16"].includes(dtype))
    throw new DTypeError(`castModule: parameters are stored as float32, float16 or bfloat16, got ${describe(dtype)}`);
  const made = new Map<Tensor, Tensor>();
  for (const part of module.modules()) {
    const places = [...placesIn(part)];
    for (const [before, put] of places) {
      if (before.dtype === dtype) continue;
      let now = made.get(before);
      if (!now) {
        const copy = (): Tensor => convert("castModule", before, dtype);
        now = scope(() => noGrad(() => (before instanceof Buffer ? new Buffer(copy()) : new Parameter(copy(), { requiresGrad: false }))));
        made.set(before, now);
      }
      put(now);
    }
    if (dtype !== "float32" && places.length > 0) convertInForward(part);
  }
  for (const before of made.keys()) before.dispose();
  return module;
}
