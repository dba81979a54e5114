// What this copy of the library is and what it runs on.
import type { Build } from "./wasm/build.js";
import { currentBuild, threads } from "./wasm/kernels.js";

/** What `runtime()` reports. */
export interface RuntimeReport {
  /** The kernel build in use. */
  simd: Build;
  /** Threads that kernels use. */
  threads: number;
  /** Version of the library. */
  version: string;
}

/**
 * The kernel build in use, threads, and the library's version. Errors: none.
 * @example runtime().threads; // 1
 */
export function runtime(): RuntimeReport {
  return { simd: currentBuild(), threads: threads(), version: "0.1.0" };
}
