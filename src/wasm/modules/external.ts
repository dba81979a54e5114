// For bundles made with the condition "external-wasm": the script contains no kernels, and the program passes them to init({ wasm }).
import { StateError } from "../../errors.js";

/** Errors: `StateError`, always. */
export function compile(): never {
  throw new StateError(
    'kernels: this bundle carries none (condition "external-wasm"); call await init({ wasm: fetch(url) }) before the first tensor is made, with the url of simdgrad/relaxed.wasm or simdgrad/baseline.wasm',
  );
}

/** Errors: `StateError`, always. */
export async function compileAhead(): Promise<never> {
  return compile();
}

/** Errors: `StateError`, always. */
export function compileShared(): never {
  return compile();
}
