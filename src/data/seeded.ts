// Where a shuffle takes its order from: a seed of its own, a given generator, or the default one.
import { ArgError } from "../errors.js";
import { defaultGenerator, Generator } from "../tensor/random.js";

/** Options of everything that shuffles. Without either, the default generator decides, which `manualSeed` seeds. */
export interface SeedOptions {
  /** Seed of a generator of its own. */
  readonly seed?: number;
  /** A generator to draw from. */
  readonly generator?: Generator;
}

/** The generator the options name. Errors: `ArgError` for both at once. */
export function generatorOf(op: string, { seed, generator }: SeedOptions): Generator {
  if (seed !== undefined && generator) throw new ArgError(`${op}: takes a seed or a generator, not both`);
  return seed === undefined ? (generator ?? defaultGenerator) : new Generator(seed);
}
