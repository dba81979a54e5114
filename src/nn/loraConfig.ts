// Options of adapters from the file `adapter_config.json` that PEFT writes beside them.
import { ArgError, describe, isPlainObject } from "../errors.js";
import type { LoraOptions } from "./lora.js";

/** What the adapters here do not have, by PEFT's names. */
const UNUSED = "bias fan_in_fan_out lora_bias use_dora layers_to_transform rank_pattern alpha_pattern modules_to_save exclude_modules";

/** Whether a value of these means that something is not used. */
const isOff = (value: unknown): boolean => !value || value === "none" || (typeof value === "object" && Object.keys(value).length === 0);

/**
 * The options of `injectLora` that PEFT's `adapter_config.json` stands for: `rank`, `alpha`, `dropout`, `rslora` and `targets`.
 * config: what `JSON.parse` makes of the file, or `adapters.config()`.
 * Errors: `ArgError` for what is no LoRA configuration, and for one that uses what these adapters do not have: biases, DoRA, ranks of
 * single layers, other trained modules, targets as a regular expression.
 * @example nn.injectLora(model, nn.loraOptions({ peft_type: "LORA", r: 4, lora_alpha: 8, target_modules: ["0"] })).paths; // ["0"]
 */
export function loraOptions(config: unknown): LoraOptions {
  const {
    peft_type: type,
    r,
    lora_alpha: alpha,
    lora_dropout: dropout,
    use_rslora: rslora,
    target_modules: targets,
    ...others
  } = (isPlainObject(config) ? config : {}) as Record<string, unknown>;
  if (type !== "LORA") throw new ArgError(`loraOptions: takes the content of adapter_config.json of a LoRA, got ${describe(config)}`);
  const odd = UNUSED.split(" ").find((name) => !isOff(others[name]));
  if (odd) throw new ArgError(`loraOptions: ${odd} ${describe(others[odd])} is not supported`);
  if (targets !== "all-linear" && !Array.isArray(targets))
    throw new ArgError(`loraOptions: target_modules must be a list of names or "all-linear", got ${describe(targets)}`);
  const given = { rank: r, alpha, dropout, rslora, targets: targets === "all-linear" ? undefined : targets };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as LoraOptions;
}
