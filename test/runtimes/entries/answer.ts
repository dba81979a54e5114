// What every entry tells the test that started it, as JSON.
import { type Outcome, type Simd, smoke } from "../smoke.js";

/** The outcome of a run, or the error that ended it as text. */
export type Answer = { outcome: Outcome } | { error: string };

/** Runs the network and never rejects. */
export function answer(simd: Simd): Promise<Answer> {
  return smoke(simd).then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ error: String(error) }),
  );
}
