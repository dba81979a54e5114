// Bytes as text for a string literal: raw DEFLATE in base64. A server's gzip finds nothing left to shorten in it and sends it in about
// as many bytes as a good compressor would the kernels themselves; a script has to read less than half as many as they have.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ZOPFLI = fileURLToPath(new URL("zopfli.mjs", import.meta.url));

/**
 * Base64 without padding.
 * @param {Uint8Array} bytes
 */
export const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/**
 * What `assembly/unpack` turns back into `bytes`.
 * @param {Uint8Array} bytes
 */
export const packText = (bytes) => base64(execFileSync(process.execPath, [ZOPFLI], { input: bytes }));
