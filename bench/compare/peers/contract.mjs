// The interface between a contestant and the program that runs it (run/worker.mjs). A module in this folder exports `open`.

/**
 * One work, ready to run.
 * @typedef {object} Handle
 * @property {() => unknown} run  does the work once; a promise where the library gives one
 * @property {(out: any) => Float32Array | Promise<Float32Array>} [read]  the values of a result, laid out as PyTorch has them
 * @property {(out: any) => void} [free]  lets go of a result; timed, since a user pays for it
 * @property {() => unknown} [close]  lets go of everything else
 */

/**
 * A contestant.
 * @typedef {object} Peer
 * @property {string} version
 * @property {Record<string, (work: any) => Handle | Promise<Handle>>} works  by kind; throws where it cannot
 * @property {Record<string, string>} [lacks]  why a kind is missing
 * @property {Required<Handle>["read"]} read  for handles that bring none of their own
 * @property {Required<Handle>["free"]} free
 */

/** `checkout`: for this library, the folder whose dist/ takes part. @typedef {(variant: string, checkout?: string) => Promise<Peer>} Open */

export {};
