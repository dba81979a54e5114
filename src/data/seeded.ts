// The random generator of a shuffle: one with its own seed, a given one, or the default one.
import { ArgError, describe } from "../errors.js";
import { readOptions } from "../options.js";
import { defaultGenerator, Generator } from "../tensor/random.js";

/** Options of everything that shuffles. Without either, the default generator decides, which `manualSeed` seeds. */
export interface SeedOptions {
  /** Seed of a generator of its own. */
  readonly seed?: number | undefined;
  /** A generator to draw from. */
  readonly generator?: Generator | undefined;
}

/** The defaults: neither option is given. */
export const SEED_DEFAULTS: SeedOptions = { seed: undefined, generator: undefined };

/** The generator that the options name. Errors: `ArgError` for unknown options, for both at once, and for an invalid seed or generator. */
export function generatorOf(op: string, options: SeedOptions): Generator {
  const { seed, generator } = readOptions(op, options, SEED_DEFAULTS);
  if (generator !== undefined && !(generator instanceof Generator)) {
    throw new ArgError(`${op}: generator must be a Generator, got ${describe(generator)}; write { seed } for a number`);
  }
  if (seed !== undefined && generator) throw new ArgError(`${op}: takes a seed or a generator, not both`);
  return seed === undefined ? (generator ?? defaultGenerator) : new Generator(seed);
}
