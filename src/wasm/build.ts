// The two builds of the kernels, and which of them this runtime can run.

/**
 * `relaxed` uses fused multiply-add where the runtime has relaxed SIMD; `baseline` needs only SIMD128 and gives the
 * same bytes on every runtime and machine.
 */
export type Build = "baseline" | "relaxed";

// Of both kinds of instructions that the relaxed build uses, since WebKit has learned some of relaxed SIMD before the rest:
// (func (param v128) (result v128) (i32x4.relaxed_dot_i8x16_i7x16_add_s (f32x4.relaxed_madd x x x) x x)), x being the parameter.
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 20, 1, 18, 0],
  ...[32, 0, 32, 0, 32, 0, 253, 133, 2, 32, 0, 32, 0, 253, 147, 2, 11],
);

/** Returns the fastest build that this runtime can compile. An older runtime refuses a whole module for a single relaxed opcode. */
export function bestBuild(): Build {
  return WebAssembly.validate(RELAXED_PROBE) ? "relaxed" : "baseline";
}
