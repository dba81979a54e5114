// Parameters in groups with and without weight decay.
import { checkFinite, checkThat } from "../checks.js";
import type { Tensor } from "../tensor/tensor.js";

/** What has named parameters: any `nn.Module`. */
export interface HasParameters {
  /** All parameters by path. */
  namedParameters(): Iterable<readonly [path: string, parameter: Tensor]>;
}

/** A group of `decayGroups`. */
export interface DecayGroup {
  /** The parameters. */
  params: Tensor[];
  /** Their weight decay. */
  weightDecay: number;
}

/** Whether a parameter is to be decayed. */
export type Decays = (path: string, parameter: Tensor) => boolean;

/**
 * The parameters of a model in two groups: those with the given weight decay, and the biases and factors of norms, that is all with fewer than
 * two dimensions, with none. Parameters are float32, of any shape. `decays` decides otherwise. Groups without parameters are left out.
 * Errors: `ArgError` for what has no parameters and for a weight decay that is no finite number of at least 0.
 * @example new optim.AdamW(optim.decayGroups(model, 0.1), { lr: 1e-3 });
 * @example optim.decayGroups(model, 0.1, (path) => path.endsWith("weight"));
 */
export function decayGroups(model: HasParameters, weightDecay: number, decays: Decays = (_, { ndim }) => ndim > 1): DecayGroup[] {
  checkThat("decayGroups", typeof model?.namedParameters === "function", "takes a module", model);
  checkFinite("decayGroups", "weightDecay", weightDecay, 0);
  const groups: [DecayGroup, DecayGroup] = [
    { params: [], weightDecay },
    { params: [], weightDecay: 0 },
  ];
  for (const [path, p] of model.namedParameters()) groups[decays(path, p) ? 0 : 1].params.push(p);
  return groups.filter(({ params }) => params.length > 0);
}
