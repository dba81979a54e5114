// The two builds of the kernels, and which of them this runtime can run.

/**
 * `relaxed` uses fused multiply-add where the runtime has relaxed SIMD; `baseline` needs only SIMD128 and gives the
 * same bytes on every runtime and machine.
 */
export type Build = "baseline" | "relaxed";

// (module (func (result v128) i32.const 1 i8x16.splat i32.const 2 i8x16.splat i8x16.relaxed_swizzle))
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15],
  ...[1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

/** Returns the fastest build that this runtime can compile. An older runtime refuses a whole module for a single relaxed opcode. */
export function bestBuild(): Build {
  return WebAssembly.validate(RELAXED_PROBE) ? "relaxed" : "baseline";
}
