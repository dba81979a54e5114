// Layers whose parts have other names in state dicts than their fields.
import { Module } from "./module.js";

/** A module whose `stateNames` also name its children: `selfAttn` is `self_attn` in paths. */
export abstract class Renamed extends Module {
  /** Direct children, under the names that PyTorch's state dicts have. */
  override *namedChildren(): Generator<[name: string, child: Module]> {
    const renamed = (this.constructor as typeof Module).stateNames;
    for (const [name, child] of super.namedChildren()) yield [renamed[name] ?? name, child];
  }
}

/** What is shown of a layer: its sizes, and the options that are not the usual ones. */
export const shown = (sizes: readonly number[], options: object, usual: object): string =>
  [
    ...sizes,
    ...Object.entries(options).flatMap(([name, value]) => (value === (usual as Record<string, unknown>)[name] ? [] : [`${name}=${value}`])),
  ].join(", ");
