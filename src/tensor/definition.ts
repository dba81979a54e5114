// Checks of operations that users define. A wrong definition gives an error that says what is wrong, where possible when it is made.
import { checkThat } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { dtypes } from "./dtype.js";
import type { AnyOpDef } from "./op.js";
import { checkShape, type Spec } from "./shape.js";

const isFunction = (value: unknown): boolean => typeof value === "function";

/** Positions and names that rules may ask for: inputs by position, the result as "out" or, of several, "out:1". */
function checkSaves(name: string, saves: readonly unknown[], inputs: number, several: boolean): void {
  const results = several ? `"out:0", "out:1" and so on` : `"out"`;
  for (const what of saves) {
    const fits =
      typeof what === "string"
        ? (several ? /^out:\d+$/ : /^out(:0)?$/).test(what)
        : Number.isInteger(what) && (what as number) >= 0 && (what as number) < inputs;
    checkThat("defineOp", fits, `saves of ${name} must be inputs by position, from 0 to ${inputs - 1}, and ${results}`, what);
  }
}

function checkRules(name: string, def: AnyOpDef): void {
  const { backward, saves = [], several = false } = def as { backward: unknown; saves?: unknown; several?: boolean };
  const joint = "one rule for all inputs: { inputs, saves, rule }";
  if (Array.isArray(backward)) {
    for (const rule of backward)
      checkThat("defineOp", rule === null || isFunction(rule), `a rule of ${name} must be a function, or null for no gradient`, rule);
    const fits = !several || !backward.some(isFunction);
    checkThat("defineOp", fits, `backward of ${name}, which has several results, must be ${joint}`, backward);
    checkThat("defineOp", Array.isArray(saves), `saves of ${name} must be a list for each rule`, saves);
    for (const list of saves as unknown[]) checkSaves(name, [list].flat(), backward.length, several);
    return;
  }
  const { inputs, saves: all, rule } = (backward ?? {}) as { inputs?: unknown; saves?: unknown; rule?: unknown };
  const fits = isFunction(rule) && Array.isArray(all) && (inputs === "any" || Array.isArray(inputs));
  checkThat("defineOp", fits, `backward of ${name} must be a rule or null for each input, or ${joint}`, backward);
  checkSaves(name, all as unknown[], inputs === "any" ? Infinity : (inputs as unknown[]).length, several);
}

/** Throws `ArgError` unless `def` is a definition of an operation. */
export function checkDefinition(def: AnyOpDef): void {
  checkThat("defineOp", typeof def === "object" && def !== null, "takes a definition { name, infer, forward, backward }", def);
  const { name, infer, forward } = def;
  checkThat("defineOp", typeof name === "string" && name !== "", "name must be a text", name);
  for (const [part, value] of Object.entries({ infer, forward })) {
    checkThat("defineOp", isFunction(value), `${part} of ${name} must be a function`, value);
  }
  checkRules(name, def);
}

/** Checks and returns the result of `infer`. Errors: `ArgError` and `ShapeError` that name the operation. */
export function checkSpecs<Specs>(name: string, specs: Specs, several: boolean): Specs {
  const form = several ? "a list of { shape, dtype }" : "{ shape, dtype }, or several: true in the definition";
  checkThat(name, Array.isArray(specs) === several, `infer must give ${form}`, specs);
  for (const spec of [specs].flat()) {
    const { shape, dtype } = (spec ?? {}) as Partial<Spec>;
    if (!Array.isArray(shape) || !Object.hasOwn(dtypes, String(dtype)))
      throw new ArgError(
        `${name}: infer must give { shape, dtype } with a dtype of ${Object.keys(dtypes).join(", ")}, got ${describe(spec)}`,
      );
    checkShape(name, shape);
  }
  return specs;
}
