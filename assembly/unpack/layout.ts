// Where things are in the unpacker's memory, which is only for it and let go when the module is made. scripts/pack/index.mjs checks
// that everything fits.

const MB: usize = 1 << 20;

/** Models of bits. */
export const MODELS: usize = MB;
/** A copy of the models, to which the unpacker goes back after each group. */
export const SAVED: usize = 2 * MB;
/** Symbols of the stream of bytes, and of the stream of instructions. */
export const BYTES: usize = 3 * MB;
export const SYMBOLS: usize = 4 * MB;
/** For each instruction, where its immediate is. */
export const IMMEDIATES: usize = 5 * MB;
export const HEAP: usize = 9 * MB;
/** Bodies of functions with their lengths, and for each function where its body starts and ends. */
export const BODIES: usize = 10 * MB;
export const FUNCTIONS: usize = 12 * MB;
/** What surrounds the code of a module. */
export const FRAME: usize = 12 * MB + (MB >> 1);
/** The list of local variables of a function by class, and a body before its length is known. */
export const LOCALS: usize = 13 * MB;
export const BODY: usize = 14 * MB;
/** The module. */
export const MODULE: usize = 15 * MB;
/** The text, of at most 1 MB. */
export const INPUT: usize = 17 * MB;
