// What `generate` needs to know of a network.
import type { Tensor } from "../tensor/tensor.js";

/** A network that gives scores for the token behind each token, and can go on where it stopped. */
export interface LanguageModel<State = unknown> {
  /**
   * Scores [N, T, V] of what comes behind each of tokens, int32 [N, T], which follow those that `state` has seen; and the state that has seen
   * them, too. Without a state nothing has been seen. A state holds tensors, and objects with `dispose()`, in arrays; it may be the same
   * object, changed.
   */
  decode(tokens: Tensor, state?: State | null): readonly [logits: Tensor, state: State];
  /** The most tokens that a state can have seen, if there is a limit. */
  readonly maxLength?: number;
}
