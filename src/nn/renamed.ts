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

/** Names in state dicts for fields: `in_proj_weight` for `inProjWeight`. */
export const snakeNames = (...fields: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(fields.map((field) => [field, field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]));
