// Checks of operations that users define. A wrong definition gives an error that says what is wrong, where possible when it is made.
import { checkThat } from "../checks.js";
import { ArgError, describe } from "../errors.js";
import { dtypes } from "./dtype.js";
import type { AnyOpDef } from "./op.js";
import { checkShape, type Spec } from "./shape.js";

const isFunction = (value: unknown): boolean => typeof value === "function";

const refusal = (what: string, value: unknown, fits: string): ArgError =>
  new ArgError(`defineOp: ${what} is ${describe(value)}; give ${fits}`);

/** Positions and names that rules may ask for: inputs by position, the result as "out" or, of several, "out:1". */
function checkSaves(name: string, saves: unknown, inputs: number, several: boolean): void {
  const fits = (what: unknown): boolean =>
    typeof what === "number"
      ? Number.isInteger(what) && what >= 0 && what < inputs
      : typeof what === "string" && (several ? /^out:\d+$/ : /^out(:0)?$/).test(what);
  for (const what of Array.isArray(saves) ? saves : [saves]) {
    if (fits(what)) continue;
    const results = several ? `"out:0", "out:1" and so on` : `"out"`;
    throw refusal(`one of the saves of ${name}`, what, `inputs by position, from 0 to ${inputs - 1}, and ${results}`);
  }
}

function checkRules(name: string, def: AnyOpDef): void {
  const { backward, saves, several = false } = def as { backward: unknown; saves?: unknown; several?: boolean };
  const joint = "one rule for all inputs: { inputs, saves, rule }";
  if (Array.isArray(backward)) {
    const wrong = backward.find((rule) => rule !== null && !isFunction(rule)) as unknown;
    if (wrong !== undefined) throw refusal(`a rule of ${name}`, wrong, "a function, or null for no gradient");
    if (several && backward.some(isFunction)) throw refusal(`backward of ${name}, which has several results,`, backward, joint);
    if (saves === undefined) return;
    if (!Array.isArray(saves)) throw refusal(`saves of ${name}`, saves, "a list for each rule");
    for (const list of saves) checkSaves(name, list, backward.length, several);
    return;
  }
  const { inputs, saves: jointSaves, rule } = (backward ?? {}) as { inputs?: unknown; saves?: unknown; rule?: unknown };
  if (!isFunction(rule) || !Array.isArray(jointSaves) || !(inputs === "any" || Array.isArray(inputs))) {
    throw refusal(`backward of ${name}`, backward, `a rule or null for each input, or ${joint}`);
  }
  checkSaves(name, jointSaves, inputs === "any" ? Number.POSITIVE_INFINITY : (inputs as unknown[]).length, several);
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
  if (Array.isArray(specs) !== several) {
    const fits = several ? "a list of { shape, dtype }" : "{ shape, dtype }, or several: true in the definition";
    throw new ArgError(`${name}: infer gave ${describe(specs)}; give ${fits}`);
  }
  for (const spec of (several ? specs : [specs]) as Partial<Spec>[]) {
    if (typeof spec !== "object" || spec === null || !Array.isArray(spec.shape) || !Object.hasOwn(dtypes, String(spec.dtype))) {
      throw new ArgError(`${name}: infer gave ${describe(spec)}; give { shape, dtype } with a dtype of ${Object.keys(dtypes).join(", ")}`);
    }
    checkShape(name, spec.shape);
  }
  return specs;
}
