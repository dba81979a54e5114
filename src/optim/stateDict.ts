// The state of optimizers in PyTorch's layout and with its names: written as plain data with tensors, and checked as a whole before
// anything of it is taken over.
import { ArgError, describe, isPlainObject, SimdgradError, StateError } from "../errors.js";
import { clone, detach } from "../ops/move/shape.js";
import { readOptions } from "../options.js";
import { scope, unscoped } from "../tensor/scope.js";
import { formatSpec, type Spec, sameShape } from "../tensor/shape.js";
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

/** What `work` makes, in arrays or alone, as tensors that no scope disposes of. */
const owned = <T>(work: () => T): T => unscoped(() => withRecording(false, () => scope(work)));

/** @internal A copy that no scope disposes of. */
export const ownCopy = (x: Tensor): Tensor => owned(() => clone(x));

/** @internal A copy of plain data, with other names. */
export const renamed = (options: object, rename = (name: string): string => name): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [rename(name), Array.isArray(value) ? [...value] : value]));

/** @internal Throws `ArgError` for what no `stateDict()` gives. */
export function checkSaved(given: unknown, fits: boolean = isPlainObject(given)): void {
  if (!fits) throw new ArgError(`loadStateDict: takes what stateDict() gave, got ${describe(given)}`);
}

/** @internal Refuses a saved state in which something is wrong. */
export function refuse(name: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new StateError(`${name}.loadStateDict: nothing was loaded; ${problems.join("; ")}`);
}

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

/** @internal What is wrong with a saved tensor, or nothing. */
export function misfit(value: unknown, { shape, dtype }: Spec): string | undefined {
  if (value instanceof Tensor && !value.disposed && value.dtype === dtype && sameShape(value.shape, shape)) return undefined;
  return `must be ${formatSpec({ shape, dtype })}, got ${describe(value)}`;
}

/** @internal Plain data with other tensors in it. */
export function mapTensors(x: unknown, map: (tensor: Tensor) => Tensor): unknown {
  if (x instanceof Tensor) return map(x);
  if (Array.isArray(x)) return x.map((item) => mapTensors(item, map));
  return isPlainObject(x) ? Object.fromEntries(Object.entries(x).map(([key, value]) => [key, mapTensors(value, map)])) : x;
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
    const wrong = value === undefined ? (!uncounted && uses[i] ? "is missing" : undefined) : misfit(value, param);
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
function readGroup(name: string, optimizer: Optimizer, { options: own }: Group<{ lr: number }>, saved: Readonly<Record<string, unknown>>) {
  const values: Record<string, number> = {};
  const given: Record<string, unknown> = {};
  const names = [...Object.keys(own), "initialLr", ...(optimizer.traits.valueKeys ?? [])];
  for (const [key, value] of Object.entries(saved)) {
    const option = names.find((known) => snake(known) === key);
    if (option === undefined) {
      if (!FOREIGN.includes(key)) throw new ArgError(`there is no option ${key}`);
    } else if (option in own) given[option] = value;
    else if (/^(number|boolean)$/.test(typeof value)) values[option] = value as number;
    else throw new ArgError(`${option} must be a number, got ${describe(value)}`);
  }
  const options = readOptions(name, given, own);
  optimizer.checkAll(name, options);
  return { options, values };
}

/** @internal */
export function readState(name: string, optimizer: Optimizer, given: OptimizerState): void {
  checkSaved(given, isPlainObject(given) && Array.isArray(given["param_groups"]) && Object(given["state"]) === given["state"]);
  const { state, param_groups: groups } = given;
  const sizes = optimizer.slots.map(({ length }) => length);
  const found = groups.map((group) => (Array.isArray(group?.["params"]) ? group["params"].length : "no params"));
  if (String(sizes) !== String(found)) refuse(name, [`groups of [${found}] parameters instead of [${sizes}]`]);
  const problems: string[] = [];
  const read = optimizer.groups.map((group, i) => {
    const { params, ...saved } = groups[i] as { params: number[] };
    try {
      const { options, values } = readGroup(name, optimizer, group, saved);
      const slots = params.map((id, j): LoadedSlot => {
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
  refuse(name, problems);
  const loaded = read as NonNullable<(typeof read)[number]>[];
  const copies = owned(() =>
    mapTensors(
      loaded.map(({ slots }) => slots),
      clone,
    ),
  ) as LoadedSlot[][];
  optimizer.dispose();
  optimizer.groups.forEach((group, i) => {
    const { options, values } = loaded[i] as (typeof loaded)[number];
    Object.assign(group.options, renamed(options));
    Object.assign(group.values, values);
    for (const [j, slot] of (optimizer.slots[i] as Slot[]).entries()) Object.assign(slot, copies[i]?.[j]);
  });
}
