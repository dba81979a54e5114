// Encodes bytes as text for a string literal: raw DEFLATE in base64. When a server gzips the script, the text takes about as many bytes as
// the kernels would take if a good compressor had compressed them; uncompressed, the text has less than half the bytes of the kernels.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ZOPFLI = fileURLToPath(new URL("zopfli.mjs", import.meta.url));

/**
 * Base64 without padding.
 * @param {Uint8Array} bytes
 */
export const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/**
 * The text from which `assembly/unpack` restores `bytes`.
 * @param {Uint8Array} bytes
 */
export const packText = (bytes) => base64(execFileSync(process.execPath, [ZOPFLI], { input: bytes }));
