// Bytes as text for a string literal: raw DEFLATE in base64. A server's gzip finds nothing left to shorten in it and sends it in about
// as many bytes as a good compressor would the kernels themselves; a script has to read less than half as many as they have.
import zopfli from "@gfx/zopfli";

/** Rounds of Zopfli's search; more gain less than one byte in a thousand. */
const ROUNDS = 15;

/**
 * Base64 without padding.
 * @param {Uint8Array} bytes
 */
export const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/**
 * What `assembly/unpack` turns back into `bytes`.
 * @param {Uint8Array} bytes
 * @returns {Promise<string>}
 */
export const packText = async (bytes) => base64(await zopfli.deflateAsync(bytes, { numiterations: ROUNDS }));
