// Where things are in the unpacker's memory, which nothing else uses and which is freed when the module is made. The build unpacks what it
// packed (scripts/pack/check.mjs), and so fails when something outgrows its place.

const KB: usize = 1024;

/** Models of bits, and a copy to which the unpacker returns after each group. */
export const MODELS: usize = 64 * KB;
export const SAVED: usize = 384 * KB;
/** Symbols of the stream of bytes, and of the stream of instructions. */
export const BYTES: usize = 704 * KB;
export const SYMBOLS: usize = 768 * KB;
/** For each instruction, where its immediate is. */
export const IMMEDIATES: usize = 960 * KB;
/** Immediates that are not copies. */
export const HEAP: usize = 1728 * KB;
/** Bodies of functions with their lengths, and for each function where its body starts and ends. */
export const BODIES: usize = 1792 * KB;
export const FUNCTIONS: usize = 2176 * KB;
/** What surrounds the code of a module. */
export const FRAME: usize = 2192 * KB;
/** The variables of a function by type, the runs of types that declare them, and a body before its length is known. */
export const LOCALS: usize = 2224 * KB;
export const RUNS: usize = 2264 * KB;
export const BODY: usize = 2272 * KB;
/** The module. */
export const MODULE: usize = 2304 * KB;
/** The text. */
export const INPUT: usize = 2688 * KB;
