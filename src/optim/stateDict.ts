// The state of optimizers in PyTorch's layout and with its names: written as plain data with tensors, and checked as a whole before
// anything of it is taken over.
import { ArgError, describe, isPlainObject, SimdgradError, StateError } from "../errors.js";
import { clone, detach } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import { unscoped } from "../tensor/scope.js";
import { formatSpec, type Shape, sameShape } from "../tensor/shape.js";
import { withRecording } from "../tensor/tape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Group, Optimizer, Slot, Traits } from "./optimizer.js";

/** State of parameters by their index, and options of groups, as `stateDict()` of an optimizer gives it. Names are PyTorch's. */
export interface OptimizerState {
  /** `step`, `exp_avg` and so on by the index of the parameter. */
  readonly state: Readonly<Record<number, Readonly<Record<string, unknown>>>>;
  /** `lr` and so on, and `params`: the indices of the group's parameters. */
  readonly param_groups: readonly Readonly<Record<string, unknown>>[];
}

/** @internal weightDecay -> weight_decay */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** @internal A copy that no scope disposes of. */
export const ownCopy = (x: Tensor): Tensor => unscoped(() => withRecording(false, () => clone(x)));

/** @internal A copy of plain data, with other names. */
export const renamed = (options: object, rename = (name: string): string => name): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [rename(name), Array.isArray(value) ? [...value] : value]));

/** @internal */
export function writeState(optimizer: Optimizer): OptimizerState {
  const state: Record<number, Record<string, unknown>> = {};
  let count = 0;
  const groups = optimizer.groups.map(({ options, values }, i) => {
    const params = (optimizer.slots[i] as Slot[]).map((slot) => {
      const saved = optimizer.saveSlot(slot);
      if (saved) state[count] = saved;
      return count++;
    });
    return { ...renamed(options, snake), ...renamed(values, snake), params };
  });
  return { state, param_groups: groups };
}

/** @internal The state of a parameter, if there is one. */
export function writeSlot({ keys, uncounted, productKey }: Traits, { step, product, tensors }: Slot): Record<string, unknown> | undefined {
  if (!tensors.some(Boolean)) return undefined;
  const named = keys.flatMap((key, i) => (tensors[i] ? [[key, detach(tensors[i])]] : []));
  return { ...(uncounted ? {} : { step }), ...(productKey && { [productKey]: product }), ...Object.fromEntries(named) };
}

/** The state of a parameter that was checked: tensors are those of the caller. */
export type LoadedSlot = Omit<Slot, "param" | "gradient">;

/** @internal A number, or the only element of a tensor. */
export const numberOf = (value: unknown): unknown =>
  value instanceof Tensor && !value.disposed && value.size === 1 ? value.item() : value;

/** @internal What is wrong with a state tensor, or nothing. */
export function misfit(value: unknown, shape: Shape): string | undefined {
  if (value instanceof Tensor && !value.disposed && value.dtype === "float32" && sameShape(value.shape, shape)) return undefined;
  return `must be ${formatSpec({ shape, dtype: "float32" })}, got ${describe(value)}`;
}

/** @internal Checks the saved state of a parameter and adds to `problems` what is wrong. */
export function readSlot(
  { keys, uncounted, productKey }: Traits,
  { param }: Slot,
  saved: Readonly<Record<string, unknown>>,
  uses: readonly boolean[],
  problem: (key: string, what: string) => void,
): LoadedSlot {
  const known = [...keys, "step", productKey];
  for (const key of Object.keys(saved)) if (!known.includes(key)) problem(key, "is not known");
  const tensors = keys.map((key, i) => {
    const value = saved[key] ?? undefined;
    const wrong = value === undefined ? (!uncounted && uses[i] ? "is missing" : undefined) : misfit(value, param.shape);
    if (wrong) problem(key, wrong);
    return value as Tensor | undefined;
  });
  const step = numberOf(saved["step"] ?? (uncounted ? 1 : undefined));
  if (!(Number.isInteger(step) && (step as number) >= 0)) problem("step", `must be a whole number, got ${describe(step)}`);
  const product = productKey ? numberOf(saved[productKey]) : 1;
  if (!Number.isFinite(product)) problem(productKey as string, `must be a number, got ${describe(product)}`);
  return { step: step as number, product: product as number, tensors, extra: undefined };
}

/** Options of PyTorch's optimizers that say how to compute and not what, and numbers that its schedules keep in groups. */
const FOREIGN = ["foreach", "capturable", "differentiable", "fused", "max_lr", "min_lr", "max_momentum", "base_momentum", "swa_lr"];

/** The options and numbers of a group as they were saved, or as they are if they were not. */
function readGroup(name: string, optimizer: Optimizer, group: Group<{ lr: number }>, saved: Readonly<Record<string, unknown>>) {
  const { params: _, ...rest } = saved;
  const given = new Map(Object.entries(rest).filter(([key]) => !FOREIGN.includes(key)));
  const take = (names: readonly string[]): Record<string, unknown> => {
    const entries = names.flatMap((option) => (given.has(snake(option)) ? [[option, given.get(snake(option))]] : []));
    for (const option of names) given.delete(snake(option));
    return Object.fromEntries(entries);
  };
  const options = readOptions(name, take(Object.keys(group.options)), group.options);
  optimizer.checkAll(name, options);
  const values = take(["initialLr", ...(optimizer.traits.valueKeys ?? [])]);
  for (const [key, value] of Object.entries(values)) {
    if (!["number", "boolean"].includes(typeof value)) throw new ArgError(`${key} must be a number, got ${describe(value)}`);
  }
  if (given.size > 0) throw new ArgError(`there is no option ${[...given.keys()].join(", ")}`);
  return { options, values };
}

/** @internal */
export function readState(name: string, optimizer: Optimizer, given: OptimizerState): void {
  const { state, param_groups: groups } = (isPlainObject(given) ? given : {}) as unknown as OptimizerState;
  if (!Array.isArray(groups) || typeof state !== "object" || state === null) {
    throw new ArgError(`loadStateDict: takes { state, param_groups } as stateDict() gives it, got ${describe(given)}`);
  }
  const problems: string[] = [];
  const sizes = optimizer.slots.map(({ length }) => length);
  const found = groups.map((group: { params?: unknown } | null) => (Array.isArray(group?.params) ? group.params.length : "no params"));
  if (String(sizes) !== String(found)) problems.push(`groups of [${found}] parameters instead of [${sizes}]`);
  const read =
    problems.length > 0
      ? []
      : optimizer.groups.map((group, i) => {
          const saved = groups[i] as { params: number[] };
          try {
            const { options, values } = readGroup(name, optimizer, group, saved as never);
            const slots = saved.params.map((id, j) => {
              const entry = state instanceof Map ? state.get(id) : state[id];
              if (entry === undefined) return { step: 0, product: 1, tensors: [], extra: undefined };
              return optimizer.loadSlot((optimizer.slots[i] as Slot[])[j] as Slot, entry, options, (key, what) =>
                problems.push(`${key} of parameter ${id} ${what}`),
              );
            });
            return { options, values, slots };
          } catch (error) {
            if (!(error instanceof SimdgradError)) throw error;
            problems.push(`group ${i}: ${error.message}`);
            return undefined;
          }
        });
  if (problems.length > 0) throw new StateError(`loadStateDict: nothing was loaded; ${problems.join("; ")}`);
  const made: Tensor[] = [];
  const copy = (x: Tensor | undefined): Tensor | undefined => {
    if (x === undefined) return undefined;
    const copied = ownCopy(x);
    made.push(copied);
    return copied;
  };
  let copies: Tensor[][][];
  try {
    copies = read.map((group) => group?.slots.map(({ tensors }) => tensors.map(copy)) as Tensor[][]);
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
  optimizer.dispose();
  optimizer.groups.forEach((group, i) => {
    const { options, values, slots } = read[i] as NonNullable<(typeof read)[number]>;
    Object.assign(group.options, renamed(options));
    Object.assign(group.values, values);
    for (const [j, slot] of slots.entries()) Object.assign(optimizer.slots[i]?.[j] as Slot, slot, { tensors: copies[i]?.[j] });
  });
}
